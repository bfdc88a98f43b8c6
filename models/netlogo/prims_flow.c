// SPDX-License-Identifier: Apache-2.0
// Control flow: branches, loops, asking, anonymous procedures, errors, code given as text.
#include "models/netlogo/prims.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

EXEC(nothing)
{
    (void)e, (void)n;
    return SW_NL_NEXT;
}

// Commands that only show something: their inputs still run.
EXEC(ignore)
{
    for (int i = 0; i < n->n_args; i++)
        EV(i);
    return SW_NL_NEXT;
}

EXEC(print_nothing)
{
    EV(0);
    return SW_NL_NEXT;
}

EVAL(boom)
{
    sw_nl_fail(e, n, "boom!");
}

static sw_nl_v
set_or_agent(sw_nl_engine *e, const sw_nl_node *n, int i)
{
    sw_nl_v v = EV(i);
    if (sw_nl_is_set(v))
        return v;
    unsigned kind = sw_nl_agent_kind(v);
    if (kind == 0 || kind == SW_NL_O)
        sw_nl_wrong(e, n, SW_NL_AGT | SW_NL_ASET, v);
    if (!sw_nl_alive(e, v)) {
        int32_t breed = sw_nl_breed_of(e, kind, sw_nl_agent_id(v));
        sw_nl_fail(e, n, "That %s is dead.",
                   kind == SW_NL_T ? e->program->turtle_breed[breed].singular
                                   : e->program->link_breed[breed].singular);
    }
    return v;
}

EXEC(ask)
{
    sw_nl_v who = set_or_agent(e, n, 0);
    if (!sw_nl_is_set(who))
        return sw_nl_ask_one(e, n, who, n->arg[1]);
    if (e->kind != SW_NL_O && (who == SW_NL_TURTLES || who == SW_NL_PATCHES))
        sw_nl_fail(e, n, "Only the observer can ASK the set of all %s.",
                   who == SW_NL_TURTLES ? "turtles" : "patches");
    return sw_nl_ask(e, n, who, n->arg[1]);
}

EXEC(if)
{
    return sw_nl_arg_bool(e, n, 0) ? sw_nl_run_block(e, n->arg[1]) : SW_NL_NEXT;
}

EXEC(ifelse)
{
    int i = 0;
    for (; i + 1 < n->n_args; i += 2)
        if (sw_nl_arg_bool(e, n, i))
            return sw_nl_run_block(e, n->arg[i + 1]);
    return i < n->n_args ? sw_nl_run_block(e, n->arg[i]) : SW_NL_NEXT;
}

EVAL(ifelse_value)
{
    int i = 0;
    for (; i + 1 < n->n_args; i += 2)
        if (sw_nl_arg_bool(e, n, i))
            return EV(i + 1);
    if (i >= n->n_args)
        sw_nl_fail(e, n,
                   "IFELSE-VALUE found no true conditions and no else branch. If you don't "
                   "wish to error when no conditions are true, add a final else branch.");
    return EV(i);
}

EXEC(while)
{
    int status = SW_NL_NEXT;
    while (status == SW_NL_NEXT && sw_nl_arg_bool(e, n, 0)) {
        if (--e->fuel_left == 0)
            sw_nl_out_of_fuel(e);
        status = sw_nl_run_block(e, n->arg[1]);
    }
    return status;
}

EXEC(repeat)
{
    double times = sw_nl_num(e, n, 0);
    int status = SW_NL_NEXT;
    for (double i = 1; i <= times && status == SW_NL_NEXT; i++) {
        if (--e->fuel_left == 0)
            sw_nl_out_of_fuel(e);
        status = sw_nl_run_block(e, n->arg[1]);
    }
    return status;
}

EXEC(loop)
{
    int status = SW_NL_NEXT;
    while (status == SW_NL_NEXT) {
        if (--e->fuel_left == 0)
            sw_nl_out_of_fuel(e);
        status = sw_nl_run_block(e, n->arg[0]);
    }
    return status;
}

