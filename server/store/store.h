// SPDX-License-Identifier: Apache-2.0
// The store: the only place with SQL. A sw_store is one database connection, used by one thread.
// Every function returns SW_E_NONE or what went wrong; SW_E_DATABASE means that the database did
// not answer and that nothing is known to have changed. Connections heal themselves: after an
// error the next call tries to connect again.
#ifndef SWEEPD_STORE_STORE_H
#define SWEEPD_STORE_STORE_H

#include "lib/base/errors.h"
#include "lib/study/study.h"

#include <stdint.h>

typedef struct sw_store sw_store;

// Connects lazily: never fails. url: a libpq connection string. statement_seconds: the timeout of
// one statement, 0 for none.
sw_store *sw_store_new(const char *url, double statement_seconds);
void sw_store_free(sw_store **store);

// Whether the database answers now.
sw_error sw_store_ping(sw_store *store);

// Applies the numbered files built into the program that are not applied yet, each in a
// transaction, under an advisory lock. Refuses a database that is newer than the program.
sw_error sw_store_migrate(sw_store *store);

// ---- studies ----

// A study as stored. Texts are owned by the row.
typedef struct sw_study_row {
    int64_t id;
    char *name, *model, *model_version, *method, *hash;
    char *document, *resolved; // JSON texts; NULL in lists
    sw_state state;
    char *reason; // NULL unless failed
    int64_t points, runs, made, failed, priority;
    int64_t rejected;                   // of the failed ones, those that the constraints rejected
    double busy;                        // seconds of executors
    char *tags;                         // JSON array text
    char *stop;                         // JSON text: why it stopped growing; or NULL
    char *created, *started, *finished; // RFC 3339 UTC; NULL if not yet
} sw_study_row;

void sw_study_row_fini(sw_study_row *row);

typedef struct sw_new_study {
    const char *name, *model, *model_version, *method, *document, *resolved, *hash;
    int64_t points, runs, priority;
    const json_t *tags;           // array of strings
    const char *idempotency_key;  // or NULL
    const char *idempotency_hash; // of the body that came with the key
} sw_new_study;

// Stores a study and its "submitted" event durably. With an idempotency key that is known, nothing
// is stored, *id is the first one's and *existed true (SW_E_IDEMPOTENCY if the body differs).
sw_error sw_store_study_insert(sw_store *store, const sw_new_study *study, int64_t *id,
                               bool *existed);
sw_error sw_store_study_get(sw_store *store, int64_t id, sw_study_row *row);

// Newest first. before: only ids below it (0: from the newest). state: NULL or a state's name;
// model, tag, text: NULL or filters (text is found in the name, case ignored). rows: room for
// limit + 1; *n is how many came (limit + 1 means there is more).
typedef struct sw_study_filter {
    int64_t before;
    int limit;
    const char *state, *model, *tag, *text;
} sw_study_filter;
sw_error sw_store_study_list(sw_store *store, const sw_study_filter *filter, sw_study_row *rows,
                             int *n);

// Applies an event by the table in lib/study and records it; *now is the new state.
// SW_E_CONFLICT if the event is not allowed in the present state (which *now then says).
sw_error sw_store_study_move(sw_store *store, int64_t id, sw_event event, const char *reason,
                             sw_state *now);

// Gives a study more runs: its new resolved document, hash and counts. One that is done becomes
// queued; one that grows goes on running. SW_E_CONFLICT if it is in another state (*now), or no
// longer the study of `old_hash`.
typedef struct sw_study_growth {
    const char *old_hash, *resolved, *hash;
    int64_t points, runs;
    bool growing;
} sw_study_growth;
sw_error sw_store_study_extend(sw_store *store, int64_t id, const sw_study_growth *growth,
                               sw_state *now);

// The ids of studies that grow and have made all runs of their present stage, at most 100.
sw_error sw_store_studies_grown(sw_store *store, int64_t ids[100], size_t *n);
// Ends the growth of such a study: it is done. why: JSON text.
sw_error sw_store_study_settle(sw_store *store, int64_t id, const char *why);

// Hides a study at once; its rows go away later (sw_store_purge). SW_E_CONFLICT while it is queued,
// running or paused.
sw_error sw_store_study_delete(sw_store *store, int64_t id);

// Deletes studies that have been over for so many days, but for those with the tag "keep"; at most
// 1,000 at once, *n of them.
sw_error sw_store_studies_expire(sw_store *store, int64_t days, int64_t *n);

// Removes a bounded number of rows of deleted studies; *more says whether to call again.
sw_error sw_store_purge(sw_store *store, bool *more);

// Makes failed runs missing again (nothing else is lost) and moves the study to running; *n runs.
// kind, group: only such failures; NULL for any. SW_E_NOT_FOUND if there are none of that group.
sw_error sw_store_retry_failed(sw_store *store, int64_t id, const char *kind, const char *group,
                               int64_t *n);

