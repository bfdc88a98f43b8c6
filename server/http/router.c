// SPDX-License-Identifier: Apache-2.0
// From method and path to a row of the route table.
#include "server/http/internal.h"

typedef struct segments {
    size_t n;
    char *v[SEGMENTS_MAX];
} segments;

// Splits a path in place; false if it has too many segments or one that does not decode.
static bool
split(char *path, segments *s)
{
    s->n = 0;
    char *rest = path;
    for (char *part; (part = strsep(&rest, "/"));) {
        if (s->n == SEGMENTS_MAX || !sw_http_decode(part))
            return false;
        s->v[s->n++] = part;
    }
    return true;
}

// Whether the pattern fits; fills the pairs of its {names}, whose names are kept in the arena.
static bool
fits(sw_request *r, const char *pattern, const segments *s, sw_pair *pairs, size_t *n_pairs)
{
    *n_pairs = 0;
    const char *p = pattern;
    for (size_t i = 0; i < s->n; i++) {
        size_t n = strcspn(p, "/");
        if (*p == '{') {
            if (!*s->v[i])
                return false;
            char *name = sw_http_keep(r, sw_strndup(p + 1, n - 2));
            pairs[(*n_pairs)++] = (sw_pair){name, s->v[i]};
        } else if (strlen(s->v[i]) != n || memcmp(s->v[i], p, n) != 0) {
            return false;
        }
        p += n;
        if (i + 1 < s->n && *p++ != '/')
            return false;
    }
    return *p == '\0';
}

static bool
method_fits(const char *route, const char *asked)
{
    return strcmp(route, asked) == 0 || (strcmp(route, "GET") == 0 && strcmp(asked, "HEAD") == 0);
}

// The path is known but not with this method: OPTIONS says which there are, others get 405.
static void
refuse_method(sw_request *r, sw_buffer *allow)
{
    sw_buffer_str(allow, "OPTIONS");
    sw_answer_header(r, "Allow", sw_buffer_text(allow));
    if (strcmp(r->method, "OPTIONS") == 0)
        sw_answer_empty(r);
    else
        sw_problem(r, SW_E_METHOD, NULL, "%.32s is not among %s", r->method, sw_buffer_text(allow));
}

// Query parameters that the route does not know are most likely misspelt: they are refused.
static bool
query_known(sw_request *r)
{
    const char *const *names = r->route->query;
    if (names && *names && strcmp(*names, "*") == 0)
        return true;
    sw_faults faults = {0};
    for (size_t i = 0; i < r->n_query; i++) {
        bool known = false;
        for (size_t k = 0; names && names[k]; k++)
            known = known || strcmp(names[k], r->query[i].name) == 0;
        if (!known)
            sw_fault_add(&faults, "", "unknown query parameter \"%.60s\"", r->query[i].name);
    }
    bool all = !sw_faults_any(&faults);
    if (!all)
        sw_problem(r, SW_E_INVALID_REQUEST, &faults, NULL);
    sw_faults_fini(&faults);
    return all;
}

bool
sw_http_route(sw_request *r)
{
    segments s;
    char *path = sw_http_keep(r, sw_strdup(r->url));
    if (!split(path, &s)) {
        sw_problem(r, SW_E_INVALID_REQUEST, NULL,
                   "the path has a bad escape, bytes that are not UTF-8, or too many segments");
        return false;
    }
    sw_buffer allow = {0};
    for (const sw_route *row = r->http->settings.routes; row->method && !r->route; row++) {
        sw_pair pairs[SEGMENTS_MAX];
        size_t n = 0;
        if (!fits(r, row->pattern, &s, pairs, &n))
            continue;
        sw_buffer_printf(&allow, "%s, %s", row->method,
                         strcmp(row->method, "GET") == 0 ? "HEAD, " : "");
        if (method_fits(row->method, r->method)) {
            r->route = row;
            r->n_path = n;
            memcpy(r->path, pairs, n * sizeof *pairs);
        }
    }
    if (!r->route && allow.n)
        refuse_method(r, &allow);
    else if (!r->route)
        sw_problem(r, SW_E_NOT_FOUND, NULL, "no resource at this path");
    sw_buffer_fini(&allow);
    return r->route && query_known(r);
}
