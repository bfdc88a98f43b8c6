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
// The quarter and its halves are.
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
    assert_int_equal(json_array_size(points), 4);
    assert_int_equal(json_integer_value(json_array_get(points, 3)), N / 4);
    assert_int_equal(json_integer_value(json_array_get(points, 0)), N / 32);
    assert_true(warns(r, "its first 69 points of 256"));
    assert_null(analyse(&frame, request, 4, columns, y, NULL, 50));
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

// Designs of a million million points, of which the first 256 or so were made: every method gives
// what it gives of a design of so many, but says that more are wanted.
#define HUGE_POINTS UINT64_C(1000000000000)

static const struct {
    const char *design, *request, *key;
    size_t stride;
} of_designs[] = {
    {"random", "{\"method\": \"regression\"}", "SRC", 1},
    {"random", "{\"method\": \"pawn\"}", "median", 1},
    {"random", "{\"method\": \"delta\"}", "delta", 1},
    {"random", "{\"method\": \"regional\"}", "cramer_von_mises", 1},
    {"random", "{\"method\": \"pce\"}", "S1", 1},
    {"random", "{\"method\": \"hsic\"}", "hsic", 1},
    {"random", "{\"method\": \"extra_trees\"}", "importance", 1},
    {"random", "{\"method\": \"shapley\"}", "shapley", 1},
    {"random", "{\"method\": \"hdmr\"}", "ST", 1},
    {"random", "{\"method\": \"rbd_fast\", \"harmonics\": 4}", "S1", 1},
    {"random", "{\"method\": \"prim\"}", "trajectory", 1},
    {"random", "{\"method\": \"summary\", \"per_point\": true}", "mean", 1},
    {"saltelli", "{\"method\": \"sobol\"}", "S1", 4},
    {"dgsm", "{\"method\": \"dgsm\"}", "vi", 3},
};

static sw_frame
frame_for(const char *design, uint64_t points)
{
    sw_frame frame = make_frame(design, "{}", D, points, 1);
    frame.quantile = itself;
    return frame;
}

static void
expect_as_of_a_small_design(size_t m, sw_frame *huge, const json_t *given)
{
    size_t n = N / of_designs[m].stride * of_designs[m].stride;
    sw_frame small = frame_for(of_designs[m].design, n);
    sw_auto(json) json_t *r = analyse(&small, of_designs[m].request, n, columns, y, NULL, N);
    const json_t *expected = json_object_get(r, of_designs[m].key);
    if (!given || !expected || !json_equal(json_object_get(given, of_designs[m].key), expected))
        fail_msg("%s: not that of a small design", of_designs[m].request);
    assert_true(warns(given, "the study is not complete"));
    free_frame(huge);
    free_frame(&small);
}

static void
what_was_made_of_a_great_design_is_analysed(void **unused)
{
    (void)unused;
    fill(1);
    for (size_t m = 0; m < sw_countof(of_designs); m++) {
        size_t stride = of_designs[m].stride;
        sw_frame huge = frame_for(of_designs[m].design, HUGE_POINTS / stride * stride);
        huge.reach = N;
        sw_auto(json) json_t *r = analyse(&huge, of_designs[m].request, N, columns, y, NULL, 100);
        expect_as_of_a_small_design(m, &huge, r);
    }
}

// A hundred replicates of which the first is begun: nothing can be said of noise, and that is said.
static void
replicates_that_are_not_there_are_missed(void **unused)
{
    (void)unused;
    static const char *const requests[] = {"{\"method\": \"noise\"}",
                                           "{\"method\": \"vargha_delaney\"}"};
    fill(1);
    sw_frame huge = make_frame("random", "{}", D, HUGE_POINTS, 100);
    huge.reach = N;
    for (size_t m = 0; m < sw_countof(requests); m++)
        assert_null(analyse(&huge, requests[m], N, columns, y, NULL, N));
    sw_auto(json) json_t *r =
        analyse(&huge, "{\"method\": \"regression\"}", N, columns, y, NULL, N);
    assert_int_equal(number(r, "n"), N);
    free_frame(&huge);
}

