// SPDX-License-Identifier: Apache-2.0
// What charts ask for: histograms, bands, samples and fans of real studies.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static service s;
static int64_t linear, crashing, waves, angles;

static json_t *
ask(int64_t id, const char *what)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/%s", (long long)id, what);
    return get_json(&s, path);
}

static int64_t
count_of(const json_t *answer, const char *name)
{
    return json_integer_value(json_object_get(answer, name));
}

static int64_t
sum_of(const json_t *list)
{
    int64_t sum = 0;
    for (size_t i = 0; i < json_array_size(list); i++)
        sum += json_integer_value(json_array_get(list, i));
    return sum;
}

static double
number_at(const json_t *lists, size_t i, size_t j)
{
    return json_number_value(json_array_get(json_array_get(lists, i), j));
}

static void
every_run_is_in_one_bin(void **state)
{
    (void)state;
    sw_auto(json) json_t *one = ask(linear, "histogram?x=y&bins=7");
    assert_int_equal(count_of(one, "shown"), 3000);
    assert_int_equal(sum_of(json_object_get(one, "counts")), 3000);
    sw_auto(json) json_t *two = ask(linear, "histogram?x=x1&y=x2&z=y&bins=4");
    assert_int_equal(json_array_size(json_object_get(two, "mean")), 16);
    assert_int_equal(sum_of(json_object_get(two, "counts")), 3000);
}

static void
bands_are_in_order_and_follow_the_model(void **state)
{
    (void)state;
    sw_auto(json) json_t *a = ask(linear, "bands?x=x3&y=y&bins=6");
    const json_t *q = json_object_get(a, "quantiles");
    for (size_t bin = 0; bin < 6; bin++) {
        for (size_t k = 0; k < 4; k++)
            assert_true(number_at(q, k, bin) <= number_at(q, k + 1, bin));
        // y grows with x3, its heaviest input.
        assert_true(bin == 0 || number_at(q, 2, bin) > number_at(q, 2, bin - 1));
    }
}

static void
a_sample_is_the_runs_themselves(void **state)
{
    (void)state;
    sw_auto(json) json_t *a = ask(linear, "sample?variable=x1&variable=y&limit=100");
    const json_t *runs = json_object_get(a, "run"), *columns = json_object_get(a, "columns");
    assert_int_equal(json_array_size(runs), 100);
    for (size_t i = 0; i < 100; i += 33) {
        int64_t run = json_integer_value(json_array_get(runs, i));
        sw_auto(free) char *what = sw_format("runs/%lld", (long long)run);
        sw_auto(json) json_t *one = ask(linear, what);
        const json_t *in = json_object_get(one, "inputs"), *out = json_object_get(one, "outputs");
        assert_true(number_at(columns, 0, i) == json_number_value(json_object_get(in, "x1")));
        assert_true(number_at(columns, 1, i) == json_number_value(json_object_get(out, "y")));
    }
    // Spread over the whole study, not its beginning.
    assert_true(json_integer_value(json_array_get(runs, 99)) > 2900);
}

static void
failed_runs_are_left_out_and_said(void **state)
{
    (void)state;
    sw_auto(json) json_t *a = ask(crashing, "histogram?x=y");
    int64_t failed = count_of(a, "failed");
    assert_true(failed > 0);
    assert_int_equal(count_of(a, "shown") + failed, 40);
    sw_auto(json) json_t *times = ask(crashing, "histogram?x=_wall_ms");
    assert_int_equal(count_of(times, "shown") + count_of(times, "not_finite"), 40);
}

static void
a_fan_has_quantiles_at_each_step_and_lines(void **state)
{
    (void)state;
    sw_auto(json) json_t *a = ask(waves, "fan?output=y&steps=30&lines=3");
    assert_int_equal(count_of(a, "longest"), 100);
    assert_int_equal(json_array_size(json_object_get(a, "x")), 30);
    assert_int_equal(json_array_size(json_object_get(a, "lines")), 3);
    const json_t *q = json_object_get(a, "quantiles");
    assert_true(number_at(q, 0, 0) >= 1 && number_at(q, 4, 0) <= 2); // amplitudes at time 0
    assert_true(number_at(q, 0, 0) < number_at(q, 4, 0));
}

