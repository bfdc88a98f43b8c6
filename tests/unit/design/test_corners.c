// SPDX-License-Identifier: Apache-2.0
// Fractions of the corners: their alias chains are what their columns say; axial points.
#include "tests/unit/study/fixture.h"

static const char letters[] = "abcdefgh";

static const sw_descriptor *
letters_model(void)
{
    static const sw_descriptor *d;
    if (d)
        return d;
    sw_buffer b = {0};
    sw_buffer_str(&b, "{'name': 'test/letters', 'version': '1', 'parameters': [");
    for (const char *c = letters; *c; c++)
        sw_buffer_printf(&b, "%s{'name': '%c', 'kind': 'number', 'default': 0}",
                         c == letters ? "" : ",", *c);
    sw_buffer_str(&b, "], 'outputs': [{'name': 'y', 'kind': 'scalar'}]}");
    d = model_of(sw_buffer_text(&b));
    sw_buffer_fini(&b);
    return d;
}

// A study of the first k letters, each from -1 to 1.
static made
study_of(size_t k, const char *design)
{
    sw_buffer b = {0};
    sw_buffer_str(&b, "{'model': 'test/letters', 'parameters': {");
    for (size_t v = 0; v < k; v++)
        sw_buffer_printf(&b, "%s'%c': {'min': -1, 'max': 1}", v ? "," : "", letters[v]);
    sw_buffer_printf(&b, "}, 'design': %s}", design);
    sw_auto(json) json_t *document = json_of(sw_buffer_text(&b));
    sw_buffer_fini(&b);
    return make_for(letters_model(), document);
}

static made
fraction_of(size_t k, int resolution)
{
    sw_auto(free) char *design =
        sw_format("{'method': 'fractional_factorial', 'resolution': %d}", resolution);
    return study_of(k, design);
}

static double
letter_at(const double *x, uint64_t n, uint64_t i, const json_t *effect)
{
    double product = 1;
    for (size_t k = 0; k < json_array_size(effect); k++)
        product *= x[(uint64_t)(*json_string_value(json_array_get(effect, k)) - 'a') * n + i];
    return product;
}

// Whether one effect's column is the other's at all points.
static bool
is_alias(const made *m, const double *x, const json_t *a, const json_t *b)
{
    uint64_t n = sw_plan_points(m->plan);
    bool same = true;
    for (uint64_t i = 0; i < n; i++)
        same &= letter_at(x, n, i, a) == letter_at(x, n, i, b);
    return same;
}

// Pairs of effects, main ones and pairs, with the same column, counted over the columns.
static size_t
count_aliases(const made *m, const double *x, size_t k)
{
    size_t found = 0;
    json_t *effects = json_array();
    for (size_t a = 0; a < k; a++) {
        json_array_append_new(effects, json_pack("[s%]", letters + a, (size_t)1));
        for (size_t b = a + 1; b < k; b++)
            json_array_append_new(
                effects, json_pack("[s%s%]", letters + a, (size_t)1, letters + b, (size_t)1));
    }
    for (size_t a = 0; a < json_array_size(effects); a++) {
        for (size_t b = 0; b < a; b++)
            found += is_alias(m, x, json_array_get(effects, a), json_array_get(effects, b));
    }
    json_decref(effects);
    return found;
}

static void
expect_true_chains(size_t k, int resolution, const char *wanted)
{
    made m = fraction_of(k, resolution);
    sw_auto(free) double *x = inputs_of(m.plan, strlen(letters), 0, sw_plan_points(m.plan));
    sw_auto(json) json_t *report = sw_plan_report(m.plan);
    size_t i, said = 0;
    const json_t *chain;
    json_array_foreach (json_object_get(report, "aliases"), i, chain) {
        size_t n = json_array_size(chain);
        said += n * (n - 1) / 2;
        for (size_t e = 1; e < n; e++)
            assert_true(is_alias(&m, x, json_array_get(chain, 0), json_array_get(chain, e)));
    }
    assert_int_equal(said, count_aliases(&m, x, k));
    sw_auto(free) char *length = sw_json_text(json_object_get(report, "resolution"), true);
    assert_string_equal(length, wanted);
    drop(&m);
}

static void
chains_are_what_the_columns_say(void **state)
{
    (void)state;
    expect_true_chains(5, 3, "3");
    expect_true_chains(7, 3, "3");
    expect_true_chains(5, 4, "4");
    expect_true_chains(8, 4, "4");
    expect_true_chains(5, 5, "5");
    expect_true_chains(8, 5, "5");
    expect_true_chains(3, 5, "null");
}

// 2^(5-2): c = ab, e = ad, so that a is confounded with bc and de, and so on.
static void
the_report_names_generators_and_chains(void **state)
{
    (void)state;
    made m = fraction_of(5, 3);
    sw_auto(json) json_t *report = sw_plan_report(m.plan);
    sw_auto(json) json_t *wanted = json_of(
        "{'resolution': 3, 'generators': [{'parameter': 'c', 'product': ['a', 'b']},"
        "{'parameter': 'e', 'product': ['a', 'd']}], 'aliases': [[['a'], ['b', 'c'], ['d', 'e']],"
        "[['b'], ['a', 'c']], [['c'], ['a', 'b']], [['d'], ['a', 'e']], [['e'], ['a', 'd']],"
        "[['b', 'd'], ['c', 'e']], [['b', 'e'], ['c', 'd']]]}");
    assert_true(json_equal(report, wanted));
    drop(&m);
    made none = study_of(3, "{'method': 'factorial'}");
    assert_null(sw_plan_report(none.plan));
    drop(&none);
}

// Rotatable and inscribed: corners and axial points at one distance from the centre.
static void
axial_points_stand_where_alpha_says(void **state)
{
    (void)state;
    const double alpha = pow(2, 4 / 4.0), low = 0.5 - 0.5 / alpha;
    sw_auto(free) char *design =
        sw_format("{'method': 'central_composite', 'alpha': %.17g, 'low': %.17g, 'high': %.17g}",
                  alpha, low, 1 - low);
    made m = study_of(4, design);
    sw_auto(free) double *x = inputs_of(m.plan, strlen(letters), 0, 25);
    for (size_t i = 0; i < 25; i++) {
        double square = 0;
        for (size_t v = 0; v < 4; v++)
            square += x[v * 25 + i] * x[v * 25 + i];
        assert_true(fabs(square - (i < 24 ? 1 : 0)) < 1e-12);
    }
    drop(&m);
    expect_fault("{'model': 'test/kinds', 'parameters': {'x': {'min': 0, 'max': 1}, 'z': {'min': 0,"
                 "'max': 1}}, 'design': {'method': 'central_composite', 'alpha': 1.4}}",
                 "/design/alpha", "low and high");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chains_are_what_the_columns_say),
        cmocka_unit_test(the_report_names_generators_and_chains),
        cmocka_unit_test(axial_points_stand_where_alpha_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
