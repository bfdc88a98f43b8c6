// SPDX-License-Identifier: Apache-2.0
// Outputs of which there is nothing to explain, or nothing at all: every method says so.
#include "tests/unit/analysis/through.h"

enum { D = 3 };

#define OF_POINTS "{'method': 'random', 'n': 600}"
static const struct {
    const char *design, *request;
    bool refused; // when the output is constant
} cases[] = {
    {"{'method': 'saltelli', 'n': 64}", "{\"method\": \"sobol\"}", false},
    {"{'method': 'morris', 'n': 20}", "{\"method\": \"morris\"}", false},
    {"{'method': 'dgsm', 'n': 64}", "{\"method\": \"dgsm\"}", false},
    {"{'method': 'efast', 'n': 129, 'curves': 2}", "{\"method\": \"efast\"}", false},
    {OF_POINTS, "{\"method\": \"rbd_fast\"}", false},
    {OF_POINTS, "{\"method\": \"regression\"}", false},
    {OF_POINTS, "{\"method\": \"pawn\"}", false},
    {OF_POINTS, "{\"method\": \"delta\"}", false},
    {OF_POINTS, "{\"method\": \"regional\"}", false},
    {OF_POINTS, "{\"method\": \"pce\"}", false},
    {OF_POINTS, "{\"method\": \"hsic\"}", false},
    {OF_POINTS, "{\"method\": \"extra_trees\"}", false},
    {OF_POINTS, "{\"method\": \"shapley\"}", false},
    {OF_POINTS, "{\"method\": \"hdmr\"}", false},
    {OF_POINTS, "{\"method\": \"prim\"}", true},
    {OF_POINTS, "{\"method\": \"convergence\", \"of\": {\"method\": \"regression\"}, \"steps\": 3}",
     false},
};

static double
the_same(const double *u, size_t d)
{
    (void)u, (void)d;
    return 3.25;
}

static bool
warns(const json_t *result, const char *words)
{
    sw_auto(free) char *warnings = json_dumps(json_object_get(result, "warnings"), 0);
    return strstr(warnings, words);
}

static void
a_constant_output_is_said_or_refused(void **unused)
{
    (void)unused;
    for (size_t c = 0; c < sw_countof(cases); c++) {
        through t = through_make(D, cases[c].design, 1, 1);
        through_run(&t, the_same);
        sw_auto(json) json_t *r = through_analyse(&t, cases[c].request);
        if (cases[c].refused ? r != NULL : !r || !warns(r, "the output is constant"))
            fail_msg("%s: a constant output is not said", cases[c].request);
        through_drop(&t);
    }
}

// All failed, all NaN, all infinite.
static void
no_value_at_all_is_refused(void **unused)
{
    (void)unused;
    static const double values[] = {0, NAN, INFINITY};
    for (size_t c = 0; c < sw_countof(cases); c++) {
        through t = through_make(D, cases[c].design, 1, 1);
        sw_auto(free) uint8_t *state = sw_calloc(t.n, 1);
        for (size_t k = 0; k < sw_countof(values); k++) {
            memset(state, k == 0 ? SW_CRASH : SW_DONE, t.n);
            for (uint64_t i = 0; i < t.n; i++)
                t.y[i] = values[k];
            if (analyse(&t.frame, cases[c].request, t.n, t.columns, t.y, state, 100))
                fail_msg("%s has a result without a value", cases[c].request);
        }
        through_drop(&t);
    }
}

// A curve of x1 in each set is lost: x2 and x3 have theirs.
static void
a_parameter_that_lost_all_curves_is_said(void **unused)
{
    (void)unused;
    through t = through_make(D, "{'method': 'efast', 'n': 129, 'curves': 2}", 1, 1);
    through_run(&t, f_ishigami);
    t.y[5] = t.y[D * 129 + 5] = NAN;
    sw_auto(json) json_t *r = through_analyse(&t, "{\"method\": \"efast\"}");
    assert_true(isnan(at(r, "S1", 0)) && at(r, "S1", 1) > 0.3);
    assert_true(warns(r, "1 parameter has no curve"));
    through_drop(&t);
}

static void
indices_without_a_value_have_not_converged(void **unused)
{
    (void)unused;
    through t = through_make(D, OF_POINTS, 1, 1);
    through_run(&t, the_same);
    sw_auto(json) json_t *r = through_analyse(
        &t, "{\"method\": \"convergence\", \"of\": {\"method\": \"regression\"}, \"steps\": 3}");
    assert_true(json_is_null(json_object_get(r, "last_change")));
    assert_string_equal(json_string_value(json_object_get(r, "verdict")), "more runs needed");
    through_drop(&t);
}

// A mean moves, too.
static void
numbers_that_are_no_vectors_converge(void **unused)
{
    (void)unused;
    static const char request[] =
        "{\"method\": \"convergence\", \"of\": {\"method\": \"summary\"}, \"steps\": 3, "
        "\"tolerance\": 1e-6}";
    through t = through_make(D, OF_POINTS, 1, 1);
    through_run(&t, f_ishigami);
    sw_auto(json) json_t *r = through_analyse(&t, request);
    assert_true(number(r, "last_change") > 0.01);
    assert_string_equal(json_string_value(json_object_get(r, "verdict")), "more runs needed");
    through_drop(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_constant_output_is_said_or_refused),
        cmocka_unit_test(no_value_at_all_is_refused),
        cmocka_unit_test(a_parameter_that_lost_all_curves_is_said),
        cmocka_unit_test(indices_without_a_value_have_not_converged),
        cmocka_unit_test(numbers_that_are_no_vectors_converge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
