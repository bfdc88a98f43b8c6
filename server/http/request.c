// SPDX-License-Identifier: Apache-2.0
// What handlers read from a request: headers, path and query parameters, the accepted media type.
#include "server/http/internal.h"

#include <errno.h>
#include <stdio.h>
#include <strings.h>

void *
sw_request_context(const sw_request *r)
{
    return r->http->settings.context;
}

sw_http *
sw_request_http(const sw_request *r)
{
    return r->http;
}

void *
sw_http_thread(sw_http *http)
{
    void *mine = pthread_getspecific(http->mine);
    if (!mine && http->settings.thread_new) {
        mine = http->settings.thread_new(http->settings.context);
        pthread_setspecific(http->mine, mine);
    }
    return mine;
}

void *
sw_request_thread(sw_request *r)
{
    return sw_http_thread(r->http);
}

char *
sw_http_keep(sw_request *r, char *owned)
{
    r->arena = sw_grow(r->arena, r->n_arena, &r->arena_capacity, sizeof(void *));
    r->arena[r->n_arena++] = owned;
    return owned;
}

void *
sw_request_alloc(sw_request *r, size_t n)
{
    return sw_http_keep(r, sw_calloc(1, n));
}

const char *
sw_request_header(const sw_request *r, const char *name)
{
    return MHD_lookup_connection_value(r->connection, MHD_HEADER_KIND, name);
}

void
sw_request_body(const sw_request *r, const char **bytes, size_t *n)
{
    *bytes = r->body.data ? r->body.data : "";
    *n = r->body.n;
}

static const char *
pair_value(const sw_pair *pairs, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++) {
        if (strcmp(pairs[i].name, name) == 0)
            return pairs[i].value;
    }
    return NULL;
}

const char *
sw_request_path(const sw_request *r, const char *name)
{
    return pair_value(r->path, r->n_path, name);
}

int64_t
sw_request_id(const sw_request *r, const char *name)
{
    const char *text = sw_request_path(r, name);
    size_t n = text ? strspn(text, "0123456789") : 0;
    if (n == 0 || n > 19 || text[n] || text[0] == '0')
        return 0;
    errno = 0;
    long long v = strtoll(text, NULL, 10);
    return errno ? 0 : v;
}

// ---- query ----

static enum MHD_Result
add_parameter(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
    (void)kind;
    sw_request *r = context;
    char *key = sw_http_keep(r, sw_strdup(name));
    char *decoded = sw_http_keep(r, sw_strdup(value ? value : ""));
    if (r->n_query == QUERY_MAX || !sw_http_decode(key) || !sw_http_decode(decoded)) {
        r->n_query = QUERY_MAX + 1;
        return MHD_NO;
    }
    r->query[r->n_query++] = (sw_pair){key, decoded};
    return MHD_YES;
}

bool
sw_http_read_query(sw_request *r)
{
    MHD_get_connection_values(r->connection, MHD_GET_ARGUMENT_KIND, add_parameter, r);
    if (r->n_query <= QUERY_MAX)
        return true;
    r->n_query = 0;
    sw_problem(r, SW_E_INVALID_REQUEST, NULL,
               "the query has a bad escape, bytes that are not UTF-8, or more than %d parameters",
               QUERY_MAX);
    return false;
}

const char *
sw_query(const sw_request *r, const char *name)
{
    return pair_value(r->query, r->n_query, name);
}

bool
sw_query_at(const sw_request *r, size_t i, const char **name, const char **value)
{
    if (i >= r->n_query)
        return false;
    *name = r->query[i].name;
    *value = r->query[i].value;
    return true;
}

int64_t
sw_query_integer(const sw_request *r, const char *name, int64_t min, int64_t max, int64_t fallback,
                 sw_faults *faults)
{
    const char *text = sw_query(r, name);
    if (!text)
        return fallback;
    char *end;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    bool whole = *text && !*end && (*text == '-' || (*text >= '0' && *text <= '9'));
    if (whole && !errno && v >= min && v <= max)
        return v;
    sw_auto(free) char *pointer = sw_format("?%s", name);
    sw_fault_add(faults, pointer, "is \"%.60s\"; a whole number from %lld to %lld is wanted", text,
                 (long long)min, (long long)max);
    return fallback;
}

bool
sw_query_flag(const sw_request *r, const char *name, sw_faults *faults)
{
    const char *text = sw_query(r, name);
    if (!text || strcmp(text, "false") == 0 || strcmp(text, "0") == 0)
        return false;
    if (!*text || strcmp(text, "true") == 0 || strcmp(text, "1") == 0)
        return true;
    sw_auto(free) char *pointer = sw_format("?%s", name);
    sw_fault_add(faults, pointer, "is \"%.60s\"; true or false is wanted", text);
    return false;
}

// ---- Accept (RFC 9110, section 12.5.1) ----

// How well one media range fits a type: 3 the type, 2 type/*, 1 */*, 0 not at all.
static int
range_fits(const char *range, size_t n, const char *type)
{
    size_t type_n = strcspn(type, ";"), slash = strcspn(type, "/");
    if (n == type_n && strncasecmp(range, type, n) == 0)
        return 3;
    if (n == slash + 2 && strncasecmp(range, type, slash + 1) == 0 && range[n - 1] == '*')
        return 2;
    return n == 3 && memcmp(range, "*/*", 3) == 0;
}

// The q value among the parameters of a range that ends at `end`.
static double
quality(const char *parameters, const char *end)
{
    for (const char *p = parameters; p < end; p++) {
        if (*p == ';') {
            p += 1 + strspn(p + 1, " \t");
            if ((*p == 'q' || *p == 'Q') && p[1] == '=')
                return strtod(p + 2, NULL);
            p--;
        }
    }
    return 1;
}

// The quality that an Accept header gives to a type: that of its most specific range.
static double
accepted(const char *accept, const char *type)
{
    int best = 0;
    double q = 0;
    while (*accept) {
        accept += strspn(accept, " \t,");
        const char *end = accept + strcspn(accept, ",");
        size_t n = strcspn(accept, ",; \t");
        int fit = range_fits(accept, n, type);
        if (fit > best) {
            best = fit;
            q = quality(accept + n, end);
        }
        accept = end;
    }
    return q;
}

static int
by_format(sw_request *r, const char *wanted, const char *const *formats)
{
    sw_buffer names = {0};
    int found = -1;
    for (int i = 0; formats[i]; i++) {
        if (strcmp(formats[i], wanted) == 0)
            found = i;
        sw_buffer_printf(&names, "%s%s", i ? ", " : "", formats[i]);
    }
    if (found < 0)
        sw_problem(r, SW_E_INVALID_REQUEST, NULL, "format is \"%.60s\"; there is: %s", wanted,
                   sw_buffer_text(&names));
    sw_buffer_fini(&names);
    return found;
}

int
sw_request_accept(sw_request *r, const char *const *types, const char *const *formats)
{
    const char *format = sw_query(r, "format"), *accept = sw_request_header(r, "Accept");
    sw_answer_header(r, "Vary", "Accept");
    if (format)
        return by_format(r, format, formats);
    if (!accept)
        return 0;
    int best = -1;
    double best_q = 0;
    for (int i = 0; types[i]; i++) {
        double q = accepted(accept, types[i]);
        if (q > best_q) {
            best = i;
            best_q = q;
        }
    }
    if (best < 0)
        sw_problem(r, SW_E_NOT_ACCEPTABLE, NULL, "Accept is \"%.200s\"", accept);
    return best;
}
