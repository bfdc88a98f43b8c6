// SPDX-License-Identifier: Apache-2.0
// Study documents: what is accepted, and that every fault is reported at its place.
#include "tests/unit/study/fixture.h"

#define STUDY(members) "{'model': 'test/kinds', " members "}"
#define RANDOM "'design': {'method': 'random', 'n': 10, 'seed': 7}"

static void
parameters_left_out_keep_the_models_default(void **state)
{
    (void)state;
    made m = make("{'model': 'test/kinds'}");
    assert_int_equal(m.study->n_varied, 0);
    assert_int_equal(sw_plan_runs(m.plan), 1);
    sw_auto(free) double *in = inputs_of(m.plan, 7, 0, 1);
    const double expected[] = {0.5, 1, 2, 3, 1, 0, 0};
    assert_memory_equal(in, expected, sizeof expected);
    assert_string_equal(m.study->parameters[5].levels[0], "a");
    assert_int_equal(m.study->n_outputs, 2);
    drop(&m);
}

static void
parameters_stand_in_the_models_order(void **state)
{
    (void)state;
    made a =
        make(STUDY("'parameters': {'x': {'min': 0, 'max': 1}, 'z': {'min': 5, 'max': 6}}," RANDOM));
    made b =
        make(STUDY("'parameters': {'z': {'min': 5, 'max': 6}, 'x': {'min': 0, 'max': 1}}," RANDOM));
    sw_auto(free) double *in_a = inputs_of(a.plan, 7, 0, 10);
    sw_auto(free) double *in_b = inputs_of(b.plan, 7, 0, 10);
    assert_memory_equal(in_a, in_b, 70 * sizeof *in_a);
    char hash_a[SW_HASH_TEXT], hash_b[SW_HASH_TEXT];
    sw_plan_hash(a.plan, hash_a);
    sw_plan_hash(b.plan, hash_b);
    assert_string_equal(hash_a, hash_b);
    drop(&a);
    drop(&b);
}

static void
all_faults_come_at_once(void **state)
{
    (void)state;
    static const char text[] =
        STUDY("'nonsense': 1, 'replicates': 0, 'outputs': ['out', 'nix'], 'priority': 'high',"
              "'parameters': {'x': {'min': 2, 'max': 1}, 'y': {'min': -1, 'max': 5}, 'w': 3,"
              "'count': 2.5, 'on': 1, 'mode': 'd', 'label': 7}," RANDOM);
    expect_fault(text, "/nonsense", "not known");
    expect_fault(text, "/replicates", "from 1 to");
    expect_fault(text, "/outputs/1", "nix");
    expect_fault(text, "/priority", "whole number");
    expect_fault(text, "/parameters/x/min", "less than max");
    expect_fault(text, "/parameters/y/min", "the model accepts none below 0");
    expect_fault(text, "/parameters/w", "no parameter");
    expect_fault(text, "/parameters/count", "whole number");
    expect_fault(text, "/parameters/on", "true or false");
    expect_fault(text, "/parameters/mode", "\"a\", \"b\", \"c\"");
    expect_fault(text, "/parameters/label", "text");
}

static void
faults_of_ranges_name_field_and_what_is_allowed(void **state)
{
    (void)state;
#define X(range) STUDY("'parameters': {'x': " range "}," RANDOM)
    expect_fault(X("{'min': 0}"), "/parameters/x/max", "required");
    expect_fault(X("{'min': 0, 'max': 1, 'mean': 1}"), "/parameters/x/mean", "not known");
    expect_fault(X("{'distribution': 'cauchy'}"), "/parameters/x/distribution", "loguniform");
    expect_fault(X("{'distribution': 'normal', 'mean': 0, 'sd': 0}"), "/parameters/x/sd", "");
    expect_fault(X("{'distribution': 'loguniform', 'min': 0, 'max': 1}"), "/parameters/x/min",
                 "greater than 0");
    expect_fault(X("{'values': []}"), "/parameters/x/values", "number of items");
    expect_fault(X("{'values': [1, 2, 1]}"), "/parameters/x/values", "twice");
    expect_fault(X("{'values': [1, 2], 'weights': [1]}"), "/parameters/x/weights", "2");
    expect_fault(X("{'values': [1, 2], 'weights': [1, 0]}"), "/parameters/x/weights/1", "greater");
    expect_fault(X("{'min': 0.5, 'max': 3, 'integer': true}"), "/parameters/x/min", "whole");
    expect_fault(STUDY("'parameters': {'mode': {'min': 0, 'max': 1}}," RANDOM), "/parameters/mode",
                 "values");
    expect_fault(
        STUDY("'parameters': {'y': {'distribution': 'normal', 'mean': 1, 'sd': 1}}," RANDOM),
        "/parameters/y/min", "-inf");
#undef X
}

