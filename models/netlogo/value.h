// SPDX-License-Identifier: Apache-2.0
// Values of the NetLogo language in 64 bits, and the heap that holds the larger ones. A value is a
// double, or a quiet NaN whose low 48 bits say what else it is: so arithmetic pays nothing for the
// language being untyped. NetLogo itself never lets a NaN out of a primitive.
#ifndef SW_NETLOGO_VALUE_H
#define SW_NETLOGO_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef uint64_t sw_nl_v;

#define SW_NL_TAG(v) ((unsigned)((v) >> 48))
#define SW_NL_PAYLOAD(v) ((v)&0xFFFFFFFFFFFFull)
#define SW_NL_BOX(tag, payload) (((uint64_t)(tag) << 48) | (uint64_t)(payload))

enum {
    SW_NL_TAG_CONST = 0xFFF9,  // false, true, nobody, the observer, nothing
    SW_NL_TAG_TURTLE = 0xFFFA, // payload: slot
    SW_NL_TAG_PATCH = 0xFFFB,  // payload: index, row-major from the top left
    SW_NL_TAG_LINK = 0xFFFC,   // payload: slot
    SW_NL_TAG_SET = 0xFFFD,    // a living set: agent kind << 16 | breed (0 is all of the kind)
    SW_NL_TAG_HEAP = 0xFFFE,   // payload: address of a sw_nl_object
};

#define SW_NL_FALSE SW_NL_BOX(SW_NL_TAG_CONST, 0)
#define SW_NL_TRUE SW_NL_BOX(SW_NL_TAG_CONST, 1)
#define SW_NL_NOBODY SW_NL_BOX(SW_NL_TAG_CONST, 2)
#define SW_NL_OBSERVER SW_NL_BOX(SW_NL_TAG_CONST, 3)
#define SW_NL_NOTHING SW_NL_BOX(SW_NL_TAG_CONST, 4) // no value at all; never seen by a model

// Kinds of agents, as bits: which agents may run a piece of code is a mask of them.
enum { SW_NL_O = 1, SW_NL_T = 2, SW_NL_P = 4, SW_NL_L = 8, SW_NL_OTPL = 15, SW_NL_TPL = 14 };

#define SW_NL_SET(kind, breed) SW_NL_BOX(SW_NL_TAG_SET, ((uint64_t)(kind) << 16) | (breed))
#define SW_NL_SET_KIND(v) ((unsigned)((v) >> 16) & 0xFF)
#define SW_NL_SET_BREED(v) ((unsigned)(v)&0xFFFF)
#define SW_NL_TURTLES SW_NL_SET(SW_NL_T, 0)
#define SW_NL_PATCHES SW_NL_SET(SW_NL_P, 0)
#define SW_NL_LINKS SW_NL_SET(SW_NL_L, 0)

static inline bool
sw_nl_is_number(sw_nl_v v)
{
    return v < SW_NL_BOX(SW_NL_TAG_CONST, 0);
}

static inline double
sw_nl_double(sw_nl_v v)
{
    double d;
    memcpy(&d, &v, sizeof d);
    return d;
}

static inline sw_nl_v
sw_nl_number(double d)
{
    sw_nl_v v;
    memcpy(&v, &d, sizeof v);
    return v;
}

static inline sw_nl_v
sw_nl_bool(bool b)
{
    return SW_NL_FALSE + (b ? 1 : 0);
}

static inline bool
sw_nl_is_bool(sw_nl_v v)
{
    return v == SW_NL_TRUE || v == SW_NL_FALSE;
}

static inline bool
sw_nl_is_agent(sw_nl_v v)
{
    return SW_NL_TAG(v) >= SW_NL_TAG_TURTLE && SW_NL_TAG(v) <= SW_NL_TAG_LINK;
}

// The agent value of a kind (one bit of SW_NL_OTPL) and slot.
static inline sw_nl_v
sw_nl_agent(unsigned kind, int32_t id)
{
    if (kind == SW_NL_O)
        return SW_NL_OBSERVER;
    return SW_NL_BOX(kind == SW_NL_T   ? SW_NL_TAG_TURTLE
                     : kind == SW_NL_P ? SW_NL_TAG_PATCH
                                       : SW_NL_TAG_LINK,
                     (uint32_t)id);
}

static inline unsigned
sw_nl_agent_kind(sw_nl_v v)
{
    unsigned tag = SW_NL_TAG(v);
    return v == SW_NL_OBSERVER       ? SW_NL_O
           : tag == SW_NL_TAG_TURTLE ? SW_NL_T
           : tag == SW_NL_TAG_PATCH  ? SW_NL_P
           : tag == SW_NL_TAG_LINK   ? SW_NL_L
                                     : 0;
}

static inline int32_t
sw_nl_agent_id(sw_nl_v v)
{
    return (int32_t)(uint32_t)v;
}

// ---- The heap -----------------------------------------------------------------------------------

typedef enum sw_nl_object_kind {
    SW_NL_FREE_CELL, // not in use
    SW_NL_STRING,
    SW_NL_LIST,
    SW_NL_BUFFER, // the items behind lists
    SW_NL_AGENTSET,
    SW_NL_LAMBDA,
    SW_NL_CELL,   // a local variable that an anonymous procedure shares
    SW_NL_TABLE,  // table extension
    SW_NL_ARRAY,  // array extension
    SW_NL_MATRIX, // matrix extension
    SW_NL_SYMBOL, // a name or code block as an argument
    SW_NL_RAW,    // bytes without references
} sw_nl_object_kind;

typedef struct sw_nl_object {
    uint8_t kind;
    uint8_t mark;
    uint16_t flags;
    uint32_t n; // what it counts depends on the kind
} sw_nl_object;

