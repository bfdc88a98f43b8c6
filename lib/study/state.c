// SPDX-License-Identifier: Apache-2.0
// The life cycle of a study as a table; the diagram in the documentation is this table.
#include "lib/study/study.h"

#include <string.h>

enum { NO = -1 };

// after[state][event]. Pausing what is paused and the like change nothing and are allowed, so that
// a repeated request is no error. A paused study may still finish: what is under way comes home.
static const signed char after[SW_STATE_COUNT][SW_EVENT_COUNT] = {
    //                  START, PAUSE, RESUME, CANCEL, FINISH, FAIL, RETRY, EXTEND
    [SW_QUEUED] = {SW_RUNNING, SW_PAUSED, SW_QUEUED, SW_CANCELLED, SW_STATE_DONE, SW_FAILED,
                   SW_QUEUED, NO},
    [SW_RUNNING] = {SW_RUNNING, SW_PAUSED, SW_RUNNING, SW_CANCELLED, SW_STATE_DONE, SW_FAILED,
                    SW_RUNNING, SW_RUNNING},
    [SW_PAUSED] = {NO, SW_PAUSED, SW_RUNNING, SW_CANCELLED, SW_STATE_DONE, SW_FAILED, SW_PAUSED,
                   NO},
    [SW_STATE_DONE] = {NO, NO, NO, NO, NO, NO, SW_QUEUED, SW_QUEUED},
    [SW_FAILED] = {NO, NO, NO, NO, NO, NO, SW_QUEUED, NO},
    [SW_CANCELLED] = {NO, NO, NO, SW_CANCELLED, NO, NO, NO, NO},
};

static const char *const names[SW_STATE_COUNT] = {
    [SW_QUEUED] = "queued",   [SW_RUNNING] = "running", [SW_PAUSED] = "paused",
    [SW_STATE_DONE] = "done", [SW_FAILED] = "failed",   [SW_CANCELLED] = "cancelled",
};

int
sw_state_after(sw_state state, sw_event event)
{
    return after[state][event];
}

const char *
sw_state_name(sw_state state)
{
    return names[state];
}

int
sw_state_of(const char *name)
{
    for (int s = 0; s < SW_STATE_COUNT; s++) {
        if (strcmp(names[s], name) == 0)
            return s;
    }
    return -1;
}
