// SPDX-License-Identifier: Apache-2.0
// /sessions: a model open on a worker, spoken to line by line. Each request waits for its answer.
#include "server/api/internal.h"

#include <pthread.h>

enum { WAITING_MAX = 64 };
#define WAIT_SECONDS 110.0

typedef struct waiting_line {
    int64_t ticket, session;
    bool answered;
    char *text; // NULL: no such session
} waiting_line;

struct talk {
    pthread_mutex_t lock;
    waiting_line v[WAITING_MAX];
    size_t n;
    int64_t last_ticket;
};

talk *
sw_talk_new(void)
{
    talk *l = sw_calloc(1, sizeof *l);
    pthread_mutex_init(&l->lock, NULL);
    return l;
}

void
sw_talk_free(talk **slot)
{
    talk *l = *slot;
    for (size_t i = 0; l && i < l->n; i++)
        free(l->v[i].text);
    if (l)
        pthread_mutex_destroy(&l->lock);
    free(l);
    *slot = NULL;
}

// Uploads have the channels down to -2^48.
static int64_t
channel_of(int64_t ticket)
{
    return -(INT64_C(1) << 50) - ticket;
}

static waiting_line *
find(talk *l, int64_t ticket)
{
    for (size_t i = 0; i < l->n; i++) {
        if (l->v[i].ticket == ticket)
            return &l->v[i];
    }
    return NULL;
}

void
sw_api_answered(sw_api *api, int64_t ticket, int64_t session, const char *text)
{
    pthread_mutex_lock(&api->talk->lock);
    waiting_line *w = find(api->talk, ticket);
    if (w && !w->answered) {
        w->answered = true;
        w->session = session;
        w->text = text ? sw_strdup(text) : NULL;
    }
    pthread_mutex_unlock(&api->talk->lock);
    sw_http_wake(api->http, channel_of(ticket));
}

// A ticket for a line; 0 when too many wait.
static int64_t
take_ticket(talk *l)
{
    pthread_mutex_lock(&l->lock);
    int64_t ticket = l->n < WAITING_MAX ? ++l->last_ticket : 0;
    if (ticket)
        l->v[l->n++] = (waiting_line){.ticket = ticket};
    pthread_mutex_unlock(&l->lock);
    return ticket;
}

// Takes the answer out, if it is there or no longer waited for.
static waiting_line
take_answer(talk *l, int64_t ticket, bool give_up)
{
    waiting_line taken = {0};
    pthread_mutex_lock(&l->lock);
    waiting_line *w = find(l, ticket);
    if (w && (w->answered || give_up)) {
        taken = *w;
        *w = l->v[--l->n];
    }
    pthread_mutex_unlock(&l->lock);
    return taken;
}

static void
answer_error(sw_request *r, const json_t *answer, const char *error)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    const char *kind = json_string_value(json_object_get(answer, "kind"));
    json_int_t line = json_integer_value(json_object_get(answer, "line"));
    json_int_t column = json_integer_value(json_object_get(answer, "column"));
    if (kind && strcmp(kind, "session") == 0) {
        bool gone = strstr(error, "no such session") || strstr(error, "ended");
        sw_problem(r, gone ? SW_E_NOT_FOUND : SW_E_CONFLICT, NULL, "%s", error);
        return;
    }
    if (line)
        sw_fault_add(&faults, "", "line %lld, column %lld: %s", (long long)line, (long long)column,
                     error);
    else
        sw_fault_add(&faults, "", "%s", error);
    sw_problem(r, SW_E_INVALID_DOCUMENT, &faults, "a %s error", kind ? kind : "strange");
}

static void
answer_text(sw_request *r, const waiting_line *w, int status)
{
    sw_auto(json) json_t *answer = sw_api_json_of(w->text);
    const char *error = json_string_value(json_object_get(answer, "error"));
    if (error) {
        answer_error(r, answer, error);
    } else {
        json_object_set_new(answer, "session", json_integer((json_int_t)w->session));
        sw_answer_json(r, status, json_incref(answer));
    }
}

// Sends the line at the first call, answers at a later one. status: of a good answer.
static void
exchange(sw_request *r, int64_t session, const char *name, const char *version, const char *text,
         int status)
{
    sw_api *api = sw_api_of(r);
    int64_t *ticket = sw_request_note(r);
    bool first = *ticket == 0;
    if (first)
        *ticket = take_ticket(api->talk);
    if (*ticket == 0) {
        sw_problem(r, SW_E_BUSY, NULL, "%d requests to sessions are waiting", WAITING_MAX);
        return;
    }
    sw_request_watch(r, channel_of(*ticket));
    if (first)
        api->settings.line(api->settings.context, *ticket, session, name, version, text);
    bool late = sw_request_waited(r) >= WAIT_SECONDS;
    waiting_line w = take_answer(api->talk, *ticket, late);
    if (!w.ticket)
        sw_request_park(r, WAIT_SECONDS);
    else if (!w.answered)
        sw_problem(r, SW_E_TIMEOUT, NULL, "the session did not answer");
    else if (!w.text)
        sw_problem(r, session ? SW_E_NOT_FOUND : SW_E_BUSY, NULL, "%s",
                   session ? "there is no such session" : "no worker with the model answered");
    else if (status == 204)
        sw_answer_empty(r);
    else
        answer_text(r, &w, status);
    free(w.text);
}

typedef struct wanted {
    const char *model, *version;
} wanted;

static const sw_field fields[] = {
    {"model", SW_FIELD_STRING, offsetof(wanted, model), true, 1, 200, NULL, "family/name"},
    {"model_version", SW_FIELD_STRING, offsetof(wanted, version), false, 1, 200, NULL,
     "the version; the one seen last when left out"},
    {NULL, 0, 0, false, 0, 0, NULL, NULL},
};

void
sw_api_sessions_open(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    sw_auto(json) json_t *body = sw_api_body(r);
    wanted w = {0};
    if (!body)
        return;
    if (!sw_json_read(body, "", fields, &w, &faults)) {
        sw_problem(r, SW_E_INVALID_DOCUMENT, &faults, NULL);
        return;
    }
    sw_model_row row = {0};
    sw_error e = sw_store_model_get(sw_api_store(r), w.model, w.version, &row);
    if (e == SW_E_NOT_FOUND) {
        sw_fault_add(&faults, "/model", "there is no model \"%.200s\"", w.model);
        sw_problem(r, SW_E_INVALID_DOCUMENT, &faults, NULL);
    } else if (sw_api_ok(r, e, "model")) {
        exchange(r, 0, row.name, row.version, "", 201);
    }
    sw_model_row_fini(&row);
}

// The session that is meant; 0 after answering 404.
static int64_t
asked(sw_request *r)
{
    int64_t id = sw_request_id(r, "id");
    if (id == 0)
        sw_problem(r, SW_E_NOT_FOUND, NULL, "there is no such session");
    return id;
}

void
sw_api_sessions_line(sw_request *r)
{
    int64_t id = asked(r);
    sw_auto(json) json_t *body = id ? sw_api_body(r) : NULL;
    if (!body)
        return;
    sw_auto(free) char *text = sw_json_text(body, false);
    if (json_is_object(body))
        exchange(r, id, "", "", text, 200);
    else
        sw_problem(r, SW_E_INVALID_REQUEST, NULL, "the body must be an object");
}

void
sw_api_sessions_state(sw_request *r)
{
    int64_t id = asked(r);
    if (id)
        exchange(r, id, "", "", "{\"state\":true}", 200);
}

void
sw_api_sessions_close(sw_request *r)
{
    int64_t id = asked(r);
    if (id)
        exchange(r, id, "", "", "", 204);
}
