// SPDX-License-Identifier: Apache-2.0
// Who may be a worker: over TCP, whoever holds a key that the server knows (CurveZMQ; the handler
// of ZAP, ZeroMQ RFC 27). Over ipc the permissions of the socket's file say it.
#ifndef SWEEPD_SCHED_GATE_H
#define SWEEPD_SCHED_GATE_H

#include <stdbool.h>

typedef struct sw_gate sw_gate;

typedef struct sw_gate_settings {
    const char *endpoint;
    const char *key;   // file with the server's secret key; NULL: no encryption
    const char *known; // file with the public keys of workers; looked at anew when it changes
    bool plain;        // other machines may connect without keys: the operator says so
} sw_gate_settings;

// Before the socket is bound. NULL and a logged reason if a key can not be read, or if other
// machines could connect without one.
sw_gate *sw_gate_new(void *context, void *router, const sw_gate_settings *settings);
void sw_gate_free(sw_gate **gate);

// The socket to poll for reading (NULL: none), and answering what has come.
void *sw_gate_socket(const sw_gate *gate);
void sw_gate_answer(sw_gate *gate);

#endif