EXEC(stop)
{
    (void)e, (void)n;
    return SW_NL_STOP;
}

EXEC(report)
{
    e->result = EV(0);
    return SW_NL_REPORT;
}

// ---- let and set --------------------------------------------------------------------------------

static void
bind(sw_nl_engine *e, const sw_nl_node *name, sw_nl_v v)
{
    const sw_nl_local *local = name->extra;
    if (local->shared) {
        sw_nl_cell *cell = sw_nl_heap_alloc(e->heap, SW_NL_CELL, sizeof *cell);
        cell->value = v;
        v = sw_nl_heap_value(cell);
    }
    e->frame[name->slot] = v;
}

// Gives the members of a list to nested names. All lengths are checked first.
static void
check_shape(sw_nl_engine *e, const sw_nl_node *n, const sw_nl_node *names, sw_nl_v v)
{
    char upper[64];
    sw_nl_upper(n->name, upper, sizeof upper);
    if (!sw_nl_is_list(v)) {
        sw_nl_text t = {.e = e};
        sw_nl_dump(&t, v, true, false);
        sw_nl_fail(e, n, "%s expected a list of values to match its list of names, but got %s.",
                   upper, sw_nl_text_end(&t));
    }
    const sw_nl_list *list = sw_nl_list_of(v);
    if (list->o.n < names->n_args) {
        sw_nl_text t = {.e = e};
        sw_nl_dump(&t, v, false, false);
        sw_nl_fail(e, n,
                   "The list of values for %s must be at least as long as the list of names.  "
                   "We need %d value(s) but only got %u from the list %s.",
                   upper, names->n_args, list->o.n, sw_nl_text_end(&t));
    }
    for (int i = 0; i < names->n_args; i++)
        if (names->arg[i]->kind == SW_NL_N_NAMES)
            check_shape(e, n, names->arg[i], sw_nl_items(list)[i]);
}

static void
assign(sw_nl_engine *e, const sw_nl_node *n, const sw_nl_node *names, sw_nl_v v, bool let)
{
    if (names->kind == SW_NL_N_NAMES) {
        for (int i = 0; i < names->n_args; i++)
            assign(e, n, names->arg[i], sw_nl_items(sw_nl_list_of(v))[i], let);
    } else if (let) {
        bind(e, names, v);
    } else {
        sw_nl_set_var(e, n, SW_NL_NOTHING, names, v);
    }
}

EXEC(let)
{
    sw_nl_v v = EV(1);
    if (n->arg[0]->kind == SW_NL_N_NAMES) {
        check_shape(e, n, n->arg[0], v);
        assign(e, n, n->arg[0], v, true);
    } else {
        bind(e, n->arg[0], v);
    }
    return SW_NL_NEXT;
}

EXEC(set)
{
    sw_nl_v v = EV(1);
    if (n->arg[0]->kind == SW_NL_N_NAMES) {
        check_shape(e, n, n->arg[0], v);
        assign(e, n, n->arg[0], v, false);
    } else {
        sw_nl_set_var(e, n, SW_NL_NOTHING, n->arg[0], v);
    }
    return SW_NL_NEXT;
}

// ---- Anonymous procedures -----------------------------------------------------------------------

enum { MAX_LISTS = 64 };

EXEC(foreach)
{
    int lists = n->n_args - 1;
    sw_nl_list *list[MAX_LISTS];
    if (lists > MAX_LISTS)
        sw_nl_fail(e, n, "FOREACH takes at most %d lists.", MAX_LISTS);
    for (int i = 0; i < lists; i++) {
        list[i] = sw_nl_arg_list(e, n, i);
        if (list[i]->o.n != list[0]->o.n)
            sw_nl_fail(e, n, "All the list arguments to FOREACH must be the same length.");
    }
    sw_nl_lambda *f = sw_nl_arg_lambda(e, n, lists, false);
    if (f->code->n_params > lists)
        sw_nl_fail(e, n, "anonymous procedure expected %d input%s, but only got %d",
                   f->code->n_params, f->code->n_params == 1 ? "" : "s", lists);
    for (uint32_t k = 0; lists > 0 && k < list[0]->o.n; k++) {
        sw_nl_v args[MAX_LISTS];
        for (int i = 0; i < lists; i++)
            args[i] = sw_nl_items(list[i])[k];
        int status = sw_nl_call_command(e, n, f, args, (uint32_t)lists);
        if (status != SW_NL_NEXT)
            return status;
    }
    return SW_NL_NEXT;
}

