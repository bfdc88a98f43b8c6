// SPDX-License-Identifier: Apache-2.0
// Opens models and runs texts in them: the frame around the engine that sets limits, catches
// errors and keeps the heap informed of where the stack ends.
#include "models/netlogo/session.h"

#include "models/netlogo/files.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define STARTUP_INSTRUCTIONS 200000000u
#define STACK_VALUES ((size_t)1 << 18)
#define DEFAULT_MEMORY ((size_t)1 << 30)

struct sw_nl_session {
    sw_nl_engine e;
    sw_nl_file *file;
    sw_nl_program *program;
    bool owns; // file and program
    uintptr_t stack_bottom;
    sw_nl_v last;
    char *text;
    sw_nl_plot test_plots[2];
};

// ---- What the heap asks -------------------------------------------------------------------------

static void
mark_roots(void *self, sw_nl_heap *heap)
{
    sw_nl_session *s = self;
    sw_nl_engine *e = &s->e;
    if (e->global != NULL)
        sw_nl_heap_mark_many(heap, e->global, s->program->n_globals);
    if (e->stack != NULL)
        sw_nl_heap_mark_many(heap, e->stack, (size_t)(e->top - e->stack));
    sw_nl_heap_mark(heap, e->result);
    sw_nl_heap_mark(heap, e->error_message);
    sw_nl_heap_mark(heap, s->last);
    sw_nl_heap_mark(heap, sw_nl_agent(e->kind, e->id));
    sw_nl_heap_mark(heap, sw_nl_agent(e->my_kind, e->my_id));
    sw_nl_world_mark(e, heap);
}

static void
mark_agent(void *self, sw_nl_v agent)
{
    sw_nl_engine *e = &((sw_nl_session *)self)->e;
    sw_nl_pool *pool = SW_NL_TAG(agent) == SW_NL_TAG_TURTLE ? &e->world.turtles : &e->world.links;
    uint32_t slot = (uint32_t)sw_nl_agent_id(agent);
    if ((SW_NL_TAG(agent) == SW_NL_TAG_TURTLE || SW_NL_TAG(agent) == SW_NL_TAG_LINK) &&
        slot < (uint32_t)pool->n)
        pool->mark[slot] = 1;
}

static void
marked_all(void *self, sw_nl_heap *heap)
{
    (void)heap;
    sw_nl_world_reclaim(&((sw_nl_session *)self)->e);
}

static void
heap_full(void *self)
{
    sw_nl_limit(&((sw_nl_session *)self)->e, "The memory limit was reached.");
}

// ---- Errors -------------------------------------------------------------------------------------

static void
fault_error(const sw_nl_fault *fault, sw_nl_error *error)
{
    *error = (sw_nl_error){.kind = SW_NL_COMPILE_ERROR};
    snprintf(error->message, sizeof error->message, "%s", fault->message);
    snprintf(error->trace, sizeof error->trace, "%s", fault->message);
}

// The line of a fault while its source still exists.
static void
locate(const char *source, uint32_t at, size_t first_line, sw_nl_error *error)
{
    error->line = first_line;
    error->column = 1;
    for (uint32_t i = 0; i < at && source[i] != 0; i++) {
        error->column = source[i] == '\n' ? 1 : error->column + 1;
        error->line += source[i] == '\n';
    }
}

// ---- Entering and leaving -----------------------------------------------------------------------

static double
now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

// The lowest address of this thread's stack; 0 if it is not known. Asking takes long for a main
// thread, so it is asked once a session, which stays on the thread that opened it.
static uintptr_t
stack_bottom(void)
{
    pthread_attr_t attributes;
    size_t size = 0;
    void *low = NULL;
    if (pthread_getattr_np(pthread_self(), &attributes) == 0) {
        pthread_attr_getstack(&attributes, &low, &size);
        pthread_attr_destroy(&attributes);
    }
    return (uintptr_t)low;
}

