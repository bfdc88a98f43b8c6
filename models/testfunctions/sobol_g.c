// SPDX-License-Identifier: Apache-2.0
// Sobol' G function with the exponent of G*: Saltelli et al. (2010), "Variance based sensitivity
// analysis of model output", Computer Physics Communications 181, section 5. A product of one
// factor an input, whose importance falls with its coefficient.
#include <math.h>

#include "models/testfunctions/parts.h"

enum { MOST_DIMENSIONS = 10, ALPHA = 2 * MOST_DIMENSIONS, DIMENSIONS };

#define INPUT(x)                                                                                   \
    {                                                                                              \
        .name = x, .unit = "", .doc = "Input; takes part up to `dimensions`.", .min = 0, .max = 1, \
        .value = 0.5                                                                               \
    }
#define COEFFICIENT(a, v)                                                                          \
    {                                                                                              \
        .name = a, .unit = "", .doc = "Unimportance of the input of this number.", .min = 0,       \
        .max = INFINITY, .value = v                                                                \
    }

static const sw_parameter parameters[] = {
    INPUT("x1"),
    INPUT("x2"),
    INPUT("x3"),
    INPUT("x4"),
    INPUT("x5"),
    INPUT("x6"),
    INPUT("x7"),
    INPUT("x8"),
    INPUT("x9"),
    INPUT("x10"),
    COEFFICIENT("a1", 0),
    COEFFICIENT("a2", 1),
    COEFFICIENT("a3", 4.5),
    COEFFICIENT("a4", 9),
    COEFFICIENT("a5", 99),
    COEFFICIENT("a6", 99),
    COEFFICIENT("a7", 99),
    COEFFICIENT("a8", 99),
    COEFFICIENT("a9", 99),
    COEFFICIENT("a10", 99),
    {.name = "alpha",
     .unit = "",
     .doc = "Exponent of G*; 1 is the G function.",
     .min = 0.01,
     .max = 100,
     .value = 1},
    {.name = "dimensions",
     .unit = "",
     .doc = "How many of the inputs take part.",
     .kind = SW_INTEGER,
     .min = 1,
     .max = MOST_DIMENSIONS,
     .value = 8},
};

static const sw_output outputs[] = {
    {.name = "y",
     .unit = "",
     .doc = "Product over inputs of ((1 + alpha) |2x - 1|^alpha + a) / (1 + a)."}};

static double
sobol_g(const double *x)
{
    const double *a = x + MOST_DIMENSIONS;
    double product = 1;
    for (int j = 0; j < MOST_DIMENSIONS && j < x[DIMENSIONS]; j++) {
        double distance = pow(fabs(2 * x[j] - 1), x[ALPHA]);
        product *= ((1 + x[ALPHA]) * distance + a[j]) / (1 + a[j]);
    }
    return product;
}

const sw_model sw_testfunctions_sobol_g = {
    .name = "testfunctions/sobol-g",
    .version = "1",
    .doc = "Sobol' G and G* functions of up to ten inputs.",
    .n_parameters = sizeof parameters / sizeof *parameters,
    .parameters = parameters,
    .n_outputs = 1,
    .outputs = outputs,
    .self = &(sw_testfunction){sobol_g},
    .open = sw_testfunctions_open_one,
    .run = sw_testfunctions_run,
    .run_batch = sw_testfunctions_run_batch,
};
