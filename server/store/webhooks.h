// SPDX-License-Identifier: Apache-2.0
// Webhooks, and what each is to be told next. Texts that come back are the caller's.
#ifndef SWEEPD_STORE_WEBHOOKS_H
#define SWEEPD_STORE_WEBHOOKS_H

#include "server/store/store.h"

// secret: NULL for none. It is told what happens from now on.
sw_error sw_store_webhook_insert(sw_store *store, const char *url, const json_t *events,
                                 const char *secret, int64_t *id);
// JSON text, without the secret: one, or an array of them.
sw_error sw_store_webhook_get(sw_store *store, int64_t id, char **json);
sw_error sw_store_webhook_list(sw_store *store, int64_t after, int limit, char **json);
sw_error sw_store_webhook_delete(sw_store *store, int64_t id);

// The next message for one webhook.
typedef struct sw_message {
    int64_t webhook, event;
    char *url, *secret; // secret may be NULL
    char *body;         // JSON text
} sw_message;

void sw_message_fini(sw_message *m);

// Up to which event nothing can turn up any more. Events get their numbers before their
// transactions end, so that a later one may be seen before an earlier one: whoever goes by the
// numbers waits until all transactions have ended that may hold an earlier one. Zero at first;
// looked at once a second.
typedef struct sw_fence {
    int64_t safe;
    int64_t seen, pending, until;
} sw_fence;
sw_error sw_store_fence_look(sw_store *store, sw_fence *fence);

// At most one message for each webhook whose turn it is, of events up to `safe`; skips for good
// what none of them wants.
enum { SW_MESSAGES_MAX = 100 };
sw_error sw_store_webhooks_due(sw_store *store, int64_t safe, sw_message messages[SW_MESSAGES_MAX],
                               size_t *n);
// What came of it: NULL that it was taken; else it is tried again, later each time.
sw_error sw_store_webhook_note(sw_store *store, const sw_message *m, const char *error);

#endif