// The ids of all studies that are queued, running or paused, ascending; the caller frees *ids.
sw_error sw_store_studies_active(sw_store *store, int64_t **ids, size_t *n);

// Creates or replaces the view study_<id>.
sw_error sw_store_make_view(sw_store *store, int64_t id);

// ---- models ----

typedef struct sw_model_row {
    char *name, *version, *family;
    char *descriptor; // JSON text
    char *seen;       // RFC 3339
    char *file;       // what was uploaded; NULL of a model that was not
} sw_model_row;

void sw_model_row_fini(sw_model_row *row);

// Stores what a worker announced; the same version again only updates when it was seen.
sw_error sw_store_model_put(sw_store *store, const sw_descriptor *model);
// version NULL: the version seen last.
sw_error sw_store_model_get(sw_store *store, const char *name, const char *version,
                            sw_model_row *row);
// The files of an uploaded model. SW_E_NOT_FOUND if it is not there, or was not uploaded.
typedef struct sw_model_source {
    char *name, *version, *file;
    void *bytes;
    size_t n;
} sw_model_source;
void sw_model_source_fini(sw_model_source *source);
sw_error sw_store_model_source(sw_store *store, const char *name, const char *version,
                               sw_model_source *source);
// Stores an uploaded model; *existed says that the same version was there already.
sw_error sw_store_model_upload(sw_store *store, const sw_descriptor *model,
                               const sw_model_source *source, bool *existed);
// Removes the versions of an uploaded model that no study has. SW_E_CONFLICT if studies have all
// of them; SW_E_NOT_FOUND if none was uploaded.
sw_error sw_store_model_delete(sw_store *store, const char *name);
// By name, the latest version of each; after: names above it ("" from the start).
sw_error sw_store_model_list(sw_store *store, const char *after, int limit, sw_model_row *rows,
                             int *n);

// ---- failures, analyses, events, workers ----

typedef struct sw_failure_row {
    int64_t run;
    char *kind, *message, *group, *log;
    int attempts;
} sw_failure_row;

void sw_failure_row_fini(sw_failure_row *row);

// In order of run; after: runs above it (-1 from the start); kind, group: NULL for all.
sw_error sw_store_failure_list(sw_store *store, int64_t study, int64_t after, const char *kind,
                               const char *group, int limit, sw_failure_row *rows, int *n);

// Groups: [{"kind", "group", "message" (of the first run), "count", "first_run"}] as JSON text,
// most frequent first. A group is a message with # in the place of its figures.
sw_error sw_store_failure_groups(sw_store *store, int64_t study, int limit, char **json);

// A cached result for a canonical request, if it was computed when the study had `made` runs;
// SW_E_NOT_FOUND otherwise.
sw_error sw_store_analysis_get(sw_store *store, int64_t study, const char *request, int64_t made,
                               char **result);
sw_error sw_store_analysis_put(sw_store *store, int64_t study, const char *request, int64_t made,
                               const char *result);
// All cached results of a study: JSON array text of {"request", "result", "made", "computed"}.
sw_error sw_store_analysis_list(sw_store *store, int64_t study, char **json);

typedef struct sw_event_row {
    int64_t id, study;
    char *kind, *data, *at;
} sw_event_row;

void sw_event_row_fini(sw_event_row *row);

// Events after an id, oldest first; study 0 for all studies.
sw_error sw_store_event_list(sw_store *store, int64_t study, int64_t after, int limit,
                             sw_event_row *rows, int *n);
sw_error sw_store_event_put(sw_store *store, int64_t study, const char *kind, const char *data);
sw_error sw_store_event_last(sw_store *store, int64_t *id);

// A study whose analyses are told while it runs.
typedef struct sw_live_row {
    int64_t study, made, runs;
} sw_live_row;

// Studies that run, or were done in the last minute, and have runs: newest first, at most `most`.
sw_error sw_store_studies_live(sw_store *store, sw_live_row *rows, size_t most, size_t *n);
// How many runs the last results had that were told of a study; 0 if none were.
sw_error sw_store_event_told(sw_store *store, int64_t study, int64_t *runs);

// JSON array text of the workers as the dispatcher last wrote them.
sw_error sw_store_worker_list(sw_store *store, char **json);

// {"name", "media_type", "size"} of a run's artifacts as JSON array text; and one of them.
sw_error sw_store_artifact_list(sw_store *store, int64_t study, int64_t run, char **json);
sw_error sw_store_artifact_get(sw_store *store, int64_t study, int64_t run, const char *name,
                               char **media_type, void **bytes, size_t *n);

// Counts for /metrics: studies by state, and sums; see the fields.
typedef struct sw_store_totals {
    int64_t studies[SW_STATE_COUNT];
    int64_t made, failed;
} sw_store_totals;
sw_error sw_store_totals_get(sw_store *store, sw_store_totals *totals);

#endif
