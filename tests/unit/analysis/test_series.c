// SPDX-License-Identifier: Apache-2.0
// Indices over a series: each point of it is the analysis of that point alone, however many passes
// the memory allows.
#include "lib/analysis/merge.h"
#include "sample.h"

#include "lib/analysis/series.h"
#include "lib/analysis/width.h"

enum { D = 3, N = 64, STRIDE = 2 * D + 2, POINTS = N * STRIDE, LENGTH = 7 };

// y(t) = Ishigami + t x1's linear part: another function at each t.
static double outputs[POINTS * LENGTH];
static int32_t lengths[POINTS];
static uint8_t state[POINTS];

static void
make_series(sw_frame *frame)
{
    *frame = make_frame("saltelli", "{\"second_order\": true}", D, POINTS, 1);
    sw_auto(free) double *a = saltelli_outputs(ishigami, D, N, 0, true);
    sw_auto(free) double *b = saltelli_outputs(linear_123, D, N, 0, true);
    for (size_t i = 0; i < POINTS; i++) {
        for (size_t t = 0; t < LENGTH; t++)
            outputs[i * LENGTH + t] = a[i] + (double)t * b[i];
        lengths[i] = LENGTH;
        state[i] = SW_DONE;
    }
}

static json_t *
over_series(const sw_frame *frame, const char *request, size_t block)
{
    sw_faults faults = {0};
    sw_auto(json) json_t *document = json_loads(request, 0, NULL);
    sw_series *s = sw_series_new(document, "", frame, &faults);
    json_t *result = NULL;
    if (s && sw_series_begin(s, LENGTH, &faults)) {
        do {
            const double *values = outputs;
            for (size_t first = 0; first < POINTS; first += block) {
                size_t n = POINTS - first < block ? POINTS - first : block;
                sw_series_rows rows = {.first = first,
                                       .n = n,
                                       .values = values,
                                       .lengths = lengths + first,
                                       .state = state + first};
                sw_series_feed(s, &rows);
                for (size_t i = 0; i < n; i++)
                    values += lengths[first + i];
            }
        } while (sw_series_next(s));
        result = sw_series_finish(s, &faults);
    }
    for (size_t i = 0; i < faults.n; i++)
        print_message("fault at \"%s\": %s\n", faults.v[i].pointer, faults.v[i].message);
    sw_series_free(&s);
    sw_faults_fini(&faults);
    return result;
}

static json_t *
at_one(const sw_frame *frame, size_t t)
{
    double y[POINTS];
    for (size_t i = 0; i < POINTS; i++)
        y[i] = outputs[i * LENGTH + t];
    return analyse(frame, "{\"method\": \"sobol\"}", POINTS, NULL, y, state, 100);
}

static const json_t *
value_at(const json_t *array, size_t t)
{
    const json_t *v = json_array_get(array, t);
    assert_non_null(v);
    return v;
}

static void
check_point(const json_t *series, const json_t *one, size_t t)
{
    static const char *const keys[] = {"S1", "S1_conf", "ST", "ST_conf"};
    const json_t *indices = json_object_get(series, "indices");
    for (size_t j = 0; j < D; j++) {
        const json_t *of = json_object_get(indices, sample_names[j]);
        for (size_t k = 0; k < sw_countof(keys); k++)
            assert_true(json_equal(value_at(json_object_get(of, keys[k]), t),
                                   json_array_get(json_object_get(one, keys[k]), j)));
    }
    const json_t *s2 = json_object_get(json_object_get(indices, "x1"), "S2");
    assert_near(json_number_value(value_at(json_object_get(s2, "x3"), t)), at2(one, "S2", 0, 2), 0);
    const json_t *mean = json_object_get(json_object_get(series, "values"), "mean");
    assert_true(json_equal(value_at(mean, t), json_object_get(one, "mean")));
}

static void
each_point_is_the_analysis_of_that_point(void **unused)
{
    (void)unused;
    sw_frame frame;
    make_series(&frame);
    sw_auto(json) json_t *r = over_series(&frame, "{\"method\": \"sobol\"}", 100);
    assert_int_equal(json_array_size(json_object_get(r, "at")), LENGTH);
    for (size_t t = 0; t < LENGTH; t++) {
        sw_auto(json) json_t *one = at_one(&frame, t);
        check_point(r, one, t);
    }
    // What is the same at all points stands where it does for a number.
    assert_int_equal(number(r, "n"), N);
    assert_null(json_object_get(json_object_get(r, "values"), "n"));
    free_frame(&frame);
}