static void
a_series_with_a_row_for_each_place_is_shown_by_part_or_spread(void **state)
{
    (void)state;
    double least = INFINITY, most = -INFINITY;
    for (int part = 0; part < 3; part++) {
        sw_auto(free) char *what = sw_format("fan?output=angles&x=times&lines=1&part=%d", part);
        sw_auto(json) json_t *a = ask(angles, what);
        assert_int_equal(count_of(a, "width"), 3);
        assert_int_equal(count_of(a, "longest"), 51);
        double v = number_at(json_object_get(a, "quantiles"), 2, 0);
        least = fmin(least, v);
        most = fmax(most, v);
    }
    sw_auto(json) json_t *s0 = ask(angles, "fan?output=angles&x=times&part=spread");
    const json_t *q = json_object_get(s0, "quantiles");
    assert_true(fabs(number_at(q, 2, 0) - (most - least)) < 1e-9 * most);
    sw_auto(json) json_t *none = ask(angles, "fan?output=angles&x=times&part=3");
    assert_true(
        json_is_null(json_array_get(json_array_get(json_object_get(none, "quantiles"), 2), 0)));
    assert_true(json_number_value(json_array_get(json_object_get(none, "x"), 0)) == 0);
}

static void
what_is_no_number_is_refused_with_its_name(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "histogram",       "histogram?x=nope",      "bands?x=y",
        "fan?output=nope", "fan?output=y&part=all", "sample?variable=y&limit=0"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/%s", (long long)waves, wrong[i]);
        reply r = get(&s, path);
        assert_int_equal(r.status, 400);
        reply_free(&r);
    }
}

static int
start_all(void **state)
{
    (void)state;
    service_start(&s, 1);
    linear = submit(&s, "{\"model\":\"testfunctions/linear\",\"parameters\":{"
                        "\"x1\":{\"min\":0,\"max\":1},\"x2\":{\"min\":0,\"max\":1},"
                        "\"x3\":{\"min\":0,\"max\":1}},"
                        "\"design\":{\"method\":\"lhs\",\"n\":3000,\"seed\":1}}");
    crashing = submit(&s, "{\"model\":\"testfunctions/error\",\"parameters\":{\"share\":0.3,"
                          "\"x\":{\"min\":0,\"max\":1}},"
                          "\"design\":{\"method\":\"random\",\"n\":40,\"seed\":1},"
                          "\"limits\":{\"max_failed_fraction\":1,\"retries\":0}}");
    waves = submit(&s, "{\"model\":\"testfunctions/series\",\"parameters\":{"
                       "\"amplitude\":{\"min\":1,\"max\":2}},"
                       "\"design\":{\"method\":\"lhs\",\"n\":50,\"seed\":1}}");
    angles = submit(&s, "{\"model\":\"power/rotor-angle\",\"parameters\":{"
                        "\"fault-bus\":7,\"line\":\"5-7\",\"horizon\":1,\"every\":0.02,"
                        "\"clearing-time\":0.05},\"design\":{\"method\":\"list\"},"
                        "\"outputs\":[\"times\",\"angles\"]}");
    wait_for_state(&s, angles, "done", 30);
    wait_for_state(&s, linear, "done", 30);
    wait_for_state(&s, crashing, "done", 30);
    wait_for_state(&s, waves, "done", 30);
    return 0;
}

static int
stop_all(void **state)
{
    (void)state;
    service_stop(&s);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_run_is_in_one_bin),
        cmocka_unit_test(bands_are_in_order_and_follow_the_model),
        cmocka_unit_test(a_sample_is_the_runs_themselves),
        cmocka_unit_test(failed_runs_are_left_out_and_said),
        cmocka_unit_test(a_fan_has_quantiles_at_each_step_and_lines),
        cmocka_unit_test(a_series_with_a_row_for_each_place_is_shown_by_part_or_spread),
        cmocka_unit_test(what_is_no_number_is_refused_with_its_name),
    };
    return cmocka_run_group_tests(tests, start_all, stop_all);
}
