// SPDX-License-Identifier: Apache-2.0
// Settings by declared table: from one list of rows come the defaults, the environment variables,
// the flags, --help and the man page of a program.
#ifndef SWEEPD_BASE_SETTINGS_H
#define SWEEPD_BASE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef enum sw_setting_type {
    SW_SETTING_TEXT,  // char *, owned by the settings
    SW_SETTING_COUNT, // long, from min to max
    SW_SETTING_REAL,  // double, from min to max
    SW_SETTING_FLAG,  // bool; the flag takes no value
} sw_setting_type;

// One setting. A table ends with a row whose key is NULL.
typedef struct sw_setting {
    const char *key; // "run-limit": the flag is --run-limit
    const char *env; // "SWEEPD_RUN_LIMIT", or NULL
    sw_setting_type type;
    const char *fallback; // as it would be written, or NULL
    double min, max;
    size_t offset; // where in the target struct
    const char *value_name;
    const char *doc;
} sw_setting;

// Fills target from defaults, then the environment, then argv (--key value, --key=value).
// Flags and other words may be mixed; argv is put in order, flags first. Returns the index of the
// first word that is not a flag (argc if there is none), or -1 after printing what is wrong to
// stderr. What follows `--` is no flag.
int sw_settings_read(const sw_setting *table, int argc, char **argv, void *target);

// Prints the list of flags for --help.
void sw_settings_help(const sw_setting *table, FILE *to);

// Prints the list of flags as man page paragraphs (roff).
void sw_settings_man(const sw_setting *table, FILE *to);

// Frees the texts in target.
void sw_settings_fini(const sw_setting *table, void *target);

#endif