// UTF-8, n bytes and a zero.
typedef struct sw_nl_string {
    sw_nl_object o;
    char text[];
} sw_nl_string;

typedef struct sw_nl_buffer {
    sw_nl_object o; // n: places in use
    uint32_t capacity;
    sw_nl_v item[];
} sw_nl_buffer;

// An immutable list: a window on a buffer, so that lput and but-first need not copy.
typedef struct sw_nl_list {
    sw_nl_object o; // n: length
    uint32_t first;
    sw_nl_buffer *buffer;
} sw_nl_list;

// A set of agents in a fixed order; members may have died since. flags: the agent kind.
typedef struct sw_nl_agentset {
    sw_nl_object o;
    int32_t id[];
} sw_nl_agentset;

struct sw_nl_procedure;
typedef struct sw_nl_lambda {
    sw_nl_object o; // n: captured cells
    const struct sw_nl_procedure *code;
    const struct sw_nl_procedure *home; // where it was written, for stack traces
    sw_nl_v cell[];
} sw_nl_lambda;

typedef struct sw_nl_cell {
    sw_nl_object o;
    sw_nl_v value;
} sw_nl_cell;

// table: insertion-ordered pairs with an open hash index over them; removed pairs have key
// SW_NL_NOTHING.
typedef struct sw_nl_table {
    sw_nl_object o; // n: places used in the pairs
    uint32_t live, serial;
    sw_nl_buffer *pairs;     // key, value, key, value, …
    struct sw_nl_raw *index; // uint32_t place + 1 by hash; 0 empty
} sw_nl_table;

typedef struct sw_nl_array {
    sw_nl_object o;
    uint32_t serial;
    sw_nl_buffer *buffer; // array extension: o.n items
} sw_nl_array;

typedef struct sw_nl_raw {
    sw_nl_object o; // n: bytes
    char byte[];
} sw_nl_raw;

// Row-major doubles.
typedef struct sw_nl_matrix {
    sw_nl_object o;
    uint32_t rows, columns;
    sw_nl_raw *data;
} sw_nl_matrix;

typedef struct sw_nl_symbol {
    sw_nl_object o;
    const void *node;
} sw_nl_symbol;

static inline void *
sw_nl_pointer(sw_nl_v v)
{
    return (void *)(uintptr_t)SW_NL_PAYLOAD(v);
}

static inline sw_nl_v
sw_nl_heap_value(const void *object)
{
    return SW_NL_BOX(SW_NL_TAG_HEAP, (uintptr_t)object);
}

static inline bool
sw_nl_is_object(sw_nl_v v, sw_nl_object_kind kind)
{
    return SW_NL_TAG(v) == SW_NL_TAG_HEAP && ((sw_nl_object *)sw_nl_pointer(v))->kind == kind;
}

static inline bool
sw_nl_is_string(sw_nl_v v)
{
    return sw_nl_is_object(v, SW_NL_STRING);
}

static inline bool
sw_nl_is_list(sw_nl_v v)
{
    return sw_nl_is_object(v, SW_NL_LIST);
}

static inline bool
sw_nl_is_set(sw_nl_v v)
{
    return SW_NL_TAG(v) == SW_NL_TAG_SET || sw_nl_is_object(v, SW_NL_AGENTSET);
}

static inline sw_nl_string *
sw_nl_string_of(sw_nl_v v)
{
    return sw_nl_pointer(v);
}

static inline sw_nl_list *
sw_nl_list_of(sw_nl_v v)
{
    return sw_nl_pointer(v);
}

static inline const sw_nl_v *
sw_nl_items(const sw_nl_list *list)
{
    return list->buffer->item + list->first;
}

// The heap of one engine: cells of fixed sizes in aligned chunks, freed by mark and sweep. What a C
// function holds in its variables is found by scanning the stack, so no function needs to say what
// it holds; an object must only be reachable from somewhere, by any pointer into it.
typedef struct sw_nl_heap sw_nl_heap;

// Tells the heap what else is alive: called during marking, it calls sw_nl_heap_mark.
typedef void sw_nl_mark_fn(void *self, sw_nl_heap *heap);
// Called with each dead-or-alive agent value that a reachable object holds.
typedef void sw_nl_agent_fn(void *self, sw_nl_v agent);
// Called when more than limit bytes are alive; does not return.
typedef void sw_nl_full_fn(void *self);

// `done` is called when all is marked, before anything is freed.
sw_nl_heap *sw_nl_heap_new(size_t limit, void *self, sw_nl_mark_fn *roots, sw_nl_agent_fn *agent,
                           sw_nl_mark_fn *done, sw_nl_full_fn *full);
void sw_nl_heap_free(sw_nl_heap **heap);
// Where scanning of the stack ends: the address of a variable in the outermost frame.
void sw_nl_heap_base(sw_nl_heap *heap, const void *base);
// A zeroed object of n bytes in all. May collect first.
void *sw_nl_heap_alloc(sw_nl_heap *heap, sw_nl_object_kind kind, size_t bytes);
void sw_nl_heap_mark(sw_nl_heap *heap, sw_nl_v v);
void sw_nl_heap_mark_many(sw_nl_heap *heap, const sw_nl_v *v, size_t n);
void sw_nl_heap_collect(sw_nl_heap *heap);
// Counts memory held elsewhere (agents' columns) towards limit and the next collection.
void sw_nl_heap_charge(sw_nl_heap *heap, size_t bytes);
void sw_nl_heap_discharge(sw_nl_heap *heap, size_t bytes);
size_t sw_nl_heap_bytes(const sw_nl_heap *heap);

#endif
