// SPDX-License-Identifier: Apache-2.0
// Results of studies that are not complete, or whose values can hardly be computed with: what a
// method says must not look better than what it has.
#include "sample.h"

enum { N = 256, D = 2 };

static double x[D][N], y[N];
static const double *const columns[] = {x[0], x[1]};

static void
fill(double scale)
{
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < D; j++)
            x[j][i] = sw_unit_open(sw_philox(1, SW_STREAM_DESIGN, i, j));
        y[i] = scale * (x[0][i] + 2 * x[1][i]);
    }
}

static bool
warns(const json_t *result, const char *words)
{
    sw_auto(free) char *warnings = json_dumps(json_object_get(result, "warnings"), 0);
    return strstr(warnings, words);
}

// The whole is not there, and its half neither: they would be the quarter three times, and stable.
static void
convergence_looks_at_complete_prefixes_alone(void **unused)
{
    (void)unused;
    static const char request[] =
        "{\"method\": \"convergence\", \"of\": {\"method\": \"regression\"}, \"steps\": 4}";
    fill(1);
    sw_frame frame = make_frame("sobol", "{}", D, N, 1);
    sw_auto(json) json_t *r = analyse(&frame, request, N / 4 + 5, columns, y, NULL, 50);
    const json_t *points = json_object_get(r, "points");
    assert_int_equal(json_array_size(points), 2);
    assert_int_equal(json_integer_value(json_array_get(points, 1)), N / 4);
    assert_true(warns(r, "its first 69 points of 256"));
    assert_null(analyse(&frame, request, N / 8 + 5, columns, y, NULL, 50));
    free_frame(&frame);
}

// Rows 0, 2, 4 … of a study with pairs of rows.
static json_t *
every_second_row(const sw_frame *frame, const char *request, size_t stride)
{
    sw_faults faults = {0};
    uint8_t state[8] = {0};
    sw_auto(json) json_t *document = json_loads(request, 0, NULL);
    sw_analysis *a = sw_analysis_new(document, "", frame, &faults);
    assert_non_null(a);
    for (size_t first = 0; first < N; first += 2 * stride) {
        const double *at[] = {x[0] + first, x[1] + first};
        sw_rows rows = {.first = first, .n = stride, .x = at, .y = y + first, .state = state};
        sw_analysis_feed(a, &rows);
    }
    json_t *r = sw_analysis_finish(a, &faults);
    sw_analysis_free(&a);
    sw_faults_fini(&faults);
    return r;
}

static void
an_interleaved_study_is_analysed_from_what_it_has(void **unused)
{
    (void)unused;
    fill(1);
    sw_frame frame = make_frame("random", "{}", D, N, 1);
    assert_null(every_second_row(&frame, "{\"method\": \"regression\"}", 1));
    frame.interleaved = true;
    sw_auto(json) json_t *r = every_second_row(&frame, "{\"method\": \"regression\"}", 1);
    assert_int_equal(number(r, "n"), N / 2);
    assert_int_equal(number(r, "n_missing"), N / 2);
    assert_true(at(r, "SRC", 1) > 0.8 && at(r, "SRC", 1) < 1);
    assert_true(warns(r, "this is of 128 points of 256"));
    free_frame(&frame);
}

// Rows of designs that stand or fall together are those that are there as a whole.
static void
base_rows_of_an_interleaved_study_are_whole(void **unused)
{
    (void)unused;
    enum { STRIDE = 4, ROWS = N / STRIDE };
    sw_auto(free) double *whole = saltelli_outputs(linear_123, D, ROWS, 0, false);
    memcpy(y, whole, sizeof y);
    sw_frame frame = make_frame("saltelli", "{}", D, N, 1);
    frame.interleaved = true;
    sw_auto(json) json_t *r = every_second_row(&frame, "{\"method\": \"sobol\"}", STRIDE);
    assert_int_equal(number(r, "n"), ROWS / 2);
    double half[N / 2];
    for (size_t row = 0; row < ROWS / 2; row++)
        memcpy(half + row * STRIDE, whole + 2 * row * STRIDE, STRIDE * sizeof *half);
    sw_frame smaller = make_frame("saltelli", "{}", D, N / 2, 1);
    sw_auto(json) json_t *expected =
        analyse(&smaller, "{\"method\": \"sobol\"}", N / 2, NULL, half, NULL, 100);
    assert_true(json_equal(json_object_get(r, "S1"), json_object_get(expected, "S1")));
    assert_true(json_equal(json_object_get(r, "ST"), json_object_get(expected, "ST")));
    free_frame(&frame);
    free_frame(&smaller);
}

static double
itself(const void *context, size_t j, double u)
{
    (void)context, (void)j;
    return u;
}

static const char *const methods[] = {"regression", "pawn",        "delta",   "regional", "pce",
                                      "hsic",       "extra_trees", "shapley", "hdmr"};

static void
a_constant_output_is_said_by_every_method(void **unused)
{
    (void)unused;
    fill(0);
    sw_frame frame = make_frame("random", "{}", D, N, 1);
    frame.quantile = itself;
    for (size_t m = 0; m < sw_countof(methods); m++) {
        sw_auto(free) char *request = sw_format("{\"method\": \"%s\"}", methods[m]);
        sw_auto(json) json_t *r = analyse(&frame, request, N, columns, y, NULL, N);
        if (!r || !warns(r, "the output is constant"))
            fail_msg("%s says nothing of a constant output", methods[m]);
    }
    free_frame(&frame);
}

// Their squares are infinite, and what is computed from those has no value: that is said.
static void
values_that_are_too_large_are_said(void **unused)
{
    (void)unused;
    fill(1e307);
    sw_frame frame = make_frame("random", "{}", D, N, 1);
    frame.quantile = itself;
    for (size_t m = 0; m < sw_countof(methods); m++) {
        sw_auto(free) char *request = sw_format("{\"method\": \"%s\"}", methods[m]);
        sw_auto(json) json_t *r = analyse(&frame, request, N, columns, y, NULL, N);
        if (!r || !warns(r, "too large to be squared") || warns(r, "constant"))
            fail_msg("%s says nothing of values that are too large", methods[m]);
    }
    free_frame(&frame);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(convergence_looks_at_complete_prefixes_alone),
        cmocka_unit_test(an_interleaved_study_is_analysed_from_what_it_has),
        cmocka_unit_test(base_rows_of_an_interleaved_study_are_whole),
        cmocka_unit_test(a_constant_output_is_said_by_every_method),
        cmocka_unit_test(values_that_are_too_large_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
