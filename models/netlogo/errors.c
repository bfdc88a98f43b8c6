// SPDX-License-Identifier: Apache-2.0
// Runtime errors: NetLogo's wording, the trace of calls, and the jump to whoever catches them.
#include "models/netlogo/engine.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void
put(char *buffer, size_t size, const char *format, ...)
{
    size_t used = strlen(buffer);
    va_list args;
    va_start(args, format);
    vsnprintf(buffer + used, size - used, format, args);
    va_end(args);
}

static void
agent_text(sw_nl_engine *e, char *buffer, size_t size)
{
    if (e->kind == SW_NL_O) {
        snprintf(buffer, size, "observer");
        return;
    }
    if (e->kind == SW_NL_P)
        snprintf(buffer, size, "patch %d %d", (int)sw_nl_double(e->world.patch[P_XCOR][e->id]),
                 (int)sw_nl_double(e->world.patch[P_YCOR][e->id]));
    else if (e->kind == SW_NL_T)
        snprintf(buffer, size, "%s %d",
                 e->program->turtle_breed[sw_nl_breed_of(e, SW_NL_T, e->id)].singular,
                 e->world.turtle_who[e->id]);
    else
        snprintf(buffer, size, "link");
}

// The lines below the message: who ran what, and the calls that led there.
static void
write_trace(sw_nl_engine *e, const char *prim)
{
    char agent[160], upper[160];
    sw_nl_error *err = &e->error;
    agent_text(e, agent, sizeof agent);
    sw_nl_upper(prim, upper, sizeof upper);
    snprintf(err->trace, sizeof err->trace, "%s\nerror while %s running %s", err->message, agent,
             upper);
    for (const sw_nl_activation *a = e->activation; a != NULL; a = a->parent) {
        if (a->proc->lambda) {
            put(err->trace, sizeof err->trace, "\n  called by (anonymous %s: %s)",
                a->proc->reports ? "reporter" : "command", a->proc->text);
            continue;
        }
        sw_nl_upper(a->proc->name == NULL ? "__EVALUATOR" : a->proc->name, upper, sizeof upper);
        put(err->trace, sizeof err->trace, "\n  called by procedure %s", upper);
    }
}

static void
locate(sw_nl_engine *e, const sw_nl_node *n)
{
    const sw_nl_procedure *proc = e->activation == NULL ? NULL : e->activation->proc;
    e->error.line = e->error.column = 0;
    e->error.source_name = NULL;
    if (proc == NULL || proc->source == NULL || n == NULL)
        return;
    size_t line = 1, column = 1;
    for (uint32_t i = 0; i < n->start && proc->source[i] != 0; i++) {
        column = proc->source[i] == '\n' ? 1 : column + 1;
        line += proc->source[i] == '\n';
    }
    for (size_t i = 0; i < e->program->n_sources; i++)
        if (e->program->sources[i].code == proc->source) {
            line += e->program->sources[i].line - 1;
            e->error.source_name = e->program->sources[i].name;
        }
    e->error.line = line;
    e->error.column = column;
}

static void __attribute__((noreturn)) throw(sw_nl_engine * e)
{
    if (e->catcher == NULL)
        abort();
    longjmp(*e->catcher, 1);
}

void
sw_nl_fail(sw_nl_engine *e, const sw_nl_node *n, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(e->error.message, sizeof e->error.message, format, args);
    va_end(args);
    e->error.kind = SW_NL_RUNTIME_ERROR;
    locate(e, n);
    write_trace(e, n == NULL ? "" : n->name);
    throw(e);
}

void
sw_nl_limit(sw_nl_engine *e, const char *message)
{
    snprintf(e->error.message, sizeof e->error.message, "%s", message);
    snprintf(e->error.trace, sizeof e->error.trace, "%s", message);
    e->error.kind = SW_NL_LIMIT_ERROR;
    e->error.line = e->error.column = 0;
    throw(e);
}

static const char *
value_kind(sw_nl_v v)
{
    if (sw_nl_is_number(v))
        return "number";
    if (sw_nl_is_bool(v))
        return "TRUE/FALSE";
    if (sw_nl_is_string(v))
        return "string";
    if (sw_nl_is_list(v))
        return "list";
    if (sw_nl_is_set(v))
        return "agentset";
    unsigned kind = sw_nl_agent_kind(v);
    if (kind != 0)
        return kind == SW_NL_T ? "turtle" : kind == SW_NL_P ? "patch" : "link";
    if (sw_nl_is_object(v, SW_NL_LAMBDA))
        return ((sw_nl_lambda *)sw_nl_pointer(v))->code->reports ? "anonymous reporter"
                                                                 : "anonymous command";
    return "extension object";
}

void
sw_nl_wrong(sw_nl_engine *e, const sw_nl_node *n, uint32_t types, sw_nl_v value)
{
    char wanted[256], upper[160];
    sw_nl_type_names(types, wanted, sizeof wanted);
    sw_nl_upper(n->name, upper, sizeof upper);
    if (value == SW_NL_NOBODY)
        sw_nl_fail(e, n, "%s expected input to be %s but got NOBODY instead.", upper, wanted);
    sw_nl_text t = {.e = e};
    sw_nl_dump(&t, value, false, false);
    sw_nl_fail(e, n, "%s expected input to be %s but got the %s %s instead.", upper, wanted,
               value_kind(value), sw_nl_text_end(&t));
}

void
sw_nl_not_finite(sw_nl_engine *e, const sw_nl_node *n, double d)
{
    sw_nl_fail(e, n,
               d != d ? "math operation produced a non-number"
                      : "math operation produced a number too large for NetLogo");
}

// ---- Limits -------------------------------------------------------------------------------------

#define FUEL_SLICE ((uint64_t)200000)

static double
now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

void
sw_nl_out_of_fuel(sw_nl_engine *e)
{
    if (e->cancelled != NULL && *e->cancelled)
        sw_nl_limit(e, "The run was cancelled.");
    if (e->limits.seconds > 0 && now() > e->deadline)
        sw_nl_limit(e, "The time limit was reached.");
    if (e->limits.instructions > 0) {
        if (e->fuel == 0)
            sw_nl_limit(e, "The instruction limit was reached.");
        e->fuel_left = e->fuel < FUEL_SLICE ? e->fuel : FUEL_SLICE;
        e->fuel -= e->fuel_left;
        return;
    }
    e->fuel_left = FUEL_SLICE;
}
