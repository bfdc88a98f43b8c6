// SPDX-License-Identifier: Apache-2.0
// The list of formats that can be read.
#include "lib/formats/formats.h"

#include "lib/base/memory.h"
#include "lib/formats/parts.h"

#include <stdarg.h>
#include <stdio.h>

const sw_format_row sw_formats_in[] = {
    {"salib", "a SALib problem (JSON)", sw_salib_read, sw_salib_looks},
    {"behaviorspace", "BehaviorSpace experiments (XML), or the NetLogo model that holds them",
     sw_behaviorspace_read, sw_behaviorspace_looks},
    {"wandb", "a sweep configuration of Weights & Biases (YAML or JSON)", sw_wandb_read,
     sw_wandb_looks},
    {NULL, NULL, NULL, NULL},
};

const sw_format_row *
sw_format_find(const char *name)
{
    for (const sw_format_row *f = sw_formats_in; f->name; f++) {
        if (strcmp(f->name, name) == 0)
            return f;
    }
    return NULL;
}

const sw_format_row *
sw_format_guess(const char *bytes, size_t n)
{
    for (const sw_format_row *f = sw_formats_in; f->name; f++) {
        if (f->looks(bytes, n))
            return f;
    }
    return NULL;
}

json_t *
sw_import_document(const sw_import *how, json_t *usual)
{
    json_t *document = json_object();
    if (how->model)
        json_object_set_new(document, "model", json_string(how->model));
    if (how->design)
        json_object_set_new(document, "design", json_deep_copy(how->design));
    else if (usual)
        json_object_set(document, "design", usual);
    json_decref(usual);
    return document;
}

void
sw_import_warn(json_t *warnings, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    json_array_append_new(warnings, json_string(text));
}
