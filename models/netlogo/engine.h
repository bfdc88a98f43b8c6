// SPDX-License-Identifier: Apache-2.0
// The state of one running model: world, random streams, plots, output, limits. An engine shares
// nothing with another; primitives take it as their first argument.
#ifndef SW_NETLOGO_ENGINE_H
#define SW_NETLOGO_ENGINE_H

#include "models/netlogo/numbers/random.h"
#include "models/netlogo/numbers/strict.h"
#include "models/netlogo/numbers/text.h"
#include "models/netlogo/program.h"

#include <math.h>
#include <setjmp.h>

// Living agents in their order (who; end1, end2, breed), with the dead not yet taken out.
typedef struct sw_nl_order {
    int32_t *id;
    int32_t n, capacity, dead;
} sw_nl_order;

typedef struct sw_nl_ids {
    int32_t *id;
    int32_t n, capacity;
} sw_nl_ids;

// Agents of a kind as columns of values, by slot. Slots of the dead are reused once nothing in the
// heap, the globals or the stack names them any more.
typedef struct sw_nl_pool {
    sw_nl_v **column;
    int32_t n_columns;
    int32_t n, capacity; // slots ever used; room
    uint8_t *alive;
    uint8_t *mark; // during collection
    sw_nl_ids free_slots;
    sw_nl_order *breed; // [0] all, then by breed
    int32_t n_breeds;
} sw_nl_pool;

typedef struct sw_nl_world {
    sw_nl_pool turtles, links;
    sw_nl_v **patch; // columns
    int32_t n_patches, n_patch_columns;
    int32_t min_x, max_x, min_y, max_y, width, height;
    bool wrap_x, wrap_y;
    double patch_size;
    int32_t *first_turtle, *last_turtle; // by patch: arrival order
    int32_t *next_turtle, *previous_turtle, *turtle_patch, *turtle_who;
    sw_nl_ids *turtle_links; // by turtle slot, in order of creation
    int32_t turtle_links_n;
    int32_t turtle_extra; // capacity of the arrays by turtle
    int32_t *who_slot;
    int32_t who_capacity, next_who;
    int32_t *link_breed_serial;
    double ticks;        // −1: not started
    int unbreeded_links; // 0 no links yet, 1 unbreeded, 2 breeded
    int directed_links;  // unbreeded: 0 neither, 1 directed, 2 undirected
    const char **turtle_shape, **link_shape;
    size_t n_turtle_shapes, n_link_shapes;
    sw_nl_v *default_shape;      // by turtle breed; SW_NL_NOTHING: that of turtles
    sw_nl_v *default_link_shape; // by link breed
    int perspective;
    sw_nl_v subject;
    int ties;
    double *sine, *cosine; // of whole degrees
} sw_nl_world;

typedef struct sw_nl_activation {
    const sw_nl_procedure *proc;
    struct sw_nl_activation *parent;
} sw_nl_activation;

typedef struct sw_nl_limits {
    uint64_t instructions; // statements and calls; 0 for no limit
    size_t memory;         // bytes; 0 for 1 GB
    double seconds;        // of wall time for one call; 0 for no limit
} sw_nl_limits;

typedef enum sw_nl_error_kind {
    SW_NL_OK,
    SW_NL_COMPILE_ERROR,
    SW_NL_RUNTIME_ERROR,
    SW_NL_LIMIT_ERROR, // instructions, memory, time; carefully does not catch it
    SW_NL_HALT,        // the model asked a user
} sw_nl_error_kind;

typedef struct sw_nl_error {
    sw_nl_error_kind kind;
    char message[1024];
    char trace[2048]; // message and "error while … running …" lines
    size_t line, column;
    const char *source_name;
} sw_nl_error;

struct sw_nl_plots;
struct sw_nl_files;
struct sw_nl_run_cache;

struct sw_nl_engine {
    sw_nl_program *program;
    const sw_nl_file *file;
    sw_nl_world world;
    sw_nl_heap *heap;
    sw_nl_streams streams;
    sw_nl_random *random; // the stream in use
    sw_nl_dialect dialect;
    sw_nl_v *global;

    // Who runs, and for whom.
    unsigned kind, my_kind;
    int32_t id, my_id;
    sw_nl_v *frame; // locals of the running procedure
    sw_nl_v *stack, *top, *stack_end;
    sw_nl_v result; // of report
    sw_nl_activation *activation;
    uint64_t fuel, fuel_left;
    double deadline;
    const char *c_limit; // the lowest address the C stack may reach

