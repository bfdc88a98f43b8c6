// SPDX-License-Identifier: Apache-2.0
// What the tests of analyses share: unscrambled Sobol' points, test functions and a harness that
// feeds rows in blocks. The points are made here, not by lib/design, so that an error there can not
// hide one here.
#ifndef TESTS_UNIT_ANALYSIS_SAMPLE_H
#define TESTS_UNIT_ANALYSIS_SAMPLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lib/analysis/analysis.h"
#include "lib/base/memory.h"
#include "lib/base/philox.h"

#include <math.h>
#include <stdio.h>
#include <sweepd/model.h>

enum { SAMPLE_DIMENSIONS = 16 };

// Joe and Kuo (2008), new-joe-kuo-6.21201, dimensions 2 to 16: degree, polynomial, initial numbers.
static const struct {
    uint32_t s, a, m[6];
} joe_kuo[SAMPLE_DIMENSIONS - 1] = {
    {1, 0, {1}},
    {2, 1, {1, 3}},
    {3, 1, {1, 3, 1}},
    {3, 2, {1, 1, 1}},
    {4, 1, {1, 1, 3, 3}},
    {4, 4, {1, 3, 5, 13}},
    {5, 2, {1, 1, 5, 5, 17}},
    {5, 4, {1, 1, 5, 5, 5}},
    {5, 7, {1, 1, 7, 11, 19}},
    {5, 11, {1, 1, 5, 1, 1}},
    {5, 13, {1, 1, 1, 3, 11}},
    {5, 14, {1, 3, 5, 5, 31}},
    {6, 1, {1, 3, 3, 9, 7, 49}},
    {6, 13, {1, 1, 1, 15, 21, 21}},
    {6, 16, {1, 3, 1, 13, 27, 49}},
};

static inline uint32_t
direction(size_t dimension, uint32_t bit)
{
    uint32_t v[32] = {0};
    if (dimension == 0)
        return UINT32_C(1) << (31 - bit);
    uint32_t s = joe_kuo[dimension - 1].s, a = joe_kuo[dimension - 1].a;
    for (uint32_t i = 0; i <= bit; i++) {
        if (i < s) {
            v[i] = joe_kuo[dimension - 1].m[i] << (31 - i);
            continue;
        }
        v[i] = v[i - s] ^ (v[i - s] >> s);
        for (uint32_t k = 1; k < s; k++)
            v[i] ^= ((a >> (s - 1 - k)) & 1) * v[i - k];
    }
    return v[bit];
}

// Point i in Gray-code order, in [0, 1)^d.
static inline void
sobol_point(uint64_t i, size_t d, double *x)
{
    uint64_t gray = i ^ (i >> 1);
    for (size_t j = 0; j < d; j++) {
        uint32_t bits = 0;
        for (uint32_t bit = 0; gray >> bit; bit++)
            bits ^= ((gray >> bit) & 1) * direction(j, bit);
        x[j] = (double)bits * 0x1p-32;
    }
}

typedef double (*function)(const double *u, size_t d); // of a point of the unit cube

static inline double
ishigami(const double *u, size_t d)
{
    (void)d;
    double x1 = M_PI * (2 * u[0] - 1), x2 = M_PI * (2 * u[1] - 1), x3 = M_PI * (2 * u[2] - 1);
    double s = sin(x2);
    return sin(x1) + 7 * s * s + 0.1 * x3 * x3 * x3 * x3 * sin(x1);
}

static inline double
linear_123(const double *u, size_t d)
{
    double y = 0;
    for (size_t j = 0; j < d; j++)
        y += (double)(j + 1) * u[j];
    return y;
}

// Sobol' G with a = 0, 1, 4.5, 9, 99, 99, 99, 99.
static inline double
sobol_g(const double *u, size_t d)
{
    static const double a[] = {0, 1, 4.5, 9, 99, 99, 99, 99};
    double y = 1;
    for (size_t j = 0; j < d; j++)
        y *= (fabs(4 * u[j] - 2) + a[j]) / (1 + a[j]);
    return y;
}

static const char *const sample_names[] = {"x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9"};

