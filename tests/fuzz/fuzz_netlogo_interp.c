// SPDX-License-Identifier: Apache-2.0
// Random programs out of the table of primitives: the input's bytes choose among everything the
// grammar allows, so that nearly all programs compile, and each byte steers one choice. Whatever
// runs ends within its limits, with an error's message or without one.
#include "models/netlogo/session.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char declarations[] =
    "extensions [table array matrix csv rnd palette]\n"
    "globals [g1 g2 g3]\n"
    "breed [wolves wolf]\n"
    "directed-link-breed [arcs arc]\n"
    "undirected-link-breed [edges edge]\n"
    "turtles-own [t1] wolves-own [w1] patches-own [p1] links-own [l1] arcs-own [a1]\n"
    "to go ask turtles [ fd 1 ] end\n"
    "to-report twice [x] report x * 2 end\n";

static const sw_nl_limits limits = {.instructions = 4000, .memory = 64u << 20, .seconds = 3};

typedef struct writer {
    const uint8_t *data;
    size_t size, at;
    char text[16384];
    size_t n;
    int depth, blocks;
} writer;

static unsigned
choose(writer *w, unsigned n)
{
    return w->at < w->size ? w->data[w->at++] % n : 0;
}

static void
put(writer *w, const char *text)
{
    size_t n = strlen(text);
    if (w->n + n + 2 >= sizeof w->text)
        return;
    memcpy(w->text + w->n, text, n);
    w->n += n;
    w->text[w->n++] = ' ';
    w->text[w->n] = 0;
}

#define PICK(w, list) put(w, (list)[choose(w, sizeof(list) / sizeof(list)[0])])

static void write_value(writer *w, uint32_t types);
static void write_commands(writer *w);

// A literal or a variable: what ends every branch.
static void
write_leaf(writer *w, uint32_t types)
{
    static const char *const numbers[] = {"0",  "1",   "-1",  "2.5",  "3",  "7",   "100",  "-0.1",
                                          "45", "0.5", "360", "1e20", "g1", "who", "pxcor"};
    static const char *const texts[] = {"\"\"",       "\"a\"",   "\"up\"",
                                        "\"circle\"", "\"1,2\"", "\"crt 2\""};
    static const char *const lists[] = {"[]",        "[1 2 3]", "[\"a\" 2]", "[[1 2] [3 4]]",
                                        "[255 0 0]", "g2"};
    static const char *const sets[] = {"turtles", "patches", "links",
                                       "wolves",  "edges",   "no-turtles"};
    static const char *const agents[] = {"one-of turtles", "turtle 0", "patch 0 0",
                                         "one-of links",   "myself",   "self"};
    static const char *const commands[] = {"[ -> go ]", "[ x -> set g1 x ]", "[ -> stop ]",
                                           "[ [x y] -> print x ]"};
    static const char *const reporters[] = {"[ x -> x ]", "[ [x y] -> x < y ]", "[ -> 1 ]",
                                            "twice",      "[ x -> self ]",      "+"};
    static const char *const objects[] = {"table:make", "array:from-list [1 2]",
                                          "matrix:make-identity 2", "g3"};
    if ((types & SW_NL_ANY) == SW_NL_ANY)
        types = 1u << choose(w, 14);
    if (types & SW_NL_NUM)
        PICK(w, numbers);
    else if (types & SW_NL_BOOL)
        put(w, choose(w, 2) ? "true" : "false");
    else if (types & SW_NL_STR)
        PICK(w, texts);
    else if (types & SW_NL_LST)
        PICK(w, lists);
    else if (types & SW_NL_TSET)
        put(w, choose(w, 2) ? "turtles" : "wolves");
    else if (types & SW_NL_ASET)
        PICK(w, sets);
    else if (types & SW_NL_AGT)
        PICK(w, agents);
    else if (types & SW_NL_CMD)
        PICK(w, commands);
    else if (types & SW_NL_REP)
        PICK(w, reporters);
    else if (types & SW_NL_EXT)
        PICK(w, objects);
    else
        put(w, "nobody");
}

static void
write_input(writer *w, uint32_t types)
{
    static const char *const variables[] = {"g1",    "g2",     "g3",    "t1",      "p1",
                                            "color", "pcolor", "xcor",  "heading", "breed",
                                            "shape", "l1",     "label", "size"};
    if (types & SW_NL_VAR) {
        PICK(w, variables);
    } else if (types & SW_NL_NAME) {
        put(w, choose(w, 2) ? "v1" : "v2");
    } else if (types & SW_NL_CODE) {
        put(w, "[ a b ]");
    } else if (types & SW_NL_CBLOCK && (!(types & SW_NL_ANY) || choose(w, 2))) {
        put(w, "[");
        write_commands(w);
        put(w, "]");
    } else if (types & (SW_NL_RBLOCK | SW_NL_BBLOCK | SW_NL_NBLOCK)) {
        put(w, "[");
        write_value(w, types & SW_NL_BBLOCK   ? SW_NL_BOOL
                       : types & SW_NL_NBLOCK ? SW_NL_NUM
                                              : SW_NL_ANY);
        put(w, "]");
    } else {
        write_value(w, types);
    }
}

