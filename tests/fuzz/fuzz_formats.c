// SPDX-License-Identifier: Apache-2.0
// Any bytes as a file of each format that is read.
#include "lib/base/memory.h"
#include "lib/formats/formats.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    sw_import how = {.model = "a/b"};
    sw_format_guess((const char *)bytes, n);
    for (const sw_format_row *f = sw_formats_in; f->name; f++) {
        sw_faults faults = {0};
        sw_imported made = {0};
        if (f->read((const char *)bytes, n, &how, &made, &faults)) {
            json_decref(made.documents);
            json_decref(made.warnings);
        }
        sw_faults_fini(&faults);
    }
    return 0;
}
