// SPDX-License-Identifier: Apache-2.0
// HTTP by libcurl, with everything off that a questioner does not need.
#include "models/umbridge/http.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ANSWER_MAX = 64 << 20, URL_MAX = 2000, CONNECT_SECONDS = 5 };

#define LOOPBACK "127.0.0.1,localhost,[::1]"

struct sw_umbridge_http {
    CURL *curl;
    struct curl_slist *headers;
    char url[URL_MAX + 1]; // without a slash at its end
    char *bytes;           // of the answer under way
    size_t n, capacity;
    const sw_host *host;
    bool too_large;
};

// ---- who may be asked ----

bool
sw_umbridge_allowed(const char *list, const char *host, const char *port)
{
    size_t h = strlen(host), p = strlen(port);
    for (size_t n; *list; list += n + (list[n] == ',')) {
        n = strcspn(list, ",");
        if (n == 1 && *list == '*')
            return true;
        bool named = n >= h && strncasecmp(list, host, h) == 0;
        if (named && n == h)
            return true;
        if (named && n == h + 1 + p && list[h] == ':' && strncmp(list + h + 1, port, p) == 0)
            return true;
    }
    return false;
}

static bool
has_part(CURLU *u, CURLUPart part)
{
    char *text = NULL;
    bool has = curl_url_get(u, part, &text, 0) == CURLUE_OK;
    curl_free(text);
    return has;
}

static bool
check_host(CURLU *u, char *error, size_t size)
{
    const char *list = getenv("SWEEPD_UMBRIDGE_HOSTS");
    char *host = NULL, *port = NULL, *scheme = NULL;
    bool parts = curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
                 curl_url_get(u, CURLUPART_PORT, &port, CURLU_DEFAULT_PORT) == CURLUE_OK &&
                 curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK;
    bool plain = parts && (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0) &&
                 !has_part(u, CURLUPART_USER) && !has_part(u, CURLUPART_PASSWORD) &&
                 !has_part(u, CURLUPART_QUERY) && !has_part(u, CURLUPART_FRAGMENT);
    bool allowed = plain && sw_umbridge_allowed(list ? list : LOOPBACK, host, port);
    if (!plain)
        snprintf(error, size, "url must be http://HOST:PORT/PATH or https, without user or query");
    else if (!allowed)
        snprintf(error, size,
                 "the host %.100s:%.10s is not among those that this worker may ask; its setting "
                 "umbridge-hosts lists them",
                 host, port);
    curl_free(host);
    curl_free(port);
    curl_free(scheme);
    return allowed;
}

static bool
check_url(const char *url, char *error, size_t size)
{
    CURLU *u = curl_url();
    bool good = false;
    if (u && strlen(url) <= URL_MAX && curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK)
        good = check_host(u, error, size);
    else
        snprintf(error, size, "url is no URL of at most %d bytes", URL_MAX);
    curl_url_cleanup(u);
    return good;
}

// ---- asking ----

static size_t
take(char *bytes, size_t one, size_t n, void *self)
{
    (void)one;
    sw_umbridge_http *h = self;
    if (n > ANSWER_MAX - h->n) {
        h->too_large = true;
        return 0;
    }
    if (h->n + n > h->capacity) {
        size_t capacity = 2 * (h->n + n);
        char *more = realloc(h->bytes, capacity);
        if (!more)
            return 0;
        h->bytes = more;
        h->capacity = capacity;
    }
    memcpy(h->bytes + h->n, bytes, n);
    h->n += n;
    return n;
}

static int
progress(void *self, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    (void)a, (void)b, (void)c, (void)d;
    const sw_umbridge_http *h = self;
    return h->host && h->host->cancelled && h->host->cancelled(h->host);
}

static bool
set_options(sw_umbridge_http *h)
{
    CURL *c = h->curl;
    return curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_SECONDS) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_HTTPHEADER, h->headers) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_USERAGENT, "sweepd") == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_WRITEDATA, h) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, progress) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_XFERINFODATA, h) == CURLE_OK &&
           curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L) == CURLE_OK;
}

