// SPDX-License-Identifier: Apache-2.0
// The server's key, and answering whether a worker's is known.
#include "server/sched/gate.h"

#include "lib/base/keys.h"
#include "lib/base/log.h"
#include "lib/base/memory.h"

#include <stdio.h>
#include <sys/stat.h>
#include <zmq.h>

enum { KNOWN_MAX = 10000, FIELD_MAX = 256 };

struct sw_gate {
    sw_gate_settings settings;
    void *zap; // NULL without keys
    char (*known)[SW_KEY_TEXT];
    size_t n_known, known_capacity;
    struct timespec changed;   // of the file when it was read
    char refused[SW_KEY_TEXT]; // last, so that one who tries again and again is logged once
};

// tcp://127.0.0.1:…, tcp://[::1]:…, ipc://…: nobody but this machine.
static bool
is_local(const char *endpoint)
{
    static const char *const local[] = {"ipc://", "tcp://127.", "tcp://[::1]:", "tcp://localhost:"};
    for (size_t i = 0; i < sw_countof(local); i++) {
        if (strncmp(endpoint, local[i], strlen(local[i])) == 0)
            return true;
    }
    return false;
}

// ---- the keys of workers ----

static void
read_known(sw_gate *g)
{
    char line[400];
    FILE *f = fopen(g->settings.known, "re");
    g->n_known = 0;
    for (int number = 1; f && g->n_known < KNOWN_MAX && fgets(line, sizeof line, f); number++) {
        g->known = sw_grow(g->known, g->n_known, &g->known_capacity, sizeof *g->known);
        int found = sw_key_of_line(line, g->known[g->n_known]);
        g->n_known += found == 1;
        if (found < 0)
            sw_warn("sched", "%s:%d: not a key of 40 characters", g->settings.known, number);
    }
    if (f)
        fclose(f);
    g->refused[0] = '\0';
    sw_info("sched", "%zu workers' keys are known", g->n_known);
}

// Reads the file when it is not the one that was read.
static void
refresh(sw_gate *g)
{
    struct stat info;
    if (stat(g->settings.known, &info) != 0)
        info = (struct stat){0};
    if (info.st_mtim.tv_sec == g->changed.tv_sec && info.st_mtim.tv_nsec == g->changed.tv_nsec)
        return;
    g->changed = info.st_mtim;
    read_known(g);
}

static bool
is_known(sw_gate *g, const unsigned char key[SW_KEY_BYTES], const char *address)
{
    char text[SW_KEY_TEXT];
    sw_key_text(key, text);
    refresh(g);
    for (size_t i = 0; i < g->n_known; i++) {
        if (strcmp(g->known[i], text) == 0)
            return true;
    }
    if (strcmp(g->refused, text) != 0)
        sw_warn("sched", "a worker at %s was refused: its key %s is not known", address, text);
    memcpy(g->refused, text, sizeof text);
    return false;
}

// ---- ZAP ----

// version, request id, domain, address, identity, mechanism, credentials
enum { VERSION, REQUEST, DOMAIN, ADDRESS, IDENTITY, MECHANISM, CREDENTIALS, FIELDS };

typedef struct fields {
    size_t n;
    size_t sizes[FIELDS];
    char v[FIELDS][FIELD_MAX]; // NUL-terminated
} fields;

// False when there is no whole request.
static bool
receive(void *socket, fields *f)
{
    *f = (fields){0};
    for (int more = 1; more;) {
        char frame[FIELD_MAX];
        int n = zmq_recv(socket, frame, sizeof frame - 1, ZMQ_DONTWAIT);
        if (n < 0)
            return false;
        size_t kept = (size_t)n < sizeof frame ? (size_t)n : sizeof frame - 1;
        if (f->n < FIELDS) {
            memcpy(f->v[f->n], frame, kept);
            f->sizes[f->n] = kept;
        }
        f->n++;
        size_t size = sizeof more;
        zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size);
    }
    return true;
}

// 300 is a refusal for now: the worker tries again, and gets in once its key was added.
static void
reply(void *socket, const fields *f, bool admitted)
{
    const char *texts[] = {
        "1.0", f->v[REQUEST], admitted ? "200" : "300", admitted ? "OK" : "not known", "", ""};
    size_t last = sw_countof(texts) - 1;
    for (size_t i = 0; i <= last; i++) {
        size_t n = i == 1 ? f->sizes[REQUEST] : strlen(texts[i]);
        zmq_send(socket, texts[i], n, i < last ? ZMQ_SNDMORE : 0);
    }
}

void
sw_gate_answer(sw_gate *g)
{
    fields f;
    while (g->zap && receive(g->zap, &f)) {
        bool curve = f.n == FIELDS && strcmp(f.v[MECHANISM], "CURVE") == 0 &&
                     f.sizes[CREDENTIALS] == SW_KEY_BYTES;
        reply(g->zap, &f,
              curve && is_known(g, (const unsigned char *)f.v[CREDENTIALS], f.v[ADDRESS]));
    }
}

void *
sw_gate_socket(const sw_gate *g)
{
    return g->zap;
}

// ---- life ----

// From now on the router takes part in no conversation that is not encrypted.
static bool
lock(sw_gate *g, void *context, void *router)
{
    char secret[SW_KEY_TEXT], why[400];
    if (!sw_key_read(g->settings.key, secret, why, sizeof why)) {
        sw_err("sched", "the key of the server: %s", why);
        return false;
    }
    g->zap = zmq_socket(context, ZMQ_REP);
    int linger = 0, yes = 1;
    zmq_setsockopt(g->zap, ZMQ_LINGER, &linger, sizeof linger);
    bool good = zmq_bind(g->zap, "inproc://zeromq.zap.01") == 0 &&
                zmq_setsockopt(router, ZMQ_CURVE_SERVER, &yes, sizeof yes) == 0 &&
                zmq_setsockopt(router, ZMQ_CURVE_SECRETKEY, secret, SW_KEY_TEXT) == 0 &&
                zmq_setsockopt(router, ZMQ_ZAP_DOMAIN, "sweepd", 6) == 0;
    explicit_bzero(secret, sizeof secret);
    if (!good)
        sw_err("sched", "the key of the server: %s", zmq_strerror(zmq_errno()));
    return good;
}

sw_gate *
sw_gate_new(void *context, void *router, const sw_gate_settings *settings)
{
    if (!settings->key && !settings->plain && !is_local(settings->endpoint)) {
        sw_err("sched",
               "other machines could be workers at %s: --work-key and --worker-keys are needed "
               "(`sweep keys` makes them), or --work-plain if the network is to be trusted",
               settings->endpoint);
        return NULL;
    }
    if (settings->key && !settings->known) {
        sw_err("sched", "--worker-keys must name the file of the workers' keys");
        return NULL;
    }
    sw_gate *g = sw_calloc(1, sizeof *g);
    g->settings = *settings;
    if (settings->key && !lock(g, context, router))
        sw_gate_free(&g);
    return g;
}

void
sw_gate_free(sw_gate **slot)
{
    sw_gate *g = *slot;
    if (!g)
        return;
    if (g->zap)
        zmq_close(g->zap);
    free(g->known);
    free(g);
    *slot = NULL;
}