// The lowest address that evaluation may use: a quarter of the thread's stack stays free.
static const char *
stack_limit(uintptr_t bottom, const char *here)
{
    size_t keep = (size_t)256 << 10;
    if (bottom == 0 || (uintptr_t)here < bottom)
        return here - ((size_t)2 << 20);
    size_t used = (uintptr_t)here - bottom;
    size_t room = used > ((size_t)8 << 20) ? (size_t)8 << 20 : used;
    return here - room + keep + room / 4;
}

static void
prepare(sw_nl_session *s, const char *here)
{
    sw_nl_engine *e = &s->e;
    sw_nl_heap_base(e->heap, here);
    e->c_limit = stack_limit(s->stack_bottom, here);
    e->kind = e->my_kind = SW_NL_O;
    e->id = e->my_id = 0;
    e->frame = e->top = e->stack;
    e->activation = NULL;
    e->random = &e->streams.main;
    e->error = (sw_nl_error){0};
    e->error_message = SW_NL_NOTHING;
    e->plot_depth = false;
    e->stopped = false;
    e->patch_room_used = false;
    e->fuel = e->limits.instructions;
    e->fuel_left = 1;
    if (e->limits.instructions == 0)
        e->fuel = 1;
    e->deadline = now() + e->limits.seconds;
}

typedef int body_fn(sw_nl_session *s, void *arg);

// Runs body with errors caught. The frame's own address bounds the scan of the stack.
__attribute__((noinline)) static int
guarded(sw_nl_session *s, body_fn *body, void *arg, sw_nl_error *error)
{
    jmp_buf here;
    sw_nl_engine *e = &s->e;
    prepare(s, (const char *)__builtin_frame_address(0));
    e->catcher = &here;
    int status = 0;
    if (setjmp(here) == 0)
        status = body(s, arg);
    else
        status = -1;
    e->catcher = NULL;
    sw_nl_heap_base(e->heap, NULL);
    e->top = e->stack;
    e->kind = e->my_kind = SW_NL_O;
    if (status != 0 && error != NULL)
        *error = e->error;
    return status;
}

// ---- Opening ------------------------------------------------------------------------------------

typedef struct setting {
    const char *name, *literal;
} setting;