static void
faults_of_designs_are_found_by_the_plan(void **state)
{
    (void)state;
#define D(design) STUDY("'parameters': {'x': {'min': 0, 'max': 1}}, 'design': " design)
    expect_fault(D("{'method': 'random', 'n': -5}"), "/design/n", "from 1 to");
    expect_fault(D("{'method': 'random'}"), "/design/n", "required");
    expect_fault(D("{'method': 'magic', 'n': 1}"), "/design/method", "saltelli");
    expect_fault(D("{'method': 'random', 'n': 1, 'levels': 4}"), "/design/levels", "not known");
    expect_fault(D("{'method': 'random', 'n': 2000000000000}"), "/design", "the limit is");
    expect_fault(D("{'method': 'grid', 'steps': {'y': 3}}"), "/design/steps/y", "range");
    expect_fault(D("{'method': 'list'}"), "/parameters/x", "list");
    expect_fault(D("{'method': 'list', 'points': [{'x': 1}]}"), "/design/points/0/x", "range");
    expect_fault(D("{'n': 5}"), "/design/method", "required");
    expect_fault(D("{'method': 'random', 'n': 5, 'seed': -1}"), "/design/seed", "from 0");
    expect_fault("{'model': 'test/kinds', 'design': {'method': 'lhs', 'n': 3}}", "/parameters",
                 "at least one");
#undef D
}

static void
a_grid_that_multiplies_past_the_limit_is_refused(void **state)
{
    (void)state;
    expect_fault(
        STUDY("'parameters': {'x': {'min': 0, 'max': 1}, 'y': {'min': 0, 'max': 1},"
              "'z': {'min': 0, 'max': 1}}, 'design': {'method': 'grid', 'steps': 1000000}"),
        "/design", "1000000000000000000");
    expect_fault(
        STUDY("'parameters': {'x': {'min': 0, 'max': 1}, 'y': {'min': 0, 'max': 1},"
              "'z': {'min': 0, 'max': 1}}, 'design': {'method': 'grid', 'steps': 9000000}"),
        "/design", "more than");
}

static void
an_unscrambled_origin_with_an_unbounded_law_is_refused(void **state)
{
    (void)state;
#define N "'parameters': {'x': {'distribution': 'normal', 'mean': 0, 'sd': 1}}, 'design': "
    expect_fault(STUDY(N "{'method': 'sobol', 'n': 8, 'scramble': 'none'}"), "/parameters/x",
                 "origin");
    made skipped = make(STUDY(N "{'method': 'sobol', 'n': 7, 'skip': 1, 'scramble': 'none'}"));
    drop(&skipped);
    made shifted = make(STUDY(N "{'method': 'sobol', 'n': 8}"));
    sw_auto(free) double *in = inputs_of(shifted.plan, 7, 0, 8);
    for (int i = 0; i < 8; i++)
        assert_true(isfinite(in[i]));
    drop(&shifted);
#undef N
}

static void
check_resolved_gives_the_same_study(const char *text)
{
    made a = make(text);
    sw_auto(json) json_t *resolved = sw_plan_resolved(a.plan);
    made b = make_for(kinds_model(), resolved);
    sw_auto(json) json_t *again = sw_plan_resolved(b.plan);
    sw_auto(free) char *once = sw_json_text(resolved, true);
    sw_auto(free) char *twice = sw_json_text(again, true);
    assert_string_equal(once, twice);
    uint64_t runs = sw_plan_runs(a.plan);
    assert_int_equal(runs, sw_plan_runs(b.plan));
    sw_auto(free) double *in_a = inputs_of(a.plan, 7, 0, runs);
    sw_auto(free) double *in_b = inputs_of(b.plan, 7, 0, runs);
    assert_memory_equal(in_a, in_b, 7 * runs * sizeof *in_a);
    drop(&a);
    drop(&b);
}

static void
the_resolved_document_gives_the_same_study(void **state)
{
    (void)state;
    check_resolved_gives_the_same_study("{'model': 'test/kinds'}");
    check_resolved_gives_the_same_study(
        STUDY("'name': 'all kinds', 'replicates': 3, 'outputs': ['log', 'out'],"
              "'parameters': {'x': {'distribution': 'normal', 'mean': 0.1, 'sd': 1e-9, 'min': -3},"
              "'y': {'distribution': 'triangular', 'min': 0, 'max': 10, 'mode': 1},"
              "'z': {'values': [1e22, 0.1, -0.0], 'weights': [1, 2, 3.5]},"
              "'count': {'min': 1, 'max': 6}, 'on': {'values': [false, true]}, 'mode': 'b',"
              "'label': {'values': ['q', 'p']}}," RANDOM));
    check_resolved_gives_the_same_study(
        STUDY("'parameters': {'label': 'kept', 'x': 3.0}, 'design': {'method': 'list', 'points':"
              "[{'label': 'p', 'y': 1}, {'y': 2}, {'label': 'q', 'on': false}]}"));
    check_resolved_gives_the_same_study(
        STUDY("'parameters': {'x': {'min': 0, 'max': 1}, 'count': {'min': 2, 'max': 4}},"
              "'design': {'method': 'grid', 'steps': {'x': 3}}"));
}

