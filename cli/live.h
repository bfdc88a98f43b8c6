// SPDX-License-Identifier: Apache-2.0
// What a study that runs tells of its results, as lines for people.
#ifndef SWEEPD_CLI_LIVE_H
#define SWEEPD_CLI_LIVE_H

#include "cli/client.h"

// Where in a study's events a listener is. Zero-initialise.
typedef struct sw_live_tail {
    int64_t last; // event that was heard last
} sw_live_tail;

// Listens for so many milliseconds, and prints a line for each result that is told meanwhile.
void sw_live_listen(const sw_client *c, int64_t study, sw_live_tail *tail, long milliseconds,
                    FILE *to);

// "4096 runs: sobol of y: ST x1 0.558 ± 0.083, x2 0.442 ± 0.036": the leading indices of one event
// `analysis`, at most four, largest first; of a result without indices its mean. NULL if it has
// neither. The caller frees it.
char *sw_live_line(const json_t *event);

#endif
