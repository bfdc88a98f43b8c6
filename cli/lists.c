// SPDX-License-Identifier: Apache-2.0
// Commands that show models, workers and analyses.
#include "cli/commands.h"
#include "lib/base/memory.h"

#include <math.h>

static const char *
text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

// ---- models ----

static void
show_models(const json_t *json)
{
    size_t i;
    const json_t *j;
    json_array_foreach (json_object_get(json, "items"), i, j)
        printf("%-32s %-10.10s %s\n", text_of(j, "name"), text_of(j, "version"), text_of(j, "doc"));
}

static void
show_model(const json_t *json)
{
    printf("%s %s\n%s\n\nparameters\n", text_of(json, "name"), text_of(json, "version"),
           text_of(json, "doc"));
    size_t i;
    const json_t *j;
    json_array_foreach (json_object_get(json, "parameters"), i, j) {
        sw_auto(free) char *value = sw_json_text(json_object_get(j, "default"), false);
        printf("  %-24s %-8s %-12s %s %s\n", text_of(j, "name"), text_of(j, "kind"), value,
               text_of(j, "unit"), text_of(j, "doc"));
    }
    puts("\noutputs");
    json_array_foreach (json_object_get(json, "outputs"), i, j)
        printf("  %-24s %-8s %s %s\n", text_of(j, "name"), text_of(j, "kind"), text_of(j, "unit"),
               text_of(j, "doc"));
}

static int
finish(const sw_invocation *in, sw_response *r, void (*show)(const json_t *json))
{
    int code = sw_client_check(&in->client, r);
    if (code == 0 && in->options.json)
        sw_print_json(r->json);
    else if (code == 0)
        show(r->json);
    sw_response_fini(r);
    return code;
}

int
sw_command_models(const sw_invocation *in)
{
    sw_auto(free) char *path =
        in->n_words ? sw_client_model_path(in->words[0]) : sw_strdup("/api/v1/models?limit=1000");
    sw_response r = sw_client_request(&in->client, "GET", path, NULL, NULL);
    return finish(in, &r, in->n_words ? show_model : show_models);
}

// ---- workers ----

static void
show_workers(const json_t *json)
{
    printf("%-24s %-12s %8s %5s %5s %10s %14s\n", "id", "state", "pid", "slots", "busy", "chunks",
           "runs");
    size_t i;
    const json_t *j;
    json_array_foreach (json_object_get(json, "items"), i, j) {
        const char *numbers[] = {"pid", "slots", "busy", "chunks", "runs"};
        printf("%-24s %-12s", text_of(j, "id"), text_of(j, "state"));
        static const int widths[] = {8, 5, 5, 10, 14};
        for (size_t k = 0; k < sw_countof(numbers); k++)
            printf(" %*.0f", widths[k], json_number_value(json_object_get(j, numbers[k])));
        putchar('\n');
    }
}

int
sw_command_workers(const sw_invocation *in)
{
    sw_response r = sw_client_request(&in->client, "GET", "/api/v1/workers", NULL, NULL);
    return finish(in, &r, show_workers);
}

// ---- analyses ----

static void
show_analyses(const json_t *json)
{
    const json_t *items = json_object_get(json, "items");
    if (!items) {
        sw_print_analysis(json);
        return;
    }
    size_t i;
    const json_t *j;
    json_array_foreach (items, i, j)
        sw_print_analysis(j);
}

// OPTION=VALUE words as a query string.
static char *
query_of(const sw_invocation *in)
{
    sw_buffer b = {0};
    for (int i = 2; i < in->n_words; i++) {
        const char *equals = strchr(in->words[i], '=');
        sw_auto(free) char *name = sw_strndup(in->words[i], strcspn(in->words[i], "="));
        sw_auto(free) char *left = sw_client_escape(name);
        sw_auto(free) char *right = sw_client_escape(equals ? equals + 1 : "true");
        sw_buffer_printf(&b, "%c%s=%s", b.n ? '&' : '?', left, right);
    }
    return sw_buffer_text(&b);
}

int
sw_command_analyse(const sw_invocation *in)
{
    sw_auto(free) char *id = sw_client_escape(in->words[0]);
    sw_auto(free) char *method = sw_client_escape(in->n_words > 1 ? in->words[1] : "");
    sw_auto(free) char *query = query_of(in);
    sw_auto(free) char *path = sw_format("/api/v1/studies/%s/analyses%s%s%s", id,
                                         in->n_words > 1 ? "/" : "", method, query);
    sw_response r = sw_client_request(&in->client, "GET", path, NULL, NULL);
    return finish(in, &r, show_analyses);
}
