// SPDX-License-Identifier: Apache-2.0
// Tables of numbers as CSV (RFC 4180): a header of names, then one record a run. Comma, semicolon
// or tab, whichever the header has first; quoted fields; LF or CRLF; blank lines are passed over.
#ifndef SWEEPD_FORMATS_CSV_H
#define SWEEPD_FORMATS_CSV_H

#include "lib/base/json.h"

enum { SW_CSV_COLUMNS_MAX = 4096, SW_CSV_NAME_MAX = 200 };

// The names of the header, *n of them, as fresh texts; NULL and faults if there is no good header.
// The caller frees them by sw_csv_names_free.
char **sw_csv_header(const char *bytes, size_t n_bytes, size_t *n, sw_faults *faults);
void sw_csv_names_free(char **names, size_t n);

// One column that is wanted.
typedef struct sw_csv_column {
    size_t at;      // its place in the header
    bool may_miss;  // an empty field, NA or NaN is NaN; else every field must be a finite number
    double *values; // filled: one a record; the caller frees it
} sw_csv_column;

typedef struct sw_csv_limits {
    size_t rows, cells; // records, and records times wanted columns
} sw_csv_limits;

// Reads the wanted columns, of a header of n_names. Returns the number of records, or 0 with every
// fault found, its pointer "line 7, column 2" (columns count from 1). Memory is bounded by the
// limits.
size_t sw_csv_read(const char *bytes, size_t n_bytes, size_t n_names, sw_csv_column *columns,
                   size_t n_columns, const sw_csv_limits *limits, sw_faults *faults);

#endif