static int
set_global(sw_nl_session *s, void *arg)
{
    const setting *set = arg;
    sw_nl_engine *e = &s->e;
    char lower[256];
    snprintf(lower, sizeof lower, "%s", set->name);
    for (char *p = lower; *p != 0; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p += 'a' - 'A';
    const sw_nl_symbol_entry *symbol = sw_nl_find_symbol(s->program, lower);
    if (symbol != NULL && symbol->kind == SW_NL_S_GLOBAL)
        e->global[symbol->slot] = sw_nl_read_literal(e, NULL, set->literal, strlen(set->literal));
    return 0;
}

static int
start(sw_nl_session *s, void *arg)
{
    (void)arg;
    sw_nl_engine *e = &s->e;
    sw_nl_world_init(e);
    sw_nl_plots_init(e);
    sw_nl_streams_seed(&e->streams, 0);
    for (size_t i = 0; i < s->program->n_globals; i++)
        e->global[i] = sw_nl_number(0);
    for (size_t i = 0; i < s->file->n_controls; i++)
        set_global(s, &(setting){s->file->controls[i].variable, s->file->controls[i].value});
    sw_nl_fault fault;
    if (!sw_nl_plots_compile(e, &fault)) {
        // As in NetLogo, a plot whose code does not compile stays silent.
        (void)fault;
    }
    return 0;
}

// Compiles what was loaded; the file is freed where that fails.
static int
compile_file(sw_nl_model *model, sw_nl_error *error)
{
    sw_nl_fault fault = {0};
    model->program = sw_nl_compile(model->file, &fault);
    if (model->program != NULL)
        return 0;
    fault_error(&fault, error);
    if (model->file->n_sources > 0)
        locate(model->file->sources[0].code, fault.start, model->file->sources[0].line, error);
    sw_nl_file_free(&model->file);
    return -1;
}

static sw_nl_session *
open_engine(sw_nl_session *s, const sw_nl_limits *limits, sw_nl_error *error)
{
    sw_nl_engine *e = &s->e;
    e->program = s->program;
    e->file = s->file;
    e->dialect = s->file->dialect;
    if (limits != NULL)
        e->limits = *limits;
    e->heap = sw_nl_heap_new(e->limits.memory ? e->limits.memory : DEFAULT_MEMORY, s, mark_roots,
                             mark_agent, marked_all, heap_full);
    e->stack = calloc(STACK_VALUES, sizeof *e->stack);
    e->global = calloc(s->program->n_globals + 1, sizeof *e->global);
    if (e->stack == NULL || e->global == NULL)
        abort();
    e->stack_end = e->stack + STACK_VALUES;
    e->result = s->last = e->error_message = SW_NL_NOTHING;
    s->stack_bottom = stack_bottom();
    if (guarded(s, start, NULL, error) != 0)
        sw_nl_session_close(&s);
    return s;
}

// The procedure `startup` runs when a model is opened, never without a bound.
static int
run_startup(sw_nl_session *s, sw_nl_error *error)
{
    const sw_nl_symbol_entry *symbol = sw_nl_find_symbol(s->program, "startup");
    if (symbol == NULL || symbol->kind != SW_NL_S_PROC || symbol->proc->reports ||
        symbol->proc->n_params != 0)
        return 0;
    uint64_t limit = s->e.limits.instructions;
    if (limit == 0)
        s->e.limits.instructions = STARTUP_INSTRUCTIONS;
    int status = sw_nl_session_command(s, SW_NL_O, "startup", error);
    s->e.limits.instructions = limit;
    return status;
}

int
sw_nl_model_open(sw_nl_model *model, const void *bytes, size_t n, const sw_nl_includes *includes,
                 sw_nl_error *error)
{
    sw_source_error why = {0};
    *model = (sw_nl_model){0};
    if (sw_nl_file_load(bytes, n, includes, &model->file, &why) == 0)
        return compile_file(model, error);
    *error = (sw_nl_error){.kind = SW_NL_COMPILE_ERROR, .line = why.line, .column = why.column};
    snprintf(error->message, sizeof error->message, "%s", why.message);
    return -1;
}

void
sw_nl_model_close(sw_nl_model *model)
{
    sw_nl_program_free(&model->program);
    sw_nl_file_free(&model->file);
}

static sw_nl_session *
session_of(const sw_nl_model *model, const sw_nl_limits *limits, bool owns, sw_nl_error *error)
{
    sw_nl_session *s = calloc(1, sizeof *s);
    if (s == NULL)
        abort();
    s->file = model->file;
    s->program = model->program;
    s->owns = owns;
    return open_engine(s, limits, error);
}

sw_nl_session *
sw_nl_session_of(const sw_nl_model *model, const sw_nl_limits *limits, int64_t seed,
                 sw_nl_error *error)
{
    sw_nl_session *s = session_of(model, limits, false, error);
    if (s != NULL)
        sw_nl_session_seed(s, seed);
    if (s != NULL && run_startup(s, error) != 0)
        sw_nl_session_close(&s);
    return s;
}

sw_nl_session *
sw_nl_session_open(const void *bytes, size_t n, const sw_nl_includes *includes,
                   const sw_nl_limits *limits, sw_nl_error *error)
{
    sw_nl_model model;
    if (sw_nl_model_open(&model, bytes, n, includes, error) != 0)
        return NULL;
    sw_nl_session *s = session_of(&model, limits, true, error);
    if (s != NULL && run_startup(s, error) != 0)
        sw_nl_session_close(&s);
    return s;
}

sw_nl_session *
sw_nl_session_open_code(const char *code, sw_nl_dialect dialect, const sw_nl_limits *limits,
                        sw_nl_error *error)
{
    static const sw_nl_pen pens[2] = {{.name = "pen1", .interval = 1, .setup = "", .update = ""},
                                      {.name = "pen2", .interval = 1, .setup = "", .update = ""}};
    sw_source_error why = {0};
    sw_nl_session *s = calloc(1, sizeof *s);
    if (s == NULL)
        abort();
    s->owns = true;
    if (sw_nl_file_from_code(code, strlen(code), NULL, dialect, &s->file, &why) != 0) {
        *error = (sw_nl_error){.kind = SW_NL_COMPILE_ERROR};
        snprintf(error->message, sizeof error->message, "%s", why.message);
        free(s);
        return NULL;
    }
    for (int i = 0; i < 2; i++)
        s->test_plots[i] = (sw_nl_plot){.name = i ? "plot2" : "plot1",
                                        .x_max = 10,
                                        .y_max = 10,
                                        .auto_x = true,
                                        .auto_y = true,
                                        .setup = "",
                                        .update = "",
                                        .pens = pens,
                                        .n_pens = 2};
    s->file->plots = s->test_plots;
    s->file->n_plots = 2;
    sw_nl_model model = {s->file, NULL};
    if (compile_file(&model, error) != 0) {
        free(s);
        return NULL;
    }
    s->program = model.program;
    return open_engine(s, limits, error);
}

void
sw_nl_session_close(sw_nl_session **session)
{
    sw_nl_session *s = *session;
    if (s == NULL)
        return;
    sw_nl_engine *e = &s->e;
    if (e->heap != NULL) {
        sw_nl_files_fini(e);
        sw_nl_plots_fini(e);
        sw_nl_world_fini(e);
        sw_nl_heap_free(&e->heap);
    }
    sw_nl_arena_free(&e->arena);
    sw_nl_arena_free(&e->permanent);
    free(e->stack);
    free(e->patch_room);
    free(e->found.id);
    free(e->global);
    free(s->text);
    if (s->owns) {
        sw_nl_program_free(&s->program);
        sw_nl_file_free(&s->file);
    }
    free(s);
    *session = NULL;
}

// ---- Running texts ------------------------------------------------------------------------------

typedef struct text_run {
    sw_nl_procedure *proc;
    unsigned agent;
    bool stopped;
} text_run;

static int
run_commands(sw_nl_session *s, void *arg)
{
    text_run *r = arg;
    sw_nl_engine *e = &s->e;
    r->stopped = false;
    sw_nl_node top = {.name = "", .mask = SW_NL_OTPL};
    if (r->agent == SW_NL_O) {
        int status = sw_nl_call_procedure(e, r->proc, NULL);
        if (status == SW_NL_REPORT)
            sw_nl_fail(e, &top, "REPORT can only be used inside TO-REPORT.");
        r->stopped = status == SW_NL_STOP || e->stopped;
        return 0;
    }
    // As a job over the set: locals of the text live in one frame, which each agent uses in turn.
    sw_nl_node call = {.exec = sw_nl_exec_procedure,
                       .kind = SW_NL_N_PROC,
                       .proc = r->proc,
                       .name = "",
                       .is_command = true};
    sw_nl_node *statements[1] = {&call};
    sw_nl_node block = {.exec = sw_nl_run_block,
                        .kind = SW_NL_N_BLOCK,
                        .arg = statements,
                        .n_args = 1,
                        .mask = (uint8_t)r->agent,
                        .name = ""};
    return sw_nl_ask(e, &top, SW_NL_SET(r->agent, 0), &block);
}

static sw_nl_procedure *
compile(sw_nl_session *s, const char *text, bool reporter, unsigned agent, sw_nl_error *error)
{
    sw_nl_fault fault = {0};
    sw_nl_procedure *p = sw_nl_compile_text(s->program, &s->e.arena, text, reporter, agent, &fault);
    if (p == NULL) {
        fault_error(&fault, error);
        // Reporters are compiled in parentheses.
        uint32_t before = reporter && fault.start > 0;
        locate(text, fault.start - before, 1, error);
    }
    return p;
}

int
sw_nl_session_command(sw_nl_session *s, unsigned agent, const char *text, sw_nl_error *error)
{
    text_run r = {.agent = agent, .proc = compile(s, text, false, agent, error)};
    return r.proc == NULL ? -1 : guarded(s, run_commands, &r, error);
}

int
sw_nl_session_repeat(sw_nl_session *s, const char *text, double times, const sw_host *host,
                     double *made, sw_nl_error *error)
{
    text_run r = {.agent = SW_NL_O, .proc = compile(s, text, false, SW_NL_O, error)};
    double i = 0;
    if (r.proc == NULL)
        return -1;
    while (i < times) {
        if (host != NULL && host->cancelled != NULL && host->cancelled(host))
            break;
        if (guarded(s, run_commands, &r, error) != 0)
            return -1;
        if (r.stopped)
            break;
        i++;
    }
    if (made != NULL)
        *made = i;
    return 0;
}

int
sw_nl_session_compiles(sw_nl_session *s, const char *text, bool reporter, sw_nl_error *error)
{
    return compile(s, text, reporter, SW_NL_O, error) == NULL ? -1 : 0;
}

int
sw_nl_session_set_global(sw_nl_session *s, const char *name, const char *literal,
                         sw_nl_error *error)
{
    setting set = {name, literal};
    return guarded(s, set_global, &set, error);
}

static int
run_reporter(sw_nl_session *s, void *arg)
{
    text_run *r = arg;
    sw_nl_lambda f = {.o = {.kind = SW_NL_LAMBDA}, .code = r->proc};
    s->last = sw_nl_call_reporter(&s->e, NULL, &f, NULL, 0);
    sw_nl_text t = {.e = &s->e};
    sw_nl_dump(&t, s->last, true, false);
    free(s->text);
    s->text = strdup(sw_nl_text_end(&t));
    return 0;
}

int
sw_nl_session_report(sw_nl_session *s, const char *code, const char **text, sw_nl_error *error)
{
    text_run r = {.agent = SW_NL_O, .proc = compile(s, code, true, SW_NL_O, error)};
    if (r.proc == NULL || guarded(s, run_reporter, &r, error) != 0)
        return -1;
    *text = s->text;
    return 0;
}

int
sw_nl_session_number(sw_nl_session *s, const char *code, double *value, sw_nl_error *error)
{
    const char *text;
    if (sw_nl_session_report(s, code, &text, error) != 0)
        return -1;
    if (sw_nl_is_number(s->last)) {
        *value = sw_nl_double(s->last);
        return 0;
    }
    if (sw_nl_is_bool(s->last)) {
        *value = s->last == SW_NL_TRUE;
        return 0;
    }
    *error = (sw_nl_error){.kind = SW_NL_RUNTIME_ERROR};
    snprintf(error->message, sizeof error->message, "The reporter %s gave %s, which is no number.",
             code, text);
    return -1;
}

static int
export_world(sw_nl_session *s, void *arg)
{
    (void)arg;
    sw_nl_text t = {.e = &s->e};
    sw_nl_export_world(&s->e, &t);
    free(s->text);
    s->text = strdup(sw_nl_text_end(&t));
    return 0;
}

int
sw_nl_session_export(sw_nl_session *s, const char **text, sw_nl_error *error)
{
    if (guarded(s, export_world, NULL, error) != 0)
        return -1;
    *text = s->text;
    return 0;
}

static int
compare_literal(sw_nl_session *s, void *arg)
{
    sw_nl_v v = sw_nl_read_literal(&s->e, NULL, arg, strlen(arg));
    return sw_nl_equal(&s->e, v, s->last) ? 0 : 1;
}

bool
sw_nl_session_reads_back(sw_nl_session *s, const char *text)
{
    sw_nl_error error;
    return guarded(s, compare_literal, (void *)(uintptr_t)text, &error) == 0;
}

void
sw_nl_session_seed(sw_nl_session *s, int64_t seed)
{
    sw_nl_streams_seed(&s->e.streams, seed);
}

void
sw_nl_session_set_dialect(sw_nl_session *s, sw_nl_dialect dialect)
{
    s->e.dialect = dialect;
}

void
sw_nl_session_output(sw_nl_session *s, void (*put)(void *self, const char *text, size_t n),
                     void *self)
{
    s->e.output = put;
    s->e.output_self = self;
}

int
sw_nl_session_folders(sw_nl_session *s, const char *scratch, const char *data, const char *at)
{
    return sw_nl_files_open(&s->e, scratch, data, at);
}

sw_nl_engine *
sw_nl_session_engine(sw_nl_session *s)
{
    return &s->e;
}
