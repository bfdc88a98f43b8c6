// SPDX-License-Identifier: Apache-2.0
// A study of ten million runs is as quick to look at as one of a thousand: each view's answer is
// right, and its time is printed and held to a limit.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

// Under a sanitizer the limits do not apply, and a tenth is big enough.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define N "1000000"
#define SLOWER 20
enum { RUNS = 1000000 };
#else
#define N "10000000"
#define SLOWER 1
enum { RUNS = 10000000 };
#endif

static service s;
static int64_t linear, waves;

// ---- vocabulary ----

// The best of three, since other programs run here too.
static json_t *
timed(int64_t id, const char *what, int times, double seconds)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/%s", (long long)id, what);
    json_t *answer = NULL;
    double best = INFINITY;
    for (int i = 0; i < times; i++) {
        json_decref(answer);
        double start = seconds_now();
        answer = get_json(&s, path);
        best = fmin(best, seconds_now() - start);
    }
    printf("%8.3f s  %s\n", best, what);
    if (best > seconds * SLOWER)
        fail_msg("%s took %.3f s, more than %g", what, best, seconds);
    return answer;
}

static double
number(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

static const json_t *
row(const json_t *page, size_t i)
{
    return json_array_get(json_object_get(page, "items"), i);
}

static double
input(const json_t *run, const char *name)
{
    return number(json_object_get(run, "inputs"), name);
}

static double
output(const json_t *run)
{
    return number(json_object_get(run, "outputs"), "y");
}

static double
at(const json_t *lists, size_t i, size_t j)
{
    return json_number_value(json_array_get(json_array_get(lists, i), j));
}

// Rows are what the model makes of their inputs.
static void
expect_rows_of_the_model(const json_t *page, size_t n)
{
    assert_int_equal(json_array_size(json_object_get(page, "items")), n);
    for (size_t i = 0; i < n; i++) {
        const json_t *run = row(page, i);
        double y = input(run, "x1") + 2 * input(run, "x2") + 3 * input(run, "x3");
        assert_float_equal(output(run), y, 1e-12);
    }
}

// ---- views ----

static void
pages_of_runs(void **state)
{
    (void)state;
    sw_auto(json) json_t *first = timed(linear, "runs?limit=100", 3, 0.5);
    expect_rows_of_the_model(first, 100);
    sw_auto(free) char *end = sw_format("runs?limit=100&after=%d", RUNS - 101);
    sw_auto(json) json_t *last = timed(linear, end, 3, 0.5);
    expect_rows_of_the_model(last, 100);
    assert_int_equal(number(row(last, 99), "run"), RUNS - 1);
    assert_true(json_is_null(json_object_get(last, "next")));
}

static void
sorted_pages(void **state)
{
    (void)state;
    sw_auto(json) json_t *summary = timed(linear, "analyses/summary?output=y", 1, 30);
    assert_int_equal(number(summary, "n"), RUNS);
    assert_float_equal(number(summary, "mean"), 3, 0.005);
    sw_auto(json) json_t *top = timed(linear, "runs?sort=-y&limit=100", 1, 10);
    expect_rows_of_the_model(top, 100);
    assert_true(output(row(top, 0)) == number(summary, "max"));
    assert_int_equal(number(top, "matched"), RUNS);
    sw_auto(free) char *after = sw_format("runs?sort=-y&limit=100&after=%s",
                                          json_string_value(json_object_get(top, "next")));
    sw_auto(json) json_t *second = timed(linear, after, 3, 0.5);
    expect_rows_of_the_model(second, 100);
    for (size_t i = 0; i < 99; i++) {
        assert_true(output(row(top, i)) >= output(row(top, i + 1)));
        assert_true(output(row(second, i)) >= output(row(second, i + 1)));
    }
    assert_true(output(row(top, 99)) >= output(row(second, 0)));
    sw_auto(json) json_t *low = timed(linear, "runs?sort=y&limit=1", 1, 10);
    assert_true(output(row(low, 0)) == number(summary, "min"));
}

static void
filtered_pages(void **state)
{
    (void)state;
    sw_auto(json) json_t *rare = timed(linear, "runs?where=x1<0.001&sort=x1&limit=100", 1, 10);
    expect_rows_of_the_model(rare, 100);
    sw_auto(free) char *query = sw_format("SELECT count(*) FROM columns, unnest(values) AS v "
                                          "WHERE study = %lld AND variable = 'x1' AND v < 0.001",
                                          (long long)linear);
    sw_auto(free) char *count = sql(&s, query);
    assert_int_equal(number(rare, "matched"), strtoll(count, NULL, 10));
    sw_auto(json) json_t *none = timed(linear, "runs?where=state=failed", 1, 5);
    assert_int_equal(number(none, "matched"), 0);
}

// x1 + 2 x2 + 3 x3 of uniform inputs is symmetric about 3.
static void
histograms(void **state)
{
    (void)state;
    sw_auto(json) json_t *one = timed(linear, "histogram?x=y&bins=40", 3, 1);
    assert_true(number(one, "looked") >= 100000 && number(one, "runs") == RUNS);
    const json_t *counts = json_object_get(one, "counts");
    double total = 0, low = 0;
    for (size_t i = 0; i < 40; i++) {
        double n = json_number_value(json_array_get(counts, i));
        total += n;
        low += i < 20 ? n : 0;
    }
    assert_true(total == number(one, "shown"));
    assert_float_equal(low / total, 0.5, 0.02);
    sw_auto(json) json_t *two = timed(linear, "histogram?x=x1&y=x2&z=y&bins=10", 3, 1);
    const json_t *mean = json_object_get(two, "mean");
    for (size_t cell = 0; cell < 100; cell++) {
        double x1 = 0.05 + 0.1 * (double)(cell % 10), x2 = 0.05 + 0.1 * (double)(cell / 10);
        assert_float_equal(json_number_value(json_array_get(mean, cell)), x1 + 2 * x2 + 1.5, 0.15);
    }
}

static void
bands_and_samples(void **state)
{
    (void)state;
    sw_auto(json) json_t *bands = timed(linear, "bands?x=x3&y=y&bins=20", 3, 1);
    const json_t *q = json_object_get(bands, "quantiles");
    for (size_t bin = 0; bin < 20; bin++)
        assert_float_equal(at(q, 2, bin), 1.5 + 3 * (0.025 + 0.05 * (double)bin), 0.1);
    sw_auto(json) json_t *sample =
        timed(linear, "sample?variable=x1&variable=x2&variable=x3&variable=y&limit=5000", 3, 1);
    const json_t *columns = json_object_get(sample, "columns");
    const json_t *runs = json_object_get(sample, "run");
    assert_in_range(json_array_size(runs), 4900, 5000);
    for (size_t i = 0; i < json_array_size(runs); i++)
        assert_float_equal(at(columns, 3, i),
                           at(columns, 0, i) + 2 * at(columns, 1, i) + 3 * at(columns, 2, i),
                           1e-12);
    assert_true(json_number_value(json_array_get(runs, 4800)) > 0.9 * RUNS);
}

// The first value of each series is its amplitude, uniform on 1 … 2.
static void
fans(void **state)
{
    (void)state;
    sw_auto(json) json_t *fan = timed(waves, "fan?output=y&lines=5", 3, 1);
    const json_t *q = json_object_get(fan, "quantiles");
    assert_int_equal(number(fan, "longest"), 3);
    assert_float_equal(at(q, 2, 0), 1.5, 0.03);
    assert_float_equal(at(q, 0, 0), 1.05, 0.03);
    sw_auto(json) json_t *page = timed(waves, "runs?sort=-amplitude&limit=50", 1, 10);
    const json_t *y = json_object_get(json_object_get(row(page, 0), "outputs"), "y");
    assert_int_equal(json_array_size(y), 3);
    assert_true(json_number_value(json_array_get(y, 0)) == input(row(page, 0), "amplitude"));
}

// ---- the fixture ----

static int64_t
made(const char *document, double seconds)
{
    double start = seconds_now();
    int64_t id = submit(&s, document);
    wait_for_state(&s, id, "done", seconds * SLOWER);
    printf("%8.3f s  to make %d runs\n", seconds_now() - start, RUNS);
    return id;
}

static int
start(void **state)
{
    (void)state;
    s.slots = 2;
    service_start(&s, 1);
    linear = made("{\"model\":\"testfunctions/linear\",\"parameters\":{"
                  "\"x1\":{\"min\":0,\"max\":1},\"x2\":{\"min\":0,\"max\":1},"
                  "\"x3\":{\"min\":0,\"max\":1}},"
                  "\"design\":{\"method\":\"random\",\"n\":" N ",\"seed\":1}}",
                  120);
    waves = made("{\"model\":\"testfunctions/series\",\"parameters\":{"
                 "\"amplitude\":{\"min\":1,\"max\":2},\"points\":3},\"outputs\":[\"y\"],"
                 "\"design\":{\"method\":\"random\",\"n\":" N ",\"seed\":1}}",
                 240);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    service_stop(&s);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_of_runs),     cmocka_unit_test(sorted_pages),
        cmocka_unit_test(filtered_pages),    cmocka_unit_test(histograms),
        cmocka_unit_test(bands_and_samples), cmocka_unit_test(fans),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
