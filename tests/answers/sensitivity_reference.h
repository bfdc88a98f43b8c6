// SPDX-License-Identifier: Apache-2.0
// Moments, interactions, squared derivatives and Shapley effects in closed form, to the digits
// given; those of the engineering functions are means of 6 x 2^16 scrambled Sobol' points with an
// error below 1e-4 of each, and printed to six figures.
#ifndef TESTS_ANSWERS_SENSITIVITY_REFERENCE_H
#define TESTS_ANSWERS_SENSITIVITY_REFERENCE_H

#include "tests/answers/sensitivity_exact.h"

// function: the place in exact_answers. scale: what a mean is measured by.
typedef struct exact_moment {
    const char *name;
    size_t function, d;
    double mean, variance, mean_error, variance_error, scale;
} exact_moment;

static const exact_moment exact_moments[] = {
    {"ishigami b=0.1", 0, 3, 3.5, 13.8445879407193, 0, 0, 3.7},
    {"ishigami b=0.05", 1, 3, 3.5, 8.91694244034983, 0, 0, 3},
    {"g", 2, 8, 1, 0.465424431902, 0, 0, 1},
    {"g of six", 3, 6, 1, 0.193469786796, 0, 0, 1},
    {"g* alpha=1", 4, 10, 1, 0.825741974252, 0, 0, 1},
    {"g* alpha=0.5", 5, 10, 1, 0.278336759738, 0, 0, 1},
    {"interaction", 7, 2, 1, 40 / 144., 0, 0, 1},
    {"product", 8, 2, 0.25, 7 / 144., 0, 0, 1},
    {"borehole", 10, 8, 77.6513, 2078.9, 0.008, 0.25, 77},
    {"wing weight", 11, 10, 268.075, 2311.92, 0.03, 0.24, 268},
};

typedef struct exact_pair {
    const char *name;
    size_t function, d, j, k;
    double s2;
} exact_pair;

static const exact_pair exact_pairs[] = {
    {"S13 of ishigami, b=0.1", 0, 3, 0, 2, 0.243683664062148},
    {"S12 of ishigami, b=0.1", 0, 3, 0, 1, 0},
    {"S23 of ishigami, b=0.1", 0, 3, 1, 2, 0},
    {"S13 of ishigami, b=0.05", 1, 3, 0, 2, 0.0945867919242938},
    {"S12 of x1 + x2/2 + x1 x2", 7, 2, 0, 1, 1 / 40.},
    {"S12 of x1 x2", 8, 2, 0, 1, 1 / 7.},
};

// E[(df/dx)²] and (b - a)² / pi² of it over the variance.
typedef struct exact_derivative {
    size_t function;
    double vi[3], bound[3];
} exact_derivative;

static const exact_derivative exact_derivatives[] = {
    {0,
     {7.71958794071926, 24.5, 10.9873050694321},
     {2.23035542083984, 7.07857831664065, 3.17446936419582}},
    {1,
     {2.79194244034983, 24.5, 2.74682626735801},
     {1.25242142540523, 10.9903142983791, 1.23218302046155}},
};

typedef struct exact_shapley {
    size_t function;
    double v[3], s13;
} exact_shapley;

static const exact_shapley exact_shapleys[] = {
    {0, {0.435747023178885, 0.442411144790041, 0.121841832031074}, 0.243683664062148},
    {1, {0.26581196038916, 0.686894643648693, 0.0472933959621469}, 0.0945867919242938},
};

#endif
