// SPDX-License-Identifier: Apache-2.0
// See the header.
#include "models/external/csv.h"

#include <string.h>

static bool
ends_line(const sw_external_csv *csv)
{
    return csv->at == csv->end || *csv->at == '\n' ||
           (*csv->at == '\r' && csv->at + 1 < csv->end && csv->at[1] == '\n');
}

static void
quoted_part(sw_external_csv *csv, sw_external_bytes *cell)
{
    csv->at++; // the opening quote
    while (csv->at < csv->end) {
        if (*csv->at == '"') {
            csv->at++;
            if (csv->at == csv->end || *csv->at != '"')
                return;
        }
        sw_external_append(cell, csv->at++, 1);
    }
}

// Reads one cell and the separator behind it; true if another cell of the line follows.
static bool
next_cell(sw_external_csv *csv, sw_external_bytes *cell)
{
    cell->n = 0;
    sw_external_append(cell, "", 0);
    while (!ends_line(csv) && *csv->at != csv->separator) {
        if (*csv->at == '"' && cell->n == 0) {
            quoted_part(csv, cell);
            continue;
        }
        const char *from = csv->at;
        while (!ends_line(csv) && *csv->at != csv->separator)
            csv->at++;
        sw_external_append(cell, from, (size_t)(csv->at - from));
    }
    if (!ends_line(csv)) {
        csv->at++;
        return true;
    }
    if (csv->at < csv->end)
        csv->at += *csv->at == '\r' ? 2 : 1;
    return false;
}

static void
skip_empty_lines(sw_external_csv *csv)
{
    while (csv->at < csv->end && ends_line(csv))
        csv->at += *csv->at == '\r' ? 2 : 1;
}

long
sw_external_csv_column(sw_external_csv *csv, const char *name, sw_external_bytes *cell)
{
    long found = -1;
    bool more = true;
    skip_empty_lines(csv);
    for (long column = 0; more; column++) {
        more = next_cell(csv, cell);
        if (found < 0 && strcmp(sw_external_text_of(cell), name) == 0)
            found = column;
    }
    return found;
}

bool
sw_external_csv_cell(sw_external_csv *csv, long wanted, sw_external_bytes *cell)
{
    sw_external_bytes other = {0};
    bool more = true;
    skip_empty_lines(csv);
    if (csv->at == csv->end)
        return false;
    cell->n = 0;
    for (long column = 0; more; column++)
        more = next_cell(csv, column == wanted ? cell : &other);
    sw_external_bytes_fini(&other);
    return true;
}
