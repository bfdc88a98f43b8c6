// SPDX-License-Identifier: Apache-2.0
// HTTP by libcurl; problems (RFC 9457) as lines a person can act on.
#include "cli/client.h"

#include "lib/base/memory.h"

#include <curl/curl.h>

enum { BODY_MAX = 256 << 20 };

typedef struct sink {
    sw_response *response;
    FILE *to; // NULL: into the response
    CURL *curl;
} sink;

static size_t
take(char *bytes, size_t size, size_t n, void *context)
{
    sink *s = context;
    long status = 0;
    curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &status);
    if (s->to && status == 200)
        return fwrite(bytes, size, n, s->to) * size;
    sw_response *r = s->response;
    if (r->n + n * size > BODY_MAX)
        return 0;
    r->body = sw_realloc(r->body, r->n + n * size + 1);
    memcpy(r->body + r->n, bytes, n * size);
    r->n += n * size;
    r->body[r->n] = '\0';
    return n * size;
}

// What a request carries; bytes NULL: nothing.
typedef struct payload {
    const void *bytes;
    size_t n;
    const char *media_type;
} payload;

static struct curl_slist *
headers_of(const sw_client *c, const payload *body, const char *header)
{
    struct curl_slist *list = NULL;
    sw_auto(free) char *type = sw_format("Content-Type: %s", body->media_type);
    if (body->bytes)
        list = curl_slist_append(list, type);
    if (header)
        list = curl_slist_append(list, header);
    if (c->token) {
        sw_auto(free) char *bearer = sw_format("Authorization: Bearer %s", c->token);
        list = curl_slist_append(list, bearer);
    }
    return list;
}

// milliseconds: how long the answer may go on, which is then no fault; 0: to its end.
static sw_response
perform(const sw_client *c, const char *method, const char *path, const payload *body,
        const char *header, FILE *to, long milliseconds)
{
    sw_response r = {0};
    CURL *curl = curl_easy_init();
    sink s = {&r, to, curl};
    sw_auto(free) char *url = sw_format("%s%s", c->url, path);
    struct curl_slist *headers = headers_of(c, body, header);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &s);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 10L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, milliseconds);
    if (body->bytes) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->n);
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->bytes);
    }
    CURLcode code = curl_easy_perform(curl);
    if (code == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &r.status);
    else if (!c->quiet && !(milliseconds && code == CURLE_OPERATION_TIMEDOUT))
        fprintf(stderr, "sweep: %s: %s\n", c->url, curl_easy_strerror(code));
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    if (r.body)
        r.json = json_loadb(r.body, r.n, JSON_DECODE_ANY, NULL);
    return r;
}

void
sw_response_fini(sw_response *r)
{
    free(r->body);
    json_decref(r->json);
    *r = (sw_response){0};
}

sw_response
sw_client_request(const sw_client *c, const char *method, const char *path, const char *body,
                  const char *header)
{
    const char *none = strcmp(method, "POST") == 0 ? "" : NULL;
    const char *bytes = body ? body : none;
    payload p = {bytes, bytes ? strlen(bytes) : 0, "application/json"};
    return perform(c, method, path, &p, header, NULL, 0);
}

sw_response
sw_client_upload(const sw_client *c, const char *path, const void *bytes, size_t n)
{
    payload p = {bytes, n, "application/octet-stream"};
    return perform(c, "PUT", path, &p, NULL, NULL, 0);
}

sw_response
sw_client_stream(const sw_client *c, const char *path, const char *accept, FILE *to)
{
    sw_auto(free) char *header = sw_format("Accept: %s", accept);
    payload none = {NULL, 0, ""};
    return perform(c, "GET", path, &none, header, to, 0);
}

sw_response
sw_client_listen(const sw_client *c, const char *path, int64_t last, long milliseconds)
{
    sw_auto(free) char *header = sw_format("Last-Event-ID: %lld", (long long)last);
    payload none = {NULL, 0, ""};
    return perform(c, "GET", path, &none, header, NULL, milliseconds);
}

static const char *
member(const json_t *object, const char *name, const char *otherwise)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : otherwise;
}

int
sw_client_check(const sw_client *c, const sw_response *r)
{
    (void)c;
    if (r->status >= 200 && r->status < 300)
        return 0;
    if (r->status == 0)
        return sw_error_about(SW_E_UNREACHABLE)->exit_code;
    const char *type = member(r->json, "type", "");
    const char *slash = strrchr(type, '/'), *colon = strrchr(type, ':');
    const char *slug = slash ? slash + 1 : colon ? colon + 1 : type;
    const char *detail = member(r->json, "detail", NULL);
    fprintf(stderr, "sweep: %s%s%s\n", member(r->json, "title", "the server refused"),
            detail ? ": " : "", detail ? detail : "");
    size_t i;
    const json_t *fault;
    json_array_foreach (json_object_get(r->json, "faults"), i, fault)
        fprintf(stderr, "  %s %s\n", member(fault, "pointer", ""), member(fault, "detail", ""));
    return sw_error_about(sw_error_of_slug(slug))->exit_code;
}

char *
sw_client_escape(const char *text)
{
    char *escaped = curl_easy_escape(NULL, text, 0);
    char *copy = sw_strdup(escaped ? escaped : "");
    curl_free(escaped);
    return copy;
}

char *
sw_client_model_path(const char *model)
{
    const char *slash = strchr(model, '/');
    sw_auto(free) char *family = sw_strndup(model, strcspn(model, "/"));
    sw_auto(free) char *first = sw_client_escape(family);
    sw_auto(free) char *second = sw_client_escape(slash ? slash + 1 : "");
    return sw_format("/api/v1/models/%s/%s", first, second);
}
