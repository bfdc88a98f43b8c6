// SPDX-License-Identifier: Apache-2.0
// Hears the server, feeds the supervisor, sends what is finished. The server may come and go: the
// socket connects again by itself, and a server that does not know this worker asks who it is.
#include "workers/loop.h"

#include "lib/base/keys.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"
#include "lib/wire/wire.h"
#include "workers/host.h"
#include "workers/sessions.h"
#include "workers/uploads.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <zmq.h>

enum { CREDIT_PER_SLOT = 3, FRAMES_MAX = 8, BEAT_MS = 1000, STEP_MS = 20 };

typedef struct loop {
    const sw_loop_settings *settings;
    void *context, *socket;
    sw_supervisor *supervisor;
    sw_uploads *uploads;
    sw_sessions *sessions;
    int signals;
    char id[64], host[64];
    int64_t last_beat_ns;
    bool draining;
    int64_t drain_deadline_ns;
} loop;

// ---- sending ----

// The server is away when this would block; what is not sent is missed, and made again.
static void
send_frame(loop *l, const void *bytes, size_t n, bool more)
{
    if (zmq_send(l->socket, bytes, n, more ? ZMQ_SNDMORE : 0) < 0)
        sw_warn("worker", "can not send: %s", zmq_strerror(errno));
}

static void
send_header(loop *l, sw_verb verb, const sw_header *header)
{
    sw_buffer b = {0};
    sw_header_write(&b, verb, header);
    send_frame(l, sw_verb_name(verb), strlen(sw_verb_name(verb)), true);
    send_frame(l, b.data, b.n, false);
    sw_buffer_fini(&b);
}

static void
say_hello(loop *l)
{
    sw_auto(json) json_t *models = sw_registry_describe(l->settings->registry);
    sw_auto(json) json_t *families = sw_registry_families();
    sw_header h = {.protocol = SW_PROTOCOL,
                   .id = l->id,
                   .host = l->host,
                   .pid = getpid(),
                   .slots = (int64_t)l->settings->slots,
                   .credit = l->draining ? 0 : (int64_t)(CREDIT_PER_SLOT * l->settings->slots),
                   .models = models,
                   .families = families};
    send_header(l, SW_HELLO, &h);
}

typedef struct payload {
    loop *loop;
    size_t left;
} payload;

static size_t
payload_frames(const sw_done *done)
{
    size_t n = done->n_artifacts;
    for (size_t v = 0; v < done->n_columns; v++)
        n += done->columns[v].kind == SW_COLUMN_SERIES ? 2 : 1;
    return n;
}

static void
send_payload(void *context, const void *bytes, size_t n)
{
    payload *p = context;
    p->left--;
    send_frame(p->loop, bytes, n, p->left > 0);
}

static void
on_done(void *context, const sw_done *done)
{
    loop *l = context;
    payload p = {l, payload_frames(done)};
    sw_buffer head = {0}, scratch = {0};
    sw_done_write_header(&head, done);
    send_frame(l, "DONE", 4, true);
    send_frame(l, head.data, head.n, p.left > 0);
    sw_done_payload(done, &scratch, send_payload, &p);
    sw_buffer_fini(&head);
    sw_buffer_fini(&scratch);
}

// A worker that is about to stop asks for nothing in exchange.
static void
on_failed(void *context, const sw_work *work, const char *reason)
{
    loop *l = context;
    sw_header h = {.study = work->study,
                   .lease = work->lease,
                   .first = (int64_t)work->first,
                   .n = (int64_t)work->n,
                   .credit = l->draining ? 0 : 1,
                   .reason = reason};
    send_header(l, SW_FAIL_CHUNK, &h);
}

static void
on_described(void *context, const sw_header *described)
{
    send_header(context, SW_DESCRIBED, described);
}

static void
on_answered(void *context, const sw_header *answered)
{
    send_header(context, SW_ANSWERED, answered);
}

// ---- hearing ----

static void
drain(loop *l)
{
    if (l->draining)
        return;
    l->draining = true;
    l->drain_deadline_ns = sw_recorder_now() + (int64_t)(l->settings->grace_seconds * 1e9);
    sw_supervisor_give_back(l->supervisor, "this worker is about to stop");
}

