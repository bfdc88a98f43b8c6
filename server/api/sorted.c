// SPDX-License-Identifier: Apache-2.0
// Sorted and filtered pages: one pass over the columns that matter finds which runs stand on the
// page and on the next ones, then the rows of these are read.
#include "server/api/sorted.h"

#include "server/api/ahead.h"
#include "server/api/pool.h"

#include <inttypes.h>

enum { AHEAD = 4000 }; // places found at once

typedef struct work {
    sw_api *api;
    loaded study;
    sw_sorted asked;
    char *key; // of this order of this study as it is now
    sw_place after;
    bool begun;
} work;

static void
work_free(void *context)
{
    work *w = context;
    sw_scan_fini(&w->asked.scan);
    sw_api_unload(&w->study);
    free(w->key);
    free(w);
}

// ---- the order ----

static const char *
or_nothing(const char *text)
{
    return text ? text : "";
}

// All conditions of the query as one text, kept by the request.
static const char *
joined(sw_request *r, size_t total)
{
    char *all = sw_request_alloc(r, total + 1), *at = all;
    const char *name, *value;
    for (size_t i = 0; sw_query_at(r, i, &name, &value); i++) {
        if (strcmp(name, "where") == 0)
            at += sprintf(at, "%s\n", value);
    }
    return all;
}

void
sw_sorted_query(sw_request *r, sw_sorted *asked, sw_faults *faults)
{
    const char *name, *value;
    size_t total = 0;
    for (size_t i = 0; sw_query_at(r, i, &name, &value); i++) {
        if (strcmp(name, "where") == 0) {
            sw_scan_where(&asked->scan, value, "?where", faults);
            total += strlen(value) + 1;
        }
    }
    asked->where_text = total ? joined(r, total) : NULL;
    asked->sort_text = sw_query(r, "sort");
    asked->after = sw_query(r, "after");
    const char *by = asked->sort_text ? asked->sort_text : "run";
    asked->descending = by[0] == '-';
    by += asked->descending;
    if (asked->sort_text || asked->where_text)
        asked->sort = sw_scan_variable_of(&asked->scan, by, strlen(by), "?sort", faults);
}

// ---- cursors: the place of the last row, and a mark of the order that it is of ----

static uint32_t
mark_of(const sw_sorted *asked)
{
    sw_auto(free) char *order =
        sw_format("%s\n%s", or_nothing(asked->sort_text), or_nothing(asked->where_text));
    char hash[SW_HASH_TEXT];
    sw_hash(order, strlen(order), hash);
    hash[8] = 0;
    return (uint32_t)strtoul(hash, NULL, 16);
}

static bool
read_cursor(work *w, sw_faults *faults)
{
    const char *text = w->asked.after;
    if (!text)
        return true;
    uint32_t mark = 0;
    int end = 0;
    int n = sscanf(text, "%16" SCNx64 ".%19" SCNu64 ".%8" SCNx32 "%n", &w->after.key, &w->after.run,
                   &mark, &end);
    w->begun = n == 3 && !text[end] && mark == mark_of(&w->asked);
    if (!w->begun)
        sw_fault_add(faults, "?after", "is not a cursor of this order: begin without one");
    return w->begun;
}

static char *
cursor_of(const sw_sorted *asked, sw_place last)
{
    return sw_format("%016" PRIx64 ".%" PRIu64 ".%08" PRIx32, last.key, last.run, mark_of(asked));
}

// ---- which runs ----

static void
add_block(sw_sorted *asked, sw_picks *picks, const sw_block *block)
{
    const uint8_t *keep = sw_scan_block(&asked->scan, block);
    const double *values = asked->scan.variables[asked->sort].values;
    for (size_t i = 0; i < block->n; i++) {
        if (keep[i])
            sw_picks_add(picks,
                         (sw_place){sw_place_key(values[i], asked->descending), block->first + i});
    }
}

static sw_error
find_places(work *w, sw_store *store, sw_picks *picks)
{
    sw_sorted *asked = &w->asked;
    const char *names[SW_SCAN_VARIABLES];
    size_t n = sw_scan_names(&asked->scan, names, 0);
    sw_reader *reader =
        sw_reader_new(w->study.row.id, names, n, (uint64_t)asked->first, (uint64_t)asked->last);
    sw_error e = SW_E_NONE;
    for (sw_block block; !(e = sw_reader_next(reader, store, &block)) && block.n > 0;)
        add_block(asked, picks, &block);
    sw_reader_free(&reader);
    sw_picks_finish(picks);
    return e;
}

