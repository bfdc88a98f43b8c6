// SPDX-License-Identifier: Apache-2.0
// Inputs that take a few values, in the designs whose points come in a regular order: ties are not
// taken in that order, and no law of an interval is put under them.
#include "lib/analysis/moments.h"
#include "sample.h"

enum { N = 4096, D = 3 };

static double columns[D][N], y[N];

// x1 is 1, 2 or 5 with the shares 0.5, 0.25 and 0.25, x2 is 0 or 1; x3 is of an interval.
static double
few_values(const void *context, size_t j, double u)
{
    (void)context;
    if (j == 0)
        return u < 0.5 ? 1 : u < 0.75 ? 2 : 5;
    return j == 1 ? u >= 0.5 : 4 * u;
}

static void
fill(size_t n, double (*f)(double a, double b, double c))
{
    double u[D];
    for (size_t i = 0; i < n; i++) {
        sobol_point(i, D, u);
        for (size_t j = 0; j < D; j++)
            columns[j][i] = few_values(NULL, j, u[j]);
        y[i] = f(columns[0][i], columns[1][i], columns[2][i]);
    }
}

static json_t *
result_of(const char *request, size_t n)
{
    const double *x[] = {columns[0], columns[1], columns[2]};
    sw_frame frame = make_frame("sobol", "{}", D, n, 1);
    frame.quantile = few_values;
    json_t *r = analyse(&frame, request, n, x, y, NULL, 500);
    assert_non_null(r);
    free_frame(&frame);
    return r;
}

static double
sum(double a, double b, double c)
{
    return a + 2 * b + c;
}

static double
product(double a, double b, double c)
{
    (void)c;
    return a * b;
}

// Variances: of x1 0.5 + 4 / 4 + 25 / 4 - 2.25^2 = 2.6875, of 2 x2 1, of x3 16 / 12.
static const double parts[D] = {2.6875, 1, 16. / 12};
static const double whole = 2.6875 + 1 + 16. / 12;

// A tolerance of 0.02: 30 harmonics leave 1.4 % of the steps of x1 out, eight neighbours scatter.
static void
ties_do_not_bring_the_order_of_the_design_in(void **unused)
{
    (void)unused;
    static const char *const requests[] = {
        "{\"method\": \"rbd_fast\", \"harmonics\": 30}", "{\"method\": \"delta\"}",
        "{\"method\": \"shapley\", \"anchors\": 4096, \"neighbours\": 8}"};
    fill(N, sum);
    for (size_t k = 0; k < sw_countof(requests); k++) {
        sw_auto(json) json_t *r = result_of(requests[k], N);
        print_message("%s: S1 %.4f %.4f %.4f\n", requests[k], at(r, "S1", 0), at(r, "S1", 1),
                      at(r, "S1", 2));
        // Of a low-discrepancy sequence shapley warns; that is about inputs of an interval.
        size_t n = k == 2 ? 2 : D;
        for (size_t j = 0; j < n; j++)
            assert_near(at(r, "S1", j), parts[j] / whole, 0.02);
    }
}

static void
scattered_ties_are_a_permutation_that_ascends(void **unused)
{
    (void)unused;
    double v[100];
    uint32_t order[100], other[100];
    bool seen[100] = {false}, moved = false;
    for (size_t i = 0; i < 100; i++)
        v[i] = (double)(i % 3);
    sw_order_scattered(v, 100, 1, order);
    sw_order_scattered(v, 100, 2, other);
    for (size_t i = 0; i < 100; i++) {
        assert_false(seen[order[i]]);
        seen[order[i]] = true;
        assert_true(i == 0 || v[order[i - 1]] <= v[order[i]]);
        moved = moved || order[i] != other[i];
    }
    assert_true(moved);
}

// The product of x1 and x2: means 2.25 and 0.5, mean squares 7.75 and 0.5. An expansion over the
// values themselves is exact, from 64 points or fewer.
static void
chaos_over_few_values_is_exact(void **unused)
{
    (void)unused;
    fill(64, product);
    sw_auto(json) json_t *r = result_of("{\"method\": \"pce\"}", 64);
    double variance = 7.75 * 0.5 - 2.25 * 2.25 * 0.25, a = 2.6875 * 0.25, b = 2.25 * 2.25 * 0.25;
    assert_near(number(r, "mean"), 1.125, 1e-12);
    assert_near(number(r, "variance"), variance, 1e-12);
    assert_near(number(r, "leave_one_out_error"), 0, 1e-12);
    assert_near(at(r, "S1", 0), a / variance, 1e-12);
    assert_near(at(r, "S1", 1), b / variance, 1e-12);
    assert_near(at2(r, "S2", 0, 1), 1 - (a + b) / variance, 1e-12);
    assert_near(at(r, "ST", 2), 0, 1e-12);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ties_do_not_bring_the_order_of_the_design_in),
        cmocka_unit_test(scattered_ties_are_a_permutation_that_ascends),
        cmocka_unit_test(chaos_over_few_values_is_exact),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
