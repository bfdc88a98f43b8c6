// SPDX-License-Identifier: Apache-2.0
// The JSON-lines front end of the engine, and the runner of language tests.
#include "models/netlogo/repl.h"

#include "models/netlogo/session.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static unsigned
agent_of(const char *name)
{
    if (name == NULL || strcmp(name, "observer") == 0)
        return SW_NL_O;
    return name[0] == 't' ? SW_NL_T : name[0] == 'p' ? SW_NL_P : name[0] == 'l' ? SW_NL_L : SW_NL_O;
}

// ---- Language tests -----------------------------------------------------------------------------

typedef struct tally {
    int passed, failed;
} tally;

static char *
wrapped(const char *word, const char *code)
{
    size_t n = strlen(code), at = 0;
    char *text = malloc(n * 2 + strlen(word) + 8);
    if (text == NULL)
        abort();
    at += (size_t)sprintf(text, "%s \"", word);
    for (size_t i = 0; i < n; i++) {
        if (code[i] == '"' || code[i] == '\\')
            text[at++] = '\\';
        if (code[i] == '\n') {
            text[at++] = '\\';
            text[at++] = 'n';
        } else {
            text[at++] = code[i];
        }
    }
    strcpy(text + at, "\"");
    return text;
}

static void
flatten(char *text)
{
    size_t at = 0;
    bool space = false;
    for (size_t i = 0; text[i] != 0; i++) {
        bool blank = text[i] == '\n' || text[i] == ' ';
        if (text[i] == '\\' && text[i + 1] == 'n') {
            blank = true;
            i++;
        }
        if (!blank)
            text[at++] = text[i];
        else if (!space)
            text[at++] = ' ';
        space = blank;
    }
    text[at] = 0;
}

static bool
step_passes(sw_nl_session *s, json_t *step, bool run, char *why, size_t size)
{
    const char *op = json_string_value(json_object_get(step, "op"));
    const char *code = json_string_value(json_object_get(step, "code"));
    json_t *expect = json_object_get(step, "expect");
    const char *kind = json_string_value(json_object_get(expect, "kind"));
    const char *text = json_string_value(json_object_get(expect, "text"));
    bool reporter = strcmp(op, "reporter") == 0;
    char *script = run ? wrapped(reporter ? "runresult" : "run", code) : strdup(code);
    sw_nl_error error = {0};
    const char *value = "";
    int status =
        reporter
            ? sw_nl_session_report(s, script, &value, &error)
            : sw_nl_session_command(s, agent_of(json_string_value(json_object_get(step, "agent"))),
                                    script, &error);
    free(script);
    bool pass;
    if (strcmp(kind, "ok") == 0) {
        pass = status == 0;
    } else if (strcmp(kind, "value") == 0) {
        pass = status == 0 && strcmp(value, text) == 0 && sw_nl_session_reads_back(s, text);
    } else if (strcmp(kind, "stacktrace") == 0) {
        char wanted[4096];
        snprintf(wanted, sizeof wanted, "%s", text);
        flatten(wanted);
        flatten(error.trace);
        pass = status != 0 && strcmp(error.trace, wanted) == 0;
        snprintf(error.message, sizeof error.message, "%.1000s", error.trace);
    } else {
        pass = status != 0 && strcmp(error.message, text) == 0;
    }
    if (!pass)
        snprintf(why, size, "%s => %s %s; got %s%s", code, kind, text, status == 0 ? "" : "error ",
                 status == 0 ? value : error.message);
    return pass;
}

static bool
test_passes(json_t *test, bool run, char *why, size_t size)
{
    static const sw_nl_limits limits = {
        .instructions = 50000000, .memory = (size_t)512 << 20, .seconds = 20};
    const char *declarations = json_string_value(json_object_get(test, "declarations"));
    json_t *steps = json_object_get(test, "steps"), *step, *first = json_array_get(steps, 0);
    const char *op = json_string_value(json_object_get(first, "op"));
    sw_nl_error error = {0};
    sw_nl_session *s = sw_nl_session_open_code(declarations, SW_NL_DIALECT_7, &limits, &error);
    if (s == NULL) {
        const char *wanted =
            json_string_value(json_object_get(json_object_get(first, "expect"), "text"));
        bool pass = strcmp(op, "compile") == 0 && strcmp(wanted, error.message) == 0;
        snprintf(why, size, "declarations: %s", error.message);
        return pass;
    }
    size_t i;
    bool pass = true;
    json_array_foreach (steps, i, step) {
        if (!pass)
            break;
        op = json_string_value(json_object_get(step, "op"));
        if (strcmp(op, "command") != 0 && strcmp(op, "reporter") != 0) {
            snprintf(why, size, "%s did not fail", op);
            pass = false;
        } else {
            pass = step_passes(s, step, run, why, size);
        }
    }
    sw_nl_session_close(&s);
    return pass;
}

