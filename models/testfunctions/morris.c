// SPDX-License-Identifier: Apache-2.0
// The 20-input function of Morris (1991), "Factorial sampling plans for preliminary computational
// experiments", Technometrics 33, section 5: first ten inputs matter, seven of them with
// interactions or curvature, the rest do not.
#include <math.h>

#include "models/testfunctions/parts.h"

enum { INPUTS = 20 };

#define INPUT(x)                                                                                   \
    {                                                                                              \
        .name = x, .unit = "", .doc = "Input.", .min = 0, .max = 1, .value = 0.5                   \
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
    INPUT("x11"),
    INPUT("x12"),
    INPUT("x13"),
    INPUT("x14"),
    INPUT("x15"),
    INPUT("x16"),
    INPUT("x17"),
    INPUT("x18"),
    INPUT("x19"),
    INPUT("x20"),
    {.name = "rest",
     .unit = "",
     .doc = "Size of the coefficients that the paper draws at random: rest (-1)^i and "
            "rest (-1)^(i+j).",
     .min = -INFINITY,
     .max = INFINITY,
     .value = 0},
};

static const sw_output outputs[] = {
    {.name = "y", .unit = "", .doc = "Polynomial of order four in the transformed inputs."}};

// The inputs on [-1, 1]; inputs 3, 5 and 7 are bent.
static void
transform(const double *x, double *w)
{
    for (int i = 0; i < INPUTS; i++) {
        bool bent = i == 2 || i == 4 || i == 6;
        w[i] = 2 * ((bent ? 1.1 * x[i] / (x[i] + 0.1) : x[i]) - 0.5);
    }
}

static double
linear_terms(const double *w, double rest)
{
    double sum = 0;
    for (int i = 0; i < INPUTS; i++)
        sum += (i < 10 ? 20 : i % 2 ? rest : -rest) * w[i];
    return sum;
}

static double
pair_terms(const double *w, double rest)
{
    double sum = 0;
    for (int i = 0; i < INPUTS; i++)
        for (int j = i + 1; j < INPUTS; j++)
            sum += (j < 6 ? -15 : (i + j) % 2 ? -rest : rest) * w[i] * w[j];
    return sum;
}

static double
higher_terms(const double *w)
{
    double triples = 0;
    for (int i = 0; i < 5; i++)
        for (int j = i + 1; j < 5; j++)
            for (int l = j + 1; l < 5; l++)
                triples += w[i] * w[j] * w[l];
    return -10 * triples + 5 * w[0] * w[1] * w[2] * w[3];
}

static double
morris(const double *x)
{
    double w[INPUTS];
    transform(x, w);
    return linear_terms(w, x[INPUTS]) + pair_terms(w, x[INPUTS]) + higher_terms(w);
}

const sw_model sw_testfunctions_morris = {
    .name = "testfunctions/morris",
    .version = "1",
    .doc = "Morris' screening function of twenty inputs.",
    .n_parameters = sizeof parameters / sizeof *parameters,
    .parameters = parameters,
    .n_outputs = 1,
    .outputs = outputs,
    .self = &(sw_testfunction){morris},
    .open = sw_testfunctions_open_one,
    .run = sw_testfunctions_run,
    .run_batch = sw_testfunctions_run_batch,
};
