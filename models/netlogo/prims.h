// SPDX-License-Identifier: Apache-2.0
// Declares the function of every row of the table of primitives.
#ifndef SW_NETLOGO_PRIMS_H
#define SW_NETLOGO_PRIMS_H

#include "models/netlogo/engine.h"

#define C(name, right, agents, f) sw_nl_exec_fn sw_nl_p_##f;
#define CB(name, right, agents, block, f) sw_nl_exec_fn sw_nl_p_##f;
#define CV(name, right, agents, inputs, least, f) sw_nl_exec_fn sw_nl_p_##f;
#define R(name, right, ret, agents, f) sw_nl_eval_fn sw_nl_p_##f;
#define RB(name, right, ret, agents, block, f) sw_nl_eval_fn sw_nl_p_##f;
#define RV(name, right, ret, agents, inputs, least, f) sw_nl_eval_fn sw_nl_p_##f;
#define I(name, left, right, ret, prec, f) sw_nl_eval_fn sw_nl_p_##f;
#define IB(name, left, right, ret, agents, block, prec, f) sw_nl_eval_fn sw_nl_p_##f;
#define IV(name, left, right, ret, agents, prec, f) sw_nl_eval_fn sw_nl_p_##f;
#include "models/netlogo/prims.def"

#include "models/netlogo/extensions.def"
#undef C
#undef CB
#undef CV
#undef R
#undef RB
#undef RV
#undef I
#undef IB
#undef IV

// A primitive's function is defined by one of these.
#define EVAL(f) sw_nl_v sw_nl_p_##f(sw_nl_engine *e, const sw_nl_node *n)
#define EXEC(f) int sw_nl_p_##f(sw_nl_engine *e, const sw_nl_node *n)

#endif