static void
the_prefixes_of_a_great_design_converge(void **unused)
{
    (void)unused;
    fill(1);
    sw_frame huge = frame_for("random", UINT64_C(1) << 40);
    huge.reach = N;
    sw_auto(json) json_t *r = analyse(
        &huge, "{\"method\": \"convergence\", \"of\": {\"method\": \"regression\"}, \"steps\": 3}",
        N, columns, y, NULL, 100);
    const json_t *points = json_object_get(r, "points");
    assert_int_equal(json_integer_value(json_array_get(points, 0)), N / 4);
    assert_int_equal(json_integer_value(json_array_get(points, 2)), N);
    free_frame(&huge);
}

// Rows of `stride` points, each row at its own place among a million million, in an order that is
// none: `twice` feeds a second replicate of each.
static json_t *
scattered(const sw_frame *frame, const char *request, size_t stride, bool twice)
{
    sw_faults faults = {0};
    static const uint8_t state[8] = {0};
    sw_auto(json) json_t *document = json_loads(request, 0, NULL);
    sw_analysis *a = sw_analysis_new(document, "", frame, &faults);
    if (!a)
        fail_msg("%s is refused: %s", request, faults.n ? faults.v[0].message : "");
    size_t rows = N / stride;
    for (size_t k = 0; k < (twice ? 2 : 1) * rows; k++) {
        size_t row = k * 37 % rows;
        uint64_t place = (uint64_t)row * 3000000017 * stride + k / rows * frame->points;
        const double *at[] = {x[0] + row * stride, x[1] + row * stride};
        sw_rows fed = {.first = place, .n = stride, .x = at, .y = y + row * stride, .state = state};
        sw_analysis_feed(a, &fed);
    }
    json_t *r = sw_analysis_finish(a, &faults);
    sw_analysis_free(&a);
    sw_faults_fini(&faults);
    return r;
}

static void
points_anywhere_in_a_great_design_are_analysed(void **unused)
{
    (void)unused;
    fill(1);
    for (size_t m = 0; m < sw_countof(of_designs); m++) {
        size_t stride = of_designs[m].stride;
        if (strstr(of_designs[m].request, "summary"))
            continue; // which has the points at their places
        sw_frame huge = frame_for(of_designs[m].design, HUGE_POINTS / stride * stride);
        huge.interleaved = true;
        huge.reach = N;
        sw_auto(json) json_t *r = scattered(&huge, of_designs[m].request, stride, false);
        expect_as_of_a_small_design(m, &huge, r);
    }
}

static void
replicates_of_points_anywhere_are_averaged(void **unused)
{
    (void)unused;
    fill(1);
    sw_frame huge = make_frame("random", "{}", D, HUGE_POINTS, 2);
    huge.interleaved = true;
    huge.reach = 2 * N;
    sw_auto(json) json_t *r = scattered(&huge, of_designs[0].request, 1, true);
    assert_int_equal(number(r, "n"), N);
    expect_as_of_a_small_design(0, &huge, r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(convergence_looks_at_complete_prefixes_alone),
        cmocka_unit_test(an_interleaved_study_is_analysed_from_what_it_has),
        cmocka_unit_test(base_rows_of_an_interleaved_study_are_whole),
        cmocka_unit_test(what_was_made_of_a_great_design_is_analysed),
        cmocka_unit_test(replicates_that_are_not_there_are_missed),
        cmocka_unit_test(the_prefixes_of_a_great_design_converge),
        cmocka_unit_test(points_anywhere_in_a_great_design_are_analysed),
        cmocka_unit_test(replicates_of_points_anywhere_are_averaged),
        cmocka_unit_test(a_constant_output_is_said_by_every_method),
        cmocka_unit_test(values_that_are_too_large_are_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
