// SPDX-License-Identifier: Apache-2.0
// Ishigami and Homma (1990), "An importance quantification technique in uncertainty analysis for
// computer models", ISUMA'90: strongly nonlinear, with an input that acts by interaction alone.
#include <math.h>

#include "models/testfunctions/parts.h"

static const sw_parameter parameters[] = {
    {.name = "x1", .unit = "rad", .doc = "First angle.", .min = -M_PI, .max = M_PI},
    {.name = "x2", .unit = "rad", .doc = "Second angle.", .min = -M_PI, .max = M_PI},
    {.name = "x3",
     .unit = "rad",
     .doc = "Third angle; acts only together with x1.",
     .min = -M_PI,
     .max = M_PI},
    {.name = "a",
     .unit = "",
     .doc = "Weight of sin(x2)^2.",
     .min = -INFINITY,
     .max = INFINITY,
     .value = 7},
    {.name = "b",
     .unit = "",
     .doc = "Weight of the interaction of x1 and x3.",
     .min = -INFINITY,
     .max = INFINITY,
     .value = 0.1},
};

static const sw_output outputs[] = {
    {.name = "y", .unit = "", .doc = "sin(x1) + a sin(x2)^2 + b x3^4 sin(x1)."}};

static double
ishigami(const double *x)
{
    double s1 = sin(x[0]), s2 = sin(x[1]), square = x[2] * x[2];
    return s1 + x[3] * s2 * s2 + x[4] * square * square * s1;
}

const sw_model sw_testfunctions_ishigami = {
    .name = "testfunctions/ishigami",
    .version = "1",
    .doc = "The Ishigami function of three angles.",
    .n_parameters = sizeof parameters / sizeof *parameters,
    .parameters = parameters,
    .n_outputs = 1,
    .outputs = outputs,
    .self = &(sw_testfunction){ishigami},
    .open = sw_testfunctions_open_one,
    .run = sw_testfunctions_run,
    .run_batch = sw_testfunctions_run_batch,
};
