// SPDX-License-Identifier: Apache-2.0
// What is true of every design: a point computed alone is the point of the whole.
#include "tests/unit/study/fixture.h"

#define STUDY(design)                                                                              \
    "{'model': 'test/kinds', 'replicates': 3, 'parameters': {"                                     \
    "'x': {'distribution': 'normal', 'mean': 1, 'sd': 2}, 'y': {'min': 0, 'max': 10},"             \
    "'z': {'distribution': 'lognormal', 'mean_log': 0, 'sd_log': 1},"                              \
    "'count': {'min': 0, 'max': 9}, 'mode': {'values': ['a', 'c']}}, 'design': " design "}"

#define BOUNDED(design)                                                                            \
    "{'model': 'test/kinds', 'parameters': {"                                                      \
    "'x': {'distribution': 'normal', 'mean': 1, 'sd': 2, 'min': -4, 'max': 9},"                    \
    "'y': {'min': 0, 'max': 10}, 'z': {'distribution': 'loguniform', 'min': 0.01, 'max': 1},"      \
    "'count': {'min': 0, 'max': 9}, 'mode': {'values': ['a', 'c']}}, 'design': " design "}"

static const char *const studies[] = {
    STUDY("{'method': 'grid', 'steps': {'x': 3, 'y': 5, 'z': 2}}"),
    STUDY("{'method': 'grid', 'steps': 3, 'sub_experiments': [{'mode': 'c'}, {'mode': ['a']}]}"),
    STUDY("{'method': 'random', 'n': 1000, 'seed': 5}"),
    STUDY("{'method': 'lhs', 'n': 999, 'seed': 6}"),
    STUDY("{'method': 'lhs', 'n': 100, 'centred': true}"),
    STUDY("{'method': 'sobol', 'n': 1024, 'seed': 9007199254740991}"),
    STUDY("{'method': 'sobol', 'n': 500, 'skip': 77, 'scramble': 'none'}"),
    STUDY("{'method': 'saltelli', 'n': 40}"),
    STUDY("{'method': 'saltelli', 'n': 40, 'second_order': false}"),
    STUDY("{'method': 'saltelli', 'n': 40, 'base': 'random'}"),
    STUDY("{'method': 'sobol', 'n': 256, 'scramble': 'owen'}"),
    STUDY("{'method': 'halton', 'n': 500}"),
    STUDY("{'method': 'lattice', 'n': 500}"),
    STUDY("{'method': 'lhs_maximin', 'n': 60}"),
    STUDY("{'method': 'lhs_correlated', 'n': 200}, 'correlations': [['z', 'x', 0.5]]"),
    STUDY("{'method': 'lhs', 'n': 500}, 'correlations': [['z', 'x', 0.5], ['count', 'x', -0.8]]"),
    STUDY("{'method': 'halton', 'n': 500, 'scramble': 'none'}"),
    STUDY("{'method': 'radial', 'n': 40}"),
    STUDY("{'method': 'dgsm', 'n': 40, 'step': 0.2}"),
    STUDY("{'method': 'efast', 'n': 129, 'curves': 2}"),
    STUDY("{'method': 'rbd_fast', 'n': 500}"),
    BOUNDED("{'method': 'morris', 'n': 30, 'levels': 6}"),
    BOUNDED("{'method': 'morris', 'n': 10, 'candidates': 50}"),
    BOUNDED("{'method': 'oat', 'steps': 4}"),
    BOUNDED("{'method': 'morris', 'n': 30}, 'groups': {'g': ['x', 'z'], 'h': ['y']}"),
    BOUNDED("{'method': 'saltelli', 'n': 16}, 'groups': {'g': ['x', 'z'], 'h': ['y']}"),
    BOUNDED("{'method': 'radial', 'n': 16}, 'groups': {'all': ['x', 'y', 'z', 'count', 'mode']}"),
    BOUNDED("{'method': 'factorial'}"),
    BOUNDED("{'method': 'fractional_factorial', 'resolution': 3}"),
    BOUNDED("{'method': 'plackett_burman', 'low': 0.1, 'high': 0.9}"),
    BOUNDED("{'method': 'central_composite', 'centres': 3}"),
    BOUNDED("{'method': 'box_behnken'}"),
    "{'model': 'test/kinds', 'replicates': 2, 'design': {'method': 'list',"
    "'points': [{'x': 1, 'mode': 'b'}, {'x': 2}, {'on': false}]}}",
};