// A primitive's name, with a breed of ours where the table has a place for one.
static void
write_name(writer *w, const char *name)
{
    char out[128];
    const char *open = strchr(name, '<'), *close = open == NULL ? NULL : strchr(open, '>');
    if (close == NULL || strlen(name) < 4) {
        put(w, name);
        return;
    }
    bool link = strncmp(open, "<link-", 6) == 0, plural = close[-1] == 's';
    const char *breed = link     ? (choose(w, 2) ? (plural ? "arcs" : "arc")
                                    : plural     ? "edges"
                                                 : "edge")
                        : plural ? "wolves"
                                 : "wolf";
    snprintf(out, sizeof out, "%.*s%s%s", (int)(open - name), name, breed, close + 1);
    put(w, out);
}

static void
write_call(writer *w, const sw_nl_prim *p)
{
    const char *at = p->left;
    bool parens = p->inputs >= 0 && choose(w, 3) == 0;
    w->depth++;
    if (p->left[0] != 0) {
        put(w, "(");
        write_input(w, sw_nl_types(&at));
    }
    if (parens)
        put(w, "(");
    write_name(w, p->name);
    for (at = p->right; *at != 0;) {
        uint32_t types = sw_nl_types(&at);
        unsigned times = types & SW_NL_MANY ? (parens ? choose(w, 4) : 1) : 1;
        if (types & SW_NL_OPTIONAL && choose(w, 2))
            times = 0;
        while (times-- > 0)
            write_input(w, types);
    }
    if (parens)
        put(w, ")");
    if (p->left[0] != 0)
        put(w, ")");
    w->depth--;
}

// A primitive from the table, of those that report one of the types, or of the commands.
static const sw_nl_prim *
find_prim(writer *w, uint32_t types)
{
    size_t start = (choose(w, 256) * 256ul + choose(w, 256)) % sw_nl_n_prims;
    for (size_t i = 0; i < sw_nl_n_prims; i++) {
        const sw_nl_prim *p = &sw_nl_prims[(start + i) % sw_nl_n_prims];
        const char *at = p->ret;
        uint32_t ret = sw_nl_types(&at);
        if (types == 0 ? ret == 0 : ret != 0 && (ret & types) != 0)
            return p;
    }
    return NULL;
}

static void
write_value(writer *w, uint32_t types)
{
    const sw_nl_prim *p = NULL;
    if (w->depth < 5 && w->at < w->size && choose(w, 4) != 0)
        p = find_prim(w, types & SW_NL_ANY);
    if (p == NULL)
        write_leaf(w, types & SW_NL_ANY);
    else
        write_call(w, p);
}

static void
write_commands(writer *w)
{
    unsigned count = w->depth < 4 && w->at < w->size ? 1 + choose(w, 3) : 0;
    for (unsigned i = 0; i < count; i++) {
        const sw_nl_prim *p = find_prim(w, 0);
        if (p != NULL)
            write_call(w, p);
    }
}

// A model may give `error` an empty text, but never no kind.
static void
check(int status, const sw_nl_error *error)
{
    if (status != 0 && error->kind == SW_NL_OK)
        abort();
}

static void
run(sw_nl_session *s, writer *w)
{
    static const unsigned kinds[4] = {SW_NL_O, SW_NL_T, SW_NL_P, SW_NL_L};
    sw_nl_error error = {0};
    const char *value;
    check(sw_nl_session_command(s, SW_NL_O,
                                "crt 4 [ fd who ] create-wolves 3 ask turtle 0 [ create-arc-to "
                                "turtle 1 create-edges-with other wolves ] set g2 [4 5] set g3 "
                                "table:make reset-ticks",
                                &error),
          &error);
    while (w->at < w->size) {
        w->n = 0;
        w->text[0] = 0;
        unsigned how = choose(w, 6);
        if (how < 5)
            write_commands(w);
        else
            write_value(w, SW_NL_ANY);
        if (getenv("SHOW") != NULL)
            fprintf(stderr, "%s\n", w->text);
        if (how < 5)
            check(sw_nl_session_command(s, kinds[how % 4], w->text, &error), &error);
        else
            check(sw_nl_session_report(s, w->text, &value, &error), &error);
    }
    check(sw_nl_session_export(s, &value, &error), &error);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sw_nl_error error = {0};
    if (size > 300)
        return 0;
    sw_nl_session *s = sw_nl_session_open_code(declarations, SW_NL_DIALECT_7, &limits, &error);
    if (s == NULL) {
        fprintf(stderr, "%s\n", error.message);
        abort();
    }
    writer *w = calloc(1, sizeof *w);
    if (w == NULL)
        abort();
    w->data = data;
    w->size = size;
    run(s, w);
    free(w);
    sw_nl_session_close(&s);
    return 0;
}
