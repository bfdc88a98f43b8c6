// SPDX-License-Identifier: Apache-2.0
// JSON questions to one server over HTTP, bounded in time and size, and only to hosts that the
// worker's operator allows: a file that names a server comes from a user, and must not turn the
// worker into his way into its network.
#ifndef SW_MODELS_UMBRIDGE_HTTP_H
#define SW_MODELS_UMBRIDGE_HTTP_H

#include <jansson.h>
#include <sweepd/model.h>

typedef struct sw_umbridge_http sw_umbridge_http;

// True if `host` (as in a URL; IPv6 in brackets) is in `list`: entries HOST or HOST:PORT with
// commas between them, * for any host. Letters of either case are the same.
bool sw_umbridge_allowed(const char *list, const char *host, const char *port);

// For questions below `url` (http or https; no user, query or fragment). The hosts allowed are
// those of SWEEPD_UMBRIDGE_HOSTS, or those of this machine's loopback. NULL and a sentence if it
// can not be asked.
sw_umbridge_http *sw_umbridge_http_open(const char *url, char *error, size_t error_size);
void sw_umbridge_http_close(sw_umbridge_http **http);

// How a question ended.
typedef enum sw_umbridge_answer {
    SW_UMBRIDGE_OK,
    SW_UMBRIDGE_FAILED,    // no server, no JSON, or an error of the server's: the sentence says
    SW_UMBRIDGE_TOO_LATE,  // no answer within `seconds`
    SW_UMBRIDGE_CANCELLED, // the host says that the run should end
} sw_umbridge_answer;

// Asks for url/verb: POST of `body`, or GET if it is NULL. *answer is the JSON object that came,
// owned by the caller, if the server answered with status 200. No redirect is followed, no proxy
// used. host may be NULL.
sw_umbridge_answer sw_umbridge_ask(sw_umbridge_http *http, const char *verb, const json_t *body,
                                   double seconds, const sw_host *host, json_t **answer,
                                   char *error, size_t error_size);

#endif
