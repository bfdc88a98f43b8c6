// SPDX-License-Identifier: Apache-2.0
// Convergence: prefixes give what the analysis gives on them, and the verdict follows.
#include "lib/analysis/width.h"
#include "sample.h"

#include "tests/answers/analysis_sobol.h"

enum { N = 8192, STRIDE = 8 };

static json_t *
convergence(const char *options, size_t n)
{
    sw_frame frame = make_frame("saltelli", "{\"second_order\": true}", 3, n * STRIDE, 1);
    sw_auto(free) char *request =
        sw_format("{\"method\": \"convergence\", \"of\": {\"method\": \"sobol\"}%s}", options);
    double *y = saltelli_outputs(ishigami, 3, n, 0, true);
    static const double *none[3];
    for (size_t j = 0; j < 3; j++)
        none[j] = y; // sobol looks at no input
    json_t *r = analyse(&frame, request, n * STRIDE, none, y, NULL, 4096);
    free(y);
    free_frame(&frame);
    return r;
}

static void
the_last_prefix_is_the_whole_and_earlier_ones_are_their_own_study(void **unused)
{
    (void)unused;
    sw_auto(json) json_t *r = convergence(", \"steps\": 4", N);
    const json_t *results = json_object_get(r, "results");
    assert_int_equal(json_array_size(results), 4);
    for (size_t j = 0; j < 3; j++) {
        assert_near(at(json_array_get(results, 3), "S1", j), ishigami_answers[3].s1[j], 1e-9);
        assert_near(at(json_array_get(results, 0), "ST", j), ishigami_answers[1].st[j], 1e-9);
    }
    assert_string_equal(json_string_value(json_object_get(r, "verdict")), "stable");
}

static void
a_small_study_needs_more_runs(void **unused)
{
    (void)unused;
    sw_auto(json) json_t *r = convergence("", 64);
    assert_string_equal(json_string_value(json_object_get(r, "verdict")), "more runs needed");
    assert_null(convergence("", 2));
}

// Matrices of pairs change too: the largest change here is that of S2.
static void
a_change_of_a_matrix_is_seen(void **unused)
{
    (void)unused;
    sw_auto(json) json_t *before =
        json_loads("{\"S1\": [0.5, 0.25], \"S2\": [[null, 0.125], [null, null]]}", 0, NULL);
    sw_auto(json) json_t *after =
        json_loads("{\"S1\": [0.5, 0.375], \"S2\": [[null, 0.625], [null, null]]}", 0, NULL);
    assert_near(sw_result_change(before, after), 0.5, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_prefix_is_the_whole_and_earlier_ones_are_their_own_study),
        cmocka_unit_test(a_small_study_needs_more_runs),
        cmocka_unit_test(a_change_of_a_matrix_is_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
