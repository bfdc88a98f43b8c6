// SPDX-License-Identifier: Apache-2.0
// Telling webhooks: one message after another, never two of one webhook at once. Taken is what is
// answered by a status of 2xx; redirections are not followed, since they could lead anywhere.
#include "server/api/herald.h"

#include "lib/base/log.h"
#include "server/store/webhooks.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <time.h>

enum { LOOK_SECONDS = 1, CONNECT_SECONDS = 5, ANSWER_SECONDS = 10 };

struct sw_herald {
    sw_store *store;
    sw_fence fence;
    CURL *curl;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool stopping; // guarded by lock
};

static bool
is_stopping(sw_herald *h)
{
    pthread_mutex_lock(&h->lock);
    bool stopping = h->stopping;
    pthread_mutex_unlock(&h->lock);
    return stopping;
}

// The server does not wait for an answer when it is about to end.
static int
on_progress(void *context, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)a, (void)b, (void)c, (void)d;
    return is_stopping(context);
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
        sw_auto(free) char *why = is_stopping(h) ? NULL : post(h, &messages[i]);
        if (why && !is_stopping(h))
            sw_warn("herald", "webhook %lld: %s", (long long)messages[i].webhook, why);
        if (!is_stopping(h))
            (void)!sw_store_webhook_note(h->store, &messages[i], why);
        sw_message_fini(&messages[i]);
    }
    return n > 0;
}

// False when the thread is to end.
static bool
wait_a_little(sw_herald *h)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += LOOK_SECONDS;
    pthread_mutex_lock(&h->lock);
    while (!h->stopping && pthread_cond_timedwait(&h->wake, &h->lock, &until) != ETIMEDOUT)
        ;
    bool on = !h->stopping;
    pthread_mutex_unlock(&h->lock);
    return on;
}

static void *
run(void *arg)
{
    sw_herald *h = arg;
    while (wait_a_little(h)) {
        if (sw_store_fence_look(h->store, &h->fence) != SW_E_NONE)
            continue; // It is tried again at the next look.
        while (!is_stopping(h) && tell(h))
            ;
    }
    return NULL;
}

sw_herald *
sw_herald_start(const sw_api *api)
{
    sw_herald *h = sw_calloc(1, sizeof *h);
    curl_global_init(CURL_GLOBAL_DEFAULT);
    h->store = sw_store_new(api->settings.database_url, api->settings.statement_seconds);
    h->curl = curl_easy_init();
    pthread_mutex_init(&h->lock, NULL);
    pthread_cond_init(&h->wake, NULL);
    if (!h->curl || pthread_create(&h->thread, NULL, run, h) != 0)
        abort();
    return h;
}

void
sw_herald_stop(sw_herald **slot)
{
    sw_herald *h = *slot;
    if (!h)
        return;
    pthread_mutex_lock(&h->lock);
    h->stopping = true;
    pthread_cond_signal(&h->wake);
    pthread_mutex_unlock(&h->lock);
    pthread_join(h->thread, NULL);
    pthread_mutex_destroy(&h->lock);
    pthread_cond_destroy(&h->wake);
    curl_easy_cleanup(h->curl);
    sw_store_free(&h->store);
    free(h);
    *slot = NULL;
}
