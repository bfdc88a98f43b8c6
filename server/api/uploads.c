// SPDX-License-Identifier: Apache-2.0
// Uploading a model: PUT /models/{family}/{model} with a file or a tar archive. A worker of the
// family says what it makes, or where it is wrong; only then is it stored. The request waits for
// that; the same upload asked for twice at once is one question.
#include "server/api/internal.h"

#include "lib/base/hash.h"

#include <pthread.h>
#include <time.h>

enum { WAITING_MAX = 16, NAME_MAX_BYTES = 100, OLD_SECONDS = 300 };
#define WAIT_SECONDS 120.0

typedef struct upload {
    int64_t ticket; // of the content: the same for the same upload
    double since;
    bool answered, nobody;
    json_t *descriptor; // NULL: the file is wrong
    int64_t line, column;
    char *message;
} upload;

struct uploads {
    pthread_mutex_t lock;
    upload *v;
    size_t n, capacity;
};

uploads *
sw_uploads_waiting_new(void)
{
    uploads *u = sw_calloc(1, sizeof *u);
    pthread_mutex_init(&u->lock, NULL);
    return u;
}

static void
upload_fini(upload *u)
{
    json_decref(u->descriptor);
    free(u->message);
}

static void
drop(uploads *u, size_t i)
{
    upload_fini(&u->v[i]);
    u->v[i] = u->v[--u->n];
}

void
sw_uploads_waiting_free(uploads **waiting)
{
    uploads *u = *waiting;
    if (!u)
        return;
    for (size_t i = 0; i < u->n; i++)
        upload_fini(&u->v[i]);
    free(u->v);
    pthread_mutex_destroy(&u->lock);
    free(u);
    *waiting = NULL;
}

static upload *
find(uploads *u, int64_t ticket)
{
    for (size_t i = 0; i < u->n; i++) {
        if (u->v[i].ticket == ticket)
            return &u->v[i];
    }
    return NULL;
}

// Studies have the positive channels.
static int64_t
channel_of(int64_t ticket)
{
    return -ticket;
}

void
sw_api_described(sw_api *api, int64_t ticket, const sw_header *h)
{
    uploads *waiting = api->uploads;
    pthread_mutex_lock(&waiting->lock);
    upload *u = find(waiting, ticket);
    if (u && !u->answered) {
        u->answered = true;
        u->nobody = !h;
        u->descriptor = h && h->descriptor ? json_deep_copy(h->descriptor) : NULL;
        u->message = sw_strdup(h && h->message ? h->message : "");
        u->line = h ? h->line : 0;
        u->column = h ? h->column : 0;
    }
    pthread_mutex_unlock(&waiting->lock);
    sw_http_wake(api->http, channel_of(ticket));
}

// What was asked for.
typedef struct asked {
    char *name;
    const char *file;
    const void *bytes;
    size_t n;
    int64_t ticket;
} asked;

static bool
is_plain_name(const char *text)
{
    size_t n = strlen(text);
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+ ()";
    return n > 0 && n <= NAME_MAX_BYTES && text[0] != '.' && strspn(text, allowed) == n;
}

static bool
read_asked(sw_request *r, asked *a, sw_faults *faults)
{
    const char *family = sw_request_path(r, "family"), *model = sw_request_path(r, "model");
    const char *body;
    sw_request_body(r, &body, &a->n);
    a->bytes = body;
    a->file = sw_query(r, "file");
    if (!is_plain_name(family) || !is_plain_name(model))
        sw_fault_add(faults, "",
                     "the name \"%.120s/%.120s\" must be made of letters, digits and -_.+ (), at "
                     "most %d characters",
                     family, model, NAME_MAX_BYTES);
    if (!a->file)
        sw_fault_add(faults, "?file", "is required: the file's name, such as wolf.nlogox");
    else if (!is_plain_name(a->file))
        sw_fault_add(faults, "?file", "must be a file's name of at most %d plain characters",
                     NAME_MAX_BYTES);
    if (a->n == 0)
        sw_fault_add(faults, "", "the body must be the file; it is empty");
    a->name = sw_format("%s/%s", family, model);
    return !sw_faults_any(faults);
}

static int64_t
ticket_of(const asked *a)
{
    char hash[SW_HASH_TEXT];
    sw_hash(a->bytes, a->n, hash);
    sw_auto(free) char *all = sw_format("%s %s %s", hash, a->name, a->file);
    sw_hash(all, strlen(all), hash);
    hash[12] = '\0'; // 48 bits: a ticket travels as a JSON integer
    return (int64_t)strtoll(hash, NULL, 16) + 1;
}

