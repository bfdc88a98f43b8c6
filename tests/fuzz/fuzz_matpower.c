// SPDX-License-Identifier: Apache-2.0
// Any bytes as a MATPOWER case, and what follows a line "%json" as its dynamic data: refused with a
// sentence, or a case that can be checked.
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "models/power/case.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    sw_power_fault_of_case fault;
    const char *text = (const char *)bytes;
    const char *parted = memmem(text, n, "%json\n", 6);
    size_t first = parted ? (size_t)(parted - text) : n;
    sw_power_case *c = sw_power_case_from_matpower(text, first, &fault);
    if (!c) {
        assert(fault.message[0] && fault.line > 0);
        return 0;
    }
    c->freq_hz = 50;
    if (parted && !sw_power_case_read_dynamics(c, parted + 6, n - first - 6, &fault))
        assert(fault.message[0]);
    else if (!sw_power_case_check(c, &fault))
        assert(fault.message[0]);
    sw_power_case_free(&c);
    return 0;
}
