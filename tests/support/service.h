// SPDX-License-Identifier: Apache-2.0
// The real thing for tests: a private PostgreSQL, sweepd and sweep-worker from $SWEEPD_BIN, on a
// free port, in a private folder that goes away at the end; and a tiny vocabulary to talk to it.
// A failure of the harness itself fails the test with a message.
#ifndef SWEEPD_TESTS_SERVICE_H
#define SWEEPD_TESTS_SERVICE_H

#include "cli/cluster.h"

#include <jansson.h>
#include <stdint.h>

enum { SERVICE_WORKERS_MAX = 4 };

typedef struct service {
    char dir[64];
    sw_cluster cluster;
    sw_process server;
    sw_process workers[SERVICE_WORKERS_MAX];
    int port;
    char *endpoint;               // of the workers
    char *models;                 // folder of model files for workers
    const char *server_flags[16]; // more flags, NULL-terminated; set before start_server
    int slots;                    // executors a worker; 0 for 1
} service;

// All three, with `workers` workers; a database that is empty and migrated.
void service_start(service *s, int workers);
// What is left of it after service_prepare, for tests that put files in place first.
void service_go(service *s, int workers);
void service_stop(service *s);
// The fixtures of a group of tests, which start and stop the service named to service_group.
void service_group(service *s, int workers);
int service_begin(void **state);
int service_end(void **state);

// A port of the loopback address that is free. It lies below those that the kernel gives to
// connections, so that nothing takes it before the server does, or while that is restarted.
int service_free_port(void);

// The parts, for faults. start_server waits until it is ready.
void service_prepare(service *s);
void start_server(service *s);
void start_worker(service *s, int which);
void kill_server(service *s); // SIGKILL
void kill_worker(service *s, int which);
void kill_database(service *s); // SIGKILL to the postmaster and all its backends
void start_database(service *s);
// A pid of some executor process of a worker, or 0.
pid_t executor_of(const service *s, int which);

// ---- requests ----

typedef struct reply {
    int status; // 0: no answer
    char *body; // NUL-terminated
    size_t n;
    json_t *json;       // parsed body if it is JSON
    char headers[4096]; // all header lines
} reply;

void reply_free(reply *r);

reply request(const service *s, const char *method, const char *path, const char *body,
              const char *const *headers); // "Name: value", NULL-terminated or NULL
reply get(const service *s, const char *path);
reply post(const service *s, const char *path, const char *body);

// GET that must answer 200 with JSON; the caller owns the reference.
json_t *get_json(const service *s, const char *path);

// Submits a study that must be accepted; its id.
int64_t submit(const service *s, const char *document);

// The study's "state", "made", "failed" …; the caller owns the reference.
json_t *study(const service *s, int64_t id);

// Waits until the study is done, failed or cancelled, at most `seconds`; fails the test if it is
// not, or if the state is not `expected`.
void wait_for_state(const service *s, int64_t id, const char *expected, double seconds);

// Polls until condition(context) or the deadline; fails the test then.
void wait_until(bool (*condition)(void *context), void *context, double seconds, const char *what);

// Seconds, monotonic.
double seconds_now(void);

// Runs one statement by psql; the output (no headers, |-separated) as a fresh string.
char *sql(const service *s, const char *statement);

#endif
