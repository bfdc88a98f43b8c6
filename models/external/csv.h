// SPDX-License-Identifier: Apache-2.0
// Reads one column of delimited text after RFC 4180: cells in double quotes may hold separators,
// line ends and doubled quotes; lines end with LF or CRLF; empty lines do not count.
#ifndef SW_MODELS_EXTERNAL_CSV_H
#define SW_MODELS_EXTERNAL_CSV_H

#include <stdbool.h>

#include "models/external/bytes.h"

typedef struct sw_external_csv {
    const char *at, *end;
    char separator;
} sw_external_csv;

// Reads the header line and returns the index of the column of that name, or -1.
long sw_external_csv_column(sw_external_csv *csv, const char *name, sw_external_bytes *cell);

// Reads one line and leaves its cell of that column (empty if the line is short). False at the end.
bool sw_external_csv_cell(sw_external_csv *csv, long column, sw_external_bytes *cell);

#endif
