// SPDX-License-Identifier: Apache-2.0
// /webhooks: addresses that are told what happens to studies.
#include "server/store/webhooks.h"

#include "server/api/internal.h"

enum { URL_MAX = 2000, SECRET_MIN = 8, SECRET_MAX = 200 };

typedef struct wanted {
    const char *url, *secret;
    json_t *events;
} wanted;

static const sw_field fields[] = {
    {"url", SW_FIELD_STRING, offsetof(wanted, url), true, 1, URL_MAX, NULL, "where to"},
    {"events", SW_FIELD_ARRAY, offsetof(wanted, events), false, 1, 6, NULL, "what it is told"},
    {"secret", SW_FIELD_STRING, offsetof(wanted, secret), false, SECRET_MIN, SECRET_MAX, NULL,
     "signs what is sent"},
    {NULL, SW_FIELD_ANY, 0, false, 0, 0, NULL, NULL},
};

static void
check(const wanted *w, sw_faults *faults)
{
    static const char *const names[] = {"submitted", "running", "paused",
                                        "done",      "failed",  "cancelled"};
    if (strncmp(w->url, "http://", 7) != 0 && strncmp(w->url, "https://", 8) != 0)
        sw_fault_add(faults, "/url", "must begin with http:// or https://");
    size_t i;
    const json_t *value;
    json_array_foreach (w->events, i, value) {
        const char *name = json_string_value(value);
        size_t k = 0;
        while (name && k < sw_countof(names) && strcmp(names[k], name) != 0)
            k++;
        if (name && k < sw_countof(names))
            continue;
        sw_auto(free) char *pointer = sw_format("/events/%zu", i);
        sw_fault_add(faults, pointer,
                     "must be submitted, running, paused, done, failed or cancelled");
    }
}

static void
store_one(sw_request *r, const wanted *w)
{
    int64_t id = 0;
    sw_auto(free) char *json = NULL;
    sw_error e = sw_store_webhook_insert(sw_api_store(r), w->url, w->events, w->secret, &id);
    if (!e)
        e = sw_store_webhook_get(sw_api_store(r), id, &json);
    if (sw_api_ok(r, e, "webhook"))
        sw_answer_json(r, 201, sw_api_json_of(json));
}

void
sw_api_webhooks_create(sw_request *r)
{
    sw_auto(json) json_t *body = sw_api_body(r);
    if (!body)
        return;
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    sw_auto(json) json_t *ends = json_pack("[sss]", "done", "failed", "cancelled");
    wanted w = {.events = ends};
    if (sw_json_read(body, "", fields, &w, &faults))
        check(&w, &faults);
    if (sw_faults_any(&faults))
        sw_problem(r, SW_E_INVALID_DOCUMENT, &faults, NULL);
    else
        store_one(r, &w);
}

void
sw_api_webhooks_list(sw_request *r)
{
    sw_api_list(r, sw_store_webhook_list);
}

void
sw_api_webhooks_delete(sw_request *r)
{
    int64_t id = sw_request_id(r, "id");
    sw_error e = id ? sw_store_webhook_delete(sw_api_store(r), id) : SW_E_NOT_FOUND;
    if (sw_api_ok(r, e, "webhook"))
        sw_answer_empty(r);
}