sw_umbridge_http *
sw_umbridge_http_open(const char *url, char *error, size_t size)
{
    if (!check_url(url, error, size))
        return NULL;
    sw_umbridge_http *h = calloc(1, sizeof *h);
    if (!h)
        abort();
    size_t n = strlen(url);
    while (n > 0 && url[n - 1] == '/')
        n--;
    memcpy(h->url, url, n);
    h->curl = curl_easy_init();
    h->headers = curl_slist_append(NULL, "Content-Type: application/json");
    if (h->curl && h->headers && set_options(h))
        return h;
    snprintf(error, size, "libcurl can not be set up");
    sw_umbridge_http_close(&h);
    return NULL;
}

void
sw_umbridge_http_close(sw_umbridge_http **http)
{
    if (!*http)
        return;
    curl_easy_cleanup((*http)->curl);
    curl_slist_free_all((*http)->headers);
    free((*http)->bytes);
    free(*http);
    *http = NULL;
}

// What the server says of its own error, or that it says nothing.
static void
server_error(const json_t *answer, long status, char *error, size_t size)
{
    const json_t *e = json_object_get(answer, "error");
    const char *type = json_string_value(json_object_get(e, "type"));
    const char *message = json_string_value(json_object_get(e, "message"));
    if (type || message)
        snprintf(error, size, "the server says %.60s: %.300s", type ? type : "error",
                 message ? message : "no more");
    else
        snprintf(error, size, "the server answered with status %ld and no JSON object", status);
}

// Reads what came.
static sw_umbridge_answer
read_answer(sw_umbridge_http *h, json_t **answer, char *error, size_t size)
{
    long status = 0;
    curl_easy_getinfo(h->curl, CURLINFO_RESPONSE_CODE, &status);
    json_t *json = json_loadb(h->bytes ? h->bytes : "", h->n, 0, NULL);
    if (status == 200 && json_is_object(json) && !json_object_get(json, "error")) {
        *answer = json;
        return SW_UMBRIDGE_OK;
    }
    server_error(json, status, error, size);
    json_decref(json);
    return SW_UMBRIDGE_FAILED;
}

static sw_umbridge_answer
perform(sw_umbridge_http *h, json_t **answer, char *error, size_t size)
{
    CURLcode code = curl_easy_perform(h->curl);
    if (code == CURLE_OK)
        return read_answer(h, answer, error, size);
    if (h->too_large)
        snprintf(error, size, "the answer has more than %d bytes", ANSWER_MAX);
    else
        snprintf(error, size, "asking the server: %s", curl_easy_strerror(code));
    if (code == CURLE_ABORTED_BY_CALLBACK)
        return SW_UMBRIDGE_CANCELLED;
    return code == CURLE_OPERATION_TIMEDOUT ? SW_UMBRIDGE_TOO_LATE : SW_UMBRIDGE_FAILED;
}

sw_umbridge_answer
sw_umbridge_ask(sw_umbridge_http *h, const char *verb, const json_t *body, double seconds,
                const sw_host *host, json_t **answer, char *error, size_t size)
{
    char url[URL_MAX + 40];
    char *text = body ? json_dumps(body, JSON_COMPACT | JSON_REAL_PRECISION(17)) : NULL;
    snprintf(url, sizeof url, "%s/%s", h->url, verb);
    h->n = 0;
    h->too_large = false;
    h->host = host;
    *answer = NULL;
    sw_umbridge_answer how = SW_UMBRIDGE_FAILED;
    bool set = curl_easy_setopt(h->curl, CURLOPT_URL, url) == CURLE_OK &&
               curl_easy_setopt(h->curl, CURLOPT_TIMEOUT_MS, (long)(1e3 * seconds) + 1) == CURLE_OK;
    if (text)
        set = set && curl_easy_setopt(h->curl, CURLOPT_POSTFIELDS, text) == CURLE_OK;
    else
        set = set && !body && curl_easy_setopt(h->curl, CURLOPT_HTTPGET, 1L) == CURLE_OK;
    if (set)
        how = perform(h, answer, error, size);
    else
        snprintf(error, size, "the question can not be put together");
    free(text);
    return how;
}
