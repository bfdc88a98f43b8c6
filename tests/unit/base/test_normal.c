// SPDX-License-Identifier: Apache-2.0
// The standard normal quantile against tabulated values (50 digits by mpmath) and its own tail.
#include "lib/base/normal.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void
near(double got, double expected, double relative)
{
    if (!(fabs(got - expected) <= relative * fabs(expected)))
        fail_msg("%.17g is not %.17g to %g", got, expected, relative);
}

static void
known_quantiles_are_exact_to_the_last_places(void **state)
{
    (void)state;
    near(sw_normal_quantile(0.975, 0.025), 1.9599639845400545, 1e-15);
    near(sw_normal_quantile(0.995, 0.005), 2.5758293035489004, 1e-15);
    near(sw_normal_quantile(1e-10, 1), -6.3613409024040562, 1e-15);
    assert_true(sw_normal_quantile(0.5, 0.5) == 0);
}

static void
the_tail_of_a_quantile_is_its_probability(void **state)
{
    (void)state;
    // A relative error e of z is one of z² e of its tail: 1400 times an ulp or two at 1e-300.
    for (double p = 1e-300; p < 0.5; p *= 7)
        near(sw_normal_tail(sw_normal_quantile(p, 1 - p), false), p, 1e-12);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_quantiles_are_exact_to_the_last_places),
        cmocka_unit_test(the_tail_of_a_quantile_is_its_probability),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
