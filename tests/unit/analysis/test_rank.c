// SPDX-License-Identifier: Apache-2.0
// The rank-based index in closed form, on exact values, and on whom it refuses.
#include "through.h"

enum { N = 20, BIG = 1 << 15 };

static json_t *
indices(const double *a, const double *b, const double *y, size_t n)
{
    sw_frame frame = make_frame("list", "{}", 2, n, 1);
    json_t *r =
        analyse(&frame, "{\"method\": \"rank\"}", n, (const double *const[]){a, b}, y, NULL, 7);
    free_frame(&frame);
    return r;
}

// y = 0 … n-1 in the order of the first input: the products of neighbours, the last one with the
// first, add up to (n - 2) (n - 1) n / 3, so that S1 = (n - 5) / (n + 1). The second input puts the
// lower half between the upper: 0, n/2, 1, n/2 + 1 …, of which each product is known as well.
static void
a_ramp_has_its_closed_form(void **unused)
{
    (void)unused;
    double up[N], mixed[N], y[N], sequence[N], products = 0;
    for (size_t i = 0; i < N; i++) {
        y[i] = (double)i;
        up[i] = 10 + 3 * (double)i;
        mixed[i] = i < N / 2 ? 2 * (double)i : 2 * (double)(i - N / 2) + 1;
        sequence[(size_t)mixed[i]] = y[i];
    }
    for (size_t i = 0; i < N; i++)
        products += sequence[i] * sequence[(i + 1) % N];
    double between = N * 9.5 * 9.5, squares = (N - 1) * N * (2 * N - 1) / 6.0;
    sw_auto(json) json_t *r = indices(up, mixed, y, N);
    assert_near(at(r, "S1", 0), (N - 5.0) / (N + 1.0), 1e-12);
    assert_near(at(r, "S1", 1), (products - between) / (squares - between), 1e-12);
}

static void
neither_scale_nor_place_of_the_output_matters(void **unused)
{
    (void)unused;
    double a[N], b[N], y[N], z[N];
    for (size_t i = 0; i < N; i++) {
        a[i] = fmod(0.618033988749895 * (double)(i + 1), 1);
        b[i] = fmod(0.414213562373095 * (double)(i + 1), 1);
        y[i] = a[i] + b[i] * b[i];
        z[i] = 1e200 * (y[i] - 5);
    }
    sw_auto(json) json_t *small = indices(a, b, y, N);
    sw_auto(json) json_t *large = indices(a, b, z, N);
    for (size_t j = 0; j < 2; j++) {
        assert_near(at(small, "S1", j), at(large, "S1", j), 1e-12);
        assert_near(at(small, "S1_conf", j), at(large, "S1_conf", j), 1e-12);
    }
}

// 2.5 half-widths of level 0.95 are five standard errors.
static void
indices_of_ishigami_are_the_exact_ones(void **unused)
{
    (void)unused;
    static const double exact[] = {0.313905191147811, 0.442411144790041, 0};
    through t = through_make(3, "{'method': 'random', 'n': 32768}", 3, 1);
    through_run(&t, ishigami);
    sw_auto(json) json_t *r = through_analyse(&t, "{\"method\": \"rank\"}");
    for (size_t j = 0; j < 3; j++) {
        double half = at(r, "S1_conf", j);
        assert_true(half > 0.002 && half < 0.03);
        assert_true(fabs(at(r, "S1", j) - exact[j]) < 2.5 * half);
    }
    assert_int_equal(number(r, "n"), BIG);
    through_drop(&t);
}

static void
designs_that_are_planned_are_refused(void **unused)
{
    (void)unused;
    static const char *const designs[] = {"saltelli", "radial", "morris", "grid",   "dgsm",
                                          "efast",    "sobol",  "halton", "lattice"};
    sw_auto(json) json_t *request = json_pack("{s:s}", "method", "rank");
    for (size_t i = 0; i < sw_countof(designs); i++) {
        sw_faults faults = {0};
        sw_frame frame = make_frame(designs[i], "{}", 2, 1000, 1);
        assert_null(sw_analysis_new(request, "", &frame, &faults));
        assert_int_equal(faults.n, 1);
        assert_non_null(strstr(faults.v[0].message, "drawn one by one"));
        sw_faults_fini(&faults);
        free_frame(&frame);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ramp_has_its_closed_form),
        cmocka_unit_test(neither_scale_nor_place_of_the_output_matters),
        cmocka_unit_test(indices_of_ishigami_are_the_exact_ones),
        cmocka_unit_test(designs_that_are_planned_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
