// SPDX-License-Identifier: Apache-2.0
// /tokens: who may ask for what. A token is shown once, when it is made; what is kept is its hash.
#include "server/store/tokens.h"

#include "server/api/internal.h"

#include <sodium.h>

enum { NAME_BYTES = 200, DAYS_MAX = 36500, SECRET = 32 };

// What each scope allows: whoever may change something may look at it.
static const struct {
    const char *name;
    unsigned allows;
} scopes[] = {
    {"read", 1u << SW_SCOPE_READ},
    {"submit", 1u << SW_SCOPE_READ | 1u << SW_SCOPE_SUBMIT},
    {"models", 1u << SW_SCOPE_READ | 1u << SW_SCOPE_MODELS},
    {"admin", ~0u},
};

static bool
find_scope(const char *name, size_t n, unsigned *allows)
{
    for (size_t i = 0; i < sw_countof(scopes); i++) {
        if (strlen(scopes[i].name) == n && memcmp(scopes[i].name, name, n) == 0) {
            *allows |= scopes[i].allows;
            return true;
        }
    }
    return false;
}

sw_error
sw_api_token_allows(void *thread, const char *token, unsigned *allows)
{
    char hash[SW_HASH_TEXT];
    sw_auto(free) char *names = NULL;
    sw_hash(token, strlen(token), hash);
    sw_error e = sw_store_token_use(((worker *)thread)->store, hash, &names);
    *allows = 0;
    for (const char *at = names; at && *at;) {
        size_t n = strcspn(at, " ");
        find_scope(at, n, allows);
        at += n + (at[n] == ' ');
    }
    return e;
}

// ---- making one ----

typedef struct wanted {
    const char *name;
    json_t *scopes;
    int64_t days;
} wanted;

static const sw_field fields[] = {
    {"name", SW_FIELD_STRING, offsetof(wanted, name), true, 1, NAME_BYTES, NULL, "whose it is"},
    {"scopes", SW_FIELD_ARRAY, offsetof(wanted, scopes), true, 1, 4, NULL, "what it allows"},
    {"days", SW_FIELD_INTEGER, offsetof(wanted, days), false, 1, DAYS_MAX, NULL,
     "until it expires"},
    {NULL, SW_FIELD_ANY, 0, false, 0, 0, NULL, NULL},
};

static void
check_scopes(const json_t *list, sw_faults *faults)
{
    size_t i;
    const json_t *value;
    json_array_foreach (list, i, value) {
        const char *name = json_string_value(value);
        unsigned allows = 0;
        if (name && find_scope(name, strlen(name), &allows))
            continue;
        sw_auto(free) char *pointer = sw_format("/scopes/%zu", i);
        sw_fault_add(faults, pointer, "must be read, submit, models or admin");
    }
}

// "sweep_" and 43 characters for 256 random bits; the caller frees it.
static char *
new_token(void)
{
    unsigned char secret[SECRET];
    char text[sodium_base64_ENCODED_LEN(SECRET, sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
    randombytes_buf(secret, sizeof secret);
    sodium_bin2base64(text, sizeof text, secret, sizeof secret,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    return sw_format("sweep_%s", text);
}

static void
make(sw_request *r, const wanted *w)
{
    sw_auto(free) char *token = new_token();
    sw_auto(free) char *json = NULL;
    char hash[SW_HASH_TEXT];
    sw_hash(token, strlen(token), hash);
    int64_t id = 0;
    sw_store *store = sw_api_store(r);
    sw_error e = sw_store_token_insert(store, w->name, hash, w->scopes, w->days, &id);
    if (!e)
        e = sw_store_token_get(store, id, &json);
    if (!sw_api_ok(r, e, "token"))
        return;
    json_t *body = sw_api_json_of(json);
    json_object_set_new(body, "token", json_string(token));
    sw_answer_header(r, "Cache-Control", "no-store");
    sw_answer_json(r, 201, body);
}

void
sw_api_tokens_create(sw_request *r)
{
    sw_auto(json) json_t *body = sw_api_body(r);
    if (!body)
        return;
    if (!sw_api_of(r)->settings.http.token) {
        sw_problem(r, SW_E_CONFLICT, NULL,
                   "this server was started without --token-file: it asks nobody for a token");
        return;
    }
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    wanted w = {0};
    if (sw_json_read(body, "", fields, &w, &faults))
        check_scopes(w.scopes, &faults);
    if (sw_faults_any(&faults))
        sw_problem(r, SW_E_INVALID_DOCUMENT, &faults, NULL);
    else
        make(r, &w);
}

// ---- the others ----

void
sw_api_tokens_list(sw_request *r)
{
    sw_api_list(r, sw_store_token_list);
}

void
sw_api_tokens_delete(sw_request *r)
{
    int64_t id = sw_request_id(r, "id");
    sw_error e = id ? sw_store_token_delete(sw_api_store(r), id) : SW_E_NOT_FOUND;
    if (sw_api_ok(r, e, "token"))
        sw_answer_empty(r);
}
