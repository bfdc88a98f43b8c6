// SPDX-License-Identifier: Apache-2.0
// sweep convert: other tools' files as study documents. The server reads them; this only carries.
#include "cli/commands.h"
#include "lib/base/memory.h"

bool
sw_is_foreign(const sw_invocation *in)
{
    const sw_options *o = &in->options;
    return o->from || o->model || o->design || o->experiment;
}

// "lhs,n=100,seed=1" as the JSON that it stands for; JSON as it is.
static char *
design_text(const char *text)
{
    if (*text == '{')
        return sw_strdup(text);
    sw_auto(free) char *copy = sw_strdup(text);
    sw_auto(json) json_t *design = json_object();
    char *rest = NULL;
    for (char *part = strtok_r(copy, ",", &rest); part; part = strtok_r(NULL, ",", &rest)) {
        char *equals = strchr(part, '=');
        if (equals)
            *equals = 0;
        const char *value = equals ? equals + 1 : part;
        json_t *read = equals ? json_loads(value, JSON_DECODE_ANY, NULL) : NULL;
        json_object_set_new(design, equals ? part : "method", read ? read : json_string(value));
    }
    return sw_json_text(design, false);
}

static void
add_query(sw_buffer *path, const char *name, const char *value)
{
    if (!value)
        return;
    sw_auto(free) char *escaped = sw_client_escape(value);
    sw_buffer_printf(path, "%c%s=%s", memchr(path->data, '?', path->n) ? '&' : '?', name, escaped);
}

static char *
path_of(const sw_options *o)
{
    sw_buffer path = {0};
    sw_auto(free) char *design = o->design ? design_text(o->design) : NULL;
    sw_buffer_str(&path, "/api/v1/convert");
    add_query(&path, "from", o->from);
    add_query(&path, "model", o->model);
    add_query(&path, "design", design);
    add_query(&path, "experiment", o->experiment);
    return sw_buffer_text(&path);
}

static void
say_warnings(const json_t *warnings)
{
    size_t i;
    const json_t *w;
    json_array_foreach (warnings, i, w)
        fprintf(stderr, "sweep: %s\n", json_string_value(w));
}

static void
say_several(const json_t *items)
{
    size_t i;
    const json_t *item;
    fputs("sweep: the file holds several experiments; choose one with --experiment:\n", stderr);
    json_array_foreach (items, i, item) {
        const char *name = json_string_value(json_object_get(item, "name"));
        fprintf(stderr, "  %s\n", name ? name : "");
    }
}

json_t *
sw_convert(const sw_invocation *in, const char *text, bool all, int *code)
{
    sw_auto(free) char *path = path_of(&in->options);
    sw_response r = sw_client_request(&in->client, "POST", path, text, NULL);
    *code = sw_client_check(&in->client, &r);
    json_t *items = json_object_get(r.json, "items"), *made = NULL;
    if (*code == 0) {
        say_warnings(json_object_get(r.json, "warnings"));
        if (json_array_size(items) == 1)
            made = json_incref(json_array_get(items, 0));
        else if (all)
            made = json_incref(items);
        else
            say_several(items);
        *code = made ? 0 : sw_error_about(SW_E_USAGE)->exit_code;
    }
    sw_response_fini(&r);
    return made;
}

int
sw_command_convert(const sw_invocation *in)
{
    int code = sw_error_about(SW_E_USAGE)->exit_code;
    sw_auto(free) char *text = sw_read_document(in->words[0]);
    sw_auto(json) json_t *made = text ? sw_convert(in, text, true, &code) : NULL;
    if (made)
        sw_print_json(made);
    return code;
}