static void
check_alone(const sw_plan *plan, const double *whole, uint64_t runs, uint64_t i)
{
    sw_auto(free) double *alone = inputs_of(plan, 7, i, 1);
    for (size_t j = 0; j < 7; j++) {
        if (memcmp(&alone[j], &whole[j * runs + i], sizeof *alone) != 0)
            fail_msg("run %llu parameter %zu: %.17g alone, %.17g in the whole",
                     (unsigned long long)i, j, alone[j], whole[j * runs + i]);
    }
}

static void
a_point_alone_is_the_point_of_the_whole(void **state)
{
    (void)state;
    for (size_t k = 0; k < sw_countof(studies); k++) {
        made m = make(studies[k]);
        uint64_t runs = sw_plan_runs(m.plan);
        sw_auto(free) double *whole = inputs_of(m.plan, 7, 0, runs);
        for (uint64_t i = 0; i<runs; i += runs> 500 ? 13 : 1)
            check_alone(m.plan, whole, runs, i);
        drop(&m);
    }
}

static void
every_value_lies_within_its_range(void **state)
{
    (void)state;
    for (size_t k = 0; k < sw_countof(studies); k++) {
        made m = make(studies[k]);
        uint64_t runs = sw_plan_runs(m.plan);
        sw_auto(free) double *in = inputs_of(m.plan, 7, 0, runs);
        for (uint64_t i = 0; i < runs; i++) {
            assert_true(isfinite(in[i]));
            assert_true(in[runs + i] >= 0 && in[runs + i] <= 10);
            assert_true(isfinite(in[2 * runs + i]));
            assert_true(in[3 * runs + i] == floor(in[3 * runs + i]));
        }
        drop(&m);
    }
}

static void
seeds_depend_on_point_and_replicate_only(void **state)
{
    (void)state;
    made m = make(STUDY("{'method': 'random', 'n': 10, 'seed': 5}"));
    uint64_t seeds[30], middle[7];
    sw_plan_seeds(m.plan, 0, 30, seeds);
    sw_plan_seeds(m.plan, 8, 7, middle);
    assert_memory_equal(middle, seeds + 8, sizeof middle);
    for (int a = 0; a < 30; a++) {
        for (int b = 0; b < a; b++)
            assert_int_not_equal(seeds[a], seeds[b]);
    }
    drop(&m);
}

static void
common_random_numbers_drop_the_point_from_the_seed(void **state)
{
    (void)state;
    made m = make("{'model': 'test/kinds', 'replicates': 2, 'common_random_numbers': true,"
                  "'parameters': {'x': {'min': 0, 'max': 1}},"
                  "'design': {'method': 'random', 'n': 3}}");
    uint64_t seeds[6];
    sw_plan_seeds(m.plan, 0, 6, seeds);
    assert_int_equal(seeds[0], seeds[2]);
    assert_int_equal(seeds[3], seeds[5]);
    assert_int_not_equal(seeds[0], seeds[3]);
    drop(&m);
}

static void
a_run_made_again_by_a_list_has_the_seed_it_had(void **state)
{
    (void)state;
    made m = make("{'model': 'test/kinds', 'replicates': 2, 'parameters': {'x': {'min': 0, 'max': "
                  "1}}, 'design': {'method': 'random', 'n': 10, 'seed': 5}}");
    made one = make("{'model': 'test/kinds', 'design': {'method': 'list', 'seed': 5, "
                    "'first_point': 7, 'first_replicate': 1}}");
    uint64_t seeds[20], again;
    sw_plan_seeds(m.plan, 0, 20, seeds);
    sw_plan_seeds(one.plan, 0, 1, &again);
    assert_int_equal(again, seeds[17]);
    drop(&one);
    drop(&m);
}

static void
a_latin_hypercube_visits_every_stratum_once(void **state)
{
    (void)state;
    made m = make("{'model': 'test/kinds', 'parameters': {'x': {'min': 0, 'max': 1000},"
                  "'z': {'min': 0, 'max': 1000}}, 'design': {'method': 'lhs', 'n': 1000}}");
    sw_auto(free) double *in = inputs_of(m.plan, 7, 0, 1000);
    for (int column = 0; column < 3; column += 2) {
        bool seen[1000] = {false};
        for (int i = 0; i < 1000; i++) {
            int stratum = (int)in[column * 1000 + i];
            assert_false(seen[stratum]);
            seen[stratum] = true;
        }
    }
    drop(&m);
}

