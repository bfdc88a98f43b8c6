// SPDX-License-Identifier: Apache-2.0
// The table of primitives as data, and the reading of its type words.
#include "models/netlogo/prims.h"

#include <stdio.h>

#define C(name, right, agents, f)                                                                  \
    {name, "", right, "", agents, "", 0, -1, -1, NULL, sw_nl_p_##f, 0},
#define CB(name, right, agents, block, f)                                                          \
    {name, "", right, "", agents, block, 0, -1, -1, NULL, sw_nl_p_##f, 0},
#define CV(name, right, agents, inputs, least, f)                                                  \
    {name, "", right, "", agents, "", 0, inputs, least, NULL, sw_nl_p_##f, 0},
#define R(name, right, ret, agents, f)                                                             \
    {name, "", right, ret, agents, "", 10, -1, -1, sw_nl_p_##f, NULL, 0},
#define RB(name, right, ret, agents, block, f)                                                     \
    {name, "", right, ret, agents, block, 10, -1, -1, sw_nl_p_##f, NULL, 0},
#define RV(name, right, ret, agents, inputs, least, f)                                             \
    {name, "", right, ret, agents, "", 10, inputs, least, sw_nl_p_##f, NULL, 0},
#define I(name, left, right, ret, prec, f)                                                         \
    {name, left, right, ret, "OTPL", "", prec, -1, -1, sw_nl_p_##f, NULL, 0},
#define IB(name, left, right, ret, agents, block, prec, f)                                         \
    {name, left, right, ret, agents, block, prec, -1, -1, sw_nl_p_##f, NULL, 0},
#define IV(name, left, right, ret, agents, prec, f)                                                \
    {name, left, right, ret, agents, "", prec, -1, -1, sw_nl_p_##f, NULL, 0},

const sw_nl_prim sw_nl_prims[] = {
#include "models/netlogo/prims.def"

#include "models/netlogo/extensions.def"
};
const size_t sw_nl_n_prims = sizeof sw_nl_prims / sizeof sw_nl_prims[0];

static const struct {
    const char *word;
    uint32_t type;
} type_words[] = {
    {"num", SW_NL_NUM},    {"bool", SW_NL_BOOL},  {"str", SW_NL_STR},    {"list", SW_NL_LST},
    {"tset", SW_NL_TSET},  {"pset", SW_NL_PSET},  {"lset", SW_NL_LSET},  {"set", SW_NL_ASET},
    {"turtle", SW_NL_TUR}, {"patch", SW_NL_PAT},  {"link", SW_NL_LNK},   {"agent", SW_NL_AGT},
    {"nobody", SW_NL_NOB}, {"cmd", SW_NL_CMD},    {"rep", SW_NL_REP},    {"ext", SW_NL_EXT},
    {"any", SW_NL_ANY},    {"{c}", SW_NL_CBLOCK}, {"{r}", SW_NL_RBLOCK}, {"{b}", SW_NL_BBLOCK},
    {"{n}", SW_NL_NBLOCK}, {"var", SW_NL_VAR},    {"name", SW_NL_NAME},  {"code", SW_NL_CODE},
};

uint32_t
sw_nl_types(const char **at)
{
    const char *s = *at;
    while (*s == ' ')
        s++;
    uint32_t types = 0;
    while (*s != 0 && *s != ' ') {
        size_t n = strcspn(s, "|*? ");
        for (size_t i = 0; i < sizeof type_words / sizeof type_words[0]; i++)
            if (strlen(type_words[i].word) == n && memcmp(type_words[i].word, s, n) == 0)
                types |= type_words[i].type;
        s += n;
        if (*s == '*')
            types |= SW_NL_MANY;
        if (*s == '?')
            types |= SW_NL_OPTIONAL;
        if (*s != 0 && *s != ' ')
            s++;
    }
    *at = s;
    return types;
}

static const struct {
    uint32_t type;
    const char *plain, *with_article;
} type_texts[] = {
    {SW_NL_NUM, "number", "a number"},
    {SW_NL_BOOL, "TRUE/FALSE", "a TRUE/FALSE"},
    {SW_NL_STR, "string", "a string"},
    {SW_NL_LST, "list", "a list"},
    {SW_NL_AGT, "agent", "an agent"},
    {SW_NL_ASET, "agentset", "an agentset"},
    {SW_NL_TSET, "turtle agentset", "a turtle agentset"},
    {SW_NL_PSET, "patch agentset", "a patch agentset"},
    {SW_NL_LSET, "link agentset", "a link agentset"},
    {SW_NL_TUR, "turtle", "a turtle"},
    {SW_NL_PAT, "patch", "a patch"},
    {SW_NL_LNK, "link", "a link"},
    {SW_NL_NOB, "NOBODY", "NOBODY"},
    {SW_NL_CMD, "anonymous command", "an anonymous command"},
    {SW_NL_REP, "anonymous reporter", "an anonymous reporter"},
    {SW_NL_CBLOCK, "command block", "a command block"},
    {SW_NL_RBLOCK, "reporter block", "a reporter block"},
    {SW_NL_BBLOCK, "TRUE/FALSE block", "a TRUE/FALSE block"},
    {SW_NL_NBLOCK, "number block", "a number block"},
    {SW_NL_VAR, "variable", "a variable"},
    {SW_NL_EXT, "extension object", "an extension object"},
};

static const char *
names(uint32_t types, char *buffer, size_t size, bool article)
{
    buffer[0] = 0;
    types &= ~(uint32_t)(SW_NL_MANY | SW_NL_OPTIONAL);
    if ((types & SW_NL_ANY) == SW_NL_ANY) {
        snprintf(buffer, size, "anything");
        return buffer;
    }
    for (size_t i = 0; i < sizeof type_texts / sizeof type_texts[0]; i++) {
        uint32_t t = type_texts[i].type;
        if ((types & t) != t)
            continue;
        types &= ~t;
        size_t used = strlen(buffer);
        snprintf(buffer + used, size - used, "%s%s", used == 0 ? "" : " or ",
                 article && used == 0 ? type_texts[i].with_article : type_texts[i].plain);
    }
    return buffer;
}

const char *
sw_nl_type_names(uint32_t types, char *buffer, size_t size)
{
    return names(types, buffer, size, true);
}

const char *
sw_nl_type_names_plain(uint32_t types, char *buffer, size_t size)
{
    return names(types, buffer, size, false);
}

unsigned
sw_nl_agents_mask(const char *letters)
{
    unsigned mask = 0;
    for (; *letters != 0; letters++)
        mask |= *letters == 'O'   ? SW_NL_O
                : *letters == 'T' ? SW_NL_T
                : *letters == 'P' ? SW_NL_P
                : *letters == 'L' ? SW_NL_L
                                  : 0;
    return mask;
}

const char *
sw_nl_agents_text(unsigned mask, char *buffer, size_t size, const char *separator)
{
    static const char *const kind[4] = {"observer", "turtle", "patch", "link"};
    buffer[0] = 0;
    for (int i = 0; i < 4; i++)
        if (mask & (1u << i)) {
            size_t used = strlen(buffer);
            snprintf(buffer + used, size - used, "%s%s", used == 0 ? "" : separator, kind[i]);
        }
    return buffer;
}