    // Room for the number of every patch, for one walk over them at a time; a walk that was left by
    // an error gives it back when the next command begins.
    int32_t *patch_room;
    int32_t patch_room_n;
    bool patch_room_used;

    jmp_buf *catcher;
    int catch_depth;
    sw_nl_error error;
    sw_nl_v error_message; // of carefully
    int carefully_depth;
    double timer_start, clock;
    struct sw_nl_plots *plots;
    struct sw_nl_files *files;
    struct sw_nl_run_cache *run_cache;
    sw_nl_arena arena; // code compiled while running
    sw_nl_arena permanent;
    void (*output)(void *self, const char *text, size_t n);
    void *output_self;
    uint32_t table_serial, array_serial;
    int64_t behaviorspace_run;
    const char *behaviorspace_name;
    sw_nl_limits limits;
    sw_nl_v scratch_dir;
    struct sw_nl_every *every;
    sw_nl_ids found;   // scratch of searches: what they found
    uint32_t *visited; // scratch of neighbourhood searches, by patch
    uint32_t visit;
    bool plot_depth;
    bool stopped; // a procedure that the text itself called has stopped
    bool real_wait;
    bool world_resized;
    volatile bool *cancelled;
};

// ---- Errors -------------------------------------------------------------------------------------

void sw_nl_fail(sw_nl_engine *e, const sw_nl_node *n, const char *format, ...)
    __attribute__((noreturn, format(printf, 3, 4)));
// "NAME expected input to be X but got the Y instead."
void sw_nl_wrong(sw_nl_engine *e, const sw_nl_node *n, uint32_t types, sw_nl_v value)
    __attribute__((noreturn));
void sw_nl_limit(sw_nl_engine *e, const char *message) __attribute__((noreturn));
void sw_nl_upper(const char *name, char *buffer, size_t size);
void sw_nl_out_of_fuel(sw_nl_engine *e);

// ---- Evaluation ---------------------------------------------------------------------------------

static inline sw_nl_v
sw_nl_eval(sw_nl_engine *e, const sw_nl_node *n)
{
    switch (n->direct) {
    case SW_NL_DIRECT_CONST:
        return n->value;
    case SW_NL_DIRECT_LOCAL:
        return e->frame[n->slot];
    case SW_NL_DIRECT_GLOBAL:
        return e->global[n->slot];
    case SW_NL_DIRECT_PATCH:
        if (e->kind == SW_NL_P)
            return e->world.patch[n->var.p][e->id];
        break;
    case SW_NL_DIRECT_TURTLE:
        if (e->kind == SW_NL_T)
            return e->world.turtles.column[n->var.t][e->id];
        break;
    default:
        break;
    }
    return n->eval(e, n);
}
#define EV(i) sw_nl_eval(e, n->arg[i])

// Evaluate input i and insist on its type.
double sw_nl_arg_number(sw_nl_engine *e, const sw_nl_node *n, int i);
sw_nl_string *sw_nl_arg_string(sw_nl_engine *e, const sw_nl_node *n, int i);
sw_nl_list *sw_nl_arg_list(sw_nl_engine *e, const sw_nl_node *n, int i);
// A set of a kind in the mask; otherwise fails, naming `types`.
sw_nl_v sw_nl_arg_set(sw_nl_engine *e, const sw_nl_node *n, int i, unsigned kinds);
// A living agent of a kind in the mask.
sw_nl_v sw_nl_arg_agent(sw_nl_engine *e, const sw_nl_node *n, int i, unsigned kinds);
sw_nl_lambda *sw_nl_arg_lambda(sw_nl_engine *e, const sw_nl_node *n, int i, bool reporter);
int32_t sw_nl_arg_int(sw_nl_engine *e, const sw_nl_node *n, int i);

static inline double
sw_nl_num(sw_nl_engine *e, const sw_nl_node *n, int i)
{
    sw_nl_v v = EV(i);
    if (__builtin_expect(!sw_nl_is_number(v), 0))
        sw_nl_wrong(e, n, SW_NL_NUM, v);
    return sw_nl_double(v);
}

