// SPDX-License-Identifier: Apache-2.0
// Student's quantiles against closed forms and tables.
#include "lib/base/student.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void
assert_close(double got, double wanted, double relative)
{
    if (!(fabs(got - wanted) <= relative * fabs(wanted)))
        fail_msg("%.17g, not %.17g", got, wanted);
}

// One degree: Cauchy, tan(pi p / 2). Two: p sqrt(2 / (1 - p²)).
static void
few_degrees_have_their_closed_forms(void **unused)
{
    (void)unused;
    for (double p = 0.01; p < 1; p += 0.03) {
        assert_close(sw_student_half(1, p), tan(M_PI_2 * p), 1e-11);
        assert_close(sw_student_half(2, p), p * sqrt(2 / (1 - p * p)), 1e-11);
    }
}

// 97.5 % points, as in every table; with more digits from the GNU Scientific Library.
static void
quantiles_are_those_of_the_tables(void **unused)
{
    (void)unused;
    static const struct {
        uint64_t degrees;
        double t;
    } answers[] = {{1, 12.706204736174696},  {2, 4.3026527297494639},  {4, 2.7764451051977925},
                   {9, 2.2621571627982053},  {10, 2.2281388519862735}, {30, 2.0422724563012378},
                   {100, 1.9839715185235514}};
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++)
        assert_close(sw_student_half(answers[i].degrees, 0.95), answers[i].t, 1e-11);
}

static void
many_degrees_are_continuous_with_few_and_end_at_the_normal(void **unused)
{
    (void)unused;
    for (double p = 0.5; p < 1; p += 0.0999) {
        double before = sw_student_half(999, p), at = sw_student_half(1000, p);
        double after = sw_student_half(1001, p), next = sw_student_half(1002, p);
        assert_true(before > at && at > after && after > next);
        assert_close(at - after, after - next, 0.01);
    }
    assert_close(sw_student_half(UINT64_C(1) << 40, 0.95), 1.959963984540054, 1e-10);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(few_degrees_have_their_closed_forms),
        cmocka_unit_test(quantiles_are_those_of_the_tables),
        cmocka_unit_test(many_degrees_are_continuous_with_few_and_end_at_the_normal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
