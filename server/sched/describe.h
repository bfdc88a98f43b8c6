// SPDX-License-Identifier: Apache-2.0
// Finding out what a user's upload is: a worker of its family is asked, and its answer handed on.
#ifndef SWEEPD_SCHED_DESCRIBE_H
#define SWEEPD_SCHED_DESCRIBE_H

#include "lib/base/json.h"

#include <stdint.h>

// An upload that somebody waits for.
typedef struct sw_ask {
    int64_t ticket;
    char *name, *file; // "family/name", the file's name
    void *bytes;
    size_t n;
    // While a worker has it:
    unsigned char route[256];
    size_t route_n;
    int64_t sent_ms;
} sw_ask;

// Copies everything.
sw_ask *sw_ask_new(int64_t ticket, const char *name, const char *file, const void *bytes, size_t n);
void sw_ask_free(sw_ask **ask);

#endif
