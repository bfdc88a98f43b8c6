// SPDX-License-Identifier: Apache-2.0
// Interactive sessions as the dispatcher knows them: which worker has which, and what is asked.
#ifndef SWEEPD_SCHED_SESSIONS_H
#define SWEEPD_SCHED_SESSIONS_H

#include "lib/base/json.h"

#include <stdint.h>

// A line on its way to a session; session 0 opens one of the model.
typedef struct sw_line {
    int64_t ticket, session;
    char *name, *version; // of the model, to open; else empty
    char *text;
} sw_line;

sw_line *sw_line_new(int64_t ticket, int64_t session, const char *name, const char *version,
                     const char *text);
void sw_line_free(sw_line **line);

typedef struct sw_session {
    int64_t id, ticket; // ticket 0: nobody waits
    unsigned char route[256];
    size_t route_n;
    int64_t used_ms;
} sw_session;

#endif
