// SPDX-License-Identifier: Apache-2.0
// See the header.
#include "models/external/template.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

uint64_t
sw_external_seed(uint64_t seed)
{
    return seed >> 11;
}

const char *
sw_external_level(const sw_external_values *v, size_t j)
{
    const sw_levels *levels = &v->levels[j];
    double index = v->in[j];
    return index >= 0 && index < (double)levels->n ? levels->texts[(size_t)index] : "";
}

void
sw_external_append_value(const sw_external_values *v, size_t j, sw_external_bytes *to)
{
    switch (v->manifest->parameters[j].kind) {
    case SW_TEXT:
        sw_external_append_text(to, sw_external_level(v, j));
        break;
    case SW_BOOLEAN:
        sw_external_append_text(to, v->in[j] != 0 ? "true" : "false");
        break;
    default:
        sw_external_append_number(to, v->in[j]);
    }
}

static void
append_count(sw_external_bytes *to, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    sw_external_append_text(to, text);
}

static bool
is(const char *name, size_t n, const char *what)
{
    return strlen(what) == n && strncmp(name, what, n) == 0;
}

// Appends what a name stands for; false if it stands for nothing.
static bool
append_named(const sw_external_values *v, const char *name, size_t n, sw_external_bytes *to)
{
    long j = sw_manifest_parameter(v->manifest, name, n);
    if (is(name, n, "dir"))
        sw_external_append_text(to, v->manifest->dir ? v->manifest->dir : "");
    else if (is(name, n, "scratch"))
        sw_external_append_text(to, v->scratch);
    else if (!v->in)
        return false;
    else if (j >= 0)
        sw_external_append_value(v, (size_t)j, to);
    else if (is(name, n, "run"))
        append_count(to, v->run);
    else if (is(name, n, "seed"))
        append_count(to, sw_external_seed(v->seed));
    else
        return false;
    return true;
}

static bool
is_known(const sw_external_values *v, const char *name, size_t n)
{
    return sw_manifest_parameter(v->manifest, name, n) >= 0 || is(name, n, "run") ||
           is(name, n, "seed") || is(name, n, "dir") || is(name, n, "scratch");
}

void
sw_external_expand(const sw_external_values *v, const char *text, sw_external_bytes *to)
{
    sw_external_append(to, "", 0);
    while (*text) {
        size_t plain = strcspn(text, "{");
        sw_external_append(to, text, plain);
        text += plain;
        if (!*text)
            return;
        bool doubled = text[1] == '{';
        const char *name = text + 1 + doubled;
        size_t n = strcspn(name, "{}");
        bool closed = name[n] == '}' && (!doubled || name[n + 1] == '}');
        if (closed && doubled && is_known(v, name, n)) {
            sw_external_append(to, name - 1, n + 2);
            text = name + n + 2;
        } else if (closed && !doubled && append_named(v, name, n, to)) {
            text = name + n + 1;
        } else {
            sw_external_append(to, text++, 1);
        }
    }
}
