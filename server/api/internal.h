// SPDX-License-Identifier: Apache-2.0
// What the resources share: the API's state, what each thread has, a loaded study.
#ifndef SWEEPD_API_INTERNAL_H
#define SWEEPD_API_INTERNAL_H

#include "lib/base/json.h"
#include "lib/base/memory.h"
#include "lib/design/design.h"
#include "server/api/api.h"
#include "server/http/static.h"
#include "server/store/columns.h"
#include "server/view/table.h"

typedef struct uploads uploads;
typedef struct grower grower;
typedef struct sw_live sw_live;
typedef struct talk talk;
typedef struct pool pool;
typedef struct sw_ahead sw_ahead;
typedef struct sw_clock sw_clock;
typedef struct sw_herald sw_herald;

struct sw_api {
    sw_api_settings settings;
    sw_http *http;
    pool *analyst; // computes analyses
    uploads *uploads;
    talk *talk;
    grower *grower;
    sw_live *live;
    sw_clock *clock;
    sw_herald *herald;
    pool *tables; // answers sorted pages of runs
    sw_ahead *ahead;
    sw_static *web; // the dashboard; NULL without
    double started; // seconds since 1970
};

// What each HTTP thread has to itself.
typedef struct worker {
    sw_store *store;
    struct cached_model *models; // descriptors parsed before
    size_t n_models, models_capacity;
} worker;

// What a token of the database allows, for the HTTP layer.
sw_error sw_api_token_allows(void *thread, const char *token, unsigned *allows);

void *sw_api_worker_new(void *api);
void sw_api_worker_free(void *mine);

sw_api *sw_api_of(const sw_request *r);
sw_store *sw_api_store(sw_request *r);

// The descriptor of a model (version NULL: the latest), parsed once a thread while it stays the
// same. Valid until the next call by this thread.
sw_error sw_api_descriptor(worker *mine, const char *name, const char *version,
                           const sw_descriptor **descriptor);

// ---- studies that are submitted by the server itself ----

// Whether a document would be taken: faults and SW_E_INVALID_DOCUMENT if not. It may be changed.
sw_error sw_api_check(const sw_api *api, worker *mine, json_t *document, sw_faults *faults);
// Stores the study of a document whose text is given; with a key, once only. The caller rings the
// scheduler's bell.
sw_error sw_api_submit(const sw_api *api, worker *mine, json_t *document, const char *text,
                       const char *key, int64_t *id, sw_faults *faults);

// What is stored of a study. `resolved` is the caller's to free; the rest is borrowed.
typedef struct sw_api_stored {
    sw_new_study s;
    char *resolved;
    char hash[SW_HASH_TEXT], body_hash[SW_HASH_TEXT];
} sw_api_stored;

// ---- a study with its plan, self-contained ----

typedef struct loaded {
    sw_study_row row;
    sw_descriptor *model;
    json_t *resolved;
    sw_study *study;
    sw_plan *plan;
    double *given; // inputs of imported data; NULL of other studies
} loaded;

sw_error sw_api_load(sw_store *store, int64_t id, loaded *l);
void sw_api_unload(loaded *l);

// text: the document as given, kept by pointer as is the key (or NULL).
void sw_api_stored_init(sw_api_stored *stored, const loaded *l, const char *text, const char *key);
// 201, or 200 if it existed, with its id and counts.
void sw_api_answer_submitted(sw_request *r, const sw_new_study *s, int64_t id, bool existed);
// Whether the Idempotency-Key is one; adds a fault if not.
bool sw_api_key_ok(sw_request *r, sw_faults *query);

// Reads the inputs of imported data from the database into l->given, and gives them to the plan.
sw_error sw_api_load_given(sw_store *store, loaded *l);

static inline void
sw_cleanup_loaded(loaded *l)
{
    sw_api_unload(l);
}

// Answers for the study {id}: false after an answer was given.
bool sw_api_load_asked(sw_request *r, loaded *l);
bool sw_api_row_asked(sw_request *r, sw_study_row *row);

static inline void
sw_cleanup_row(sw_study_row *row)
{
    sw_study_row_fini(row);
}

static inline void
sw_cleanup_faults(sw_faults *f)
{
    sw_faults_fini(f);
}

// Rings the scheduler's bell and wakes who waits for this study. For handlers: they may run before
// sw_api_start has returned.
void sw_api_tell(sw_request *r, int64_t study);

// Answers after making the failed runs of the study {id} missing again: those of a kind and a
// group, NULL for any.
void sw_api_retry(sw_request *r, const char *kind, const char *group);

// ---- answers ----

// True if there is no error; else answers with the problem.
bool sw_api_ok(sw_request *r, sw_error e, const char *what);
// True if there are no faults in the query; else answers 400.
bool sw_api_query_ok(sw_request *r, const sw_faults *faults);
// Answers {"items": […], "next": cursor or null}; takes the reference over.
void sw_api_page(sw_request *r, json_t *items, const char *next);
// {"items": text} where text is a JSON array.
void sw_api_items_text(sw_request *r, const char *text);
// Answers the page that the query's `after` and `limit` ask for. list: *json gets an array of at
// most `limit` things, each with a number "id", from the one after `after`.
void sw_api_list(sw_request *r,
                 sw_error (*list)(sw_store *store, int64_t after, int limit, char **json));
// Parses the body as JSON; NULL after answering 400.
json_t *sw_api_body(sw_request *r);
json_t *sw_api_json_of(const char *text); // a stored text; null if NULL
json_t *sw_api_study_json(const sw_study_row *row, bool whole);

// ---- tables of runs ----

