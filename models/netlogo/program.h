// SPDX-License-Identifier: Apache-2.0
// A compiled program: names, breeds, procedures, and trees whose nodes carry the function that
// runs them. It is immutable once compiled, holds no state of a run, and may be shared by engines.
#ifndef SW_NETLOGO_PROGRAM_H
#define SW_NETLOGO_PROGRAM_H

#include "models/netlogo/loader/loader.h"
#include "models/netlogo/value.h"

// ---- Types, as bits -----------------------------------------------------------------------------

enum {
    SW_NL_NUM = 1 << 0,
    SW_NL_BOOL = 1 << 1,
    SW_NL_STR = 1 << 2,
    SW_NL_LST = 1 << 3,
    SW_NL_TSET = 1 << 4,
    SW_NL_PSET = 1 << 5,
    SW_NL_LSET = 1 << 6,
    SW_NL_ASET = 7 << 4,
    SW_NL_TUR = 1 << 7,
    SW_NL_PAT = 1 << 8,
    SW_NL_LNK = 1 << 9,
    SW_NL_AGT = 7 << 7,
    SW_NL_NOB = 1 << 10,
    SW_NL_CMD = 1 << 11, // an anonymous command
    SW_NL_REP = 1 << 12, // an anonymous reporter
    SW_NL_EXT = 1 << 13, // an object of an extension
    SW_NL_ANY = (1 << 14) - 1,
    SW_NL_CBLOCK = 1 << 14, // [ commands ]
    SW_NL_RBLOCK = 1 << 15, // [ reporter ]
    SW_NL_BBLOCK = 1 << 16, // [ reporter of a boolean ]
    SW_NL_NBLOCK = 1 << 17, // [ reporter of a number ]
    SW_NL_VAR = 1 << 18,    // a variable to set
    SW_NL_NAME = 1 << 19,   // any word, taken as it is
    SW_NL_CODE = 1 << 20,   // [ anything ], taken as it is
    SW_NL_OPTIONAL = 1 << 21,
    SW_NL_MANY = 1 << 22,
};

typedef struct sw_nl_engine sw_nl_engine;
typedef struct sw_nl_node sw_nl_node;
typedef struct sw_nl_prim sw_nl_prim;
typedef struct sw_nl_procedure sw_nl_procedure;
typedef struct sw_nl_program sw_nl_program;

// How a command ended. Anything but NEXT leaves the enclosing blocks until somebody handles it.
enum { SW_NL_NEXT, SW_NL_STOP, SW_NL_REPORT, SW_NL_DIED };

typedef sw_nl_v sw_nl_eval_fn(sw_nl_engine *e, const sw_nl_node *n);
typedef int sw_nl_exec_fn(sw_nl_engine *e, const sw_nl_node *n);

// One row of the table of primitives (prims.def).
struct sw_nl_prim {
    const char *name;   // lower case; may hold <breed>, <breeds>, <link-breed> or <link-breeds>
    const char *left;   // type of the left input of an infix primitive, "" for none
    const char *right;  // types of the right inputs, one word each
    const char *ret;    // type reported; "" for commands
    const char *agents; // which agents may run it: some of OTPL
    const char *block;  // which agents run its block: some of OTPL, "?" the kind of its first
                        // input, "" the same as the caller
    int precedence;
    int inputs;          // right inputs taken without parentheses; −1: as many as are listed
    int least;           // fewest right inputs in parentheses
    sw_nl_eval_fn *eval; // one of these two
    sw_nl_exec_fn *exec;
    const char *headless; // what it means without a screen, when that differs; NULL otherwise
};

extern const sw_nl_prim sw_nl_prims[];
extern const size_t sw_nl_n_prims;

enum sw_nl_node_kind {
    SW_NL_N_CALL,   // a primitive
    SW_NL_N_CONST,  // value
    SW_NL_N_GLOBAL, // slot
    SW_NL_N_LOCAL,  // slot, local
    SW_NL_N_AGENT_VAR,
    SW_NL_N_PROC,   // a call of a procedure
    SW_NL_N_BLOCK,  // statements, or one reporter
    SW_NL_N_LAMBDA, // procedure
    SW_NL_N_NAMES,  // the nested names of a multiple let or set
    SW_NL_N_WORD,   // __symbol, __block, __reference: text
};