EXEC(apply)
{
    sw_nl_lambda *f = sw_nl_arg_lambda(e, n, 0, false);
    sw_nl_list *list = sw_nl_arg_list(e, n, 1);
    return sw_nl_call_command(e, n, f, sw_nl_items(list), list->o.n);
}

EVAL(apply_result)
{
    sw_nl_lambda *f = sw_nl_arg_lambda(e, n, 0, true);
    sw_nl_list *list = sw_nl_arg_list(e, n, 1);
    return sw_nl_call_reporter(e, n, f, sw_nl_items(list), list->o.n);
}

// ---- Code given as text -------------------------------------------------------------------------
// Texts are compiled once: a model that runs the same text in a loop pays for it the first time.

enum { CACHE = 256 };

struct sw_nl_run_cache {
    struct {
        char *text;
        const sw_nl_node *from; // whose locals it reads
        unsigned mask;
        bool reporter;
        sw_nl_procedure *proc;
    } entry[CACHE];
};

static sw_nl_procedure *
compile_cached(sw_nl_engine *e, const sw_nl_node *n, const sw_nl_string *s, bool reporter)
{
    if (e->run_cache == NULL)
        e->run_cache = sw_nl_arena_alloc(&e->arena, sizeof *e->run_cache);
    size_t i = (sw_nl_hash(e, sw_nl_heap_value(s)) + e->kind * 7 + ((uintptr_t)n >> 4)) % CACHE;
    if (e->run_cache->entry[i].text != NULL && e->run_cache->entry[i].mask == e->kind &&
        e->run_cache->entry[i].from == n && e->run_cache->entry[i].reporter == reporter &&
        strcmp(e->run_cache->entry[i].text, s->text) == 0)
        return e->run_cache->entry[i].proc;
    sw_nl_fault fault;
    size_t before = e->arena.total;
    sw_nl_procedure *proc = sw_nl_compile_text_within(e->program, &e->arena, s->text, reporter,
                                                      e->kind, n->visible, &fault);
    sw_nl_heap_charge(e->heap, e->arena.total - before);
    if (proc == NULL)
        sw_nl_fail(e, n, "%s", fault.message);
    e->run_cache->entry[i].text = sw_nl_arena_text(&e->arena, s->text, s->o.n);
    e->run_cache->entry[i].mask = e->kind;
    e->run_cache->entry[i].from = n;
    e->run_cache->entry[i].reporter = reporter;
    e->run_cache->entry[i].proc = proc;
    return proc;
}

// The values of the caller's locals, which are the inputs of the text; what it sets is a copy.
static const sw_nl_v *
visible_values(sw_nl_engine *e, const sw_nl_node *n, const sw_nl_procedure *p)
{
    sw_nl_list *list = sw_nl_list_new(e, p->n_params);
    for (int i = 0; i < p->n_params; i++) {
        const sw_nl_local *local = n->visible->local[i];
        sw_nl_v v = e->frame[local->slot];
        sw_nl_list_fill(list)[i] = local->shared ? ((sw_nl_cell *)sw_nl_pointer(v))->value : v;
    }
    return sw_nl_items(list);
}

static uint32_t
further_inputs(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v args[MAX_LISTS])
{
    uint32_t count = 0;
    for (int i = 1; i < n->n_args && count < MAX_LISTS; i++)
        args[count++] = EV(i);
    return count;
}

