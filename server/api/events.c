// SPDX-License-Identifier: Apache-2.0
// Server-sent events: what happens to one study, or to all. A client that comes back with
// Last-Event-ID gets what it missed; a new one gets a study's whole history, or what comes from
// now.
#include "server/api/internal.h"

enum { BATCH = 100 };

typedef struct tail {
    int64_t study; // 0: all
    int64_t after;
} tail;

static void
put_event(sw_buffer *out, const sw_event_row *row)
{
    sw_buffer_printf(out, "id: %lld\nevent: ", (long long)row->id);
    sw_buffer_str(out, row->kind);
    sw_buffer_printf(out, "\ndata: {\"study\":%lld,\"at\":\"%s\",\"data\":", (long long)row->study,
                     row->at);
    for (const char *s = row->data; *s; s++) // a line break would end the field
        sw_buffer_char(out, *s == '\n' || *s == '\r' ? ' ' : *s);
    sw_buffer_str(out, "}\n\n");
}

static sw_error
tail_pull(void *self, void *thread, sw_buffer *out, bool *end)
{
    (void)end; // the client ends it
    tail *t = self;
    sw_event_row rows[BATCH];
    int n = 0;
    sw_error e =
        sw_store_event_list(((worker *)thread)->store, t->study, t->after, BATCH, rows, &n);
    // While the database is away there is nothing to tell; the client need not notice.
    if (e == SW_E_DATABASE)
        return SW_E_NONE;
    for (int i = 0; !e && i < n; i++) {
        put_event(out, &rows[i]);
        t->after = rows[i].id;
        sw_event_row_fini(&rows[i]);
    }
    return e;
}

static void
answer_tail(sw_request *r, int64_t study, int64_t after)
{
    static const sw_stream stream = {tail_pull, free};
    tail *t = sw_calloc(1, sizeof *t);
    *t = (tail){study, after};
    sw_answer_live(r, study, &stream, t);
}

// The event that the client had last; fallback without the header or with nonsense in it.
static int64_t
last_event(const sw_request *r, int64_t fallback)
{
    const char *text = sw_request_header(r, "Last-Event-ID");
    size_t n = text ? strspn(text, "0123456789") : 0;
    return n > 0 && n < 19 && !text[n] ? strtoll(text, NULL, 10) : fallback;
}

void
sw_api_events_study(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_row))) sw_study_row row;
    if (sw_api_row_asked(r, &row))
        answer_tail(r, row.id, last_event(r, 0));
}

void
sw_api_events_all(sw_request *r)
{
    int64_t last = 0;
    if (sw_api_ok(r, sw_store_event_last(sw_api_store(r), &last), "event"))
        answer_tail(r, 0, last_event(r, last));
}