static void
on_work(loop *l, const sw_header *h)
{
    sw_work work = {h->study, h->lease, (uint64_t)h->first, (size_t)h->n};
    if (l->draining)
        on_failed(l, &work, "this worker is about to stop");
    else
        sw_supervisor_put(l->supervisor, &work, h->document);
}

static void
on_message(loop *l, const sw_frame_bytes *frames, size_t n)
{
    char why[200] = "";
    sw_header h;
    int verb = n >= 2 ? sw_verb_of(frames[0].bytes, frames[0].n) : -1;
    size_t payloads = verb == SW_DESCRIBE || verb == SW_MODEL ? 1 : 0;
    json_t *document =
        verb >= SW_WORK && n == 2 + payloads
            ? sw_header_read((sw_verb)verb, frames[1].bytes, frames[1].n, &h, why, sizeof why)
            : NULL;
    if (!document) {
        sw_warn("worker", "a message of %zu frames does not parse: %s", n, why);
        return;
    }
    if (verb == SW_WORK)
        on_work(l, &h);
    else if (verb == SW_STOP)
        sw_supervisor_stop_study(l->supervisor, h.study, "its study was stopped");
    else if (verb == SW_DRAIN)
        drain(l);
    else if (verb == SW_WHO)
        say_hello(l);
    else if (verb == SW_ASK)
        sw_sessions_ask(l->sessions, &h);
    else if (verb == SW_DESCRIBE)
        sw_uploads_describe(l->uploads, &h, frames[2].bytes, frames[2].n);
    else if (verb == SW_MODEL)
        sw_uploads_put(l->uploads, &h, frames[2].bytes, frames[2].n);
    json_decref(document);
}

// One message if there is one.
static bool
receive(loop *l)
{
    zmq_msg_t frames[FRAMES_MAX];
    sw_frame_bytes bytes[FRAMES_MAX];
    size_t n = 0;
    for (bool more = true; more;) {
        zmq_msg_t frame;
        zmq_msg_init(&frame);
        if (zmq_msg_recv(&frame, l->socket, ZMQ_DONTWAIT) < 0)
            break;
        more = zmq_msg_more(&frame);
        if (n < FRAMES_MAX) {
            zmq_msg_init(&frames[n]);
            zmq_msg_move(&frames[n++], &frame);
        }
        zmq_msg_close(&frame);
    }
    for (size_t i = 0; i < n; i++)
        bytes[i] = (sw_frame_bytes){zmq_msg_data(&frames[i]), zmq_msg_size(&frames[i])};
    if (n > 0)
        on_message(l, bytes, n);
    for (size_t i = 0; i < n; i++)
        zmq_msg_close(&frames[i]);
    return n > 0;
}

static void
beat(loop *l)
{
    int64_t now = sw_recorder_now();
    if (now - l->last_beat_ns < BEAT_MS * INT64_C(1000000))
        return;
    l->last_beat_ns = now;
    sw_header h = {.busy_slots = (int64_t)sw_supervisor_busy(l->supervisor)};
    send_header(l, SW_BEAT, &h);
}

static void
wait_for_something(loop *l)
{
    size_t slots = l->settings->slots;
    zmq_pollitem_t *items = sw_calloc(slots + 2, sizeof *items);
    int *sockets = sw_calloc(slots, sizeof *sockets);
    size_t n = sw_supervisor_sockets(l->supervisor, sockets, slots);
    for (size_t i = 0; i < n; i++)
        items[i] = (zmq_pollitem_t){.fd = sockets[i], .events = ZMQ_POLLIN};
    items[n++] = (zmq_pollitem_t){.socket = l->socket, .events = ZMQ_POLLIN};
    items[n++] = (zmq_pollitem_t){.fd = l->signals, .events = ZMQ_POLLIN};
    bool busy = sw_supervisor_busy(l->supervisor) || sw_uploads_busy(l->uploads) ||
                sw_sessions_busy(l->sessions);
    zmq_poll(items, (int)n, busy ? STEP_MS : 10 * STEP_MS);
    struct signalfd_siginfo info;
    if (items[n - 1].revents && read(l->signals, &info, sizeof info) == sizeof info)
        drain(l);
    free(sockets);
    free(items);
}

// ---- life ----

static bool
finished(const loop *l)
{
    return l->draining &&
           (sw_supervisor_busy(l->supervisor) == 0 || sw_recorder_now() > l->drain_deadline_ns);
}