EXEC(run)
{
    sw_nl_v args[MAX_LISTS], what = EV(0);
    if (sw_nl_is_string(what)) {
        if (n->n_args > 1)
            sw_nl_fail(e, n, "run doesn't accept further inputs if the first is a string");
        sw_nl_procedure *p = compile_cached(e, n, sw_nl_string_of(what), false);
        int status = sw_nl_call_procedure(e, p, visible_values(e, n, p));
        if (status == SW_NL_REPORT)
            sw_nl_fail(e, n, "REPORT can only be used inside TO-REPORT.");
        return status;
    }
    if (!sw_nl_is_object(what, SW_NL_LAMBDA) ||
        ((sw_nl_lambda *)sw_nl_pointer(what))->code->reports)
        sw_nl_wrong(e, n, SW_NL_STR | SW_NL_CMD, what);
    uint32_t count = further_inputs(e, n, args);
    return sw_nl_call_command(e, n, sw_nl_pointer(what), args, count);
}

EVAL(runresult)
{
    sw_nl_v args[MAX_LISTS], what = EV(0);
    if (sw_nl_is_string(what)) {
        if (n->n_args > 1)
            sw_nl_fail(e, n, "runresult doesn't accept further inputs if the first is a string");
        sw_nl_procedure *p = compile_cached(e, n, sw_nl_string_of(what), true);
        sw_nl_lambda f = {.o = {.kind = SW_NL_LAMBDA}, .code = p};
        return sw_nl_call_reporter(e, n, &f, visible_values(e, n, p), p->n_params);
    }
    if (!sw_nl_is_object(what, SW_NL_LAMBDA) ||
        !((sw_nl_lambda *)sw_nl_pointer(what))->code->reports)
        sw_nl_wrong(e, n, SW_NL_STR | SW_NL_REP, what);
    uint32_t count = further_inputs(e, n, args);
    return sw_nl_call_reporter(e, n, sw_nl_pointer(what), args, count);
}

EVAL(check_syntax)
{
    const sw_nl_string *s = sw_nl_arg_string(e, n, 0);
    sw_nl_fault fault;
    sw_nl_procedure *p =
        sw_nl_compile_text(e->program, &e->arena, s->text, false, SW_NL_OTPL, &fault);
    const char *text = p != NULL ? "" : fault.message;
    return sw_nl_string_new(e, text, strlen(text));
}

EVAL(word_text)
{
    const char *text = n->arg[0]->name;
    return sw_nl_string_new(e, text, strlen(text));
}

EVAL(reference)
{
    const sw_nl_node *v = n->arg[0];
    const char *kind = v->kind == SW_NL_N_GLOBAL ? "OBSERVER"
                       : v->var.t >= 0           ? "TURTLE"
                       : v->var.p >= 0           ? "PATCH"
                                                 : "LINK";
    int32_t index = v->kind == SW_NL_N_GLOBAL ? v->slot
                    : v->var.t >= 0           ? v->var.t
                    : v->var.p >= 0           ? v->var.p
                                              : v->var.l;
    char upper[128];
    sw_nl_upper(v->name, upper, sizeof upper);
    sw_nl_list *list = sw_nl_list_new(e, 3);
    sw_nl_list_fill(list)[1] = sw_nl_number(index);
    sw_nl_list_fill(list)[0] = sw_nl_string_new(e, kind, strlen(kind));
    sw_nl_list_fill(list)[2] = sw_nl_string_new(e, upper, strlen(upper));
    return sw_nl_heap_value(list);
}

// ---- Errors -------------------------------------------------------------------------------------

EXEC(error)
{
    sw_nl_text t = {.e = e};
    sw_nl_dump(&t, EV(0), false, false);
    sw_nl_fail(e, n, "%s", sw_nl_text_end(&t));
}

EVAL(error_message)
{
    if (e->error_message == SW_NL_NOTHING)
        sw_nl_fail(e, n, "error-message cannot be used outside of CAREFULLY.");
    return e->error_message;
}

