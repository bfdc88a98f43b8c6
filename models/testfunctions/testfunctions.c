// SPDX-License-Identifier: Apache-2.0
// The registry of the family, and what its functions of one output share.
#include "models/testfunctions/testfunctions.h"

#include <assert.h>
#include <stdio.h>

#include "models/testfunctions/parts.h"

enum { MOST_INPUTS = 32 };

int
sw_testfunctions_open_one(const sw_opening *o, void **state)
{
    if (o->n_outputs != 1) {
        snprintf(o->error, o->error_size, "%s has one output, %zu were asked for", o->model->name,
                 o->n_outputs);
        return -1;
    }
    *state = (void *)o->model;
    return 0;
}

sw_outcome
sw_testfunctions_run(void *state, const sw_run *run)
{
    const sw_testfunction *function = ((const sw_model *)state)->self;
    run->out[0] = function->value(run->in);
    return SW_DONE;
}

void
sw_testfunctions_run_batch(void *state, const sw_batch *batch)
{
    const sw_model *model = state;
    const sw_testfunction *function = model->self;
    double x[MOST_INPUTS];
    assert(model->n_parameters <= MOST_INPUTS);
    for (size_t i = 0; i < batch->n; i++) {
        for (size_t j = 0; j < model->n_parameters; j++)
            x[j] = batch->in[j][i];
        batch->out[0][i] = function->value(x);
    }
}

static const sw_model *const models[] = {
    &sw_testfunctions_ishigami, &sw_testfunctions_sobol_g,     &sw_testfunctions_morris,
    &sw_testfunctions_borehole, &sw_testfunctions_wing_weight, &sw_testfunctions_linear,
    &sw_testfunctions_product,  &sw_testfunctions_interaction, &sw_testfunctions_stochastic,
    &sw_testfunctions_noop,     &sw_testfunctions_series,      &sw_testfunctions_text,
    &sw_testfunctions_sleep,    &sw_testfunctions_crash,       &sw_testfunctions_hang,
    &sw_testfunctions_memory,   &sw_testfunctions_error,       NULL};

const sw_family sw_testfunctions_family = {
    .name = "testfunctions",
    .doc = "Functions with known answers, and models that fail on purpose.",
    .models = models,
};