// Encrypted where there are keys: the server must hold the secret of server_key, and know ours.
static bool
use_keys(loop *l)
{
    char secret[SW_KEY_TEXT], ours[SW_KEY_TEXT], servers[SW_KEY_TEXT], why[400] = "not taken";
    const sw_loop_settings *s = l->settings;
    if (!s->key)
        return true;
    bool good =
        sw_key_read(s->key, secret, why, sizeof why) &&
        sw_key_read(s->server_key ? s->server_key : "--server-key", servers, why, sizeof why);
    if (good && zmq_curve_public(ours, secret) != 0) {
        snprintf(why, sizeof why, "%s: %s", s->key, zmq_strerror(errno));
        good = false;
    }
    good = good && zmq_setsockopt(l->socket, ZMQ_CURVE_SERVERKEY, servers, SW_KEY_TEXT) == 0 &&
           zmq_setsockopt(l->socket, ZMQ_CURVE_PUBLICKEY, ours, SW_KEY_TEXT) == 0 &&
           zmq_setsockopt(l->socket, ZMQ_CURVE_SECRETKEY, secret, SW_KEY_TEXT) == 0;
    explicit_bzero(secret, sizeof secret);
    if (!good)
        sw_err("worker", "the keys: %s", why);
    return good;
}

static bool
connect_server(loop *l)
{
    l->context = zmq_ctx_new();
    l->socket = zmq_socket(l->context, ZMQ_DEALER);
    int linger_ms = 1000, unlimited = 0, again_ms = 50, again_max_ms = 1000;
    int64_t largest = SW_WIRE_PAYLOAD_MAX;
    zmq_setsockopt(l->socket, ZMQ_LINGER, &linger_ms, sizeof linger_ms);
    zmq_setsockopt(l->socket, ZMQ_SNDHWM, &unlimited, sizeof unlimited);
    zmq_setsockopt(l->socket, ZMQ_RECONNECT_IVL, &again_ms, sizeof again_ms);
    zmq_setsockopt(l->socket, ZMQ_RECONNECT_IVL_MAX, &again_max_ms, sizeof again_max_ms);
    zmq_setsockopt(l->socket, ZMQ_MAXMSGSIZE, &largest, sizeof largest);
    if (!use_keys(l))
        return false;
    if (zmq_connect(l->socket, l->settings->endpoint) == 0)
        return true;
    sw_err("worker", "can not connect to %s: %s", l->settings->endpoint, zmq_strerror(errno));
    return false;
}

static void
block_signals(loop *l)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    l->signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

static void
serve(loop *l)
{
    say_hello(l);
    while (!finished(l)) {
        wait_for_something(l);
        while (receive(l))
            ;
        sw_supervisor_step(l->supervisor);
        sw_uploads_step(l->uploads);
        sw_sessions_step(l->sessions);
        beat(l);
    }
    send_header(l, SW_BYE, &(sw_header){0});
}

int
sw_loop_run(const sw_loop_settings *settings)
{
    loop l = {.settings = settings};
    gethostname(l.host, sizeof l.host - 1);
    if (settings->id)
        snprintf(l.id, sizeof l.id, "%s", settings->id);
    else
        snprintf(l.id, sizeof l.id, "%.40s-%d", l.host, (int)getpid());
    block_signals(&l);
    sw_supervisor_settings s = {.slots = settings->slots,
                                .child = settings->child,
                                .registry = settings->registry,
                                .done = on_done,
                                .failed = on_failed,
                                .context = &l};
    sw_sessions_settings x = {settings->registry, on_answered, &l};
    l.sessions = sw_sessions_new(&x);
    sw_uploads_settings u = {.scratch_dir = settings->child.scratch_dir,
                             .registry = settings->registry,
                             .described = on_described,
                             .context = &l};
    bool ok = connect_server(&l) && (l.uploads = sw_uploads_new(&u)) != NULL &&
              (l.supervisor = sw_supervisor_new(&s)) != NULL;
    if (ok)
        serve(&l);
    sw_supervisor_free(&l.supervisor);
    sw_uploads_free(&l.uploads);
    sw_sessions_free(&l.sessions);
    zmq_close(l.socket);
    zmq_ctx_term(l.context);
    close(l.signals);
    return ok ? 0 : 71;
}