// Where the value of a simple reporter lies: what sw_nl_eval reads itself, without a call.
enum {
    SW_NL_DIRECT_NOT,
    SW_NL_DIRECT_CONST,
    SW_NL_DIRECT_LOCAL,
    SW_NL_DIRECT_GLOBAL,
    SW_NL_DIRECT_PATCH,  // for patches only
    SW_NL_DIRECT_TURTLE, // for turtles only
};

// A local variable while compiling; it outlives compilation because printing needs its name.
typedef struct sw_nl_local {
    const char *name;
    int32_t slot;
    bool shared; // an anonymous procedure uses it: it lives in a cell
    const struct sw_nl_procedure *owner;
} sw_nl_local;

// The locals of a procedure that a text given to run may read.
typedef struct sw_nl_visible {
    size_t n;
    sw_nl_local *local[];
} sw_nl_visible;

struct sw_nl_node {
    union {
        sw_nl_eval_fn *eval;
        sw_nl_exec_fn *exec;
    };
    sw_nl_node **arg;
    uint16_t n_args;
    uint8_t kind;
    uint8_t mask; // blocks: which agents may run it
    bool is_command;
    bool parens;    // written in parentheses
    bool braces;    // blocks: [ ] was written
    bool fresh;     // reports sets that nobody else holds
    uint8_t direct; // one of SW_NL_DIRECT_*: the value may be had without calling eval
    uint32_t type;
    union {
        sw_nl_v value;
        int32_t slot;
        struct {
            int32_t t, p, l; // columns of this variable by kind of agent, or −1
        } var;
        sw_nl_procedure *proc;
        sw_nl_local *local;
        const sw_nl_visible *visible; // run and runresult
    };
    int32_t breed;
    const sw_nl_prim *prim;
    const char *name;    // as written
    uint32_t start, end; // bytes of the source
    const void *extra;
};

struct sw_nl_procedure {
    const char *name; // lower case; NULL for anonymous ones
    bool reports;
    bool lambda;
    bool variadic; // a primitive named as a lambda: takes all inputs given
    bool shares;   // an anonymous procedure uses some of its parameters
    uint8_t mask;  // which agents may run it
    uint16_t n_params, n_locals;
    sw_nl_local **param;
    sw_nl_node *body;         // a block; for a reporter lambda the expression
    sw_nl_node **param_names; // destructuring parameters, or NULL entries
    uint32_t n_captured;
    sw_nl_local **captured; // of the enclosing procedure
    int32_t *captured_slot; // and where they lie here
    sw_nl_procedure *outer; // lambdas: where it is written
    sw_nl_procedure *next;
    struct sw_nl_token *first, *last; // body, while compiling
    uint32_t start, end;
    const char *source; // text that start and end refer to
    const char *text;   // lambdas: how they print
};

typedef struct sw_nl_breed {
    const char *name, *singular; // lower case; the first of each kind is "turtles" or "links"
    bool directed, undirected;   // links: neither for "links"
    uint8_t *owns;               // bit per column: this breed has the variable
} sw_nl_breed;

typedef struct sw_nl_symbol_entry {
    const char *name; // lower case
    enum {
        SW_NL_S_NONE,
        SW_NL_S_PRIM,
        SW_NL_S_GLOBAL,
        SW_NL_S_OWN,
        SW_NL_S_PROC,
    } kind;
    const sw_nl_prim *prim;
    int32_t breed;
    int32_t slot;    // globals
    int32_t t, p, l; // agent variables
    sw_nl_procedure *proc;
} sw_nl_symbol_entry;

typedef struct sw_nl_symbols {
    sw_nl_symbol_entry *entry;
    size_t n, capacity;
} sw_nl_symbols;

typedef struct sw_nl_arena {
    struct sw_nl_arena_block *block;
    size_t used, total;
} sw_nl_arena;