static int
run_tests(const char *path)
{
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        fprintf(stderr, "sweep-netlogo: can't read %s\n", path);
        return 2;
    }
    tally t = {0};
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, f) > 0) {
        json_t *test = json_loads(line, 0, NULL), *mode;
        size_t i;
        json_array_foreach (json_object_get(test, "modes"), i, mode) {
            static char why[4096];
            bool run = strcmp(json_string_value(mode), "run") == 0;
            if (test_passes(test, run, why, sizeof why)) {
                t.passed++;
                continue;
            }
            t.failed++;
            printf("FAIL %s (%s): %s\n", json_string_value(json_object_get(test, "id")),
                   json_string_value(mode), why);
            fflush(stdout);
        }
        json_decref(test);
    }
    free(line);
    fclose(f);
    printf("%d passed, %d failed\n", t.passed, t.failed);
    return t.failed == 0 ? 0 : 1;
}

// ---- JSON lines ---------------------------------------------------------------------------------

static void
answer(json_t *object)
{
    char *text = json_dumps(object, JSON_COMPACT);
    puts(text);
    fflush(stdout);
    free(text);
    json_decref(object);
}

static json_t *
error_object(const sw_nl_error *error)
{
    return json_pack("{s:s, s:s, s:I, s:I}", "error", error->message, "kind",
                     error->kind == SW_NL_COMPILE_ERROR ? "compile" : "runtime", "line",
                     (json_int_t)error->line, "column", (json_int_t)error->column);
}

static char *
read_file(const char *path, size_t *n)
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
    fclose(f);
    return text;
}

static json_t *
open_model(sw_nl_session **s, const char *what)
{
    sw_nl_error error = {0};
    size_t n = 0;
    char *text = strchr(what, '\n') == NULL ? read_file(what, &n) : NULL;
    sw_nl_session_close(s);
    *s = sw_nl_session_open(text != NULL ? text : what, text != NULL ? n : strlen(what), NULL, NULL,
                            &error);
    free(text);
    return *s == NULL ? error_object(&error) : json_pack("{s:b}", "ok", 1);
}

static json_t *
respond(sw_nl_session **s, json_t *request)
{
    const char *text;
    sw_nl_error error = {0};
    if ((text = json_string_value(json_object_get(request, "open"))) != NULL)
        return open_model(s, text);
    if (*s == NULL)
        return json_pack("{s:s, s:s}", "error", "No model is open.", "kind", "request");
    if ((text = json_string_value(json_object_get(request, "command"))) != NULL) {
        unsigned agent = agent_of(json_string_value(json_object_get(request, "agent")));
        if (sw_nl_session_command(*s, agent, text, &error) != 0)
            return error_object(&error);
    } else if ((text = json_string_value(json_object_get(request, "report"))) != NULL) {
        const char *value;
        if (sw_nl_session_report(*s, text, &value, &error) != 0)
            return error_object(&error);
        return json_pack("{s:s}", "value", value);
    } else if (json_is_integer(json_object_get(request, "seed"))) {
        sw_nl_session_seed(*s, json_integer_value(json_object_get(request, "seed")));
    } else if (json_is_integer(json_object_get(request, "dialect"))) {
        bool old = json_integer_value(json_object_get(request, "dialect")) == 6;
        sw_nl_session_set_dialect(*s, old ? SW_NL_DIALECT_6 : SW_NL_DIALECT_7);
    } else {
        return json_pack("{s:s, s:s}", "error", "Unknown request.", "kind", "request");
    }
    return json_pack("{s:b}", "ok", 1);
}

int
sw_netlogo_main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--tests") == 0)
        return run_tests(argv[2]);
    if (argc != 1) {
        fprintf(stderr, "usage: sweep-netlogo [--tests FILE.jsonl]\n");
        return 2;
    }
    sw_nl_session *s = NULL;
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, stdin) > 0) {
        json_t *request = json_loads(line, 0, NULL);
        answer(request == NULL
                   ? json_pack("{s:s, s:s}", "error", "This line is no JSON.", "kind", "request")
                   : respond(&s, request));
        json_decref(request);
    }
    free(line);
    sw_nl_session_close(&s);
    return 0;
}