static inline bool
sw_nl_arg_bool(sw_nl_engine *e, const sw_nl_node *n, int i)
{
    sw_nl_v v = EV(i);
    if (__builtin_expect(!sw_nl_is_bool(v), 0))
        sw_nl_wrong(e, n, SW_NL_BOOL, v);
    return v == SW_NL_TRUE;
}

static inline void
sw_nl_burn(sw_nl_engine *e)
{
    if (__builtin_expect(--e->fuel_left == 0, 0))
        sw_nl_out_of_fuel(e);
}

// A finite result, or the error that NetLogo gives.
void sw_nl_not_finite(sw_nl_engine *e, const sw_nl_node *n, double d) __attribute__((noreturn));
static inline sw_nl_v
sw_nl_finite(sw_nl_engine *e, const sw_nl_node *n, double d)
{
    if (__builtin_expect(!__builtin_isfinite(d), 0))
        sw_nl_not_finite(e, n, d);
    return sw_nl_number(d);
}

int sw_nl_run_block(sw_nl_engine *e, const sw_nl_node *block);
void sw_nl_check_block(sw_nl_engine *e, const sw_nl_node *n, unsigned mask, unsigned kind);
sw_nl_v sw_nl_call_reporter(sw_nl_engine *e, const sw_nl_node *n, const sw_nl_lambda *f,
                            const sw_nl_v *args, uint32_t n_args);
int sw_nl_call_command(sw_nl_engine *e, const sw_nl_node *n, const sw_nl_lambda *f,
                       const sw_nl_v *args, uint32_t n_args);
int sw_nl_call_procedure(sw_nl_engine *e, const sw_nl_procedure *p, const sw_nl_v *args);

// Evaluates a reporter block for an agent: the caller has saved who runs.
typedef struct sw_nl_who {
    sw_nl_v self, myself; // boxed, so that the heap finds them on the stack
} sw_nl_who;
static inline sw_nl_who
sw_nl_enter(sw_nl_engine *e)
{
    sw_nl_who w = {sw_nl_agent(e->kind, e->id), sw_nl_agent(e->my_kind, e->my_id)};
    e->my_kind = e->kind;
    e->my_id = e->id;
    return w;
}
static inline void
sw_nl_leave(sw_nl_engine *e, sw_nl_who w)
{
    e->kind = sw_nl_agent_kind(w.self);
    e->id = sw_nl_agent_id(w.self);
    e->my_kind = sw_nl_agent_kind(w.myself);
    e->my_id = sw_nl_agent_id(w.myself);
}
static inline sw_nl_v
sw_nl_self(const sw_nl_engine *e)
{
    return sw_nl_agent(e->kind, e->id);
}

// Evaluates the test of `with` or `all?`, input 1, for whoever runs; fails when it is no boolean.
void sw_nl_not_passed(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v v) __attribute__((noreturn));
static inline bool
sw_nl_passes(sw_nl_engine *e, const sw_nl_node *n)
{
    sw_nl_burn(e);
    sw_nl_v v = EV(1);
    if (__builtin_expect(!sw_nl_is_bool(v), 0))
        sw_nl_not_passed(e, n, v);
    return v == SW_NL_TRUE;
}

bool sw_nl_alive(const sw_nl_engine *e, sw_nl_v agent);
// Runs a block for the agents of a set, shuffled as ask does. Returns NEXT.
int sw_nl_ask(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v set, const sw_nl_node *block);
int sw_nl_ask_ids(sw_nl_engine *e, const sw_nl_node *n, unsigned kind, sw_nl_agentset *copy,
                  bool skip_dead, const sw_nl_node *block);
int sw_nl_ask_one(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v agent, const sw_nl_node *block);

// ---- Strings, lists, sets (value.c) -------------------------------------------------------------

sw_nl_v sw_nl_string_new(sw_nl_engine *e, const char *text, size_t n);
sw_nl_list *sw_nl_list_new(sw_nl_engine *e, uint32_t n); // items to be filled in
sw_nl_v *sw_nl_list_fill(sw_nl_list *list);
sw_nl_list *sw_nl_list_append(sw_nl_engine *e, const sw_nl_list *list, sw_nl_v v);
// Takes e->patch_room, which is not in use.
int32_t *sw_nl_patch_room(sw_nl_engine *e);
sw_nl_agentset *sw_nl_set_new(sw_nl_engine *e, unsigned kind, uint32_t n);
unsigned sw_nl_set_kind(sw_nl_v set);
// The members as they are now in the set's order; for sets in an array with their dead when
// `dead`. The result is never shared.
sw_nl_agentset *sw_nl_members(sw_nl_engine *e, sw_nl_v set, bool dead);
// The members of the set that input i gave. A set that the input has just made is used itself.
sw_nl_agentset *sw_nl_input_members(sw_nl_engine *e, const sw_nl_node *n, int i, sw_nl_v set,
                                    bool dead);
