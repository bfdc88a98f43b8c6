// SPDX-License-Identifier: Apache-2.0
// Verbs and the headers that have no payload: each verb declares the members it carries.
#include "lib/base/memory.h"
#include "lib/wire/wire.h"

#include <stdio.h>

static const char *const verbs[SW_VERB_COUNT] = {
    [SW_HELLO] = "HELLO",     [SW_READY] = "READY",         [SW_DONE_CHUNK] = "DONE",
    [SW_FAIL_CHUNK] = "FAIL", [SW_BEAT] = "BEAT",           [SW_BYE] = "BYE",
    [SW_WORK] = "WORK",       [SW_STOP] = "STOP",           [SW_DRAIN] = "DRAIN",
    [SW_WHO] = "WHO",         [SW_DESCRIBED] = "DESCRIBED", [SW_DESCRIBE] = "DESCRIBE",
    [SW_MODEL] = "MODEL",     [SW_ANSWERED] = "ANSWERED",   [SW_ASK] = "ASK",
};

const char *
sw_verb_name(sw_verb verb)
{
    return verbs[verb];
}

int
sw_verb_of(const void *bytes, size_t n)
{
    for (int v = 0; v < SW_VERB_COUNT; v++) {
        if (strlen(verbs[v]) == n && memcmp(verbs[v], bytes, n) == 0)
            return v;
    }
    return -1;
}

// Numbers travel as JSON integers that every reader holds exactly.
#define NUMBER_MAX 9007199254740991.0
#define AT(member) offsetof(sw_header, member)
#define NUMBER(name, member, low)                                                                  \
    {                                                                                              \
        name, SW_FIELD_INTEGER, AT(member), true, low, NUMBER_MAX, NULL, NULL                      \
    }
#define TEXT(name, member)                                                                         \
    {                                                                                              \
        name, SW_FIELD_STRING, AT(member), true, 0, 4096, NULL, NULL                               \
    }
#define END                                                                                        \
    {                                                                                              \
        NULL, SW_FIELD_ANY, 0, false, 0, 0, NULL, NULL                                             \
    }

static const sw_field hello[] = {
    NUMBER("protocol", protocol, 1),
    TEXT("id", id),
    TEXT("host", host),
    NUMBER("pid", pid, 1),
    {"slots", SW_FIELD_INTEGER, AT(slots), true, 1, 4096, NULL, NULL},
    {"credit", SW_FIELD_INTEGER, AT(credit), true, 0, 65536, NULL, NULL},
    {"models", SW_FIELD_ARRAY, AT(models), true, 0, 4096, NULL, NULL},
    {"families", SW_FIELD_ARRAY, AT(families), false, 0, 64, NULL, NULL},
    END};
static const sw_field ready[] = {
    {"credit", SW_FIELD_INTEGER, AT(credit), true, 0, 65536, NULL, NULL}, END};
static const sw_field fail[] = {
    NUMBER("study", study, 1),
    NUMBER("lease", lease, 0),
    NUMBER("first", first, 0),
    {"n", SW_FIELD_INTEGER, AT(n), true, 1, SW_CHUNK_MAX, NULL, NULL},
    {"credit", SW_FIELD_INTEGER, AT(credit), true, 0, 65536, NULL, NULL},
    TEXT("reason", reason),
    END};
static const sw_field beat[] = {NUMBER("busy", busy_slots, 0), END};
static const sw_field work[] = {
    NUMBER("study", study, 1),
    NUMBER("lease", lease, 0),
    NUMBER("first", first, 0),
    {"n", SW_FIELD_INTEGER, AT(n), true, 1, SW_CHUNK_MAX, NULL, NULL},
    {"document", SW_FIELD_OBJECT, AT(document), false, 0, 0, NULL, NULL},
    END};
static const sw_field stop[] = {NUMBER("study", study, 1), END};
static const sw_field describe[] = {NUMBER("request", request, 1), TEXT("name", name),
                                    TEXT("file", file), END};
static const sw_field described[] = {
    NUMBER("request", request, 1),
    {"descriptor", SW_FIELD_OBJECT, AT(descriptor), false, 0, 0, NULL, NULL},
    NUMBER("line", line, 0),
    NUMBER("column", column, 0),
    TEXT("message", message),
    END};
static const sw_field model[] = {
    TEXT("name", name),
    TEXT("version", version),
    TEXT("file", file),
    {"descriptor", SW_FIELD_OBJECT, AT(descriptor), true, 0, 0, NULL, NULL},
    END};
#define LINE_MAX (8 << 20)
static const sw_field ask[] = {
    NUMBER("request", request, 1),
    NUMBER("session", session, 1),
    TEXT("name", name),
    TEXT("version", version),
    {"message", SW_FIELD_STRING, AT(message), true, 0, LINE_MAX, NULL, NULL},
    END};
static const sw_field answered[] = {
    NUMBER("request", request, 1),
    NUMBER("session", session, 1),
    {"message", SW_FIELD_STRING, AT(message), true, 0, LINE_MAX, NULL, NULL},
    END};
static const sw_field nothing[] = {END};

static const sw_field *const tables[SW_VERB_COUNT] = {
    [SW_HELLO] = hello,         [SW_READY] = ready,
    [SW_FAIL_CHUNK] = fail,     [SW_BEAT] = beat,
    [SW_BYE] = nothing,         [SW_WORK] = work,
    [SW_STOP] = stop,           [SW_DRAIN] = nothing,
    [SW_WHO] = nothing,         [SW_ASK] = ask,
    [SW_ANSWERED] = answered,   [SW_DESCRIBE] = describe,
    [SW_DESCRIBED] = described, [SW_MODEL] = model,
};

static void
write_member(sw_buffer *b, const sw_field *f, const sw_header *h)
{
    const void *place = (const char *)h + f->offset;
    if (f->type == SW_FIELD_INTEGER) {
        sw_buffer_printf(b, "%lld", (long long)*(const int64_t *)place);
    } else if (f->type == SW_FIELD_STRING) {
        const char *s = *(const char *const *)place;
        sw_buffer_json_string(b, s, strlen(s));
    } else {
        const json_t *value = *(json_t *const *)place;
        if (value)
            sw_json_write(b, value, false);
        else
            sw_buffer_str(b, "null");
    }
}

void
sw_header_write(sw_buffer *b, sw_verb verb, const sw_header *h)
{
    sw_buffer_char(b, '{');
    for (const sw_field *f = tables[verb]; f->name; f++) {
        sw_buffer_printf(b, "%s\"%s\":", f == tables[verb] ? "" : ",", f->name);
        write_member(b, f, h);
    }
    sw_buffer_char(b, '}');
}

// The first fault as a message; frees the faults.
static void
explain(sw_faults *faults, char *why, size_t why_size)
{
    if (sw_faults_any(faults))
        snprintf(why, why_size, "%s %s", faults->v[0].pointer, faults->v[0].message);
    sw_faults_fini(faults);
}

json_t *
sw_header_read(sw_verb verb, const void *bytes, size_t n, sw_header *h, char *why, size_t why_size)
{
    *h = (sw_header){0};
    if (n > SW_WIRE_HEADER_MAX || !tables[verb]) {
        snprintf(why, why_size, "a header of %zu bytes", n);
        return NULL;
    }
    sw_faults faults = {0};
    json_t *document = sw_json_parse(bytes, n, &faults);
    if (document && !sw_json_read(document, "", tables[verb], h, &faults)) {
        json_decref(document);
        document = NULL;
    }
    explain(&faults, why, why_size);
    return document;
}
