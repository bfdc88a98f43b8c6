// SPDX-License-Identifier: Apache-2.0
// Polynomials of uniform inputs whose sensitivity indices are small fractions: the sharpest tests
// of an analysis. The stochastic one adds noise, to tell a replicate's variance from an input's.
#include <math.h>

#include "models/testfunctions/parts.h"

#define INPUT(x)                                                                                   \
    {                                                                                              \
        .name = x, .unit = "", .doc = "Input.", .min = 0, .max = 1, .value = 0.5                   \
    }

static const sw_parameter inputs[] = {INPUT("x1"), INPUT("x2"), INPUT("x3")};

static const sw_parameter stochastic_parameters[] = {
    INPUT("x1"),
    INPUT("x2"),
    {.name = "sd",
     .unit = "",
     .doc = "Standard deviation of the noise.",
     .min = 0,
     .max = 1e6,
     .value = 0.3},
};

static double
linear(const double *x)
{
    return x[0] + 2 * x[1] + 3 * x[2];
}

static double
product(const double *x)
{
    return x[0] * x[1];
}

static double
interaction(const double *x)
{
    return x[0] + x[1] / 2 + x[0] * x[1];
}

// Box and Muller (1958), Annals of Mathematical Statistics 29, from numbers 0 and 1 of the seed.
static double
gaussian(uint64_t seed)
{
    double radius = sqrt(-2 * log(sw_testfunctions_uniform(seed, 0)));
    return radius * cos(2 * M_PI * sw_testfunctions_uniform(seed, 1));
}

static sw_outcome
stochastic(void *state, const sw_run *run)
{
    (void)state;
    run->out[0] = run->in[0] + run->in[1] / 2 + run->in[2] * gaussian(run->seed);
    return SW_DONE;
}

const sw_model sw_testfunctions_linear = {
    .name = "testfunctions/linear",
    .version = "1",
    .doc = "Weights one, two and three: indices 1/14, 4/14 and 9/14.",
    .n_parameters = 3,
    .parameters = inputs,
    .n_outputs = 1,
    .outputs = &(sw_output){.name = "y", .unit = "", .doc = "x1 + 2 x2 + 3 x3."},
    .self = &(sw_testfunction){linear},
    .open = sw_testfunctions_open_one,
    .run = sw_testfunctions_run,
    .run_batch = sw_testfunctions_run_batch,
};

const sw_model sw_testfunctions_product = {
    .name = "testfunctions/product",
    .version = "1",
    .doc = "A product of two inputs: indices 3/7 each, total indices 4/7 each.",
    .n_parameters = 2,
    .parameters = inputs,
    .n_outputs = 1,
    .outputs = &(sw_output){.name = "y", .unit = "", .doc = "x1 x2."},
    .self = &(sw_testfunction){product},
    .open = sw_testfunctions_open_one,
    .run = sw_testfunctions_run,
    .run_batch = sw_testfunctions_run_batch,
};

const sw_model sw_testfunctions_interaction = {
    .name = "testfunctions/interaction",
    .version = "1",
    .doc = "Two inputs and their product: indices 27/40 and 12/40, total indices 28/40 and 13/40.",
    .n_parameters = 2,
    .parameters = inputs,
    .n_outputs = 1,
    .outputs = &(sw_output){.name = "y", .unit = "", .doc = "x1 + x2/2 + x1 x2."},
    .self = &(sw_testfunction){interaction},
    .open = sw_testfunctions_open_one,
    .run = sw_testfunctions_run,
    .run_batch = sw_testfunctions_run_batch,
};

const sw_model sw_testfunctions_stochastic = {
    .name = "testfunctions/stochastic",
    .version = "1",
    .doc = "Two inputs and Gaussian noise from the run's seed.",
    .n_parameters = 3,
    .parameters = stochastic_parameters,
    .n_outputs = 1,
    .outputs = &(sw_output){.name = "y", .unit = "", .doc = "x1 + x2/2 + sd times the noise."},
    .open = sw_testfunctions_open_one,
    .run = stochastic,
};
