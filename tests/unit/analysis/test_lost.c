// SPDX-License-Identifier: Apache-2.0
// What an analysis does about runs that failed: rows dropped, values substituted, or refused.
#include "sample.h"

enum { N = 64, D = 3, STRIDE = D + 2, POINTS = N * STRIDE };

static const size_t lost[] = {3, 4, 77, 200};

typedef struct losing {
    sw_frame frame;
    double *y;
    uint8_t state[POINTS];
} losing;

static losing
make_losing(void)
{
    losing l = {.frame = make_frame("saltelli", "{}", D, POINTS, 1),
                .y = saltelli_outputs(ishigami, D, N, 0, false)};
    for (size_t i = 0; i < sw_countof(lost); i++) {
        l.state[lost[i]] = SW_ERROR;
        l.y[lost[i]] = NAN;
    }
    return l;
}

static void
free_losing(losing *l)
{
    free(l->y);
    free_frame(&l->frame);
}

static json_t *
of(losing *l, const char *request)
{
    // The inputs do not matter to these methods; convergence wants some.
    const double *x[D] = {l->y, l->y, l->y};
    return analyse(&l->frame, request, POINTS, x, l->y, l->state, 50);
}

static void
a_dropped_row_leaves_what_a_study_without_it_gives(void **unused)
{
    (void)unused;
    losing l = make_losing();
    sw_auto(json) json_t *r = of(&l, "{\"method\": \"sobol\"}");
    // Runs 3 and 4 are of row 0, 77 of row 15, 200 of row 40.
    assert_int_equal(number(r, "n"), N - 3);
    assert_int_equal(number(r, "n_dropped"), 3);
    assert_int_equal(number(r, "n_failed"), 4);
    double y[POINTS];
    size_t n = 0;
    for (size_t row = 0; row < N; row++) {
        if (row != 0 && row != 15 && row != 40)
            memcpy(y + STRIDE * n++, l.y + row * STRIDE, STRIDE * sizeof *y);
    }
    sw_frame small = make_frame("saltelli", "{}", D, n * STRIDE, 1);
    sw_auto(json) json_t *s =
        analyse(&small, "{\"method\": \"sobol\"}", n * STRIDE, NULL, y, NULL, 50);
    assert_true(json_equal(json_object_get(r, "S1"), json_object_get(s, "S1")));
    assert_true(json_equal(json_object_get(r, "ST_conf"), json_object_get(s, "ST_conf")));
    free_frame(&small);
    free_losing(&l);
}

static int
ascending(const void *a, const void *b)
{
    return (*(const double *)a > *(const double *)b) - (*(const double *)a < *(const double *)b);
}

// The mean or median of what has a value, in another way than the code's.
static double
stand_in(const losing *l, bool median)
{
    double sorted[POINTS], sum = 0;
    size_t n = 0;
    for (size_t i = 0; i < POINTS; i++) {
        if (l->state[i] == SW_DONE)
            sum += sorted[n++] = l->y[i];
    }
    qsort(sorted, n, sizeof *sorted, ascending);
    double middle = n % 2 ? sorted[n / 2] : 0.5 * (sorted[n / 2 - 1] + sorted[n / 2]);
    return median ? middle : sum / (double)n;
}

static void
a_substituted_study_is_the_one_with_the_value_in_its_places(void **unused)
{
    (void)unused;
    static const char *const names[] = {"mean", "median"};
    for (size_t median = 0; median < 2; median++) {
        losing l = make_losing();
        sw_auto(free) char *request =
            sw_format("{\"method\": \"sobol\", \"substitute\": \"%s\"}", names[median]);
        sw_auto(json) json_t *r = of(&l, request);
        double value = stand_in(&l, median);
        for (size_t i = 0; i < sw_countof(lost); i++)
            l.y[lost[i]] = value;
        sw_auto(json) json_t *filled =
            analyse(&l.frame, "{\"method\": \"sobol\"}", POINTS, NULL, l.y, NULL, 50);
        for (size_t j = 0; j < D; j++) {
            assert_near(at(r, "S1", j), at(filled, "S1", j), 1e-12);
            assert_near(at(r, "ST", j), at(filled, "ST", j), 1e-12);
        }
        assert_int_equal(number(r, "n"), N);
        assert_int_equal(number(r, "n_dropped"), 0);
        assert_int_equal(number(r, "n_substituted"), 4);
        assert_int_equal(number(r, "n_failed"), 4);
        sw_auto(free) char *warnings = json_dumps(json_object_get(r, "warnings"), 0);
        assert_non_null(strstr(warnings, "4 points without a value were given the"));
        free_losing(&l);
    }
}

static void
too_large_a_part_of_failed_runs_is_refused(void **unused)
{
    (void)unused;
    losing l = make_losing();
    assert_null(of(&l, "{\"method\": \"sobol\", \"max_failed_fraction\": 0.01}"));
    assert_null(of(&l, "{\"method\": \"summary\", \"max_failed_fraction\": 0}"));
    assert_null(of(&l, "{\"method\": \"sobol\", \"substitute\": \"mean\","
                       " \"max_failed_fraction\": 0.01}"));
    sw_auto(json) json_t *r = of(&l, "{\"method\": \"sobol\", \"max_failed_fraction\": 0.0125}");
    assert_non_null(r);
    free_losing(&l);
}

static void
methods_of_single_runs_substitute_nothing(void **unused)
{
    (void)unused;
    losing l = make_losing();
    assert_null(of(&l, "{\"method\": \"summary\", \"substitute\": \"mean\"}"));
    assert_null(of(&l, "{\"method\": \"sobol\", \"substitute\": \"worst\"}"));
    assert_null(of(&l, "{\"method\": \"convergence\", \"substitute\": \"mean\","
                       " \"of\": {\"method\": \"sobol\"}}"));
    sw_auto(json) json_t *r = of(&l, "{\"method\": \"convergence\","
                                     " \"of\": {\"method\": \"sobol\", \"substitute\": \"mean\"}}");
    assert_non_null(r);
    free_losing(&l);
}

static void
a_request_that_is_resolved_keeps_the_rule(void **unused)
{
    (void)unused;
    sw_faults faults = {0};
    sw_frame frame = make_frame("saltelli", "{}", D, POINTS, 1);
    sw_auto(json) json_t *request = json_pack("{s:s, s:s, s:f}", "method", "sobol", "substitute",
                                              "mean", "max_failed_fraction", 0.25);
    sw_analysis *a = sw_analysis_new(request, "", &frame, &faults);
    sw_auto(json) json_t *resolved = sw_analysis_resolved(a);
    assert_string_equal(json_string_value(json_object_get(resolved, "substitute")), "mean");
    assert_near(number(resolved, "max_failed_fraction"), 0.25, 0);
    sw_analysis_free(&a);
    free_frame(&frame);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_dropped_row_leaves_what_a_study_without_it_gives),
        cmocka_unit_test(a_substituted_study_is_the_one_with_the_value_in_its_places),
        cmocka_unit_test(too_large_a_part_of_failed_runs_is_refused),
        cmocka_unit_test(methods_of_single_runs_substitute_nothing),
        cmocka_unit_test(a_request_that_is_resolved_keeps_the_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