bool sw_nl_set_is_array(sw_nl_v set);
// What turtles-on, or <breeds>-on for n->breed, reports of v.
sw_nl_v sw_nl_turtles_on(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v v);
uint32_t sw_nl_count(const sw_nl_engine *e, sw_nl_v set);
bool sw_nl_contains(const sw_nl_engine *e, sw_nl_v set, sw_nl_v agent);
bool sw_nl_equal(sw_nl_engine *e, sw_nl_v a, sw_nl_v b);
uint64_t sw_nl_hash(sw_nl_engine *e, sw_nl_v v);
const sw_nl_order *sw_nl_set_order(const sw_nl_engine *e, sw_nl_v set); // NULL: patches or array

// A growing text on the heap.
typedef struct sw_nl_text {
    sw_nl_engine *e;
    sw_nl_raw *raw;
    size_t n;
} sw_nl_text;
void sw_nl_text_add(sw_nl_text *t, const char *s, size_t n);
void sw_nl_text_put(sw_nl_text *t, const char *s);
// readable: strings in quotes; exporting: agents as {turtle 3}.
void sw_nl_dump(sw_nl_text *t, sw_nl_v v, bool readable, bool exporting);
const char *sw_nl_text_end(sw_nl_text *t);

// Reads one literal, all of the text, or fails with NetLogo's message.
sw_nl_v sw_nl_read_literal(sw_nl_engine *e, const sw_nl_node *n, const char *text, size_t length);

static inline bool
sw_nl_next_shuffled(sw_nl_random *r, int32_t *ids, uint32_t n, uint32_t i, int32_t *id)
{
    if (i >= n)
        return false;
    if (i < n - 1) {
        uint32_t k = i + (uint32_t)sw_nl_random_int(r, (int32_t)(n - i));
        *id = ids[k];
        ids[k] = ids[i];
        ids[i] = *id; // stays known to the heap
    } else {
        *id = ids[i];
    }
    return true;
}

// ---- World (world.c, turtles.c, links.c, topology.c) --------------------------------------------

void sw_nl_world_init(sw_nl_engine *e);
void sw_nl_world_fini(sw_nl_engine *e);
void sw_nl_world_resize(sw_nl_engine *e, int32_t min_x, int32_t max_x, int32_t min_y,
                        int32_t max_y);
void sw_nl_world_mark(sw_nl_engine *e, sw_nl_heap *heap);
void sw_nl_world_reclaim(sw_nl_engine *e);
void sw_nl_clear_turtles(sw_nl_engine *e);
void sw_nl_clear_patches(sw_nl_engine *e);
void sw_nl_clear_links(sw_nl_engine *e);

int32_t sw_nl_turtle_new(sw_nl_engine *e, int32_t breed, double x, double y);
int32_t sw_nl_turtle_hatch(sw_nl_engine *e, int32_t parent, int32_t breed);
int32_t sw_nl_turtle_who(sw_nl_engine *e, double who); // slot or −1
void sw_nl_turtle_die(sw_nl_engine *e, int32_t slot);
void sw_nl_turtle_set_breed(sw_nl_engine *e, int32_t slot, int32_t breed);
// Moves; false when the edge forbids it.
bool sw_nl_turtle_move(sw_nl_engine *e, int32_t slot, double x, double y);
bool sw_nl_turtle_jump(sw_nl_engine *e, int32_t slot, double distance);
void sw_nl_turtle_set_heading(sw_nl_engine *e, int32_t slot, double heading, bool tied);
void sw_nl_turtle_dxdy(const sw_nl_engine *e, int32_t slot, double *dx, double *dy, bool zero);
int32_t sw_nl_breed_of(const sw_nl_engine *e, unsigned kind, int32_t id);
void sw_nl_order_insert(sw_nl_engine *e, unsigned kind, int32_t breed, int32_t id);

