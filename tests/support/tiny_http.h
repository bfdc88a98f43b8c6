// SPDX-License-Identifier: Apache-2.0
// A tiny HTTP server in a thread, for tests of what asks servers. One request a connection, one at
// a time; it hears loopback only.
#ifndef SWEEPD_TESTS_TINY_HTTP_H
#define SWEEPD_TESTS_TINY_HTTP_H

#include <stddef.h>

typedef struct tiny_http tiny_http;

// Answers one request: writes the whole of an HTTP answer to the socket, or does not. body is
// NUL-terminated.
typedef void (*tiny_answer)(int socket, const char *method, const char *path, const char *body,
                            void *context);

// Listens on a free port; aborts with a message if it can not.
tiny_http *tiny_http_start(tiny_answer answer, void *context);
int tiny_http_port(const tiny_http *t);
void tiny_http_stop(tiny_http **t);

// Writes an answer with status and body, as JSON.
void tiny_http_reply(int socket, int status, const char *body);

#endif
