// SPDX-License-Identifier: Apache-2.0
// Which agents may run which code, known before anything runs: `fd 1` in a patch's block is a
// fault of the model. Procedures narrow what their callers may be, so the check repeats until
// nothing changes.
#include "models/netlogo/parser.h"
#include "models/netlogo/prims.h"

#include <stdio.h>

static unsigned check(sw_nl_parser *x, sw_nl_node *n, unsigned mask);

static void __attribute__((noreturn))
fail_context(sw_nl_parser *x, const sw_nl_node *n, unsigned mask, unsigned allowed)
{
    char name[128], context[64], only[64];
    sw_nl_upper(n->name, name, sizeof name);
    sw_nl_token at = {.start = n->start, .end = n->end, .source = n->extra};
    if (n->kind == SW_NL_N_LOCAL || n->kind == SW_NL_N_LAMBDA)
        at.source = NULL;
    sw_nl_agents_text(mask, context, sizeof context, "/");
    sw_nl_agents_text(allowed, only, sizeof only, "/");
    sw_nl_parse_fail(x, &at, "You can't use %s in %s %s context, because %s is %s-only.", name,
                     context[0] == 'o' ? "an" : "a", context, name, only);
}

static unsigned
narrow(sw_nl_parser *x, const sw_nl_node *n, unsigned mask, unsigned allowed)
{
    if ((mask & allowed) == 0)
        fail_context(x, n, mask, allowed);
    return mask & allowed;
}

static unsigned
kinds_of_type(uint32_t type)
{
    unsigned kinds = 0;
    if (type & (SW_NL_TSET | SW_NL_TUR))
        kinds |= SW_NL_T;
    if (type & (SW_NL_PSET | SW_NL_PAT))
        kinds |= SW_NL_P;
    if (type & (SW_NL_LSET | SW_NL_LNK))
        kinds |= SW_NL_L;
    return kinds == 0 ? SW_NL_TPL : kinds;
}

// The index of the input that is a block, −1 for none.
static int
block_input(const sw_nl_prim *prim)
{
    if (prim->left[0] == '{')
        return 0;
    int i = prim->left[0] != 0 ? 1 : 0;
    for (const char *at = prim->right; *at != 0; i++)
        if (sw_nl_types(&at) & (SW_NL_CBLOCK | SW_NL_RBLOCK | SW_NL_BBLOCK | SW_NL_NBLOCK))
            return i;
    return -1;
}

// diffuse and __reference name a variable of others.
static bool
takes_name(const sw_nl_prim *prim)
{
    return prim->exec == sw_nl_p_diffuse || prim->exec == sw_nl_p_diffuse4 ||
           prim->eval == sw_nl_p_reference;
}

static unsigned
check_call(sw_nl_parser *x, sw_nl_node *n, unsigned mask)
{
    mask = narrow(x, n, mask, sw_nl_agents_mask(n->prim->agents));
    int block = n->prim->block[0] != 0 ? block_input(n->prim) : -1;
    for (int i = 0; i < n->n_args; i++)
        if (n->arg[i] != NULL && i != block && !(i == 0 && takes_name(n->prim)))
            mask = check(x, n->arg[i], mask);
    sw_nl_node *of_block = block >= 0 && block < n->n_args ? n->arg[block] : NULL;
    if (of_block != NULL) {
        unsigned kinds = sw_nl_agents_mask(n->prim->block);
        if (n->prim->block[0] == '?') {
            // Lists may be sorted too, but have no block then; the set is the other input.
            uint32_t type = 0;
            for (int i = 0; i < n->n_args; i++)
                if (i != block && n->arg[i] != NULL)
                    type |= n->arg[i]->type & (SW_NL_ASET | SW_NL_AGT);
            kinds = kinds_of_type(type);
        }
        of_block->mask = (uint8_t)check(x, of_block, kinds);
    }
    return mask;
}

static unsigned
check(sw_nl_parser *x, sw_nl_node *n, unsigned mask)
{
    switch (n->kind) {
    case SW_NL_N_CALL:
        return check_call(x, n, mask);
    case SW_NL_N_AGENT_VAR: {
        unsigned allowed = (n->var.t >= 0 ? SW_NL_T : 0u) |
                           (n->var.p >= 0 ? SW_NL_P | SW_NL_T : 0u) |
                           (n->var.l >= 0 ? SW_NL_L : 0u);
        return narrow(x, n, mask, allowed);
    }
    case SW_NL_N_PROC:
        mask = narrow(x, n, mask, n->proc->mask);
        break;
    case SW_NL_N_LAMBDA:
        n->proc->mask = (uint8_t)check(x, n->proc->body, SW_NL_OTPL);
        return mask;
    default:
        break;
    }
    for (int i = 0; i < n->n_args; i++)
        if (n->arg[i] != NULL)
            mask = check(x, n->arg[i], mask);
    if (n->kind == SW_NL_N_BLOCK)
        n->mask = (uint8_t)mask;
    return mask;
}

unsigned
sw_nl_check_agents_node(sw_nl_parser *x, sw_nl_node *n, unsigned mask)
{
    return check(x, n, mask);
}

void
sw_nl_check_agents(sw_nl_parser *x, sw_nl_procedure *first)
{
    for (sw_nl_procedure *p = first; p != NULL; p = p->next)
        p->mask = SW_NL_OTPL;
    for (bool changed = true; changed;) {
        changed = false;
        for (sw_nl_procedure *p = first; p != NULL; p = p->next) {
            unsigned mask = check(x, p->body, SW_NL_OTPL);
            changed |= mask != p->mask;
            p->mask = (uint8_t)mask;
        }
    }
}
