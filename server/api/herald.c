// SPDX-License-Identifier: Apache-2.0
// Telling webhooks: one message after another, never two of one webhook at once. Taken is what is
// answered by a status of 2xx; redirections are not followed, since they could lead anywhere.
#include "server/api/herald.h"

#include "lib/base/log.h"
#include "server/api/rounds.h"
#include "server/store/webhooks.h"

#include <curl/curl.h>
#include <sodium.h>

enum { LOOK_MS = 1000, CONNECT_SECONDS = 5, ANSWER_SECONDS = 10 };

struct sw_herald {
    sw_store *store;
    sw_fence fence;
    CURL *curl;
    sw_rounds rounds;
};

// The server does not wait for an answer when it is about to end.
static int
on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)a, (void)b, (void)c, (void)d;
    sw_herald *h = context;
    return !sw_rounds_go_on(&h->rounds);
}

static size_t
ignore(char *bytes, size_t size, size_t n, void *context)
{
    (void)bytes, (void)context;
    return size * n;
}

// "sha256=" and the HMAC of the body under the secret, in hexadecimal (RFC 2104).
static struct curl_slist *
sign(struct curl_slist *headers, const sw_message *m)
{
    unsigned char mac[crypto_auth_hmacsha256_BYTES];
    char hex[2 * sizeof mac + 1];
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)m->secret, strlen(m->secret));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)m->body, strlen(m->body));
    crypto_auth_hmacsha256_final(&state, mac);
    sodium_bin2hex(hex, sizeof hex, mac, sizeof mac);
    sw_auto(free) char *line = sw_format("X-Sweepd-Signature: sha256=%s", hex);
    return curl_slist_append(headers, line);
}

static struct curl_slist *
headers_of(const sw_message *m)
{
    sw_auto(free) char *event = sw_format("X-Sweepd-Event: %lld", (long long)m->event);
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    headers = curl_slist_append(headers, event);
    return m->secret ? sign(headers, m) : headers;
}

// NULL when it was taken, else why not; the caller frees it.
static char *
post(sw_herald *h, const sw_message *m)
{
    struct curl_slist *headers = headers_of(m);
    CURL *c = h->curl;
    curl_easy_reset(c);
    curl_easy_setopt(c, CURLOPT_URL, m->url);
    curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(c, CURLOPT_POSTFIELDS, m->body);
    curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(c, CURLOPT_USERAGENT, "sweepd");
    curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS);
    curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)ANSWER_SECONDS);
    curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, ignore);
    curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(c, CURLOPT_XFERINFODATA, h);
    CURLcode code = curl_easy_perform(c);
    long status = 0;
    curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    if (code != CURLE_OK)
        return sw_strdup(curl_easy_strerror(code));
    return status >= 200 && status < 300 ? NULL : sw_format("it answered %ld", status);
}

// Whether there was something to tell.
static bool
tell(sw_herald *h)
{
    sw_message messages[SW_MESSAGES_MAX];
    size_t n = 0;
    if (sw_store_webhooks_due(h->store, h->fence.safe, messages, &n) != SW_E_NONE)
        return false;
    for (size_t i = 0; i < n; i++) {
        sw_auto(free) char *why = sw_rounds_go_on(&h->rounds) ? post(h, &messages[i]) : NULL;
        if (why && sw_rounds_go_on(&h->rounds))
            sw_warn("herald", "webhook %lld: %s", (long long)messages[i].webhook, why);
        if (sw_rounds_go_on(&h->rounds))
            (void)!sw_store_webhook_note(h->store, &messages[i], why);
        sw_message_fini(&messages[i]);
    }
    return n > 0;
}

static void
look(void *owner)
{
    sw_herald *h = owner;
    if (sw_store_fence_look(h->store, &h->fence) != SW_E_NONE)
        return; // It is tried again at the next look.
    while (sw_rounds_go_on(&h->rounds) && tell(h))
        ;
}

sw_herald *
sw_herald_start(const sw_api *api)
{
    sw_herald *h = sw_calloc(1, sizeof *h);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    h->store = sw_store_new(api->settings.database_url, api->settings.statement_seconds);
    h->curl = curl_easy_init();
    if (!h->curl)
        abort();
    sw_rounds_start(&h->rounds, LOOK_MS, look, h);
    return h;
}

void
sw_herald_stop(sw_herald **slot)
{
    sw_herald *h = *slot;
    if (!h)
        return;
    sw_rounds_stop(&h->rounds);
    curl_easy_cleanup(h->curl);
    sw_store_free(&h->store);
    free(h);
    *slot = NULL;
}
