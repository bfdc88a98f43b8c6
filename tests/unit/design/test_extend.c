// SPDX-License-Identifier: Apache-2.0
// Studies that grow in place: every run keeps its number, inputs and seed; and interleaved order.
#include "lib/design/extend.h"
#include "tests/unit/study/fixture.h"

#define STUDY(design)                                                                              \
    "{'model': 'test/kinds', 'replicates': 2, 'parameters': {"                                     \
    "'x': {'distribution': 'normal', 'mean': 1, 'sd': 2, 'min': -4, 'max': 9},"                    \
    "'y': {'min': 0, 'max': 10}, 'z': {'min': 0, 'max': 1}}, 'design': " design "}"

static const char *const growing[] = {
    STUDY("{'method': 'random', 'n': 40, 'seed': 5}"),
    STUDY("{'method': 'lhs', 'n': 40, 'seed': 6}"),
    STUDY("{'method': 'sobol', 'n': 40, 'seed': 7}"),
    STUDY("{'method': 'sobol', 'n': 40, 'scramble': 'owen'}"),
    STUDY("{'method': 'halton', 'n': 40}"),
    STUDY("{'method': 'lattice', 'n': 40}"),
    STUDY("{'method': 'saltelli', 'n': 40}"),
    STUDY("{'method': 'saltelli', 'n': 40, 'base': 'random', 'second_order': false}"),
    STUDY("{'method': 'radial', 'n': 40}"),
    STUDY("{'method': 'dgsm', 'n': 40, 'step': 0.2}"),
    STUDY("{'method': 'morris', 'n': 40}"),
    STUDY("{'method': 'morris', 'n': 40, 'candidates': 200}"),
    STUDY("{'method': 'random', 'n': 40, 'order': 'interleaved'}"),
};

// The study extended by a request; fails the test on faults.
static made
grow(const made *m, const char *text)
{
    sw_faults faults = {0};
    sw_auto(json) json_t *request = json_of(text);
    sw_auto(json) json_t *document =
        sw_extend(m->study, m->plan, &sw_study_limits_default, request, &faults);
    if (!document)
        fail_msg("%s %s", faults.v[0].pointer, faults.v[0].message);
    sw_faults_fini(&faults);
    return make_for(m->study->model, document);
}

static void
expect_same_beginning(const made *old, const made *grown)
{
    uint64_t runs = sw_plan_runs(old->plan), more = sw_plan_runs(grown->plan);
    assert_true(more > runs);
    sw_auto(free) double *a = inputs_of(old->plan, 7, 0, runs);
    sw_auto(free) double *b = inputs_of(grown->plan, 7, 0, more);
    uint64_t *seeds = sw_malloc((runs + more) * sizeof *seeds);
    sw_plan_seeds(old->plan, 0, runs, seeds);
    sw_plan_seeds(grown->plan, 0, more, seeds + runs);
    assert_memory_equal(seeds, seeds + runs, runs * sizeof *seeds);
    for (size_t j = 0; j < 7; j++)
        assert_memory_equal(a + j * runs, b + j * more, runs * sizeof *a);
    free(seeds);
}

// Every (point, replicate) exactly once.
static void
expect_whole(const made *m)
{
    uint64_t points = sw_plan_points(m->plan), runs = sw_plan_runs(m->plan);
    assert_int_equal(runs, points * m->study->replicates);
    bool *seen = sw_calloc(runs, sizeof *seen);
    for (uint64_t run = 0; run < runs; run++) {
        uint64_t point, replicate;
        sw_plan_locate(m->plan, run, 1, &point, &replicate);
        assert_true(point < points && replicate < m->study->replicates);
        assert_false(seen[replicate * points + point]);
        seen[replicate * points + point] = true;
    }
    free(seen);
}

static void
a_study_that_grows_keeps_its_runs(void **state)
{
    (void)state;
    for (size_t k = 0; k < sw_countof(growing); k++) {
        made m = make(growing[k]);
        made wider = grow(&m, "{'design': {'n': 80}}");
        made deeper = grow(&wider, "{'replicates': 5}");
        made both = grow(&deeper, "{'design': {'n': 160}, 'replicates': 6}");
        made *all[] = {&m, &wider, &deeper, &both};
        for (size_t i = 0; i < sw_countof(all); i++) {
            expect_whole(all[i]);
            if (i > 0)
                expect_same_beginning(all[i - 1], all[i]);
        }
        for (size_t i = 0; i < sw_countof(all); i++)
            drop(all[i]);
    }
}

static void
a_doubled_hypercube_is_a_hypercube(void **state)
{
    (void)state;
    made m = make("{'model': 'test/kinds', 'parameters': {'x': {'min': 0, 'max': 1}, 'z': {'min':"
                  "0, 'max': 1}}, 'design': {'method': 'lhs', 'n': 100, 'seed': 9}}");
    made grown = grow(&m, "{'design': {'n': 800}}");
    sw_auto(free) double *in = inputs_of(grown.plan, 7, 0, 800);
    for (int column = 0; column < 3; column += 2) {
        for (int n = 100; n <= 800; n *= 2) {
            bool seen[800] = {false};
            for (int i = 0; i < n; i++) {
                int stratum = (int)(in[column * 800 + i] * n);
                assert_false(seen[stratum]);
                seen[stratum] = true;
            }
        }
    }
    drop(&m);
    drop(&grown);
}

static void
expect_refusal(const char *study, const char *request, const char *pointer)
{
    made m = make(study);
    sw_faults faults = {0};
    sw_auto(json) json_t *json = json_of(request);
    assert_null(sw_extend(m.study, m.plan, &sw_study_limits_default, json, &faults));
    assert_string_equal(faults.v[0].pointer, pointer);
    sw_faults_fini(&faults);
    drop(&m);
}

static void
what_would_change_the_points_is_refused(void **state)
{
    (void)state;
    const char *lhs = STUDY("{'method': 'lhs', 'n': 40}");
    expect_refusal(lhs, "{'design': {'n': 60}}", "/design/n");
    expect_refusal(lhs, "{'design': {'n': 20}}", "/design/n");
    expect_refusal(lhs, "{'design': {'n': 40}}", "");
    expect_refusal(lhs, "{'design': {'centred': true}}", "/design/centred");
    expect_refusal(lhs, "{'design': {'seed': 2}}", "/design/seed");
    expect_refusal(lhs, "{'replicates': 1}", "/replicates");
    expect_refusal(lhs, "{'replicate': 5}", "/replicate");
    expect_refusal(STUDY("{'method': 'efast', 'n': 129}"), "{'design': {'n': 257}}", "/design/n");
}

static void
interleaved_order_visits_the_same_points(void **state)
{
    (void)state;
    made m = make("{'model': 'test/kinds', 'replicates': 2, 'parameters': {'y': {'min': 0, 'max':"
                  "10}}, 'design': {'method': 'grid', 'steps': {'y': 101}, 'order':"
                  "'interleaved'}}");
    expect_whole(&m);
    // The first fifth of the runs is spread over the whole range.
    sw_auto(free) double *in = inputs_of(m.plan, 7, 0, 20);
    double sum = 0;
    for (int i = 0; i < 20; i++)
        sum += in[20 + i] / 20;
    assert_true(sum > 3 && sum < 7);
    drop(&m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_study_that_grows_keeps_its_runs),
        cmocka_unit_test(a_doubled_hypercube_is_a_hypercube),
        cmocka_unit_test(what_would_change_the_points_is_refused),
        cmocka_unit_test(interleaved_order_visits_the_same_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
