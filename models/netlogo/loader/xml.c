// SPDX-License-Identifier: Apache-2.0
// XML by libexpat; see xml.h.
#include "models/netlogo/loader/xml.h"

#include <expat.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 32
#define MAX_ELEMENTS 200000

// Elements of which nothing but their attributes matters.
static const char *const shallow[] = {"shape", "hubNetClient", "resources", "settings", "note"};

typedef struct reader {
    nl_build *b;
    XML_Parser parser;
    nl_node *root, *open;
    size_t depth, skipped, elements;
    size_t first_line;
    char *text; // of the open element, as large as the document
    size_t n_text, text_line;
} reader;

static size_t
line_of(const reader *r)
{
    return r->first_line + (size_t)XML_GetCurrentLineNumber(r->parser) - 1;
}

static bool
is_shallow(const char *name)
{
    for (size_t i = 0; i < sizeof shallow / sizeof *shallow; i++)
        if (strcmp(shallow[i], name) == 0)
            return true;
    return false;
}

static void
stop(reader *r, const char *why)
{
    nl_fail(r->b, line_of(r), "%s", why);
    XML_StopParser(r->parser, XML_FALSE);
}

static const char *const *
copy_attributes(nl_build *b, const char **from)
{
    size_t n = 0;
    while (from[n])
        n++;
    const char **to = nl_alloc(b, (n + 1) * sizeof *to);
    for (size_t i = 0; i < n; i++)
        to[i] = nl_copy(b, from[i], strlen(from[i]));
    return to;
}

static void
on_start(void *self, const char *name, const char **attributes)
{
    reader *r = self;
    if (r->skipped > 0 || (r->open && is_shallow(r->open->name))) {
        r->skipped++;
        return;
    }
    if (++r->depth > MAX_DEPTH || ++r->elements > MAX_ELEMENTS) {
        stop(r, r->depth > MAX_DEPTH ? "elements are nested too deeply" : "too many elements");
        return;
    }
    nl_node *node = nl_alloc(r->b, sizeof *node);
    node->name = nl_copy(r->b, name, strlen(name));
    node->attributes = copy_attributes(r->b, attributes);
    node->text = "";
    node->line = node->text_line = line_of(r);
    node->parent = r->open;
    if (!r->open)
        r->root = node;
    else if (r->open->last)
        r->open->last->next = node;
    else
        r->open->children = node;
    if (r->open)
        r->open->last = node;
    r->open = node;
    r->n_text = 0;
}

static void
on_text(void *self, const char *s, int n)
{
    reader *r = self;
    if (r->skipped > 0 || !r->open)
        return;
    if (r->n_text == 0)
        r->text_line = line_of(r);
    memcpy(r->text + r->n_text, s, (size_t)n);
    r->n_text += (size_t)n;
}

static void
on_end(void *self, const char *name)
{
    (void)name;
    reader *r = self;
    if (r->skipped > 0) {
        r->skipped--;
        return;
    }
    nl_node *node = r->open;
    if (!node->children && r->n_text > 0) {
        node->text = nl_copy(r->b, r->text, r->n_text);
        node->text_line = r->text_line;
    }
    r->n_text = 0;
    r->depth--;
    r->open = node->parent;
}

// Declarations within the document could make text out of nothing (entities, default values).
static void
on_doctype(void *self, const XML_Char *name, const XML_Char *system, const XML_Char *public,
           int has_internal_subset)
{
    (void)name, (void)system, (void)public;
    if (has_internal_subset)
        stop(self, "the document type declares something of its own, which is not allowed");
}

const nl_node *
nl_xml_read(nl_build *b, const char *text, size_t n, size_t line)
{
    reader r = {.b = b, .first_line = line, .parser = XML_ParserCreate("UTF-8")};
    r.text = malloc(n + 1);
    if (!r.parser || !r.text || n > INT_MAX) {
        nl_fail(b, line, "the document is too large");
    } else {
        XML_SetUserData(r.parser, &r);
        XML_SetElementHandler(r.parser, on_start, on_end);
        XML_SetCharacterDataHandler(r.parser, on_text);
        XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
        if (XML_Parse(r.parser, text, (int)n, 1) != XML_STATUS_OK)
            nl_fail(b, line_of(&r), "not well-formed XML: %s",
                    XML_ErrorString(XML_GetErrorCode(r.parser)));
    }
    free(r.text);
    if (r.parser)
        XML_ParserFree(r.parser);
    return b->failed ? NULL : r.root;
}

const char *
nl_attribute(nl_build *b, const nl_node *node, const char *name, const char *missing)
{
    for (const char *const *a = node->attributes; *a; a += 2)
        if (strcmp(a[0], name) == 0)
            return a[1];
    if (!missing)
        nl_fail(b, node->line, "<%.60s> lacks the attribute %s", node->name, name);
    return missing ? missing : "";
}

double
nl_attribute_number(nl_build *b, const nl_node *node, const char *name, const char *missing)
{
    const char *text = nl_attribute(b, node, name, missing);
    return b->failed ? 0 : nl_number(b, text, node->line, name);
}

bool
nl_attribute_flag(nl_build *b, const nl_node *node, const char *name, const char *missing)
{
    const char *text = nl_attribute(b, node, name, missing);
    bool yes = strcmp(text, "true") == 0;
    if (!yes && strcmp(text, "false") != 0)
        nl_fail(b, node->line, "%s must be true or false, not '%.60s'", name, text);
    return yes;
}

const nl_node *
nl_child(const nl_node *node, const char *name)
{
    for (const nl_node *child = node->children; child; child = child->next)
        if (strcmp(child->name, name) == 0)
            return child;
    return NULL;
}

const char *
nl_child_text(const nl_node *node, const char *name, size_t *line)
{
    const nl_node *child = nl_child(node, name);
    if (line)
        *line = child ? child->text_line : 0;
    return child ? child->text : "";
}
