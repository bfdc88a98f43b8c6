// SPDX-License-Identifier: Apache-2.0
// Schedules and their history. Texts that come back are the caller's.
#ifndef SWEEPD_STORE_SCHEDULES_H
#define SWEEPD_STORE_SCHEDULES_H

#include "lib/base/cron.h"
#include "server/store/store.h"

typedef struct sw_new_schedule {
    const char *name, *cron, *zone, *document;
    bool enabled, new_seed;
    sw_minute due; // by the clocks of the zone
} sw_new_schedule;

// What time it is in a zone; SW_E_NOT_FOUND if there is no such zone.
sw_error sw_store_zone_now(sw_store *store, const char *zone, sw_minute *now);

sw_error sw_store_schedule_insert(sw_store *store, const sw_new_schedule *schedule, int64_t *id);

// As JSON text: one, or a list of those with numbers above `after`.
sw_error sw_store_schedule_get(sw_store *store, int64_t id, char **json);
sw_error sw_store_schedule_list(sw_store *store, int64_t after, int limit, char **json);
sw_error sw_store_schedule_history(sw_store *store, int64_t id, int limit, char **json);

sw_error sw_store_schedule_enable(sw_store *store, int64_t id, bool enabled);
sw_error sw_store_schedule_delete(sw_store *store, int64_t id);

// One that is due, or any by its number.
typedef struct sw_schedule_row {
    int64_t id;
    int64_t due; // seconds since 1970
    char *cron, *zone, *document;
    bool new_seed;
} sw_schedule_row;

void sw_schedule_row_fini(sw_schedule_row *row);
sw_error sw_store_schedules_due(sw_store *store, sw_schedule_row rows[10], size_t *n);
sw_error sw_store_schedule_row(sw_store *store, int64_t id, sw_schedule_row *row);

// Says when it is due next, by the clocks of its zone; *passed if that is not after now (the hour
// that clocks go through twice).
sw_error sw_store_schedule_due(sw_store *store, int64_t id, sw_minute due, bool *passed);
// Notes what came of it: a study, or an error. at: seconds since 1970, 0 for now, by hand.
sw_error sw_store_schedule_note(sw_store *store, int64_t id, int64_t at, int64_t study,
                                const char *error);

#endif
