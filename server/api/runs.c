// SPDX-License-Identifier: Apache-2.0
// /studies/{id}/runs: a page as JSON, all of them as CSV, NDJSON or for Dakota, one run, its
// artifacts.
#include "server/api/reproduce.h"
#include "server/api/sorted.h"
#include "server/view/dakota.h"

#include <assert.h>

enum { PAGE = 100, PAGE_MAX = 10000, PIECE = 65536 };

typedef enum form_kind { FORM_JSON, FORM_CSV, FORM_NDJSON, FORM_DAKOTA } form_kind;

static void
ndjson_rows(sw_buffer *b, const sw_table *table)
{
    sw_table_json(b, table, "\n", true);
    sw_buffer_char(b, '\n');
}

// What is exported whole.
static const struct {
    const char *ending, *media_type;
    void (*header)(sw_buffer *b, const sw_table *table); // may be NULL
    void (*rows)(sw_buffer *b, const sw_table *table);
} forms[] = {
    [FORM_CSV] = {"csv", "text/csv; charset=utf-8", sw_table_csv_header, sw_table_csv},
    [FORM_NDJSON] = {"ndjson", "application/x-ndjson", NULL, ndjson_rows},
    [FORM_DAKOTA] = {"dat", "text/x-dakota; charset=utf-8", sw_dakota_header, sw_dakota_rows},
};

// An export under way: everything that it needs, for whichever thread goes on with it.
typedef struct export
{
    loaded study;
    run_table table;
    sw_scan scan; // which rows
    const char **names;
    size_t n_names;
    sw_column *part;
    sw_reader *reader;
    form_kind form;
    bool header_done;
}
export;

static void
export_free(void *self)
{
    export *x = self;
    sw_reader_free(&x->reader);
    sw_scan_fini(&x->scan);
    free(x->names);
    free(x->part);
    sw_api_table_fini(&x->table);
    sw_api_unload(&x->study);
    free(x);
}

static void
export_block(export *x, const sw_block *block, sw_buffer *out)
{
    sw_api_table_block(&x->table, block);
    forms[x->form].rows(out, &x->table.table);
}

// Before the first block only the study says what the columns are.
static void
export_header(export *x, sw_buffer *out)
{
    const sw_study *study = x->study.study;
    for (size_t k = 0, v = 0; k < study->n_outputs; k++) {
        sw_output_kind kind = study->outputs[k].kind;
        if (kind == SW_ARTIFACT)
            continue;
        x->table.output_columns[v] =
            (sw_table_column){.name = x->table.variables[v],
                              .cell = kind == SW_SERIES        ? SW_CELL_SERIES
                                      : kind == SW_OUTPUT_TEXT ? SW_CELL_TEXT
                                                               : SW_CELL_NUMBER};
        v++;
    }
    forms[x->form].header(out, &x->table.table);
}

// The stretches of rows where the conditions hold.
static void
export_rows(export *x, const sw_block *block, sw_buffer *out)
{
    const uint8_t *keep = sw_scan_block(&x->scan, block);
    for (size_t from = 0, end; from < block->n; from = end + 1) {
        end = from;
        while (end < block->n && keep[end])
            end++;
        if (end == from)
            continue;
        sw_block part;
        sw_block_part(block, x->n_names, from, end - from, x->part, &part);
        export_block(x, &part, out);
    }
}

static sw_error
export_pull(void *self, void *thread, sw_buffer *out, bool *end)
{
    export *x = self;
    if (!x->header_done && forms[x->form].header)
        export_header(x, out);
    x->header_done = true;
    while (out->n < PIECE) {
        sw_block block;
        sw_error e = sw_reader_next(x->reader, ((worker *)thread)->store, &block);
        if (e)
            return e;
        if (block.n == 0) {
            *end = true;
            return SW_E_NONE;
        }
        export_rows(x, &block, out);
    }
    return SW_E_NONE;
}

static void
export_all(sw_request *r, loaded *l, form_kind form, sw_sorted *asked)
{
    static const sw_stream stream = {export_pull, export_free};
    export *x = sw_calloc(1, sizeof *x);
    x->study = *l;
    *l = (loaded){0};
    x->form = form;
    sw_api_table_init(&x->table, &x->study, asked->varied);
    x->scan = asked->scan;
    x->scan.study = &x->study;
    asked->scan = (sw_scan){0};
    x->names = sw_calloc(x->table.n_variables + SW_SCAN_VARIABLES, sizeof *x->names);
    memcpy(x->names, x->table.variables, x->table.n_variables * sizeof *x->names);
    x->n_names = sw_scan_names(&x->scan, x->names, x->table.n_variables);
    x->part = sw_calloc(x->n_names, sizeof *x->part);
    x->reader = sw_reader_new(x->study.row.id, x->names, x->n_names, (uint64_t)asked->first,
                              (uint64_t)asked->last);
    sw_auto(free) char *name = sw_format("attachment; filename=\"study-%lld.%s\"",
                                         (long long)x->study.row.id, forms[form].ending);
    sw_answer_header(r, "Content-Disposition", name);
    sw_answer_stream(r, forms[form].media_type, &stream, x);
}

