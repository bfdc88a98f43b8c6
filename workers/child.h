// SPDX-License-Identifier: Apache-2.0
// The supervisor's side of one executor process: starting it, killing it, talking to it, knowing
// how it died.
#ifndef SWEEPD_WORKERS_CHILD_H
#define SWEEPD_WORKERS_CHILD_H

#include "workers/shared.h"

#include <sys/types.h>

typedef struct sw_child {
    pid_t pid;  // 0: not running
    int socket; // -1: none
    int memory; // the memfd; outlives the process
    sw_shared *shared;
    char *scratch; // its private folder; outlives the process
    char reply[sizeof(sw_reply)];
    size_t reply_n; // bytes of a reply read so far
} sw_child;

// What the children of this worker have in common.
typedef struct sw_child_settings {
    const char *scratch_dir; // folders for scratch are made below it
    const char *data_dir;    // or NULL
    const char *models_dir;  // or NULL
} sw_child_settings;

// Makes memory and scratch. False with a logged reason.
bool sw_child_init(sw_child *child, const sw_child_settings *settings);
void sw_child_fini(sw_child *child);

// Starts the process (exec of this program, never a bare fork). False with a logged reason.
bool sw_child_start(sw_child *child, const sw_child_settings *settings);

// Kills the process (with its own children) and waits for it.
void sw_child_kill(sw_child *child);

// Sends a command and what follows it; false if the process is gone.
bool sw_child_send(sw_child *child, const sw_command *command, const void *more, size_t n);

// Reads what there is: 1 a whole reply in *reply, 0 not yet, -1 the process has closed the socket.
int sw_child_receive(sw_child *child, sw_reply *reply);

// Waits for a process that closed its socket; how it died, as text.
void sw_child_reap(sw_child *child, char *how, size_t how_size);

// Bytes of memory that the process holds now, shared memory not counted; 0 if unknown.
size_t sw_child_resident(const sw_child *child);

#endif