static void
faults_of_groups_name_the_member(void **state)
{
    (void)state;
#define G(groups)                                                                                  \
    STUDY("'parameters': {'x': {'min': 0, 'max': 1}, 'y': {'min': 0, 'max': 1}},"                  \
          "'groups': " groups "," RANDOM)
    expect_fault(G("{'g': ['z']}"), "/groups/g/0", "range");
    expect_fault(G("{'g': ['x'], 'h': ['x']}"), "/groups/h/0", "already");
    expect_fault(G("{'g': 3}"), "/groups/g", "array");
    expect_fault(G("{'y': ['x']}"), "/groups/y", "name of a parameter");
    check_resolved_gives_the_same_study(G("{'g': ['x', 'y']}"));
    check_resolved_gives_the_same_study(G("{'g': ['y']}"));
#undef G
}

static void
a_pinned_version_must_be_the_models(void **state)
{
    (void)state;
    expect_fault(STUDY("'model_version': '2'"), "/model_version", "\"1\"");
    expect_fault("{'model': 'test/other'}", "/model", "test/kinds");
}

static void
no_state_of_the_life_cycle_leads_out_of_the_table(void **state)
{
    (void)state;
    for (int s = 0; s < SW_STATE_COUNT; s++) {
        assert_int_equal(sw_state_of(sw_state_name((sw_state)s)), s);
        for (int e = 0; e < SW_EVENT_COUNT; e++)
            assert_in_range(sw_state_after((sw_state)s, (sw_event)e) + 1, 0, SW_STATE_COUNT);
    }
    assert_int_equal(sw_state_of("nonsense"), -1);
    assert_int_equal(sw_state_after(SW_RUNNING, SW_EVENT_PAUSE), SW_PAUSED);
    assert_int_equal(sw_state_after(SW_PAUSED, SW_EVENT_RESUME), SW_RUNNING);
    assert_int_equal(sw_state_after(SW_STATE_DONE, SW_EVENT_CANCEL), -1);
    assert_int_equal(sw_state_after(SW_CANCELLED, SW_EVENT_FINISH), -1);
    assert_int_equal(sw_state_after(SW_FAILED, SW_EVENT_RETRY), SW_QUEUED);
}

static void
steps_are_the_decimals_that_are_meant(void **state)
{
    (void)state;
    made m = make("{'model': 'test/kinds', 'parameters': {'x': {'first': 0.1, 'step': 0.1, 'last':"
                  "0.7}, 'count': {'first': 2, 'step': 3, 'last': 10}}, 'design': {'method':"
                  "'grid'}}");
    const sw_study_parameter *x = &m.study->parameters[0], *count = &m.study->parameters[3];
    const double tenths[] = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7}, whole[] = {2, 5, 8};
    assert_int_equal(x->n_values, 7);
    assert_memory_equal(x->values, tenths, sizeof tenths);
    assert_int_equal(count->n_values, 3);
    assert_memory_equal(count->values, whole, sizeof whole);
    drop(&m);
    m = make("{'model': 'test/kinds', 'parameters': {'x': {'first': 1000000000000001, 'step': 1,"
             "'last': 1000000000000003}}, 'design': {'method': 'grid'}}");
    assert_true(m.study->parameters[0].values[1] == 1e15 + 2);
    drop(&m);
    expect_fault("{'model': 'test/kinds', 'parameters': {'x': {'first': 1, 'step': 1, 'last': 0}}}",
                 "/parameters/x", "takes no value");
    expect_fault("{'model': 'test/kinds', 'parameters': {'x': {'first': 1, 'step': 0, 'last': 2}}}",
                 "/parameters/x/step", "");
    expect_fault("{'model': 'test/kinds', 'parameters': {'x': {'first': 0, 'step': 1e-9, 'last': "
                 "2}}}",
                 "/parameters/x/step", "limit");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_left_out_keep_the_models_default),
        cmocka_unit_test(parameters_stand_in_the_models_order),
        cmocka_unit_test(all_faults_come_at_once),
        cmocka_unit_test(faults_of_ranges_name_field_and_what_is_allowed),
        cmocka_unit_test(faults_of_designs_are_found_by_the_plan),
        cmocka_unit_test(a_grid_that_multiplies_past_the_limit_is_refused),
        cmocka_unit_test(an_unscrambled_origin_with_an_unbounded_law_is_refused),
        cmocka_unit_test(the_resolved_document_gives_the_same_study),
        cmocka_unit_test(faults_of_groups_name_the_member),
        cmocka_unit_test(a_pinned_version_must_be_the_models),
        cmocka_unit_test(no_state_of_the_life_cycle_leads_out_of_the_table),
        cmocka_unit_test(steps_are_the_decimals_that_are_meant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