// ---- a page ----

// Adds rows to a JSON list until it has `limit`; *n rows, *next the run after the last one.
static sw_error
page_rows(sw_store *store, run_table *t, sw_reader *reader, int64_t limit, sw_buffer *b, int64_t *n,
          int64_t *next)
{
    while (*n < limit) {
        sw_block block;
        sw_error e = sw_reader_next(reader, store, &block);
        if (e || block.n == 0)
            return e;
        sw_api_table_block(t, &block);
        if ((int64_t)t->table.n > limit - *n)
            t->table.n = (size_t)(limit - *n);
        sw_table_json(b, &t->table, ",", *n == 0);
        *n += (int64_t)t->table.n;
        *next = (int64_t)(t->table.first + t->table.n);
    }
    return SW_E_NONE;
}

// Reads only as far as the page reaches when no run is missing; if some are, on from there.
static sw_error
page_through(sw_store *store, run_table *t, int64_t first, int64_t last, int64_t limit,
             sw_buffer *b, int64_t *next)
{
    int64_t reach = last - first < limit ? last : first + limit - 1, n = 0;
    int64_t ends[] = {reach, last};
    *next = first;
    for (size_t i = 0; i < sw_countof(ends) && n < limit && *next <= ends[i]; i++) {
        sw_reader *reader = sw_reader_new(t->study->row.id, t->variables, t->n_variables,
                                          (uint64_t)*next, (uint64_t)ends[i]);
        sw_error e = page_rows(store, t, reader, limit, b, &n, next);
        sw_reader_free(&reader);
        if (e)
            return e;
        if (n < limit)
            *next = ends[i] + 1;
    }
    return SW_E_NONE;
}

static void
page(sw_request *r, const loaded *l, const sw_sorted *asked)
{
    run_table t;
    sw_api_table_init(&t, l, asked->varied);
    sw_buffer b = {0};
    sw_buffer_str(&b, "{\"items\":[");
    int64_t next = asked->first;
    sw_error e =
        page_through(sw_api_store(r), &t, asked->first, asked->last, asked->limit, &b, &next);
    if (next <= asked->last)
        sw_buffer_printf(&b, "],\"next\":\"%lld\"}\n", (long long)(next - 1));
    else
        sw_buffer_str(&b, "],\"next\":null}\n");
    if (sw_api_ok(r, e, "study"))
        sw_answer(r, 200, "application/json", &b);
    sw_buffer_fini(&b);
    sw_api_table_fini(&t);
}

// In their own order: from first or after the cursor on.
static void
plain(sw_request *r, loaded *l, form_kind form, sw_sorted *asked, sw_faults *faults)
{
    int64_t after = sw_query_integer(r, "after", 0, INT64_MAX - 1, -1, faults);
    if (!sw_api_query_ok(r, faults))
        return;
    if (after >= asked->first)
        asked->first = after + 1;
    if (form == FORM_JSON)
        page(r, l, asked);
    else
        export_all(r, l, form, asked);
}

static inline void
cleanup_sorted(sw_sorted *asked)
{
    sw_scan_fini(&asked->scan);
}

void
sw_api_runs_list(sw_request *r)
{
    static const char *const types[] = {"application/json", "text/csv", "application/x-ndjson",
                                        "text/x-dakota", NULL};
    static const char *const formats[] = {"json", "csv", "ndjson", "dakota", NULL};
    __attribute__((cleanup(sw_cleanup_loaded))) loaded l = {0};
    int form = sw_request_accept(r, types, formats);
    if (form < 0 || !sw_api_load_asked(r, &l))
        return;
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    __attribute__((cleanup(cleanup_sorted))) sw_sorted asked = {.scan = {.study = &l}};
    int64_t most = l.row.runs - 1;
    asked.first = sw_query_integer(r, "first", 0, most, 0, &faults);
    asked.last = sw_query_integer(r, "last", 0, most, most, &faults);
    asked.varied = sw_query_flag(r, "varied", &faults);
    asked.limit = sw_query_integer(r, "limit", 1, PAGE_MAX, PAGE, &faults);
    sw_sorted_query(r, &asked, &faults);
    if (form != FORM_JSON && asked.sort_text)
        sw_fault_add(&faults, "?sort",
                     "only pages of JSON are sorted: CSV and NDJSON hold all "
                     "runs, in their own order");
    bool pages = form == FORM_JSON && (asked.sort_text || asked.where_text);
    if (!pages)
        plain(r, &l, (form_kind)form, &asked, &faults);
    else if (sw_faults_any(&faults) || !sw_sorted_answer(r, &l, &asked, &faults))
        sw_api_query_ok(r, &faults);
}

