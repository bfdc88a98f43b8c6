// SPDX-License-Identifier: Apache-2.0
// What other threads tell the dispatcher: rings of the bell, and committed transactions. Putting
// never blocks for long; a file descriptor says when there is something.
#ifndef SWEEPD_SCHED_MAILBOX_H
#define SWEEPD_SCHED_MAILBOX_H

#include "server/sched/describe.h"
#include "server/sched/sessions.h"
#include "server/sched/writer.h"

#include <pthread.h>

typedef struct sw_mailbox {
    int fd; // an eventfd: readable when there is mail
    pthread_mutex_t lock;
    int64_t *rings;
    size_t n_rings, rings_capacity;
    sw_written **written;
    size_t n_written, written_capacity;
    sw_ask **asks;
    size_t n_asks, asks_capacity;
    sw_line **lines;
    size_t n_lines, lines_capacity;
} sw_mailbox;

void sw_mailbox_init(sw_mailbox *box);
void sw_mailbox_fini(sw_mailbox *box);

void sw_mailbox_ring(sw_mailbox *box, int64_t study);
void sw_mailbox_written(sw_mailbox *box, sw_written *written);
void sw_mailbox_ask(sw_mailbox *box, sw_ask *ask);    // takes it over
void sw_mailbox_line(sw_mailbox *box, sw_line *line); // likewise

// Moves all mail out into the arrays of `taken`, which the caller frees with sw_mail_fini.
typedef struct sw_mail {
    int64_t *rings;
    size_t n_rings;
    sw_written **written;
    size_t n_written;
    sw_ask **asks; // an entry that was taken over is set to NULL
    size_t n_asks;
    sw_line **lines; // likewise
    size_t n_lines;
} sw_mail;
void sw_mailbox_take(sw_mailbox *box, sw_mail *taken);
void sw_mail_fini(sw_mail *mail);

#endif
