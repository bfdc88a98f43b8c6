// SPDX-License-Identifier: Apache-2.0
// Who may ask. Without a token the API is for this machine only: the Host must name it (against
// DNS rebinding) and a browser's Origin must be the same place. With a token, every route that is
// not open asks for it, or for one that has the route's scope.
#include "server/http/internal.h"

#include <sodium.h>
#include <strings.h>

bool
sw_http_is_loopback(const char *host)
{
    return strcmp(host, "::1") == 0 || strcmp(host, "localhost") == 0 ||
           strncmp(host, "127.", 4) == 0;
}

// The host of "host:port" or "[v6]:port" names this machine.
static bool
names_this_machine(const char *host)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    for (size_t i = 0; i < sw_countof(names); i++) {
        size_t n = strlen(names[i]);
        if (strncasecmp(host, names[i], n) == 0 && (host[n] == '\0' || host[n] == ':'))
            return true;
    }
    return false;
}

static bool
origin_is(const char *origin, const char *host)
{
    const char *place = strstr(origin, "://");
    return place && strcasecmp(place + 3, host) == 0;
}

static bool
place_is_ours(sw_request *r)
{
    const char *host = sw_request_header(r, "Host"), *origin = sw_request_header(r, "Origin");
    if (!host || !names_this_machine(host)) {
        sw_problem(r, SW_E_FORBIDDEN, NULL,
                   "the Host header does not name this machine (localhost, 127.0.0.1 or [::1])");
        return false;
    }
    if (origin && !origin_is(origin, host)) {
        sw_problem(r, SW_E_FORBIDDEN, NULL, "the Origin is another site");
        return false;
    }
    return true;
}

// Compared in constant time, whatever the lengths.
static bool
token_is(const char *given, const char *wanted)
{
    unsigned char a[crypto_generichash_BYTES], b[crypto_generichash_BYTES];
    crypto_generichash(a, sizeof a, (const unsigned char *)given, strlen(given), NULL, 0);
    crypto_generichash(b, sizeof b, (const unsigned char *)wanted, strlen(wanted), NULL, 0);
    return sodium_memcmp(a, b, sizeof a) == 0;
}

static bool
refuse_token(sw_request *r)
{
    sw_answer_header(r, "WWW-Authenticate", "Bearer realm=\"sweepd\"");
    sw_problem(r, SW_E_UNAUTHORIZED, NULL, "Authorization: Bearer … is missing or wrong");
    return false;
}

// A token beside the server's own: it may do what its scopes say.
static bool
token_allows(sw_request *r, const char *token)
{
    static const char *const names[] = {"", "read", "submit", "models", "admin"};
    const sw_http_settings *s = &r->http->settings;
    unsigned allows = 0;
    sw_error e =
        s->token_allows ? s->token_allows(sw_request_thread(r), token, &allows) : SW_E_NOT_FOUND;
    if (e == SW_E_NOT_FOUND)
        return refuse_token(r);
    sw_scope scope = r->route ? r->route->scope : SW_SCOPE_READ;
    if (!e && (allows >> scope & 1))
        return true;
    if (e)
        sw_problem(r, e, NULL, "whether the token is right can not be told now");
    else
        sw_problem(r, SW_E_FORBIDDEN, NULL, "the token has not the scope %s", names[scope]);
    return false;
}

static bool
token_is_right(sw_request *r)
{
    const char *given = sw_request_header(r, "Authorization");
    if (!given || strncasecmp(given, "Bearer ", 7) != 0)
        return refuse_token(r);
    return token_is(given + 7, r->http->token) || token_allows(r, given + 7);
}

bool
sw_http_guard(sw_request *r)
{
    if (r->route && r->route->scope == SW_SCOPE_OPEN)
        return true;
    if (r->http->loopback && !place_is_ours(r))
        return false;
    return !r->http->token || token_is_right(r);
}