// Inputs, seeds and outputs of blocks of one study as sw_table; reused from block to block.
typedef struct run_table {
    const loaded *study;
    sw_table table;
    size_t capacity;
    double *inputs; // n_parameters columns of capacity
    double **columns;
    size_t *shown, n_shown; // parameters that are columns of the table
    uint64_t *seeds, *points, *replicates;
    sw_table_column *input_columns, *output_columns;
    const char **variables; // to read: the outputs that are columns, then _state
    size_t n_variables;
} run_table;

// varied_only: parameters that are the same in all runs are left out.
void sw_api_table_init(run_table *t, const loaded *study, bool varied_only);
void sw_api_table_fini(run_table *t);
// Fills inputs and seeds of runs first … first+n-1.
void sw_api_table_inputs(run_table *t, uint64_t first, size_t n);
// Fills everything from a block read with t->variables. The block must outlive its use.
void sw_api_table_block(run_table *t, const sw_block *block);

// ---- analyst ----

pool *sw_analyst_start(sw_api *api);
// Hands a request over, which is then deferred: one analysis (request), or all that the document
// names (request NULL), under SALib's keys if asked. Takes the reference over. Answers 503 when too
// many wait.
void sw_analyst_ask(sw_request *r, int64_t study, json_t *request, bool salib);

// The first points of a study in its first replicates.
typedef struct sw_prefix {
    uint64_t points, replicates;
    uint64_t fed; // how many of its runs there were
} sw_prefix;

// Computes one analysis of a study; a result that the caller owns, or NULL with faults or *e.
json_t *sw_analyst_compute(sw_store *store, const loaded *l, json_t *asked, sw_faults *faults,
                           sw_error *e);
// That of a study which is no more than the prefix: the same bits. NULL without a fault if some of
// its runs are not there yet. Results are not kept.
json_t *sw_analyst_compute_prefix(sw_store *store, const loaded *l, json_t *asked,
                                  sw_prefix *prefix, sw_faults *faults, sw_error *e);

// ---- growth ----

// A thread that looks after studies with "stop_when".
// ---- results of studies that still run ----

sw_live *sw_live_start(sw_api *api);
void sw_live_stop(sw_live **live);

grower *sw_grower_start(sw_api *api);
void sw_grower_stop(grower **g);
// Stores the study of `document`, which continues l; *now is the state then. Faults if the limits
// do not allow it.
sw_error sw_api_extend(const sw_api *api, sw_store *store, const loaded *l, const json_t *document,
                       bool growing, sw_state *now, sw_faults *faults);

// ---- uploads that wait for a worker's word ----

uploads *sw_uploads_waiting_new(void);
void sw_uploads_waiting_free(uploads **waiting);

// ---- lines to sessions that wait for their answer ----

talk *sw_talk_new(void);
void sw_talk_free(talk **talk);

// ---- handlers, by resource ----

#define SW_API_HANDLER(name) void sw_api_##name(sw_request *r)
SW_API_HANDLER(models_list);
SW_API_HANDLER(models_show);
SW_API_HANDLER(models_source);
SW_API_HANDLER(models_upload);
SW_API_HANDLER(models_delete);
SW_API_HANDLER(sessions_open);
SW_API_HANDLER(sessions_line);
SW_API_HANDLER(sessions_state);
SW_API_HANDLER(sessions_close);
SW_API_HANDLER(convert);
SW_API_HANDLER(umbridge_info);
SW_API_HANDLER(umbridge_model);
SW_API_HANDLER(umbridge_inputs);
SW_API_HANDLER(umbridge_outputs);
SW_API_HANDLER(umbridge_evaluate);
SW_API_HANDLER(umbridge_unsupported);
SW_API_HANDLER(methods);
SW_API_HANDLER(studies_submit);
SW_API_HANDLER(studies_import);
SW_API_HANDLER(studies_list);
SW_API_HANDLER(studies_show);
SW_API_HANDLER(studies_delete);
SW_API_HANDLER(studies_pause);
SW_API_HANDLER(studies_resume);
SW_API_HANDLER(studies_cancel);
SW_API_HANDLER(studies_retry);
SW_API_HANDLER(studies_extend);
SW_API_HANDLER(studies_view);
SW_API_HANDLER(runs_list);
SW_API_HANDLER(runs_show);
SW_API_HANDLER(artifacts_show);
SW_API_HANDLER(columns_show);
SW_API_HANDLER(analyses_list);
SW_API_HANDLER(analyses_show);
SW_API_HANDLER(views_histogram);
SW_API_HANDLER(views_bands);
SW_API_HANDLER(views_sample);
SW_API_HANDLER(views_fan);
SW_API_HANDLER(failures_list);
SW_API_HANDLER(failures_groups);
SW_API_HANDLER(failures_retry);
SW_API_HANDLER(events_study);
SW_API_HANDLER(events_all);
SW_API_HANDLER(schedules_list);
SW_API_HANDLER(schedules_create);
SW_API_HANDLER(schedules_show);
SW_API_HANDLER(schedules_delete);
SW_API_HANDLER(schedules_pause);
SW_API_HANDLER(schedules_resume);
SW_API_HANDLER(schedules_run);
SW_API_HANDLER(schedules_history);
SW_API_HANDLER(tokens_list);
SW_API_HANDLER(tokens_create);
SW_API_HANDLER(tokens_delete);
SW_API_HANDLER(webhooks_list);
SW_API_HANDLER(webhooks_create);
SW_API_HANDLER(webhooks_delete);
SW_API_HANDLER(workers_list);
SW_API_HANDLER(healthz);
SW_API_HANDLER(readyz);
SW_API_HANDLER(metrics);
SW_API_HANDLER(openapi);
SW_API_HANDLER(checks);
SW_API_HANDLER(index);
SW_API_HANDLER(assets_show);
#undef SW_API_HANDLER

#endif