// A frame so large that a column takes the whole budget: one point a pass.
static void
passes_change_no_bit(void **unused)
{
    (void)unused;
    sw_frame frame;
    make_series(&frame);
    sw_auto(json) json_t *blocks = over_series(&frame, "{\"method\": \"sobol\"}", 33);
    sw_auto(json) json_t *whole = over_series(&frame, "{\"method\": \"sobol\"}", POINTS);
    assert_true(json_equal(blocks, whole));
    sw_faults faults = {0};
    sw_auto(json) json_t *request = json_pack("{s:s}", "method", "sobol");
    frame.points = (UINT64_C(1) << 25) / STRIDE * STRIDE;
    sw_series *s = sw_series_new(request, "", &frame, &faults);
    assert_true(sw_series_begin(s, LENGTH, &faults));
    // Nothing fed, so no memory is taken; each pass takes one point.
    size_t passes = 1;
    while (sw_series_next(s))
        passes++;
    assert_int_equal(passes, LENGTH);
    assert_null(sw_series_finish(s, &faults));
    sw_series_free(&s);
    sw_faults_fini(&faults);
    frame.points = POINTS;
    free_frame(&frame);
}

static void
points_are_at_equal_distances_with_both_ends(void **unused)
{
    (void)unused;
    sw_frame frame;
    make_series(&frame);
    sw_auto(json) json_t *r =
        over_series(&frame, "{\"method\": \"sobol\", \"series_points\": 3}", 100);
    const json_t *places = json_object_get(r, "at");
    assert_int_equal(json_array_size(places), 3);
    for (size_t k = 0; k < 3; k++)
        assert_int_equal(json_integer_value(json_array_get(places, k)), 3 * k);
    free_frame(&frame);
}

// Runs that end early have no value there; where too few have one the point is null, and said.
static void
a_point_without_a_result_is_null_and_said(void **unused)
{
    (void)unused;
    sw_frame frame;
    make_series(&frame);
    // All series but one row's end before the last point.
    double *to = outputs;
    for (size_t i = 0; i < POINTS; i++) {
        lengths[i] = i < STRIDE ? LENGTH : LENGTH - 1;
        memmove(to, outputs + i * LENGTH, (size_t)lengths[i] * sizeof *to);
        to += lengths[i];
    }
    sw_auto(json) json_t *r = over_series(&frame, "{\"method\": \"sobol\"}", 100);
    const json_t *x1 = json_object_get(json_object_get(r, "indices"), "x1");
    assert_true(json_is_null(value_at(json_object_get(x1, "S1"), LENGTH - 1)));
    assert_true(json_is_number(value_at(json_object_get(x1, "S1"), 0)));
    sw_auto(free) char *warnings = json_dumps(json_object_get(r, "warnings"), 0);
    assert_non_null(strstr(warnings, "at 1 of the 7 points there is no result: needs at least 2"));
    assert_non_null(strstr(warnings, "504 runs have a series shorter than 7"));
    // It does not count among the intervals.
    double widest = sw_result_half_width(r, false);
    assert_true(widest > 0 && isfinite(widest));
    free_frame(&frame);
}

static void
the_widest_interval_is_over_all_points_and_pairs(void **unused)
{
    (void)unused;
    sw_frame frame;
    make_series(&frame);
    sw_auto(json) json_t *r = over_series(&frame, "{\"method\": \"sobol\"}", 100);
    double widest = 0;
    for (size_t t = 0; t < LENGTH; t++) {
        sw_auto(json) json_t *one = at_one(&frame, t);
        widest = fmax(widest, sw_result_half_width(one, false));
    }
    assert_near(sw_result_half_width(r, false), widest, 0);
    free_frame(&frame);
}

// Two names, and by chance two replicate sizes, two quantiles and two bins.
static void
what_is_not_of_names_keeps_its_place(void **unused)
{
    (void)unused;
    sw_auto(json) json_t *results = json_loads(
        "[{\"names\": [\"a\", \"b\"], \"warnings\": [], \"S1\": [1, 2], \"replicates\": [4, 8],"
        " \"A\": [0.5, 0.6], \"kolmogorov_smirnov\": [[1, 2], [3, 4]]},"
        " {\"names\": [\"a\", \"b\"], \"warnings\": [], \"S1\": [3, 4], \"replicates\": [4, 8],"
        " \"A\": [0.7, 0.8], \"kolmogorov_smirnov\": [[5, 6], [7, 8]]}]",
        0, NULL);
    sw_auto(json) json_t *merged = sw_merge(results);
    sw_auto(json) json_t *want =
        json_loads("{\"a\": {\"S1\": [1, 3]}, \"b\": {\"S1\": [2, 4]}}", 0, NULL);
    assert_true(json_equal(json_object_get(merged, "indices"), want));
    assert_int_equal(json_integer_value(json_array_get(json_object_get(merged, "replicates"), 1)),
                     8);
    assert_non_null(json_object_get(json_object_get(merged, "values"), "A"));
    assert_non_null(json_object_get(json_object_get(merged, "values"), "kolmogorov_smirnov"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_point_is_the_analysis_of_that_point),
        cmocka_unit_test(passes_change_no_bit),
        cmocka_unit_test(points_are_at_equal_distances_with_both_ends),
        cmocka_unit_test(a_point_without_a_result_is_null_and_said),
        cmocka_unit_test(the_widest_interval_is_over_all_points_and_pairs),
        cmocka_unit_test(what_is_not_of_names_keeps_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