// The outputs of one base row in the layout of Saltelli, from the 2d coordinates x of A and B.
static inline void
saltelli_row(function f, size_t d, const double *x, bool second_order, double *row)
{
    double u[SAMPLE_DIMENSIONS];
    row[0] = f(x, d);
    row[second_order ? 2 * d + 1 : d + 1] = f(x + d, d);
    for (size_t j = 0; j < d; j++) {
        memcpy(u, x, d * sizeof *u);
        u[j] = x[d + j];
        row[1 + j] = f(u, d);
        memcpy(u, x + d, d * sizeof *u);
        u[j] = x[j];
        if (second_order)
            row[1 + d + j] = f(u, d);
    }
}

// Outputs of a Saltelli design of n base rows from the Sobol' points skip … skip+n-1 in 2d
// dimensions. The caller frees them.
static inline double *
saltelli_outputs(function f, size_t d, size_t n, uint64_t skip, bool second_order)
{
    size_t stride = second_order ? 2 * d + 2 : d + 2;
    double *y = sw_malloc(n * stride * sizeof *y), x[2 * SAMPLE_DIMENSIONS];
    for (size_t i = 0; i < n; i++) {
        sobol_point(skip + i, 2 * d, x);
        saltelli_row(f, d, x, second_order, y + i * stride);
    }
    return y;
}

// A frame of a design, with the options as JSON text.
static inline sw_frame
make_frame(const char *design, const char *options, size_t d, uint64_t points, uint64_t replicates)
{
    return (sw_frame){.design = design,
                      .options = json_loads(options, 0, NULL),
                      .n_parameters = d,
                      .names = sample_names,
                      .points = points,
                      .replicates = replicates,
                      .seed = 1,
                      .output = "y"};
}

static inline void
free_frame(sw_frame *f)
{
    json_decref((json_t *)f->options);
}

// The result of a request on n rows, fed in blocks of `block`; state NULL means that all are done.
// x[j] are the input columns, or NULL. NULL, with the faults printed, if the method refuses.
static inline json_t *
analyse(const sw_frame *frame, const char *request, size_t n, const double *const *x,
        const double *y, const uint8_t *state, size_t block)
{
    sw_faults faults = {0};
    sw_auto(json) json_t *document = json_loads(request, 0, NULL);
    assert_non_null(document);
    json_t *result = NULL;
    uint8_t *done = sw_calloc(n + 1, 1);
    sw_analysis *a = sw_analysis_new(document, "/analyses/0", frame, &faults);
    for (size_t first = 0; a && first < n; first += block) {
        const double *at[64];
        size_t m = n - first < block ? n - first : block;
        for (size_t j = 0; x && j < frame->n_parameters; j++)
            at[j] = x[j] + first;
        sw_rows rows = {.first = first,
                        .n = m,
                        .x = x ? at : NULL,
                        .y = y + first,
                        .state = (state ? state : done) + first};
        sw_analysis_feed(a, &rows);
    }
    if (a)
        result = sw_analysis_finish(a, &faults);
    for (size_t i = 0; i < faults.n; i++)
        print_message("fault at \"%s\": %s\n", faults.v[i].pointer, faults.v[i].message);
    sw_analysis_free(&a);
    sw_faults_fini(&faults);
    free(done);
    return result;
}

// result[key][j]; NaN for null.
static inline double
at(const json_t *result, const char *key, size_t j)
{
    const json_t *v = json_array_get(json_object_get(result, key), j);
    assert_non_null(v);
    return json_is_null(v) ? NAN : json_number_value(v);
}

static inline double
at2(const json_t *result, const char *key, size_t j, size_t k)
{
    const json_t *v = json_array_get(json_array_get(json_object_get(result, key), j), k);
    assert_non_null(v);
    return json_is_null(v) ? NAN : json_number_value(v);
}

static inline double
number(const json_t *result, const char *key)
{
    const json_t *v = json_object_get(result, key);
    assert_non_null(v);
    return json_is_null(v) ? NAN : json_number_value(v);
}

#define assert_near(actual, expected, tolerance)                                                   \
    do {                                                                                           \
        double actual_ = (actual), expected_ = (expected), tolerance_ = (tolerance);               \
        if (!(fabs(actual_ - expected_) <= tolerance_))                                            \
            fail_msg("%s = %.15g, not %.15g (off by %.3g, allowed %.3g)", #actual, actual_,        \
                     expected_, actual_ - expected_, tolerance_);                                  \
    } while (0)

#endif
