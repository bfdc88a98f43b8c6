// SPDX-License-Identifier: Apache-2.0
// Effects of two-level designs: a textbook's pilot plant, and a fraction in which effects are one.
#include "tests/unit/analysis/through.h"

static const char request[] = "{\"method\": \"effects\"}";

// Box, Hunter and Hunter (2005), table 5.3: temperature, concentration and catalyst of a pilot
// plant, yields in standard order; effects from table 5.5.
static const double plant[3][8] = {{160, 180, 160, 180, 160, 180, 160, 180},
                                   {20, 20, 40, 40, 20, 20, 40, 40},
                                   {0, 0, 0, 0, 1, 1, 1, 1}};
static const double yields[] = {60, 72, 54, 68, 52, 83, 45, 80};

static json_t *
pilot_plant(const uint8_t *state)
{
    sw_frame frame = make_frame("factorial", "{}", 3, 8, 1);
    const double *x[] = {plant[0], plant[1], plant[2]};
    json_t *r = analyse(&frame, request, 8, x, yields, state, 3);
    free_frame(&frame);
    return r;
}

static void
the_pilot_plant_has_the_textbooks_effects(void **unused)
{
    (void)unused;
    static const double effects[] = {23, -5, 1.5};
    sw_auto(json) json_t *r = pilot_plant(NULL);
    for (size_t j = 0; j < 3; j++)
        assert_near(at(r, "effect", j), effects[j], 1e-12);
    assert_near(at2(r, "interaction", 0, 1), 1.5, 1e-12);
    assert_near(at2(r, "interaction", 0, 2), 10, 1e-12);
    assert_near(at2(r, "interaction", 1, 2), 0, 1e-12);
    assert_near(number(r, "mean"), 64.25, 1e-12);
    assert_int_equal(json_array_size(json_object_get(r, "aliases")), 0);
    // Sizes 0 1.5 1.5 5 10 23: their median 3.25 makes s0 = 4.875, the median below 2.5 s0 is 1.5;
    // and 4.30265 is Student's quantile of two degrees of freedom.
    assert_near(number(r, "pseudo_error"), 2.25, 1e-12);
    assert_near(at(r, "effect_conf", 0), 2.25 * 4.302652729696142, 1e-9);
}

// y = x1 + 2 x2 + 3 x3 + 4 x7 x12 with x = -1 or 1: as coefficients of x, effects are half of what
// is reported.
static double
f_twelve(const double *u, size_t d)
{
    double x[12];
    assert_int_equal(d, 12);
    for (size_t j = 0; j < 12; j++)
        x[j] = u[j] > 0.5 ? 1 : -1;
    return x[0] + 2 * x[1] + 3 * x[2] + 4 * x[6] * x[11];
}

static bool
has_pair(const json_t *chain, const char *a, const char *b)
{
    size_t i;
    const json_t *effect;
    json_array_foreach (chain, i, effect) {
        if (json_array_size(effect) == 2 &&
            strcmp(json_string_value(json_array_get(effect, 0)), a) == 0 &&
            strcmp(json_string_value(json_array_get(effect, 1)), b) == 0)
            return true;
    }
    return false;
}

static const json_t *
chain_of(const json_t *r, const char *a, const char *b)
{
    size_t i;
    const json_t *chain;
    json_array_foreach (json_object_get(r, "aliases"), i, chain) {
        if (has_pair(chain, a, b))
            return chain;
    }
    fail_msg("%s %s is in no chain", a, b);
    return NULL;
}

static void
a_fraction_shows_its_effects_and_what_it_can_not_tell_apart(void **unused)
{
    (void)unused;
    through t = through_make(12, "{'method': 'fractional_factorial', 'resolution': 4}", 1, 1);
    assert_int_equal(t.n, 32);
    through_run(&t, f_twelve);
    sw_auto(json) json_t *r = through_analyse(&t, request);
    for (size_t j = 0; j < 12; j++)
        assert_near(at(r, "effect", j) / 2, j < 3 ? (double)j + 1 : 0, 1e-12);
    const json_t *chain = chain_of(r, "u07", "u12");
    assert_true(json_array_size(chain) > 1);
    for (size_t j = 0; j < 12; j++) {
        for (size_t k = j + 1; k < 12; k++) {
            bool shared = has_pair(chain, through_names[j], through_names[k]);
            assert_near(fabs(at2(r, "interaction", j, k)) / 2, shared ? 4 : 0, 1e-12);
        }
    }
    through_drop(&t);
}

static void
chains_are_those_of_the_designs_own_report(void **unused)
{
    (void)unused;
    through t = through_make(7, "{'method': 'fractional_factorial', 'resolution': 3}", 1, 1);
    through_run(&t, f_g);
    sw_auto(json) json_t *r = through_analyse(&t, request);
    sw_auto(json) json_t *report = sw_plan_report(t.made.plan);
    const json_t *aliases = json_object_get(report, "aliases"), *chain;
    assert_int_equal(json_array_size(aliases), json_array_size(json_object_get(r, "aliases")));
    size_t i;
    json_array_foreach (aliases, i, chain) {
        const json_t *last = json_array_get(chain, json_array_size(chain) - 1);
        const json_t *mine = chain_of(r, json_string_value(json_array_get(last, 0)),
                                      json_string_value(json_array_get(last, 1)));
        assert_int_equal(json_array_size(mine), json_array_size(chain));
    }
    through_drop(&t);
}

// The half fraction with x4 = -x1 x2 x3: x1 x2 and x3 x4 have opposite signs everywhere, and are as
// little apart as with equal ones.
static void
opposite_columns_are_one_chain(void **unused)
{
    (void)unused;
    static double x[4][8], y[8];
    for (size_t i = 0; i < 8; i++) {
        for (size_t j = 0; j < 3; j++)
            x[j][i] = i >> j & 1 ? 1 : -1;
        x[3][i] = -x[0][i] * x[1][i] * x[2][i];
        y[i] = 3 * x[0][i] * x[1][i];
    }
    sw_frame frame = make_frame("fractional_factorial", "{}", 4, 8, 1);
    const double *columns[] = {x[0], x[1], x[2], x[3]};
    sw_auto(json) json_t *r = analyse(&frame, request, 8, columns, y, NULL, 8);
    assert_int_equal(json_array_size(chain_of(r, "x1", "x2")), 2);
    assert_true(has_pair(chain_of(r, "x1", "x2"), "x3", "x4"));
    assert_near(at2(r, "interaction", 0, 1), 6, 1e-12);
    assert_near(at2(r, "interaction", 2, 3), -6, 1e-12);
    free_frame(&frame);
}

static void
a_failed_point_is_dropped_and_said(void **unused)
{
    (void)unused;
    uint8_t state[8] = {[7] = SW_CRASH};
    sw_auto(json) json_t *r = pilot_plant(state);
    assert_int_equal(number(r, "n_dropped"), 1);
    assert_near(at(r, "effect", 0), (72 + 68 + 83) / 3. - (60 + 54 + 52 + 45) / 4., 1e-12);
    sw_auto(free) char *warnings = json_dumps(json_object_get(r, "warnings"), 0);
    assert_non_null(strstr(warnings, "not balanced"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pilot_plant_has_the_textbooks_effects),
        cmocka_unit_test(a_fraction_shows_its_effects_and_what_it_can_not_tell_apart),
        cmocka_unit_test(chains_are_those_of_the_designs_own_report),
        cmocka_unit_test(opposite_columns_are_one_chain),
        cmocka_unit_test(a_failed_point_is_dropped_and_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
