// SPDX-License-Identifier: Apache-2.0
// What the files of the second pass use among themselves.
#ifndef SW_NETLOGO_PARSE_H
#define SW_NETLOGO_PARSE_H

#include "models/netlogo/parser.h"

#define SW_NL_BLOCKS (SW_NL_CBLOCK | SW_NL_RBLOCK | SW_NL_BBLOCK | SW_NL_NBLOCK)

// ---- Leaves (parse_node.c) ----------------------------------------------------------------------

// A node at a token, of no type yet, that every agent may run.
sw_nl_node *sw_nl_parse_node_new(sw_nl_parser *x, int kind, const sw_nl_token *t);
void sw_nl_parse_add_arg(sw_nl_parser *x, sw_nl_node *n, sw_nl_node *arg);
// Goes one level deeper (1) or back (−1); fails when code is nested too deeply.
void sw_nl_parse_nest(sw_nl_parser *x, int by);
// The bracket that closes this one.
const sw_nl_token *sw_nl_parse_matching(const sw_nl_token *open);
// Fails with the lexer's message when the next token is a bad one.
void sw_nl_parse_check_bad(sw_nl_parser *x);
bool sw_nl_parse_is_word(const sw_nl_token *t, const char *word);
// The arrow of the anonymous procedure that this bracket opens, or NULL.
const sw_nl_token *sw_nl_parse_arrow_of(const sw_nl_token *open);

sw_nl_local *sw_nl_parse_find_local(sw_nl_parser *x, const char *name);
sw_nl_local *sw_nl_parse_add_local(sw_nl_parser *x, const sw_nl_token *t);
// A use of a local; the procedure it is used in captures it when it is another's.
sw_nl_node *sw_nl_parse_local_node(sw_nl_parser *x, const sw_nl_token *t, sw_nl_local *local);
// Fails when a new local's name is taken.
void sw_nl_parse_check_new_name(sw_nl_parser *x, const sw_nl_token *t);
// A variable of any kind, or NULL when the word names none.
sw_nl_node *sw_nl_parse_variable_node(sw_nl_parser *x, const sw_nl_token *t);
void sw_nl_parse_fail_unknown(sw_nl_parser *x, const sw_nl_token *t) __attribute__((noreturn));
sw_nl_node *sw_nl_parse_constant_node(sw_nl_parser *x);

// ---- Anonymous procedures (parse_lambda.c) ------------------------------------------------------

// At an opening bracket; wants: the types that its place takes.
sw_nl_node *sw_nl_parse_lambda(sw_nl_parser *x, uint32_t wants);
// How many inputs a primitive takes without parentheses.
int sw_nl_parse_default_inputs(const sw_nl_prim *prim);
// Whether the next word names a primitive or procedure where an anonymous one is wanted, and then
// the procedure made of it.
bool sw_nl_parse_wants_concise(sw_nl_parser *x, uint32_t goal, const sw_nl_symbol_entry **s);
sw_nl_node *sw_nl_parse_concise_lambda(sw_nl_parser *x, const sw_nl_symbol_entry *s);

// ---- Calls (parse_call.c) -----------------------------------------------------------------------

// A call without its inputs.
sw_nl_node *sw_nl_parse_call_node(sw_nl_parser *x, const sw_nl_token *t,
                                  const sw_nl_symbol_entry *s);
void sw_nl_parse_inputs(sw_nl_parser *x, sw_nl_node *call, bool parens);
// One input of the type `goal`.
sw_nl_node *sw_nl_parse_arg(sw_nl_parser *x, const sw_nl_node *call, uint32_t goal, int precedence);
void sw_nl_parse_check_type(sw_nl_parser *x, const sw_nl_node *call, const sw_nl_node *arg,
                            uint32_t goal, const sw_nl_token *at);
bool sw_nl_parse_ends_inputs(const sw_nl_token *t);
bool sw_nl_parse_starts_infix(sw_nl_parser *x);
void sw_nl_parse_fail_missing(sw_nl_parser *x, const sw_nl_node *call, const sw_nl_token *at)
    __attribute__((noreturn));

// ---- Blocks and expressions (parser.c) ----------------------------------------------------------

sw_nl_node *sw_nl_parse_statements(sw_nl_parser *x, const sw_nl_token *open, bool to_bracket);
bool sw_nl_parse_names_command(sw_nl_parser *x, const sw_nl_token *t);
sw_nl_node *sw_nl_parse_command_block(sw_nl_parser *x, const sw_nl_node *call);
sw_nl_node *sw_nl_parse_reporter_block(sw_nl_parser *x);
// An expression that binds at least as tightly as `precedence`, of the type `goal`; for_prim is the
// primitive that it is an input of, or NULL.
sw_nl_node *sw_nl_parse_expression(sw_nl_parser *x, int precedence, uint32_t goal,
                                   const sw_nl_prim *for_prim);

#endif
