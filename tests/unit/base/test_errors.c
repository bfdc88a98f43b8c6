// SPDX-License-Identifier: Apache-2.0
// The list of errors: each can be found again by its slug.
#include "lib/base/errors.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static void
slugs_are_unique_and_lead_back(void **state)
{
    (void)state;
    for (int e = SW_E_NONE; e < SW_E_COUNT; e++)
        assert_int_equal(sw_error_of_slug(sw_error_about((sw_error)e)->slug), e);
    assert_int_equal(sw_error_of_slug("no such slug"), SW_E_INTERNAL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slugs_are_unique_and_lead_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
