// SPDX-License-Identifier: Apache-2.0
// Talking to the server over HTTP, and telling people what it said.
#ifndef SWEEPD_CLI_CLIENT_H
#define SWEEPD_CLI_CLIENT_H

#include "lib/base/json.h"

#include <stdint.h>
#include <stdio.h>

typedef struct sw_client {
    const char *url;   // http://HOST:PORT
    const char *token; // or NULL
    bool quiet;        // say nothing when the server does not answer
} sw_client;

typedef struct sw_response {
    long status; // 0: no answer
    char *body;  // NUL-terminated; NULL if none
    size_t n;
    json_t *json; // the body, if it is JSON
} sw_response;

void sw_response_fini(sw_response *r);

// One request; body may be NULL; header is one more header line or NULL.
sw_response sw_client_request(const sw_client *c, const char *method, const char *path,
                              const char *body, const char *header);

// A PUT of bytes as they are.
sw_response sw_client_upload(const sw_client *c, const char *path, const void *bytes, size_t n);

// A GET whose body goes to `to` as it comes. On anything but 200 the response holds the problem.
sw_response sw_client_stream(const sw_client *c, const char *path, const char *accept, FILE *to);

// What a stream of server-sent events says within so many milliseconds, after the event `last` (0:
// from the first one on). Its end in the middle is no fault.
sw_response sw_client_listen(const sw_client *c, const char *path, int64_t last, long milliseconds);

// 0 if the response is a success. Otherwise prints the problem, every fault on a line of its own,
// to standard error, and returns the exit code of its error.
int sw_client_check(const sw_client *c, const sw_response *r);

// "text" with all but letters, digits and -_.~ percent-encoded; the caller frees it.
char *sw_client_escape(const char *text);

// The path of a model "family/name"; the caller frees it.
char *sw_client_model_path(const char *model);

#endif
