// SPDX-License-Identifier: Apache-2.0
// The command-line tool: JSON lines, and the runners of language tests and golden worlds.
#include "models/netlogo/repl.h"

#include "models/netlogo/lines.h"
#include "models/netlogo/session.h"

#include <ftw.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

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
    int status = reporter
                     ? sw_nl_session_report(s, script, &value, &error)
                     : sw_nl_session_command(
                           s, sw_nl_agent_named(json_string_value(json_object_get(step, "agent"))),
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
test_passes(json_t *test, bool run, const char *scratch, char *why, size_t size)
{
    static const sw_nl_limits limits = {
        .instructions = 50000000, .memory = (size_t)512 << 20, .seconds = 20};
    const char *declarations = json_string_value(json_object_get(test, "declarations"));
    json_t *steps = json_object_get(test, "steps"), *step, *first = json_array_get(steps, 0);
    const char *op = json_string_value(json_object_get(first, "op"));
    sw_nl_error error = {0};
    sw_nl_session *s = sw_nl_session_open_code(declarations, SW_NL_DIALECT_7, &limits, &error);
    if (s != NULL && sw_nl_session_folders(s, scratch, NULL, "") != 0)
        sw_nl_session_close(&s);
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
remove_entry(const char *path, const struct stat *s, int type, struct FTW *where)
{
    (void)s, (void)type, (void)where;
    return remove(path);
}

static void
make_scratch(char *scratch)
{
    if (mkdtemp(scratch) == NULL) {
        fprintf(stderr, "sweep-netlogo: can't make a scratch folder\n");
        exit(2);
    }
}

static void
remove_scratch(const char *scratch)
{
    nftw(scratch, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static int
run_tests(const char *path)
{
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        fprintf(stderr, "sweep-netlogo: can't read %s\n", path);
        return 2;
    }
    char scratch[] = "/tmp/sweep-netlogo-XXXXXX";
    make_scratch(scratch);
    tally t = {0};
    char *line = NULL;
    size_t room = 0;
    while (getline(&line, &room, f) > 0) {
        json_t *test = json_loads(line, 0, NULL), *mode;
        size_t i;
        json_array_foreach (json_object_get(test, "modes"), i, mode) {
            static char why[4096];
            bool run = strcmp(json_string_value(mode), "run") == 0;
            if (test_passes(test, run, scratch, why, sizeof why)) {
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
    remove_scratch(scratch);
    printf("%d passed, %d failed\n", t.passed, t.failed);
    return t.failed == 0 ? 0 : 1;
}

// ---- Golden worlds ------------------------------------------------------------------------------

// A world passes by the first five sections; plots are counted apart.
enum { SECTIONS = 5, PLOTS = SECTIONS };
static const char *const section_name[] = {"RANDOM STATE", "GLOBALS", "TURTLES",
                                           "PATCHES",      "LINKS",   "PLOTS"};

// The text of a section: from its title to the title of the next, without blank lines at its end.
static size_t
section(const char *world, int k, const char **start)
{
    char title[32];
    snprintf(title, sizeof title, "\"%s\"\n", section_name[k]);
    const char *at = strstr(world, title), *end = NULL;
    if (at == NULL)
        return 0;
    if (k + 1 < SECTIONS) {
        snprintf(title, sizeof title, "\n\"%s\"\n", section_name[k + 1]);
        end = strstr(at, title);
    } else {
        static const char *const after[] = {"\n\"PLOTS\"\n", "\n\"DRAWING\"", "\n\"OUTPUT\"",
                                            "\n\"EXTENSIONS\""};
        for (int i = k == PLOTS; i < 4; i++) {
            const char *found = strstr(at, after[i]);
            if (found != NULL && (end == NULL || found < end))
                end = found;
        }
    }
    if (end == NULL)
        end = at + strlen(at);
    while (end > at && end[-1] == '\n')
        end--;
    *start = at;
    return (size_t)(end - at);
}

// A variant is a command more, run after the others.
static void
golden_commands(json_t *golden, char *text, size_t size)
{
    const char *commands = json_string_value(json_object_get(golden, "commands"));
    const char *variant = json_string_value(json_object_get(golden, "variant"));
    snprintf(text, size, "%s\n%s", commands, variant != NULL ? variant : "");
}

// How many sections agree, counted from the first; −1 and *why when the run failed.
static int
compare_world(json_t *golden, const char *worlds, const char *models, const char *scratch,
              bool *random_state, bool *plots, char *why, size_t size)
{
    static const sw_nl_limits limits = {.memory = (size_t)1 << 30, .seconds = 30};
    char path[2048];
    size_t n;
    sw_nl_error error = {0};
    *random_state = *plots = false;
    snprintf(path, sizeof path, "%s/%s", models,
             json_string_value(json_object_get(golden, "model")));
    char *model = sw_nl_read_file(path, &n);
    if (model == NULL) {
        snprintf(why, size, "no such model");
        return -1;
    }
    sw_nl_session *s = sw_nl_session_open(model, n, NULL, &limits, &error);
    free(model);
    if (s == NULL) {
        snprintf(why, size, "%.300s (line %zu)", error.message, error.line);
        return -1;
    }
    char commands[8192];
    const char *ours;
    golden_commands(golden, commands, sizeof commands);
    int same = -1;
    snprintf(path, sizeof path, "%s", json_string_value(json_object_get(golden, "model")));
    *strrchr(path, '/') = 0;
    if (sw_nl_session_folders(s, scratch, models, path) != 0)
        abort();
    sw_nl_session_seed(s, json_integer_value(json_object_get(golden, "seed")));
    if (sw_nl_session_command(s, SW_NL_O, commands, &error) != 0 ||
        sw_nl_session_export(s, &ours, &error) != 0) {
        snprintf(why, size, "%.300s", error.trace[0] ? error.trace : error.message);
    } else {
        snprintf(path, sizeof path, "%s/%s", worlds,
                 json_string_value(json_object_get(golden, "world")));
        char *theirs = sw_nl_read_file(path, &n);
        same = 0;
        for (int k = 0; theirs != NULL && k < SECTIONS; k++) {
            const char *a = "", *b = "";
            size_t x = section(ours, k, &a), y = section(theirs, k, &b);
            bool equal = x == y && memcmp(a, b, x) == 0;
            *random_state |= k == 0 && equal;
            if (equal) {
                same++;
            } else if (why[0] == 0) {
                size_t at = 0;
                while (at < x && at < y && a[at] == b[at])
                    at++;
                at = at > 30 ? at - 30 : 0;
                snprintf(why, size, "%s differs: %.60s | %.60s", section_name[k],
                         a + (at < x ? at : 0), b + (at < y ? at : 0));
            }
        }
        const char *a = "", *b = "";
        size_t x = section(ours, PLOTS, &a), y = theirs == NULL ? 0 : section(theirs, PLOTS, &b);
        *plots = x == y && memcmp(a, b, x) == 0;
        free(theirs);
    }
    sw_nl_session_close(&s);
    return same;
}

static int
run_goldens(const char *path, const char *worlds, const char *models)
{
    FILE *f = fopen(path, "r");
    if (f == NULL) {
        fprintf(stderr, "sweep-netlogo: can't read %s\n", path);
        return 2;
    }
    char *line = NULL;
    size_t room = 0;
    int passed = 0, failed = 0, states = 0, plotted = 0;
    char scratch[] = "/tmp/sweep-netlogo-XXXXXX";
    make_scratch(scratch);
    while (getline(&line, &room, f) > 0) {
        json_t *golden = json_loads(line, 0, NULL);
        static char why[2048];
        bool state, plots;
        why[0] = 0;
        int same = compare_world(golden, worlds, models, scratch, &state, &plots, why, sizeof why);
        states += state;
        plotted += plots;
        passed += same == SECTIONS;
        failed += same != SECTIONS;
        if (same != SECTIONS)
            printf("FAIL %s: %s\n", json_string_value(json_object_get(golden, "model")), why);
        fflush(stdout);
        json_decref(golden);
    }
    free(line);
    fclose(f);
    remove_scratch(scratch);
    printf("%d random states equal, %d plots equal\n", states, plotted);
    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 ? 0 : 1;
}

int
sw_netlogo_main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "--tests") == 0)
        return run_tests(argv[2]);
    if (argc == 7 && strcmp(argv[1], "--goldens") == 0 && strcmp(argv[3], "--worlds") == 0 &&
        strcmp(argv[5], "--models") == 0)
        return run_goldens(argv[2], argv[4], argv[6]);
    if (argc != 1) {
        fprintf(stderr, "usage: sweep-netlogo [--tests FILE.jsonl | --goldens FILE.jsonl --worlds "
                        "DIR --models DIR]\n");
        return 2;
    }
    sw_nl_session *s = NULL;
    sw_nl_lines(&s, true, stdin, stdout);
    sw_nl_session_close(&s);
    return 0;
}
