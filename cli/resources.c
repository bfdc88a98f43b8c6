// SPDX-License-Identifier: Apache-2.0
// Schedules and tokens: listing, making, deleting.
#include "cli/commands.h"
#include "lib/base/memory.h"

static const char *
text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static double
id_of(const json_t *object)
{
    return json_number_value(json_object_get(object, "id"));
}

// One request; the exit code. show may be NULL.
static int
ask(const sw_invocation *in, const char *method, const char *path, const char *body,
    void (*show)(const json_t *json))
{
    sw_response r = sw_client_request(&in->client, method, path, body, NULL);
    int code = sw_client_check(&in->client, &r);
    if (code == 0 && in->options.json && r.json)
        sw_print_json(r.json);
    else if (code == 0 && show)
        show(r.json);
    sw_response_fini(&r);
    return code;
}

static int
usage(const sw_invocation *in)
{
    fprintf(stderr, "sweep %s: see sweep %s --help\n", in->words[-1], in->words[-1]);
    return sw_error_about(SW_E_USAGE)->exit_code;
}

// ---- schedules ----

static void
show_schedule(const json_t *j)
{
    const json_t *last = json_object_get(j, "last");
    bool enabled = json_is_true(json_object_get(j, "enabled"));
    printf("%6.0f  %-20s %-18s %-24s %s", id_of(j), text_of(j, "cron"), text_of(j, "time_zone"),
           enabled ? text_of(j, "next") : "held", text_of(j, "name"));
    if (*text_of(last, "error"))
        printf("  (%s)", text_of(last, "error"));
    putchar('\n');
}

static void
show_schedules(const json_t *json)
{
    size_t i;
    const json_t *j;
    json_array_foreach (json_object_get(json, "items"), i, j)
        show_schedule(j);
}

static void
show_run(const json_t *json)
{
    printf("study %.0f\n", json_number_value(json_object_get(json, "study")));
}

int
sw_command_schedules(const sw_invocation *in)
{
    static const struct {
        const char *verb, *method, *rest;
        void (*show)(const json_t *json);
    } moves[] = {{"run", "POST", "/run", show_run},
                 {"pause", "POST", "/pause", show_schedule},
                 {"resume", "POST", "/resume", show_schedule},
                 {"delete", "DELETE", "", NULL}};
    if (in->n_words == 0)
        return ask(in, "GET", "/api/v1/schedules?limit=1000", NULL, show_schedules);
    if (in->n_words == 1)
        return usage(in);
    if (strcmp(in->words[0], "add") == 0) {
        sw_auto(free) char *body = sw_read_document(in->words[1]);
        return body ? ask(in, "POST", "/api/v1/schedules", body, show_schedule) : usage(in);
    }
    for (size_t i = 0; i < sw_countof(moves); i++) {
        if (strcmp(in->words[0], moves[i].verb) != 0)
            continue;
        sw_auto(free) char *id = sw_client_escape(in->words[1]);
        sw_auto(free) char *path = sw_format("/api/v1/schedules/%s%s", id, moves[i].rest);
        return ask(in, moves[i].method, path, NULL, moves[i].show);
    }
    return usage(in);
}

// ---- tokens ----

static void
show_tokens(const json_t *json)
{
    size_t i;
    const json_t *j;
    json_array_foreach (json_object_get(json, "items"), i, j) {
        sw_auto(free) char *scopes = sw_json_text(json_object_get(j, "scopes"), false);
        printf("%6.0f  %-24s %-36s expires %-24s last used %s\n", id_of(j), text_of(j, "name"),
               scopes, *text_of(j, "expires") ? text_of(j, "expires") : "never",
               *text_of(j, "last_used") ? text_of(j, "last_used") : "never");
    }
}

static void
show_token(const json_t *json)
{
    printf("%s\n", text_of(json, "token"));
    fputs("This is shown once: what is kept can not be turned back into it.\n", stderr);
}

static char *
wanted_token(const sw_invocation *in)
{
    sw_auto(json) json_t *body = json_pack("{ss s[]}", "name", in->words[1], "scopes");
    sw_auto(free) char *scopes = sw_strdup(in->options.scopes);
    char *rest = NULL;
    for (char *s = strtok_r(scopes, ",", &rest); s; s = strtok_r(NULL, ",", &rest))
        json_array_append_new(json_object_get(body, "scopes"), json_string(s));
    if (in->options.days)
        json_object_set_new(body, "days", json_integer(in->options.days));
    return sw_json_text(body, false);
}

int
sw_command_tokens(const sw_invocation *in)
{
    if (in->n_words == 0)
        return ask(in, "GET", "/api/v1/tokens?limit=1000", NULL, show_tokens);
    if (in->n_words == 2 && strcmp(in->words[0], "add") == 0) {
        sw_auto(free) char *body = wanted_token(in);
        return ask(in, "POST", "/api/v1/tokens", body, show_token);
    }
    if (in->n_words == 2 && strcmp(in->words[0], "delete") == 0) {
        sw_auto(free) char *id = sw_client_escape(in->words[1]);
        sw_auto(free) char *path = sw_format("/api/v1/tokens/%s", id);
        return ask(in, "DELETE", path, NULL, NULL);
    }
    return usage(in);
}
