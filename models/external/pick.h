// SPDX-License-Identifier: Apache-2.0
// Picking an output's value out of a program's text: by JSON path, regular expression or CSV
// column. The inputs come from outside and are bounded before they get here.
#ifndef SW_MODELS_EXTERNAL_PICK_H
#define SW_MODELS_EXTERNAL_PICK_H

#include <regex.h>
#include <stdbool.h>
#include <stddef.h>

#include "models/external/faults.h"

typedef enum sw_pick_kind {
    SW_PICK_MEMBER, // of the reply's "outputs" (co-process mode)
    SW_PICK_JSON,
    SW_PICK_REGEX,
    SW_PICK_CSV,
    SW_PICK_WHOLE, // the text as it is
} sw_pick_kind;

typedef struct sw_external_pick {
    sw_pick_kind kind;
    const char *file;       // in the run's folder; NULL for stdout
    const char *expression; // JSON path, pattern or column name
    const char *media_type; // of artifacts
    regex_t regex;          // compiled when kind is SW_PICK_REGEX
    bool last;              // regex: the last match; CSV: the last row
    long row;               // CSV: data row from 1 when not last
    char separator;
} sw_external_pick;

enum { SW_PICK_MOST_REGEX_TEXT = 1 << 20 };

// Reads an output's "pick" object at pointer; faults go to f. The texts stay in the JSON.
void sw_pick_read(const json_t *json, const char *pointer, sw_external_pick *pick,
                  sw_external_faults *f);
void sw_pick_fini(sw_external_pick *pick);

// All functions return 0, or -1 with a sentence in error that does not name the output.

// Finds one text: the group's match, the cell, the JSON value's text. *found is malloc'ed.
int sw_pick_text(const sw_external_pick *pick, const char *text, size_t n, char **found,
                 char *error, size_t error_size);

// Finds numbers: JSON array (or one number), all matches, all rows. *found is malloc'ed.
int sw_pick_series(const sw_external_pick *pick, const char *text, size_t n, double **found,
                   size_t *n_found, char *error, size_t error_size);

// A whole text as a number; blanks around it are allowed, nan and inf too.
int sw_pick_number(const char *text, double *value, char *error, size_t error_size);

// A JSON value as a number: number, boolean (0 or 1) or null (NaN).
int sw_pick_json_number(const json_t *value, double *number, char *error, size_t error_size);
int sw_pick_json_series(const json_t *value, double **found, size_t *n_found, char *error,
                        size_t error_size);

#endif
