// SPDX-License-Identifier: Apache-2.0
// A mutex, four arrays and an eventfd.
#include "server/sched/mailbox.h"

#include "lib/base/memory.h"

#include <assert.h>
#include <sys/eventfd.h>
#include <unistd.h>

void
sw_mailbox_init(sw_mailbox *box)
{
    *box = (sw_mailbox){.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    assert(box->fd >= 0);
    pthread_mutex_init(&box->lock, NULL);
}

void
sw_mailbox_fini(sw_mailbox *box)
{
    sw_mail rest;
    sw_mailbox_take(box, &rest);
    sw_mail_fini(&rest);
    pthread_mutex_destroy(&box->lock);
    close(box->fd);
}

static void
signal_mail(sw_mailbox *box)
{
    uint64_t one = 1;
    // The counter can not overflow between two takes; a short write is no less a signal.
    if (write(box->fd, &one, sizeof one) < 0)
        return;
}

void
sw_mailbox_ring(sw_mailbox *box, int64_t study)
{
    pthread_mutex_lock(&box->lock);
    box->rings = sw_grow(box->rings, box->n_rings, &box->rings_capacity, sizeof *box->rings);
    box->rings[box->n_rings++] = study;
    pthread_mutex_unlock(&box->lock);
    signal_mail(box);
}

void
sw_mailbox_written(sw_mailbox *box, sw_written *written)
{
    pthread_mutex_lock(&box->lock);
    box->written =
        sw_grow(box->written, box->n_written, &box->written_capacity, sizeof(sw_written *));
    box->written[box->n_written++] = written;
    pthread_mutex_unlock(&box->lock);
    signal_mail(box);
}

void
sw_mailbox_ask(sw_mailbox *box, sw_ask *ask)
{
    pthread_mutex_lock(&box->lock);
    box->asks = sw_grow(box->asks, box->n_asks, &box->asks_capacity, sizeof *box->asks);
    box->asks[box->n_asks++] = ask;
    pthread_mutex_unlock(&box->lock);
    signal_mail(box);
}

void
sw_mailbox_line(sw_mailbox *box, sw_line *line)
{
    pthread_mutex_lock(&box->lock);
    box->lines = sw_grow(box->lines, box->n_lines, &box->lines_capacity, sizeof *box->lines);
    box->lines[box->n_lines++] = line;
    pthread_mutex_unlock(&box->lock);
    signal_mail(box);
}

void
sw_mailbox_take(sw_mailbox *box, sw_mail *taken)
{
    uint64_t count;
    if (read(box->fd, &count, sizeof count) < 0)
        count = 0; // Nothing was signalled; the arrays say the rest.
    pthread_mutex_lock(&box->lock);
    *taken = (sw_mail){.rings = box->rings,
                       .n_rings = box->n_rings,
                       .written = box->written,
                       .n_written = box->n_written,
                       .asks = box->asks,
                       .n_asks = box->n_asks,
                       .lines = box->lines,
                       .n_lines = box->n_lines};
    box->rings = NULL;
    box->written = NULL;
    box->asks = NULL;
    box->lines = NULL;
    box->n_lines = box->lines_capacity = 0;
    box->n_asks = box->asks_capacity = 0;
    box->n_rings = box->rings_capacity = box->n_written = box->written_capacity = 0;
    pthread_mutex_unlock(&box->lock);
}

void
sw_mail_fini(sw_mail *mail)
{
    for (size_t i = 0; i < mail->n_written; i++)
        sw_written_free(&mail->written[i]);
    for (size_t i = 0; i < mail->n_asks; i++)
        sw_ask_free(&mail->asks[i]);
    free(mail->asks);
    for (size_t i = 0; i < mail->n_lines; i++)
        sw_line_free(&mail->lines[i]);
    free(mail->lines);
    free(mail->written);
    free(mail->rings);
    *mail = (sw_mail){0};
}
