// SPDX-License-Identifier: Apache-2.0
// Requests to a session as JSON objects, one a line; see lines.h for what there is.
#include "models/netlogo/lines.h"

#include <stdlib.h>

enum { REPEAT_MAX = 1000000, COMMAND_SECONDS = 60 };

char *
sw_nl_read_file(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL)
        return NULL;
    char *text = NULL;
    size_t room = 0;
    *n = 0;
    do {
        room = room * 2 + 65536;
        text = realloc(text, room);
        if (text == NULL || room > ((size_t)256 << 20))
            abort();
        *n += fread(text + *n, 1, room - *n, f);
    } while (*n == room);
    text[*n] = 0;
    fclose(f);
    return text;
}

unsigned
sw_nl_agent_named(const char *name)
{
    if (name == NULL || strcmp(name, "observer") == 0)
        return SW_NL_O;
    return name[0] == 't' ? SW_NL_T : name[0] == 'p' ? SW_NL_P : name[0] == 'l' ? SW_NL_L : SW_NL_O;
}

static void
answer(json_t *object, FILE *out)
{
    char *text = json_dumps(object, JSON_COMPACT);
    fputs(text, out);
    fputc('\n', out);
    fflush(out);
    free(text);
    json_decref(object);
}

json_t *
sw_nl_error_object(const sw_nl_error *error)
{
    return json_pack("{s:s, s:s, s:I, s:I}", "error", error->message, "kind",
                     error->kind == SW_NL_COMPILE_ERROR ? "compile" : "runtime", "line",
                     (json_int_t)error->line, "column", (json_int_t)error->column);
}

static json_t *
done(void)
{
    return json_pack("{s:b}", "ok", 1);
}

static json_t *
refuse(const char *why)
{
    return json_pack("{s:s, s:s}", "error", why, "kind", "request");
}

static json_t *
open_model(sw_nl_session **s, const char *what)
{
    sw_nl_error error = {0};
    size_t n = 0;
    char *text = strchr(what, '\n') == NULL ? sw_nl_read_file(what, &n) : NULL;
    sw_nl_session_close(s);
    *s = sw_nl_session_open(text != NULL ? text : what, text != NULL ? n : strlen(what), NULL, NULL,
                            &error);
    free(text);
    return *s == NULL ? sw_nl_error_object(&error) : done();
}

// ---- one function a request ---------------------------------------------------------------------

static json_t *
command(sw_nl_session *s, const json_t *request, const json_t *text)
{
    sw_nl_error error = {0};
    unsigned agent = sw_nl_agent_named(json_string_value(json_object_get(request, "agent")));
    if (!json_is_string(text))
        return refuse("\"command\" must be a text.");
    if (sw_nl_session_command(s, agent, json_string_value(text), &error) != 0)
        return sw_nl_error_object(&error);
    return done();
}

static json_t *
report(sw_nl_session *s, const json_t *request, const json_t *text)
{
    sw_nl_error error = {0};
    const char *value;
    (void)request;
    if (!json_is_string(text))
        return refuse("\"report\" must be a text.");
    if (sw_nl_session_report(s, json_string_value(text), &value, &error) != 0)
        return sw_nl_error_object(&error);
    return json_pack("{s:s}", "value", value);
}

// Measures every reporter; false and *failure if one fails.
static bool
measure(sw_nl_session *s, const json_t *reporters, json_t *values, json_t **failure)
{
    size_t k;
    json_t *reporter;
    json_array_foreach (reporters, k, reporter) {
        sw_nl_error error = {0};
        const char *value;
        const char *code = json_string_value(reporter);
        if (code == NULL || sw_nl_session_report(s, code, &value, &error) != 0) {
            *failure =
                code == NULL ? refuse("\"reporters\" must be texts.") : sw_nl_error_object(&error);
            return false;
        }
        json_array_append_new(json_object_get(values, code), json_string(value));
    }
    return true;
}