// What a catcher puts back.
typedef struct saved {
    sw_nl_who who;
    sw_nl_v *frame, *top;
    sw_nl_activation *activation;
    jmp_buf *catcher;
    sw_nl_random *random;
    bool plot_depth;
} saved;

static int
attempt(sw_nl_engine *e, const sw_nl_node *block, const saved *s, bool *failed)
{
    jmp_buf here;
    if (setjmp(here) != 0) {
        sw_nl_leave(e, s->who);
        e->frame = s->frame;
        e->top = s->top;
        e->activation = s->activation;
        e->random = s->random;
        e->plot_depth = s->plot_depth;
        e->catcher = s->catcher;
        if (e->error.kind == SW_NL_LIMIT_ERROR)
            longjmp(*e->catcher, 1);
        *failed = true;
        return SW_NL_NEXT;
    }
    e->catcher = &here;
    int status = sw_nl_run_block(e, block);
    e->catcher = s->catcher;
    *failed = false;
    return status;
}

EXEC(carefully)
{
    saved s = {.who = {sw_nl_agent(e->kind, e->id), sw_nl_agent(e->my_kind, e->my_id)},
               .frame = e->frame,
               .top = e->top,
               .activation = e->activation,
               .catcher = e->catcher,
               .random = e->random,
               .plot_depth = e->plot_depth};
    bool failed;
    int status = attempt(e, n->arg[0], &s, &failed);
    if (!failed)
        return status;
    sw_nl_v outer = e->error_message;
    e->error_message = sw_nl_string_new(e, e->error.message, strlen(e->error.message));
    e->error.kind = SW_NL_OK;
    status = sw_nl_run_block(e, n->arg[1]);
    e->error_message = outer;
    return status;
}

// ---- Time and isolation -------------------------------------------------------------------------

struct sw_nl_every {
    struct {
        const sw_nl_node *node;
        double due;
    } entry[CACHE];
};

void
sw_nl_every_clear(sw_nl_engine *e)
{
    if (e->every != NULL)
        memset(e->every, 0, sizeof *e->every);
}

// Runs its block the first time and then when the virtual clock, which only `wait` moves, has
// gone on long enough; so runs do not depend on the machine's speed.
EXEC(every)
{
    double seconds = sw_nl_num(e, n, 0);
    if (e->every == NULL)
        e->every = sw_nl_arena_alloc(&e->permanent, sizeof *e->every);
    uint64_t mix =
        ((uintptr_t)n >> 4) ^ ((uint64_t)e->kind << 50) ^ ((uint64_t)e->id * 2654435761u);
    size_t i = mix % CACHE;
    for (int probes = 0; probes < 8; probes++, i = (i + 1) % CACHE) {
        bool mine = (uintptr_t)e->every->entry[i].node == ((uintptr_t)n ^ (mix << 8));
        if (!mine && e->every->entry[i].node != NULL)
            continue;
        if (mine && e->clock < e->every->entry[i].due)
            return SW_NL_NEXT;
        e->every->entry[i].node = (const sw_nl_node *)((uintptr_t)n ^ (mix << 8));
        e->every->entry[i].due = e->clock + seconds;
        break;
    }
    return sw_nl_run_block(e, n->arg[1]);
}

EXEC(wait)
{
    double seconds = sw_nl_num(e, n, 0);
    if (seconds > 0)
        e->clock += seconds;
    return SW_NL_NEXT;
}

EXEC(with_local_randomness)
{
    sw_nl_random *clone = sw_nl_pointer(sw_nl_heap_value(
        sw_nl_heap_alloc(e->heap, SW_NL_RAW, sizeof(sw_nl_raw) + sizeof(sw_nl_random))));
    clone = (sw_nl_random *)((sw_nl_raw *)clone)->byte;
    *clone = *e->random;
    sw_nl_random *outer = e->random;
    e->random = clone;
    int status = sw_nl_run_block(e, n->arg[0]);
    e->random = outer;
    return status;
}

EXEC(without_interruption)
{
    return sw_nl_run_block(e, n->arg[0]);
}