static void
a_grid_visits_every_combination_in_order(void **state)
{
    (void)state;
    made m = make("{'model': 'test/kinds', 'parameters': {'x': {'min': -1, 'max': 1},"
                  "'y': {'distribution': 'loguniform', 'min': 0.001, 'max': 10},"
                  "'on': {'values': [false, true]}}, 'design': {'method': 'grid',"
                  "'steps': {'x': 3, 'y': 5}}}");
    assert_int_equal(sw_plan_runs(m.plan), 30);
    sw_auto(free) double *in = inputs_of(m.plan, 7, 0, 30);
    for (int i = 0; i < 30; i++) {
        assert_true(in[i] == i / 10 - 1);
        assert_true(fabs(in[30 + i] / pow(10, i / 2 % 5 - 3) - 1) < 1e-14);
        assert_true(in[4 * 30 + i] == i % 2);
    }
    assert_true(in[30 + 9] == 10);
    drop(&m);
}

#define PARTS(list)                                                                                \
    "{'model': 'test/kinds', 'parameters': {'x': {'first': 0, 'step': 0.1, 'last': 1}, 'y': "      \
    "{'min':"                                                                                      \
    " 0, 'max': 10}, 'mode': {'values': ['a', 'b', 'c']}, 'on': {'values': [true, false]}},"       \
    " 'design': {'method': 'grid', 'steps': 3, 'sub_experiments': " list "}}"

// 2 * 3 * 1 * 2 points, then 4 * 3 * 2 * 1.
static void
sub_experiments_are_grids_one_after_another(void **state)
{
    (void)state;
    made m = make(PARTS("[{'x': [0.3, 0.1], 'mode': 'c'}, {'x': {'first': 0.4, 'step': 0.2, 'last':"
                        "1}, 'mode': ['b', 'a'], 'on': false}]"));
    assert_int_equal(sw_plan_runs(m.plan), 36);
    enum { N = 36 };
    sw_auto(free) double *in = inputs_of(m.plan, 7, 0, N);
    static const double first[] = {0.3, 0.1}, then[] = {0.4, 0.6, 0.8, 1};
    for (size_t i = 0; i < N; i++) {
        size_t k = i < 12 ? i : i - 12;
        double on = i < 12 && k % 2 == 0;
        const double x = i < 12 ? first[k / 6] : then[k / 6];
        // Texts are levels of the study, in its order: a, b, c.
        const double mode = i < 12 ? 2 : k % 2 == 0;
        assert_true(in[i] == x);
        assert_true(fabs(in[N + i] - 5.0 * (double)(k / 2 % 3)) < 1e-12);
        assert_true(in[4 * N + i] == on);
        assert_true(in[5 * N + i] == mode);
    }
    sw_auto(json) json_t *resolved = sw_plan_resolved(m.plan);
    made again = make_for(kinds_model(), resolved);
    sw_auto(free) double *same = inputs_of(again.plan, 7, 0, N);
    assert_memory_equal(in, same, 7 * N * sizeof *in);
    drop(&again);
    drop(&m);
}

static void
sub_experiments_take_listed_values_only(void **state)
{
    (void)state;
    expect_fault(PARTS("[{'x': 0.35}]"), "/design/sub_experiments/0/x", "not among those of x");
    expect_fault(PARTS("[{'x': 0.3}, {'mode': 'd'}]"), "/design/sub_experiments/1/mode", "");
    expect_fault(PARTS("[{'x': 0.35}, {'x': 0}]"), "/design/sub_experiments/0/x", "among");
    expect_fault(PARTS("[{'y': 5}]"), "/design/sub_experiments/0/y", "values the study lists");
    expect_fault(PARTS("[{'z': 5}]"), "/design/sub_experiments/0/z", "values the study lists");
    expect_fault(PARTS("[{'x': {'min': 0, 'max': 1}}]"), "/design/sub_experiments/0/x",
                 "a list of");
    expect_fault(PARTS("[7]"), "/design/sub_experiments/0", "must be an object");
    expect_fault(PARTS("[]"), "/design/sub_experiments", "");
}

