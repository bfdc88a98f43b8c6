// SPDX-License-Identifier: Apache-2.0
// What the two halves of the family share: a model as described, and how its runs go.
#ifndef SW_NETLOGO_FAMILY_H
#define SW_NETLOGO_FAMILY_H

#include "models/netlogo/session.h"

// The parameters that every NetLogo model has, before those of its widgets.
enum {
    SW_NL_P_SETUP,
    SW_NL_P_GO,
    SW_NL_P_TICKS,
    SW_NL_P_STOP_IF,
    SW_NL_P_MEASURE_EVERY,
    SW_NL_P_MEASURE_IF,
    SW_NL_P_SEED,
    SW_NL_P_MIN_X,
    SW_NL_P_MAX_X,
    SW_NL_P_MIN_Y,
    SW_NL_P_MAX_Y,
    SW_NL_P_OWN, // how many
};

typedef struct sw_nl_described {
    sw_model model;
    sw_nl_model compiled;
    sw_parameter *parameters;
    sw_output *outputs; // monitors
    char *name, *doc, version[40];
    char *dir;    // the folder that the model came in, whose files it may read; or NULL
    char **texts; // plain texts of choosers' literals, and lists of them
    size_t n_texts, texts_capacity;
} sw_nl_described;

int sw_nl_run_open(const sw_opening *o, void **state);
sw_outcome sw_nl_run_once(void *state, const sw_run *run);
void sw_nl_run_close(void *state);

#endif
