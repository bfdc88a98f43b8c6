// SPDX-License-Identifier: Apache-2.0
// A small language for constraints and derived parameters: "wind <= density / 10". Total and
// bounded: no loops, no names but the parameters', limits on length, depth and operations.
//
//     or:      and ("||" and)*             sum:    product (("+" | "-") product)*
//     and:     compare ("&&" compare)*     product: power (("*" | "/") power)*
//     compare: sum [("<" | "<=" | ">" | ">=" | "==" | "!=") sum]
//     power:   unary ["^" power]           unary:  ("-" | "!") unary | atom
//     atom:    number | name | `any name` | function "(" or ["," or] ")" | "(" or ")"
//
// Functions: abs sqrt exp log floor min max. True is 1, false is 0. A name that holds an operator
// ("grass-regrowth-time") stands in backquotes.
#ifndef SWEEPD_STUDY_EXPRESSION_H
#define SWEEPD_STUDY_EXPRESSION_H

#include "lib/study/descriptor.h"

typedef struct sw_expression sw_expression;

// Compiles a text; NULL and a fault at pointer that names the column if it is not one. Parameters
// of texts can not be used.
sw_expression *sw_expression_new(const char *text, const sw_descriptor *model, const char *pointer,
                                 sw_faults *faults);
void sw_expression_free(sw_expression *e);

// The value at row i of columns[parameter][i]. No allocation; NaN where arithmetic gives NaN.
double sw_expression_value(const sw_expression *e, double *const *columns, size_t i);

// True if parameter j occurs in it.
bool sw_expression_uses(const sw_expression *e, size_t j);

#endif
