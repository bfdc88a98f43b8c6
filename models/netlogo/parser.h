// SPDX-License-Identifier: Apache-2.0
// What the two passes of the parser share: the first reads declarations and the headings of
// procedures (structure.c), the second reads their bodies (parser.c).
#ifndef SW_NETLOGO_PARSER_H
#define SW_NETLOGO_PARSER_H

#include "models/netlogo/lexer.h"

#include <setjmp.h>

#define SW_NL_MAX_SCOPE 512
#define SW_NL_MAX_NESTING 400

typedef struct sw_nl_parser {
    sw_nl_program *p;
    sw_nl_arena *a;
    sw_nl_fault *fault;
    jmp_buf failed;
    const sw_nl_token *t; // the next token
    sw_nl_procedure *proc;
    sw_nl_local *scope[SW_NL_MAX_SCOPE];
    int n_scope;
    int depth;
    int block_return;    // > 0: within a block that report may not leave
    int in_carefully;    // > 0: error-message is allowed
    sw_nl_node **locals; // nodes that wait for it to be known whether their local is shared
    size_t n_locals, locals_capacity;
} sw_nl_parser;

void sw_nl_parse_fail(sw_nl_parser *x, const sw_nl_token *t, const char *format, ...)
    __attribute__((noreturn, format(printf, 3, 4)));

// First pass over one source.
void sw_nl_parse_structure(sw_nl_parser *x, const sw_nl_token *tokens);
// Fills in the symbols that breeds bring (create-<breeds> and so on) and those of the table.
void sw_nl_parse_symbols(sw_nl_parser *x);
// Second pass: the body of a procedure whose tokens are known.
void sw_nl_parse_body(sw_nl_parser *x, sw_nl_procedure *proc);
// One reporter that must be all of the text.
void sw_nl_parse_reporter(sw_nl_parser *x, sw_nl_procedure *proc);
// Chooses the functions of nodes for locals, once all is read.
void sw_nl_parse_finish(sw_nl_parser *x);

sw_nl_symbol_entry *sw_nl_symbol_put(sw_nl_program *p, const char *name);

// Checks which agents may run what (agents.c); fails through the parser.
void sw_nl_check_agents(sw_nl_parser *x, sw_nl_procedure *first);
unsigned sw_nl_check_agents_node(sw_nl_parser *x, sw_nl_node *n, unsigned mask);

// How an anonymous procedure prints (unparse.c).
const char *sw_nl_unparse_lambda(sw_nl_arena *a, const sw_nl_procedure *lambda,
                                 const sw_nl_token *open, const sw_nl_token *body);

#endif
