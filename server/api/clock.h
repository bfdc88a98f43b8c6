// SPDX-License-Identifier: Apache-2.0
// The clock: a thread that submits the studies of schedules when they are due, and deletes those
// that were kept for long enough.
#ifndef SWEEPD_API_CLOCK_H
#define SWEEPD_API_CLOCK_H

#include "server/api/internal.h"
#include "server/store/schedules.h"

typedef struct sw_clock sw_clock;

sw_clock *sw_clock_start(sw_api *api);
void sw_clock_stop(sw_clock **clock);

// Submits the study of a schedule and notes what came of it. by_hand: now, else as of row->due, for
// which no second study is ever made. *id: the study, 0 if its document has faults.
sw_error sw_clock_submit(const sw_api *api, worker *mine, const sw_schedule_row *row, bool by_hand,
                         int64_t *id);

// Moves a schedule to its next time after now.
sw_error sw_clock_move_on(sw_store *store, const sw_schedule_row *row);

#endif
