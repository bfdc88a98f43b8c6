// SPDX-License-Identifier: Apache-2.0
// Any bytes as a MATPOWER case: refused with a sentence, or a case that can be checked.
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "models/power/case.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    sw_power_fault_of_case fault;
    sw_power_case *c = sw_power_case_from_matpower((const char *)bytes, n, &fault);
    if (!c) {
        assert(fault.message[0] && fault.line > 0);
        return 0;
    }
    c->freq_hz = 50;
    sw_power_case_check(c, &fault);
    sw_power_case_free(&c);
    return 0;
}
