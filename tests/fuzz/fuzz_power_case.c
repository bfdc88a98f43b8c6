// SPDX-License-Identifier: Apache-2.0
// Any bytes as a power system case: refused with a sentence, or small enough to be solved, with the
// power flow and the reduction left to find what the checks did not.
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "models/power/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    sw_power_fault_of_case fault;
    sw_power_case *c = sw_power_case_from_json((const char *)bytes, n, &fault);
    if (!c) {
        assert(fault.message[0] && strlen(fault.message) < sizeof fault.message);
        return 0;
    }
    if (c->n_buses < 100) {
        sw_power_context *x = sw_power_context_new(c);
        sw_power_scenario s;
        sw_power_swing swing = {0};
        char reason[SW_POWER_REASON];
        sw_power_scenario_init(&s);
        memcpy(s.line, (double[]){c->branch[0].from_number, c->branch[0].to_number, 1},
               sizeof s.line);
        if (sw_power_scenario_prepare(x, &s, &swing, reason, sizeof reason))
            sw_power_swing_fini(&swing);
        sw_power_context_free(&x);
    }
    sw_power_case_free(&c);
    return 0;
}