// Short texts that stand for many values: refused at the millionth, and each found without a search
// through all.
static void
sub_experiments_of_very_many_values_are_bounded(void **state)
{
    (void)state;
    static const char one[] = "{'x': {'first': 0, 'step': 1, 'last': 99999}}";
    sw_buffer b = {0};
    sw_buffer_str(&b, "{'model': 'test/kinds', 'parameters': {'x': {'first': 0, 'step': 1, 'last': "
                      "99999}}, 'design': {'method': 'grid', 'sub_experiments': [");
    for (int k = 0; k < 1000; k++) {
        sw_buffer_str(&b, k > 0 ? ", " : "");
        sw_buffer_str(&b, one);
    }
    sw_buffer_str(&b, "]}}");
    expect_fault(sw_buffer_text(&b), "/design/sub_experiments", "more than 1000000 values");
    sw_buffer_fini(&b);
}

// Of 2^14 points: correlations of x and y, which are normal themselves, and the third pair free.
static void
correlations_are_those_asked_for(void **state)
{
    (void)state;
    enum { N = 1 << 14 };
#define NORMAL "{'distribution': 'normal', 'mean': 0, 'sd': 1}"
    made m = make("{'model': 'test/kinds', 'parameters': {'x': " NORMAL ", 'z': " NORMAL "},"
                  "'correlations': [['x', 'z', -0.7]], 'design': {'method': 'sobol', 'n': 16384}}");
#undef NORMAL
    sw_auto(free) double *in = inputs_of(m.plan, 7, 0, N);
    double xx = 0, zz = 0, xz = 0;
    for (int i = 0; i < N; i++) {
        xx += in[i] * in[i] / N;
        zz += in[2 * N + i] * in[2 * N + i] / N;
        xz += in[i] * in[2 * N + i] / N;
    }
    assert_true(fabs(xx - 1) < 5e-3 && fabs(zz - 1) < 5e-3 && fabs(xz + 0.7) < 5e-3);
    drop(&m);
    expect_fault("{'model': 'test/kinds', 'parameters': {'x': {'min': 0, 'max': 1}, 'y': {'min': 0,"
                 "'max': 1}, 'z': {'min': 0, 'max': 1}}, 'correlations': [['x', 'y', 0.9], ['x', "
                 "'z', 0.9], ['y', 'z', -0.9]], 'design': {'method': 'lhs', 'n': 3}}",
                 "/correlations", "positive definite");
    expect_fault("{'model': 'test/kinds', 'parameters': {'x': {'min': 0, 'max': 1}, 'y': {'min': 0,"
                 "'max': 1}}, 'correlations': [['x', 'y', 0.9]], 'design': {'method': 'saltelli',"
                 "'n': 3}}",
                 "/correlations", "independent");
    expect_fault("{'model': 'test/kinds', 'parameters': {'x': {'min': 0, 'max': 1}},"
                 "'correlations': [['x', 'q', 0.9]], 'design': {'method': 'lhs', 'n': 3}}",
                 "/correlations/0", "varied");
}

static void
a_plan_of_a_trillion_runs_answers_at_once(void **state)
{
    (void)state;
    made m = make("{'model': 'test/kinds', 'parameters': {'x': {'min': 0, 'max': 1},"
                  "'y': {'min': 0, 'max': 1}}, 'design': {'method': 'lhs', 'n': 1000000000000}}");
    sw_auto(free) double *in = inputs_of(m.plan, 7, 999999999000, 1000);
    for (int i = 0; i < 1000; i++)
        assert_true(in[i] > 0 && in[i] < 1);
    drop(&m);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_point_alone_is_the_point_of_the_whole),
        cmocka_unit_test(every_value_lies_within_its_range),
        cmocka_unit_test(seeds_depend_on_point_and_replicate_only),
        cmocka_unit_test(common_random_numbers_drop_the_point_from_the_seed),
        cmocka_unit_test(a_run_made_again_by_a_list_has_the_seed_it_had),
        cmocka_unit_test(a_latin_hypercube_visits_every_stratum_once),
        cmocka_unit_test(a_grid_visits_every_combination_in_order),
        cmocka_unit_test(sub_experiments_are_grids_one_after_another),
        cmocka_unit_test(sub_experiments_take_listed_values_only),
        cmocka_unit_test(sub_experiments_of_very_many_values_are_bounded),
        cmocka_unit_test(correlations_are_those_asked_for),
        cmocka_unit_test(a_plan_of_a_trillion_runs_answers_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
