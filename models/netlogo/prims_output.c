// SPDX-License-Identifier: Apache-2.0
// Printing, and what stands for a user, a clock and an installation when there is none; reading
// of literals; the layout on a circle.
#include "models/netlogo/lexer.h"
#include "models/netlogo/prims.h"

#include <math.h>
#include <stdio.h>

void
sw_nl_print(sw_nl_engine *e, const char *text, size_t n)
{
    if (e->output != NULL)
        e->output(e->output_self, text, n);
}

static int
emit(sw_nl_engine *e, const sw_nl_node *n, bool readable, bool show, const char *end)
{
    sw_nl_text t = {.e = e};
    sw_nl_v v = EV(0);
    if (show) {
        sw_nl_dump(&t, sw_nl_self(e), false, false);
        sw_nl_text_put(&t, ": ");
    }
    sw_nl_dump(&t, v, readable, false);
    sw_nl_text_put(&t, end);
    sw_nl_print(e, sw_nl_text_end(&t), t.n);
    return SW_NL_NEXT;
}

EXEC(print)
{
    return emit(e, n, false, false, "\n");
}
EXEC(show)
{
    return emit(e, n, true, true, "\n");
}
EXEC(type)
{
    return emit(e, n, false, false, "");
}
EXEC(write)
{
    return emit(e, n, true, false, " ");
}

EVAL(user_halt)
{
    for (int i = 0; i < n->n_args; i++)
        EV(i);
    sw_nl_fail(e, n, "model halted by user");
}

EVAL(empty_text)
{
    (void)n;
    return sw_nl_string_new(e, "", 0);
}

EVAL(netlogo_version)
{
    (void)n;
    const char *text = e->dialect == SW_NL_DIALECT_6 ? "6.4.0" : "7.0.4";
    return sw_nl_string_new(e, text, strlen(text));
}

EVAL(behaviorspace_run_number)
{
    (void)n;
    return sw_nl_number((double)e->behaviorspace_run);
}

EVAL(behaviorspace_experiment_name)
{
    (void)n;
    const char *text = e->behaviorspace_name == NULL ? "" : e->behaviorspace_name;
    return sw_nl_string_new(e, text, strlen(text));
}

// A run has no calendar: the clock starts where Unix time does.
EVAL(date_and_time)
{
    (void)n;
    const char *text = "00:00:00.000 AM 01-Jan-1970";
    return sw_nl_string_new(e, text, strlen(text));
}

// ---- Literals -----------------------------------------------------------------------------------

typedef struct reader {
    sw_nl_engine *e;
    const sw_nl_node *n;
    const sw_nl_token *t;
    int depth;
} reader;

static sw_nl_v
read_value(reader *r)
{
    const sw_nl_token *t = r->t++;
    if (++r->depth > 1000)
        sw_nl_fail(r->e, r->n, "This literal is nested too deeply.");
    sw_nl_v v;
    if (t->kind == SW_NL_K_NUMBER) {
        v = sw_nl_number(t->number);
    } else if (t->kind == SW_NL_K_STRING) {
        v = sw_nl_string_new(r->e, t->text, t->n);
    } else if (t->kind == SW_NL_K_BAD) {
        sw_nl_fail(r->e, r->n, "%s", t->text);
    } else if (t->kind == SW_NL_K_LEFT) {
        v = read_value(r);
        if (r->t->kind != SW_NL_K_RIGHT)
            sw_nl_fail(r->e, r->n, "Expected a closing parenthesis.");
        r->t++;
    } else if (t->kind == SW_NL_K_OPEN) {
        sw_nl_list *list = sw_nl_list_new(r->e, 0);
        while (r->t->kind != SW_NL_K_CLOSE) {
            if (r->t->kind == SW_NL_K_END)
                sw_nl_fail(r->e, r->n, "No closing bracket for this open bracket.");
            list = sw_nl_list_append(r->e, list, read_value(r));
        }
        r->t++;
        v = sw_nl_heap_value(list);
    } else if (t->kind == SW_NL_K_WORD && strcmp(t->text, "true") == 0) {
        v = SW_NL_TRUE;
    } else if (t->kind == SW_NL_K_WORD && strcmp(t->text, "false") == 0) {
        v = SW_NL_FALSE;
    } else if (t->kind == SW_NL_K_WORD && strcmp(t->text, "nobody") == 0) {
        v = SW_NL_NOBODY;
    } else {
        static const char *const colors[] = {"gray",  "red",    "orange",    "brown", "yellow",
                                             "green", "lime",   "turquoise", "cyan",  "sky",
                                             "blue",  "violet", "magenta",   "pink"};
        v = SW_NL_NOTHING;
        if (t->kind == SW_NL_K_WORD && strcmp(t->text, "e") == 0)
            v = sw_nl_number(2.718281828459045);
        if (t->kind == SW_NL_K_WORD && strcmp(t->text, "pi") == 0)
            v = sw_nl_number(3.141592653589793);
        for (int i = 0; t->kind == SW_NL_K_WORD && i < 14; i++)
            if (strcmp(t->text, colors[i]) == 0)
                v = sw_nl_number(5 + 10.0 * i);
        if (t->kind == SW_NL_K_WORD && strcmp(t->text, "black") == 0)
            v = sw_nl_number(0);
        if (t->kind == SW_NL_K_WORD && strcmp(t->text, "white") == 0)
            v = sw_nl_number(9.9);
        if (v == SW_NL_NOTHING)
            sw_nl_fail(r->e, r->n, "Expected a literal value.");
    }
    r->depth--;
    return v;
}

sw_nl_v
sw_nl_read_literal(sw_nl_engine *e, const sw_nl_node *n, const char *text, size_t length)
{
    size_t count, before = e->arena.total;
    sw_nl_token *tokens = sw_nl_lex(&e->arena, text, length, &count);
    sw_nl_heap_charge(e->heap, e->arena.total - before);
    reader r = {.e = e, .n = n, .t = tokens};
    sw_nl_v v = read_value(&r);
    if (r.t->kind != SW_NL_K_END)
        sw_nl_fail(e, n, "Extra characters after literal.");
    return v;
}

EVAL(read_from_string)
{
    const sw_nl_string *s = sw_nl_arg_string(e, n, 0);
    return sw_nl_read_literal(e, n, s->text, s->o.n);
}

// ---- Layout -------------------------------------------------------------------------------------
