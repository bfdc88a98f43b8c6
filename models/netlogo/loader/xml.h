// SPDX-License-Identifier: Apache-2.0
// A small tree of XML elements, made by libexpat within limits. Documents may not declare
// anything of their own; what a model file holds for drawing only is dropped while reading.
#ifndef SW_NETLOGO_LOADER_XML_H
#define SW_NETLOGO_LOADER_XML_H

#include "models/netlogo/loader/build.h"

typedef struct nl_node nl_node;

struct nl_node {
    const char *name;
    const char *const *attributes; // name, value, name, value … NULL
    const char *text;              // of an element without elements in it; otherwise ""
    size_t line, text_line;
    nl_node *children, *next;
    nl_node *last, *parent; // while reading
};

// Reads a document that starts on the given line of the file. Returns its root, or NULL after a
// fault.
const nl_node *nl_xml_read(nl_build *b, const char *text, size_t n, size_t line);

// The value of an attribute; `missing` when there is none, which is a fault if that is NULL (the
// result then is "").
const char *nl_attribute(nl_build *b, const nl_node *node, const char *name, const char *missing);
double nl_attribute_number(nl_build *b, const nl_node *node, const char *name, const char *missing);
bool nl_attribute_flag(nl_build *b, const nl_node *node, const char *name, const char *missing);

// The first child of a name, or NULL; and its text, "" without one.
const nl_node *nl_child(const nl_node *node, const char *name);
const char *nl_child_text(const nl_node *node, const char *name, size_t *line);

#endif