// The places of the page and of one row more, which says whether there is a next page.
static sw_error
page_places(work *w, sw_store *store, sw_place *places, size_t *n, uint64_t *seen)
{
    size_t limit = (size_t)w->asked.limit + 1;
    const sw_place *after = w->begun ? &w->after : NULL;
    if (sw_ahead_find(w->api->ahead, w->key, after, limit, places, n, seen))
        return SW_E_NONE;
    sw_picks picks;
    sw_picks_init(&picks, limit > AHEAD ? limit : AHEAD, after);
    sw_error e = find_places(w, store, &picks);
    if (!e) {
        *n = picks.n < limit ? picks.n : limit;
        *seen = picks.seen;
        memcpy(places, picks.places, *n * sizeof *places);
        sw_ahead_keep(w->api->ahead, w->key, &picks);
    }
    sw_picks_fini(&picks);
    return e;
}

// ---- their rows ----

typedef struct rows {
    run_table table;
    sw_buffer *b;
    bool any;
} rows;

static void
put_row(void *context, const sw_block *block)
{
    rows *out = context;
    sw_api_table_block(&out->table, block);
    sw_table_json(out->b, &out->table.table, ",", !out->any);
    out->any = true;
}

static sw_error
put_rows(work *w, sw_store *store, const sw_place *places, size_t n, sw_buffer *b)
{
    rows out = {.b = b};
    sw_api_table_init(&out.table, &w->study, w->asked.varied);
    sw_error e = SW_E_NONE;
    for (size_t from = 0; !e && from < n; from += SW_PICKED_MAX) {
        uint64_t runs[SW_PICKED_MAX];
        size_t count = n - from < SW_PICKED_MAX ? n - from : SW_PICKED_MAX;
        for (size_t i = 0; i < count; i++)
            runs[i] = places[from + i].run;
        e = sw_store_picked(store, w->study.row.id, out.table.variables, out.table.n_variables,
                            runs, count, put_row, &out);
    }
    sw_api_table_fini(&out.table);
    return e;
}

static void
answer_page(void *context, sw_store *store, sw_request *r)
{
    work *w = context;
    size_t limit = (size_t)w->asked.limit, n = 0;
    sw_auto(free) sw_place *places = sw_calloc(limit + 1, sizeof *places);
    uint64_t seen = 0;
    sw_buffer b = {0};
    sw_buffer_str(&b, "{\"items\":[");
    sw_error e = page_places(w, store, places, &n, &seen);
    if (!e)
        e = put_rows(w, store, places, n < limit ? n : limit, &b);
    sw_auto(free) char *cursor = n > limit ? cursor_of(&w->asked, places[limit - 1]) : NULL;
    sw_buffer_printf(&b, "],\"next\":%s%s%s,\"matched\":%" PRIu64 "}\n", cursor ? "\"" : "",
                     cursor ? cursor : "null", cursor ? "\"" : "", seen);
    if (sw_api_ok(r, e, "study"))
        sw_answer(r, 200, "application/json", &b);
    sw_buffer_fini(&b);
}

// As long as the key is the same, so is the order.
static char *
key_of(const loaded *l, const sw_sorted *asked)
{
    const sw_study_row *row = &l->row;
    return sw_format("%lld %lld %lld %s %lld-%lld %s\n%s", (long long)row->id, (long long)row->made,
                     (long long)row->failed, or_nothing(row->finished), (long long)asked->first,
                     (long long)asked->last, or_nothing(asked->sort_text),
                     or_nothing(asked->where_text));
}

bool
sw_sorted_answer(sw_request *r, loaded *l, sw_sorted *asked, sw_faults *faults)
{
    static const sw_task task = {answer_page, work_free};
    work *w = sw_calloc(1, sizeof *w);
    w->api = sw_api_of(r);
    w->asked = *asked;
    asked->scan = (sw_scan){0};
    if (!read_cursor(w, faults)) {
        work_free(w);
        return false;
    }
    w->study = *l;
    *l = (loaded){0};
    w->asked.scan.study = &w->study;
    w->key = key_of(&w->study, &w->asked);
    sw_pool_ask(w->api->tables, r, w->study.row.id, &task, w);
    return true;
}