static double
now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// Takes the answer out if it is there. Asks if nobody did. False: too many wait.
static bool
ask_or_take(sw_api *api, const asked *a, upload *answer, bool *answered)
{
    uploads *waiting = api->uploads;
    bool ask = false, room = true;
    pthread_mutex_lock(&waiting->lock);
    for (size_t i = waiting->n; i > 0; i--) {
        if (now() - waiting->v[i - 1].since > OLD_SECONDS)
            drop(waiting, i - 1);
    }
    upload *u = find(waiting, a->ticket);
    *answered = u && u->answered;
    if (*answered) {
        *answer = *u;
        *u = waiting->v[--waiting->n];
    } else if (!u && (room = waiting->n < WAITING_MAX)) {
        waiting->v = sw_grow(waiting->v, waiting->n, &waiting->capacity, sizeof *waiting->v);
        waiting->v[waiting->n++] = (upload){.ticket = a->ticket, .since = now()};
        ask = true;
    }
    pthread_mutex_unlock(&waiting->lock);
    if (ask)
        api->settings.describe(api->settings.context, a->ticket, a->name, a->file, a->bytes, a->n);
    return room;
}

static void
answer_wrong(sw_request *r, const upload *u)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    if (u->line > 0)
        sw_fault_add(&faults, "", "line %lld, column %lld: %s", (long long)u->line,
                     (long long)u->column, u->message);
    else
        sw_fault_add(&faults, "", "%s", u->message);
    sw_problem(r, SW_E_INVALID_DOCUMENT, &faults, NULL);
}

static void
store(sw_request *r, const asked *a, const upload *u)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    sw_descriptor *d = sw_descriptor_parse(u->descriptor, &faults);
    if (!d) {
        sw_problem(r, SW_E_INVALID_DOCUMENT, &faults, "the worker's description is not valid");
        return;
    }
    sw_model_source source = {.file = (char *)a->file, .bytes = (void *)a->bytes, .n = a->n};
    bool existed = false;
    sw_error e = strcmp(d->name, a->name) == 0
                     ? sw_store_model_upload(sw_api_store(r), d, &source, &existed)
                     : SW_E_INTERNAL;
    if (sw_api_ok(r, e, "model")) {
        sw_auto(free) char *location = sw_format("/api/v1/models/%s", a->name);
        sw_answer_header(r, "Location", location);
        sw_answer_json(r, existed ? 200 : 201, sw_descriptor_json(d));
    }
    sw_descriptor_free(&d);
}

static void
answer(sw_request *r, const asked *a, const upload *u)
{
    if (u->nobody)
        sw_problem(r, SW_E_BUSY, NULL, "no worker of the family \"%.*s\" could read the file",
                   (int)strcspn(a->name, "/"), a->name);
    else if (!u->descriptor)
        answer_wrong(r, u);
    else
        store(r, a, u);
}

static void
upload_asked(sw_request *r, const asked *a)
{
    sw_api *api = sw_api_of(r);
    upload u = {0};
    bool answered = false;
    sw_request_watch(r, channel_of(a->ticket));
    if (!ask_or_take(api, a, &u, &answered))
        sw_problem(r, SW_E_BUSY, NULL, "%d uploads are being read", WAITING_MAX);
    else if (answered)
        answer(r, a, &u);
    else if (sw_request_waited(r) >= WAIT_SECONDS)
        sw_problem(r, SW_E_TIMEOUT, NULL, "no worker has read the file");
    else
        sw_request_park(r, WAIT_SECONDS);
    json_decref(u.descriptor);
    free(u.message);
}

void
sw_api_models_upload(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    asked a = {0};
    if (!read_asked(r, &a, &faults)) {
        sw_problem(r, SW_E_INVALID_REQUEST, &faults, NULL);
    } else {
        a.ticket = ticket_of(&a);
        upload_asked(r, &a);
    }
    free(a.name);
}

void
sw_api_models_delete(sw_request *r)
{
    sw_auto(free) char *name =
        sw_format("%s/%s", sw_request_path(r, "family"), sw_request_path(r, "model"));
    sw_error e = sw_store_model_delete(sw_api_store(r), name);
    if (e == SW_E_CONFLICT)
        sw_problem(r, e, NULL, "studies use it: delete them first");
    else if (sw_api_ok(r, e, "uploaded model"))
        sw_answer_empty(r);
}