// ---- one run ----

static int64_t
asked_run(const sw_request *r, const sw_study_row *row)
{
    const char *text = sw_request_path(r, "run");
    int64_t run = strcmp(text, "0") == 0 ? 0 : sw_request_id(r, "run");
    bool zero = strcmp(text, "0") == 0;
    return (run > 0 || zero) && run < row->runs ? run : -1;
}

static json_t *
failure_of(sw_store *store, int64_t study, int64_t run)
{
    sw_failure_row rows[2];
    int n = 0;
    if (sw_store_failure_list(store, study, run - 1, NULL, NULL, 1, rows, &n) || n == 0)
        return json_null();
    json_t *j = rows[0].run != run ? json_null()
                                   : json_pack("{ss ss ss ss si}", "kind", rows[0].kind, "message",
                                               rows[0].message, "group", rows[0].group, "log",
                                               rows[0].log, "attempts", rows[0].attempts);
    for (int i = 0; i < n; i++)
        sw_failure_row_fini(&rows[i]);
    return j ? j : json_null();
}

// The run as in a page, with its failure and the names of its artifacts.
static json_t *
run_json(sw_store *store, const loaded *l, int64_t run, sw_error *e)
{
    run_table t;
    sw_api_table_init(&t, l, false);
    sw_reader *reader =
        sw_reader_new(l->row.id, t.variables, t.n_variables, (uint64_t)run, (uint64_t)run);
    sw_buffer b = {0};
    int64_t n = 0, next = 0;
    *e = page_rows(store, &t, reader, 1, &b, &n, &next);
    json_t *j = n == 1 ? sw_api_json_of(sw_buffer_text(&b)) : NULL;
    if (!*e && !j) {
        *e = SW_E_NOT_FOUND;
    } else if (j) {
        json_object_set_new(j, "failure", failure_of(store, l->row.id, run));
        sw_auto(free) char *artifacts = NULL;
        *e = sw_store_artifact_list(store, l->row.id, run, &artifacts);
        json_object_set_new(j, "artifacts", sw_api_json_of(artifacts));
        // A rejected run was never started.
        sw_auto(free) char *command =
            t.table.state[0] == SW_REJECTED ? NULL : sw_api_reproduce(&t, 0);
        json_object_set_new(j, "reproduce", command ? json_string(command) : json_null());
    }
    sw_buffer_fini(&b);
    sw_reader_free(&reader);
    sw_api_table_fini(&t);
    return j;
}

void
sw_api_runs_show(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_loaded))) loaded l = {0};
    if (!sw_api_load_asked(r, &l))
        return;
    int64_t run = asked_run(r, &l.row);
    sw_error e = SW_E_NOT_FOUND;
    sw_auto(json) json_t *j = run >= 0 ? run_json(sw_api_store(r), &l, run, &e) : NULL;
    if (sw_api_ok(r, e, run >= 0 ? "run yet: it has no outcome" : "run"))
        sw_answer_json(r, 200, json_incref(j));
}

void
sw_api_artifacts_show(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_row))) sw_study_row row;
    if (!sw_api_row_asked(r, &row))
        return;
    int64_t run = asked_run(r, &row);
    sw_auto(free) char *type = NULL;
    void *bytes = NULL;
    size_t n = 0;
    sw_error e = run < 0 ? SW_E_NOT_FOUND
                         : sw_store_artifact_get(sw_api_store(r), row.id, run,
                                                 sw_request_path(r, "name"), &type, &bytes, &n);
    if (!sw_api_ok(r, e, "artifact"))
        return;
    assert(type);
    // What a model wrote must never run as a page of this server.
    sw_answer_header(r, "Content-Disposition", "attachment");
    sw_buffer b = {.data = bytes, .n = n, .capacity = n};
    bool plain = !type[strcspn(type, "\r\n")];
    sw_answer(r, 200, plain ? type : "application/octet-stream", &b);
}
