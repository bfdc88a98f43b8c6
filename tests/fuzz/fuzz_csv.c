// SPDX-License-Identifier: Apache-2.0
// Any bytes as a table of numbers, every second column wanted.
#include "lib/base/memory.h"
#include "lib/formats/csv.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    static const sw_csv_limits limits = {.rows = 1000, .cells = 10000};
    sw_faults faults = {0};
    const char *text = (const char *)bytes;
    size_t n_names, n_columns = 0;
    char **names = sw_csv_header(text, n, &n_names, &faults);
    if (names) {
        sw_csv_column *columns = sw_calloc(n_names, sizeof *columns);
        for (size_t at = 0; at < n_names; at += 2, n_columns++)
            columns[n_columns] = (sw_csv_column){.at = at, .may_miss = at % 4 == 0};
        sw_csv_read(text, n, n_names, columns, n_columns, &limits, &faults);
        for (size_t k = 0; k < n_columns; k++)
            free(columns[k].values);
        free(columns);
        sw_csv_names_free(names, n_names);
    }
    sw_faults_fini(&faults);
    return 0;
}
