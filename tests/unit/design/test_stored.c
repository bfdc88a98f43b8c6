// SPDX-License-Identifier: Apache-2.0
// Stored hypercubes: found once, kept in the resolved document, good at what they are for.
#include "tests/unit/study/fixture.h"

enum { D = 7 };

#define NORMAL "{'distribution': 'normal', 'mean': 0, 'sd': 1}"
#define NORMALS(more, design)                                                                      \
    "{'model': 'test/kinds', 'parameters': {'x': " NORMAL ", 'z': " NORMAL ", 'y': {'min': 0, "    \
    "'max': 1}}" more ", 'design': " design "}"
#define UNIFORM(design)                                                                            \
    "{'model': 'test/kinds', 'parameters': {'x': {'min': 0, 'max': 1}, 'y': {'min': 0, 'max': 1}," \
    "'z': {'min': 0, 'max': 1}}, 'design': " design "}"

static double
least_distance(const double *x, size_t n, size_t k)
{
    double least = INFINITY;
    for (size_t a = 0; a < n; a++) {
        for (size_t b = 0; b < a; b++) {
            double sum = 0;
            for (size_t v = 0; v < k; v++)
                sum += pow(x[v * n + a] - x[v * n + b], 2);
            least = fmin(least, sum);
        }
    }
    return sqrt(least);
}

static double
distance_of(const char *text, size_t n)
{
    made m = make(text);
    sw_auto(free) double *x = inputs_of(m.plan, D, 0, n);
    drop(&m);
    return least_distance(x, n, 3);
}

static void
a_search_keeps_points_apart(void **state)
{
    (void)state;
    double plain = distance_of(UNIFORM("{'method': 'lhs', 'n': 40, 'centred': true}"), 40);
    double found = distance_of(UNIFORM("{'method': 'lhs_maximin', 'n': 40, 'centred': true}"), 40);
    print_message("40 points: %g strata squared, a plain one %g\n", 1600 * found * found,
                  1600 * plain * plain);
    assert_true(found > 2 * plain);
}

// The next permutation in lexical order; false after the last.
static bool
next_order(int *p, int n)
{
    int i = n - 2, j = n - 1;
    while (i >= 0 && p[i] > p[i + 1])
        i--;
    if (i < 0)
        return false;
    while (p[j] < p[i])
        j--;
    int t = p[i];
    p[i] = p[j];
    p[j] = t;
    for (int a = i + 1, b = n - 1; a < b; a++, b--) {
        t = p[a];
        p[a] = p[b];
        p[b] = t;
    }
    return true;
}

// The largest least squared distance of any hypercube of five points in three dimensions.
static int
best_of_all(void)
{
    int best = 0, y[5] = {0, 1, 2, 3, 4};
    do {
        int z[5] = {0, 1, 2, 3, 4};
        do {
            int least = 1000;
            for (int a = 0; a < 5; a++) {
                for (int b = 0; b < a; b++) {
                    int d = (a - b) * (a - b) + (y[a] - y[b]) * (y[a] - y[b]) +
                            (z[a] - z[b]) * (z[a] - z[b]);
                    least = d < least ? d : least;
                }
            }
            best = least > best ? least : best;
        } while (next_order(z, 5));
    } while (next_order(y, 5));
    return best;
}

static void
a_small_search_finds_the_optimum(void **state)
{
    (void)state;
    double found = distance_of(UNIFORM("{'method': 'lhs_maximin', 'n': 5, 'centred': true}"), 5);
    assert_int_equal(best_of_all(), 11);
    assert_true(fabs(25 * found * found - 11) < 1e-9);
}

static void
expect_hypercube(const char *text, size_t n)
{
    made m = make(text);
    sw_auto(free) double *x = inputs_of(m.plan, D, 0, n);
    for (size_t v = 0; v < 3; v++) {
        sw_auto(free) bool *seen = sw_calloc(n, sizeof *seen);
        for (size_t i = 0; i < n; i++) {
            size_t cell = (size_t)(x[v * n + i] * (double)n);
            assert_false(seen[cell]);
            seen[cell] = true;
        }
    }
    drop(&m);
}

static void
stored_hypercubes_are_hypercubes(void **state)
{
    (void)state;
    expect_hypercube(UNIFORM("{'method': 'lhs_maximin', 'n': 101, 'seed': 4}"), 101);
    expect_hypercube(UNIFORM("{'method': 'lhs_correlated', 'n': 101, 'seed': 4}"), 101);
    expect_hypercube(UNIFORM("{'method': 'lhs_correlated', 'n': 50, 'seed': 4},"
                             "'correlations': [['x', 'y', 0.9]]"),
                     50);
}

static double
correlation(const double *a, const double *b, size_t n)
{
    double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
    for (size_t i = 0; i < n; i++) {
        ma += a[i] / (double)n;
        mb += b[i] / (double)n;
    }
    for (size_t i = 0; i < n; i++) {
        aa += (a[i] - ma) * (a[i] - ma);
        bb += (b[i] - mb) * (b[i] - mb);
        ab += (a[i] - ma) * (b[i] - mb);
    }
    return ab / sqrt(aa * bb);
}