struct sw_nl_program {
    sw_nl_arena arena;
    sw_nl_symbols symbols;
    sw_nl_dialect dialect;
    const char **global; // names, lower case as declared; the controls' first
    size_t n_globals, n_control_globals;
    const char **turtle_var, **patch_var, **link_var; // column names
    size_t n_turtle_vars, n_patch_vars, n_link_vars;
    size_t n_turtles_own, n_links_own; // of these, owned by every turtle (link)
    sw_nl_breed *turtle_breed, *link_breed;
    size_t n_turtle_breeds, n_link_breeds;
    sw_nl_procedure *procedures;
    const sw_nl_source *sources; // of the file it was compiled from
    size_t n_sources;
};

// Columns that every turtle, patch and link has.
enum {
    T_WHO,
    T_COLOR,
    T_HEADING,
    T_XCOR,
    T_YCOR,
    T_SHAPE,
    T_LABEL,
    T_LABEL_COLOR,
    T_BREED,
    T_HIDDEN,
    T_SIZE,
    T_PEN_SIZE,
    T_PEN_MODE,
    T_BUILTIN
};
enum { P_XCOR, P_YCOR, P_COLOR, P_LABEL, P_LABEL_COLOR, P_BUILTIN };
enum {
    L_END1,
    L_END2,
    L_COLOR,
    L_LABEL,
    L_LABEL_COLOR,
    L_HIDDEN,
    L_BREED,
    L_THICKNESS,
    L_SHAPE,
    L_TIE_MODE,
    L_BUILTIN
};

// ---- Compilation --------------------------------------------------------------------------------

// A fault in a source, with its place.
typedef struct sw_nl_fault {
    uint32_t start, end;
    const char *source; // the text that start refers to; NULL for a text given to run
    char message[480];
} sw_nl_fault;

void *sw_nl_arena_alloc(sw_nl_arena *a, size_t bytes);
char *sw_nl_arena_text(sw_nl_arena *a, const char *text, size_t n);
void sw_nl_arena_free(sw_nl_arena *a);

// Compiles the code of a file, or returns NULL and *fault.
sw_nl_program *sw_nl_compile(const sw_nl_file *file, sw_nl_fault *fault);
void sw_nl_program_free(sw_nl_program **program);

// Compiles a text against a program into *arena: commands, or one reporter. mask: the agents that
// will run it. Returns NULL and *fault.
sw_nl_procedure *sw_nl_compile_text(sw_nl_program *program, sw_nl_arena *arena, const char *text,
                                    bool reporter, unsigned mask, sw_nl_fault *fault);
// The same for a text that may read locals of its caller, unless NULL: they become its parameters.
sw_nl_procedure *sw_nl_compile_text_within(sw_nl_program *program, sw_nl_arena *arena,
                                           const char *text, bool reporter, unsigned mask,
                                           const sw_nl_visible *visible, sw_nl_fault *fault);

const sw_nl_symbol_entry *sw_nl_find_symbol(const sw_nl_program *p, const char *name);

// The types named in a row of the table, as bits; moves *at to the next word.
uint32_t sw_nl_types(const char **at);

// "a list or agentset", "anything": for messages. Returns buffer.
const char *sw_nl_type_names(uint32_t types, char *buffer, size_t size);
const char *sw_nl_type_names_plain(uint32_t types, char *buffer, size_t size);

// "-T-L" from a mask, and the mask from letters.
unsigned sw_nl_agents_mask(const char *letters);
const char *sw_nl_agents_text(unsigned mask, char *buffer, size_t size, const char *separator);

// Replaces trees by the forms that draw and compute as NetLogo's optimiser does (rewrite.c).
sw_nl_node *sw_nl_rewrite(sw_nl_program *p, sw_nl_arena *a, sw_nl_node *n);
// Chooses functions for nodes whose inputs are simple (rewrite.c). Changes no result.
void sw_nl_specialise(sw_nl_node *n);
// Takes forms that only look at a small set without making it (few.c). Changes no result.
void sw_nl_few(sw_nl_node *n);
// Makes one step of a reporter of a variable and a constant number.
void sw_nl_fuse(sw_nl_node *n);

#endif