int32_t sw_nl_link_new(sw_nl_engine *e, int32_t breed, int32_t end1, int32_t end2);
void sw_nl_link_die(sw_nl_engine *e, int32_t slot);
// The link of a breed (0: any) between two turtles: from → to if directed.
int32_t sw_nl_link_find(const sw_nl_engine *e, int32_t breed, int32_t from, int32_t to,
                        bool both_ways);
bool sw_nl_link_is_directed(const sw_nl_engine *e, int32_t slot);
void sw_nl_link_set_breed(sw_nl_engine *e, int32_t slot, int32_t breed);

bool sw_nl_wrap_x(const sw_nl_world *w, double x, double *out);
bool sw_nl_wrap_y(const sw_nl_world *w, double y, double *out);
// The patch holding a point, −1 outside.
int32_t sw_nl_patch_at(const sw_nl_world *w, double x, double y);
int32_t sw_nl_patch_offset(const sw_nl_world *w, int32_t patch, int dx, int dy);
static inline int32_t
sw_nl_patch_index(const sw_nl_world *w, int32_t x, int32_t y)
{
    return (w->max_y - y) * w->width + (x - w->min_x);
}
static inline double
sw_nl_distance(const sw_nl_world *w, double x1, double y1, double x2, double y2, bool wraps)
{
    double dx = fabs(x1 - x2), dy = fabs(y1 - y2);
    if (wraps && w->wrap_x && dx > w->width / 2.0)
        dx = w->width - dx;
    if (wraps && w->wrap_y && dy > w->height / 2.0)
        dy = w->height - dy;
    return sqrt(dx * dx + dy * dy);
}
// Degrees; false when the points coincide.
bool sw_nl_towards(const sw_nl_world *w, double x1, double y1, double x2, double y2, bool wrap,
                   double *heading);
void sw_nl_position(const sw_nl_engine *e, sw_nl_v agent, double *x, double *y);
int sw_nl_neighbors(const sw_nl_world *w, int32_t patch, int32_t out[8], bool four);
double sw_nl_heading_normal(double heading);

// ---- Variables ----------------------------------------------------------------------------------

sw_nl_v sw_nl_get_var(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v agent);
void sw_nl_set_var(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v agent, const sw_nl_node *var,
                   sw_nl_v value);
void sw_nl_set_turtle_var(sw_nl_engine *e, const sw_nl_node *n, int32_t slot, int32_t column,
                          sw_nl_v v);
void sw_nl_set_patch_var(sw_nl_engine *e, const sw_nl_node *n, int32_t patch, int32_t column,
                         sw_nl_v v);
void sw_nl_set_link_var(sw_nl_engine *e, const sw_nl_node *n, int32_t slot, int32_t column,
                        sw_nl_v v);
sw_nl_v sw_nl_check_color(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v v, const char *what);
double sw_nl_color_mod(double color);

// ---- Functions of nodes that are no primitives --------------------------------------------------

sw_nl_eval_fn sw_nl_eval_const, sw_nl_eval_global, sw_nl_eval_local, sw_nl_eval_shared,
    sw_nl_eval_agent_var, sw_nl_eval_turtle_var, sw_nl_eval_patch_var, sw_nl_eval_link_var,
    sw_nl_eval_procedure, sw_nl_eval_lambda, sw_nl_eval_text;
sw_nl_exec_fn sw_nl_exec_procedure;

// ---- Plots, files, worlds as text ---------------------------------------------------------------

void sw_nl_plots_init(sw_nl_engine *e);
void sw_nl_plots_fini(sw_nl_engine *e);
void sw_nl_plots_clear(sw_nl_engine *e);
void sw_nl_plots_setup(sw_nl_engine *e);
void sw_nl_plots_update(sw_nl_engine *e);
bool sw_nl_plots_compile(sw_nl_engine *e, sw_nl_fault *fault);
void sw_nl_plots_export(sw_nl_engine *e, sw_nl_text *t);
void sw_nl_export_world(sw_nl_engine *e, sw_nl_text *t);
void sw_nl_import_world(sw_nl_engine *e, const sw_nl_node *n, const char *text, size_t length);
void sw_nl_files_fini(sw_nl_engine *e);
void sw_nl_every_clear(sw_nl_engine *e);

void sw_nl_print(sw_nl_engine *e, const char *text, size_t n);
void sw_nl_clear_all(sw_nl_engine *e);

#endif
