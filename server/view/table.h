// SPDX-License-Identifier: Apache-2.0
// Rows of runs as text: CSV (RFC 4180) and NDJSON, from columns, a block at a time.
#ifndef SWEEPD_VIEW_TABLE_H
#define SWEEPD_VIEW_TABLE_H

#include "lib/base/buffer.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum sw_cell {
    SW_CELL_NUMBER,
    SW_CELL_BOOLEAN, // values 0 and 1
    SW_CELL_LEVEL,   // values are indices into levels
    SW_CELL_TEXT,    // texts[i]
    SW_CELL_SERIES,  // lengths[i] values each, one after another
} sw_cell;

// One column of a block. Nothing in it is owned.
typedef struct sw_table_column {
    const char *name;
    sw_cell cell;
    const double *values;
    const int32_t *lengths;
    const char *const *texts;
    const char *const *levels;
} sw_table_column;

// A block of runs first … first+n-1: inputs and outputs are shown apart in JSON.
typedef struct sw_table {
    uint64_t first;
    size_t n;
    const uint64_t *points, *replicates; // n of each
    const uint64_t *seeds;               // n of them
    const double *state;                 // n sw_outcomes
    size_t n_inputs, n_outputs;
    const sw_table_column *inputs, *outputs;
} sw_table;

// "done", "error", …: the name of an sw_outcome; "unknown" beyond.
const char *sw_outcome_name(int outcome);

// The first line: run,point,replicate,seed,state, then inputs and outputs by name. Lines end with
// CRLF as the RFC says.
void sw_table_csv_header(sw_buffer *b, const sw_table *table);

// A line a run. NaN is an empty field; a series is a field of numbers apart by spaces.
void sw_table_csv(sw_buffer *b, const sw_table *table);

// A line a run: {"run", "point", "replicate", "seed" (decimal text, since it has 64 bits), "state",
// "inputs": {…}, "outputs": {…}}. separator stands before each row but the first (first_row).
void sw_table_json(sw_buffer *b, const sw_table *table, const char *separator, bool first_row);

// Appends inputs of row i as a JSON object.
void sw_table_json_inputs(sw_buffer *b, const sw_table *table, size_t i);

#endif
