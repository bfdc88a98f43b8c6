// SPDX-License-Identifier: Apache-2.0
// A model that costs almost nothing and whose outputs do not compress: what is left of a study's
// time when it runs is the service's own, which is what the benchmark measures.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "models/testfunctions/parts.h"

#define INPUT(x)                                                                                   \
    {                                                                                              \
        .name = x, .unit = "", .doc = "Input; without effect.", .min = -INFINITY, .max = INFINITY, \
        .value = 0                                                                                 \
    }
#define Y(n)                                                                                       \
    {                                                                                              \
        .name = "y" #n, .unit = "", .doc = "Number of the run's seed, uniform on (0, 1).",         \
        .on_request = (n) != 1                                                                     \
    }

static const sw_parameter parameters[] = {INPUT("x1"), INPUT("x2"), INPUT("x3")};

// clang-format off
static const sw_output outputs[] = {
    Y(1),  Y(2),  Y(3),  Y(4),  Y(5),  Y(6),  Y(7),  Y(8),  Y(9),  Y(10), Y(11), Y(12), Y(13),
    Y(14), Y(15), Y(16), Y(17), Y(18), Y(19), Y(20), Y(21), Y(22), Y(23), Y(24), Y(25), Y(26),
    Y(27), Y(28), Y(29), Y(30), Y(31), Y(32), Y(33), Y(34), Y(35), Y(36), Y(37), Y(38), Y(39),
    Y(40), Y(41), Y(42), Y(43), Y(44), Y(45), Y(46), Y(47), Y(48), Y(49), Y(50), Y(51), Y(52),
    Y(53), Y(54), Y(55), Y(56), Y(57), Y(58), Y(59), Y(60), Y(61), Y(62), Y(63), Y(64),
};
// clang-format on

typedef struct asked {
    size_t n;
    uint64_t number[]; // of each output asked for, from 1
} asked;

static int
noop_open(const sw_opening *o, void **state)
{
    asked *a = malloc(sizeof *a + o->n_outputs * sizeof a->number[0]);
    if (!a) {
        snprintf(o->error, o->error_size, "no memory for %zu outputs", o->n_outputs);
        return -1;
    }
    a->n = o->n_outputs;
    for (size_t k = 0; k < a->n; k++)
        a->number[k] = strtoull(o->outputs[k].name + 1, NULL, 10);
    *state = a;
    return 0;
}

static sw_outcome
noop_run(void *state, const sw_run *run)
{
    const asked *a = state;
    for (size_t k = 0; k < a->n; k++)
        run->out[k] = sw_testfunctions_uniform(run->seed, a->number[k]);
    return SW_DONE;
}

const sw_model sw_testfunctions_noop = {
    .name = "testfunctions/noop",
    .version = "1",
    .doc = "Random numbers at next to no cost, up to 64 outputs.",
    .n_parameters = sizeof parameters / sizeof *parameters,
    .parameters = parameters,
    .n_outputs = sizeof outputs / sizeof *outputs,
    .outputs = outputs,
    .open = noop_open,
    .run = noop_run,
    .close = free,
};