// {"repeat": commands, "times": n, "reporters": [...], "every": n}: measured before the first step
// and after every so many.
static json_t *
repeat(sw_nl_session *s, const json_t *request, const json_t *commands)
{
    const json_t *reporters = json_object_get(request, "reporters");
    json_int_t times = json_integer_value(json_object_get(request, "times"));
    const json_t *step = json_object_get(request, "every");
    json_int_t every = step == NULL ? 1 : json_integer_value(step);
    if (!json_is_string(commands) || times < 0 || times > REPEAT_MAX || every < 1)
        return refuse("\"repeat\" must be commands, \"times\" 0 to 1000000, \"every\" at least 1.");
    json_t *values = json_object(), *failure = NULL, *code;
    size_t k;
    json_array_foreach (reporters, k, code)
        if (json_is_string(code))
            json_object_set_new(values, json_string_value(code), json_array());
    bool good = measure(s, reporters, values, &failure);
    for (json_int_t i = 0; good && i < times;) {
        sw_nl_error error = {0};
        double made = 0, stretch = (double)(times - i < every ? times - i : every);
        if (sw_nl_session_repeat(s, json_string_value(commands), stretch, NULL, &made, &error) != 0)
            failure = sw_nl_error_object(&error);
        i += (json_int_t)made;
        good = failure == NULL && made == stretch && measure(s, reporters, values, &failure);
    }
    if (failure == NULL)
        return json_pack("{s:o}", "values", values);
    json_decref(values);
    return failure;
}

static json_t *
export_world(sw_nl_session *s, const json_t *request, const json_t *yes)
{
    sw_nl_error error = {0};
    const char *text;
    (void)request, (void)yes;
    if (sw_nl_session_export(s, &text, &error) != 0)
        return sw_nl_error_object(&error);
    return json_pack("{s:s}", "world", text);
}

static json_t *
seed(sw_nl_session *s, const json_t *request, const json_t *value)
{
    (void)request;
    if (!json_is_integer(value))
        return refuse("\"seed\" must be a whole number.");
    sw_nl_session_seed(s, json_integer_value(value));
    return done();
}

static json_t *
dialect(sw_nl_session *s, const json_t *request, const json_t *value)
{
    (void)request;
    json_int_t which = json_integer_value(value);
    if (which != 6 && which != 7)
        return refuse("\"dialect\" must be 6 or 7.");
    sw_nl_session_set_dialect(s, which == 6 ? SW_NL_DIALECT_6 : SW_NL_DIALECT_7);
    return done();
}

static json_t *
state(sw_nl_session *s, const json_t *request, const json_t *yes)
{
    const sw_nl_world *w = &sw_nl_session_engine(s)->world;
    (void)request, (void)yes;
    return json_pack("{s{s:f s:i s:i s:i}}", "state", "ticks", w->ticks, "patches", w->n_patches,
                     "turtles", w->turtles.breed[0].n - w->turtles.breed[0].dead, "links",
                     w->links.breed[0].n - w->links.breed[0].dead);
}

static const struct {
    const char *name;
    json_t *(*run)(sw_nl_session *s, const json_t *request, const json_t *value);
} requests[] = {
    {"command", command}, {"report", report},   {"repeat", repeat}, {"export_world", export_world},
    {"seed", seed},       {"dialect", dialect}, {"state", state},
};

static json_t *
respond(sw_nl_session **s, bool opens, json_t *request)
{
    const char *path = json_string_value(json_object_get(request, "open"));
    if (path != NULL && opens)
        return open_model(s, path);
    if (*s == NULL)
        return refuse("No model is open.");
    for (size_t k = 0; k < sizeof requests / sizeof *requests; k++) {
        const json_t *value = json_object_get(request, requests[k].name);
        if (value != NULL)
            return requests[k].run(*s, request, value);
    }
    return refuse("Unknown request.");
}

void
sw_nl_lines(sw_nl_session **s, bool opens, FILE *in, FILE *out)
{
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, in) > 0) {
        json_t *request = json_loads(line, 0, NULL);
        answer(json_is_object(request) ? respond(s, opens, request)
                                       : refuse("This line is no JSON object."),
               out);
        json_decref(request);
    }
    free(line);
}

void
sw_nl_family_session(const sw_source *source, FILE *in, FILE *out)
{
    static const sw_nl_limits limits = {.memory = (size_t)1 << 30, .seconds = COMMAND_SECONDS};
    sw_nl_error error = {0};
    sw_nl_session *s = sw_nl_session_open(source->bytes, source->n, NULL, &limits, &error);
    // A session reads the files beside its model; it writes none.
    if (s != NULL && sw_nl_session_folders(s, NULL, source->dir, "") != 0)
        sw_nl_session_close(&s);
    answer(s == NULL ? sw_nl_error_object(&error) : done(), out);
    if (s != NULL)
        sw_nl_lines(&s, false, in, out);
    sw_nl_session_close(&s);
}
