// SPDX-License-Identifier: Apache-2.0
// The table behind the error list, and the list of faults of a document.
#include "lib/base/errors.h"

#include "lib/base/memory.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SW_ERROR_ROW(name, slug, status, exit_code, retryable, title)                              \
    {#name, slug, status, exit_code, retryable, title},
static const sw_error_info table[] = {
#include "lib/base/errors.def"
};
#undef SW_ERROR_ROW

const sw_error_info *
sw_error_about(sw_error e)
{
    assert(e < SW_E_COUNT);
    return &table[e];
}

sw_error
sw_error_of_slug(const char *slug)
{
    for (size_t e = 0; e < SW_E_COUNT; e++) {
        if (strcmp(table[e].slug, slug) == 0)
            return (sw_error)e;
    }
    return SW_E_INTERNAL;
}

void
sw_fault_add(sw_faults *f, const char *pointer, const char *format, ...)
{
    if (f->n == SW_FAULTS_MAX) {
        f->dropped++;
        return;
    }
    if (!f->v)
        f->v = sw_calloc(SW_FAULTS_MAX, sizeof *f->v);
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    f->v[f->n++] = (sw_fault){sw_strdup(pointer), sw_strdup(text)};
}

bool
sw_faults_any(const sw_faults *f)
{
    return f->n > 0;
}

json_t *
sw_faults_json(const sw_faults *f)
{
    json_t *list = json_array();
    for (size_t i = 0; i < f->n; i++) {
        // A message may quote bytes that are not UTF-8 once cut: replaced rather than refused.
        json_t *detail = json_string(f->v[i].message);
        json_t *pointer = json_string(f->v[i].pointer);
        json_array_append_new(list,
                              json_pack("{so, so}", "pointer", pointer ? pointer : json_string(""),
                                        "detail", detail ? detail : json_string("not allowed")));
    }
    return list;
}

void
sw_faults_fini(sw_faults *f)
{
    for (size_t i = 0; i < f->n; i++) {
        free(f->v[i].pointer);
        free(f->v[i].message);
    }
    free(f->v);
    *f = (sw_faults){0};
}