// The columns x, z (normal) and y of a study of n points; y is mapped to the rank's middle.
static void
expect_correlations(const char *text, size_t n, double xz, double xy, double tolerance)
{
    made m = make(text);
    sw_auto(free) double *in = inputs_of(m.plan, D, 0, n);
    assert_true(fabs(correlation(in, in + 2 * n, n) - xz) < tolerance);
    assert_true(fabs(correlation(in, in + n, n) - xy) < tolerance);
    drop(&m);
}

// A plain hypercube of 100 points has errors of about 0.1.
static void
correlations_are_controlled(void **state)
{
    (void)state;
    expect_correlations(
        NORMALS("", "{'method': 'lhs_correlated', 'n': 100, 'seed': 1, 'centred': true}"), 100, 0,
        0, 0.02);
    expect_correlations(NORMALS(", 'correlations': [['x', 'z', -0.7]]",
                                "{'method': 'lhs_correlated', 'n': 100, 'seed': 2}"),
                        100, -0.7, 0, 0.03);
}

static void
correlations_may_be_those_of_ranks(void **state)
{
    (void)state;
    enum { N = 400 };
    made m = make(UNIFORM("{'method': 'lhs_correlated', 'n': 400, 'rank': true, 'centred': true},"
                          "'correlations': [['x', 'z', 0.6], ['x', 'y', -0.3]]"));
    sw_auto(free) double *in = inputs_of(m.plan, D, 0, N);
    // Uniform values on even strata are their ranks. Without "rank" 0.6 would become 0.582.
    assert_true(fabs(correlation(in, in + 2 * N, N) - 0.6) < 0.01);
    assert_true(fabs(correlation(in, in + N, N) + 0.3) < 0.01);
    drop(&m);
}

static void
the_resolved_document_holds_the_hypercube(void **state)
{
    (void)state;
    static const char *const texts[] = {
        UNIFORM("{'method': 'lhs_maximin', 'n': 60, 'seed': 9}"),
        UNIFORM("{'method': 'lhs_correlated', 'n': 60, 'seed': 9}, 'correlations':"
                "[['x', 'y', 0.5]]"),
    };
    for (size_t k = 0; k < sw_countof(texts); k++) {
        made m = make(texts[k]);
        sw_auto(json) json_t *resolved = sw_plan_resolved(m.plan);
        made again = make_for(kinds_model(), resolved);
        sw_auto(json) json_t *twice = sw_plan_resolved(again.plan);
        assert_true(json_equal(resolved, twice));
        sw_auto(free) double *a = inputs_of(m.plan, D, 0, 60);
        sw_auto(free) double *b = inputs_of(again.plan, D, 0, 60);
        assert_memory_equal(a, b, D * 60 * sizeof *a);
        drop(&m);
        drop(&again);
    }
}

static void
a_given_hypercube_is_kept_and_checked(void **state)
{
    (void)state;
    made m = make("{'model': 'test/kinds', 'parameters': {'x': {'min': 0, 'max': 3}}, 'design':"
                  "{'method': 'lhs_maximin', 'n': 3, 'centred': true, 'strata': [[2, 0, 1]]}}");
    sw_auto(free) double *x = inputs_of(m.plan, D, 0, 3);
    assert_true(x[0] == 2.5 && x[1] == 0.5 && x[2] == 1.5);
    drop(&m);
    expect_fault(UNIFORM("{'method': 'lhs_maximin', 'n': 3, 'strata': [[2, 0, 1]]}"),
                 "/design/strata", "3 lists");
    expect_fault(UNIFORM("{'method': 'lhs_maximin', 'n': 3, 'strata': [[2, 0, 1], [0, 0, 1],"
                         "[0, 1, 2]]}"),
                 "/design/strata/1", "once");
}

static void
what_is_stored_has_limits(void **state)
{
    (void)state;
    expect_fault(UNIFORM("{'method': 'lhs_maximin', 'n': 1001}"), "/design/n", "1000");
    expect_fault(UNIFORM("{'method': 'lhs_correlated', 'n': 10001}"), "/design/n", "10000");
    expect_fault(UNIFORM("{'method': 'lhs_correlated', 'n': 4}"), "/design/n", "at least 5");
    expect_fault(UNIFORM("{'method': 'lhs_maximin', 'n': 30}, 'correlations': [['x', 'y', 0.5]]"),
                 "/correlations", "independent");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_search_keeps_points_apart),
        cmocka_unit_test(a_small_search_finds_the_optimum),
        cmocka_unit_test(stored_hypercubes_are_hypercubes),
        cmocka_unit_test(correlations_are_controlled),
        cmocka_unit_test(correlations_may_be_those_of_ranks),
        cmocka_unit_test(the_resolved_document_holds_the_hypercube),
        cmocka_unit_test(a_given_hypercube_is_kept_and_checked),
        cmocka_unit_test(what_is_stored_has_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
