// SPDX-License-Identifier: Apache-2.0
// Shapley effects of linear functions of correlated normal inputs, which have closed forms (Owen
// and Prieur 2017, SIAM/ASA JUQ 5:986), and of Ishigami's function.
#include "lib/base/normal.h"
#include "sample.h"

enum { N = 4096, D = 3 };

#define REQUEST "{\"method\": \"shapley\", \"anchors\": 4096}"
// A variance estimated from 4,096 points has a relative standard error of sqrt(2 / 4096) = 0.022;
// and neighbours are not in one place.
#define TOLERANCE 0.03

static double columns[D][N], y[N];
static const char *design = "random";

static void
random_point(size_t i, double *u)
{
    for (size_t j = 0; j < D; j++)
        u[j] = sw_unit_open(sw_philox(7, SW_STREAM_DESIGN, i, j));
}

static json_t *
result_of(const char *request, size_t n)
{
    const double *x[] = {columns[0], columns[1], columns[2]};
    sw_frame frame = make_frame(design, "{}", D, n, 1);
    json_t *r = analyse(&frame, request, n, x, y, NULL, 100);
    free_frame(&frame);
    return r;
}

// Standard normal inputs, the first two with the correlation rho, and a x1 + b x2 + c x3.
static void
draw(double rho, double a, double b, double c)
{
    double u[D];
    for (size_t i = 0; i < N; i++) {
        random_point(i, u);
        double z1 = sw_normal_quantile(u[0], 1 - u[0]), z2 = sw_normal_quantile(u[1], 1 - u[1]);
        columns[0][i] = z1;
        columns[1][i] = rho * z1 + sqrt(1 - rho * rho) * z2;
        columns[2][i] = sw_normal_quantile(u[2], 1 - u[2]);
        y[i] = a * columns[0][i] + b * columns[1][i] + c * columns[2][i];
    }
}

// With V = a^2 + b^2 + 2 rho a b + c^2 and the closed variances (a + rho b)^2, (b + rho a)^2 of the
// two: what both explain is parted evenly.
static void
shares_of_correlated_inputs_are_the_closed_forms(void **unused)
{
    (void)unused;
    static const double rhos[] = {0, 0.5, -0.6, 0.9};
    for (int k = 0; k < 4; k++) {
        double r = rhos[k], a = 1, b = 2, c = 0.7;
        draw(r, a, b, c);
        sw_auto(json) json_t *s = result_of(REQUEST, N);
        double both = a * a + b * b + 2 * r * a * b, v = both + c * c;
        double c1 = (a + r * b) * (a + r * b), c2 = (b + r * a) * (b + r * a);
        assert_near(at(s, "shapley", 0), 0.5 * (c1 + both - c2) / v, TOLERANCE);
        assert_near(at(s, "shapley", 1), 0.5 * (c2 + both - c1) / v, TOLERANCE);
        assert_near(at(s, "shapley", 2), c * c / v, TOLERANCE);
        assert_near(at(s, "S1", 0), c1 / v, TOLERANCE);
        assert_near(at(s, "ST", 1), (1 - r * r) * b * b / v, TOLERANCE);
        double sum = at(s, "shapley", 0) + at(s, "shapley", 1) + at(s, "shapley", 2);
        assert_near(sum, 1, 1e-12);
    }
}

// Ishigami: S1 + interactions in halves: 0.3139 + 0.2437 / 2, 0.4424, 0.2437 / 2.
static void
an_interaction_is_halved(void **unused)
{
    (void)unused;
    double u[D];
    for (size_t i = 0; i < N; i++) {
        random_point(i, u);
        for (size_t j = 0; j < D; j++)
            columns[j][i] = u[j];
        y[i] = ishigami(u, D);
    }
    sw_auto(json) json_t *r = result_of(REQUEST, N);
    assert_near(at(r, "shapley", 0), 0.43576, TOLERANCE);
    assert_near(at(r, "shapley", 1), 0.44241, TOLERANCE);
    assert_near(at(r, "shapley", 2), 0.12184, TOLERANCE);
}

// An input that is another one's twin takes half of its share, whatever the function says.
static void
twins_share(void **unused)
{
    (void)unused;
    draw(0, 2, 0, 1);
    memcpy(columns[1], columns[0], sizeof columns[0]);
    sw_auto(json) json_t *r = result_of(REQUEST, N);
    assert_near(at(r, "shapley", 0), at(r, "shapley", 1), 1e-12);
    assert_near(at(r, "shapley", 0), 0.4, TOLERANCE);
    assert_near(at(r, "ST", 0), 0, 0.01);
}

static void
what_it_can_not_do_is_said(void **unused)
{
    (void)unused;
    draw(0, 0, 0, 0);
    sw_auto(json) json_t *r = result_of(REQUEST, N);
    assert_true(at(r, "shapley", 0) == 0);
    assert_int_equal(json_array_size(json_object_get(r, "warnings")), 1);
    assert_null(result_of("{\"method\": \"shapley\"}", 50));
    draw(0, 1, 1, 1);
    design = "sobol";
    sw_auto(json) json_t *q = result_of("{\"method\": \"shapley\"}", N);
    assert_int_equal(json_array_size(json_object_get(q, "warnings")), 1);
    design = "random";
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_of_correlated_inputs_are_the_closed_forms),
        cmocka_unit_test(an_interaction_is_halved),
        cmocka_unit_test(twins_share),
        cmocka_unit_test(what_it_can_not_do_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
