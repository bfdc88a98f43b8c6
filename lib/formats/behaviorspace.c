// SPDX-License-Identifier: Apache-2.0
// BehaviorSpace experiments as studies of a NetLogo model: an experiments file, or the experiments
// of an .nlogo or .nlogox. The layout of version 7 wraps metrics, constants and sub-experiments in
// elements of their own and has the time limit as an attribute; that of version 6 does not. Either
// is taken wherever it comes. What is read is turned into studies by behaviorspace_study.c.
#include "lib/formats/behaviorspace.h"

#include "lib/base/memory.h"
#include "lib/formats/parts.h"

#include <expat.h>
#include <limits.h>

enum { DEPTH_MAX = 64, ELEMENTS_MAX = 1000000, TEXT_MAX = 100000, EXPERIMENTS_MAX = 1000 };

typedef struct reader {
    XML_Parser parser;
    json_t *experiments;
    json_t *experiment, *sets, *set; // borrowed: those that are open
    int depth, elements;
    sw_buffer text; // of the open element
    sw_faults *faults;
} reader;

static void
stop(reader *r, const char *why)
{
    sw_fault_add(r->faults, "", "line %lu: %s", XML_GetCurrentLineNumber(r->parser), why);
    XML_StopParser(r->parser, XML_FALSE);
}

static const char *
attribute(const char **attributes, const char *name, const char *missing)
{
    for (size_t i = 0; attributes[i]; i += 2) {
        if (strcmp(attributes[i], name) == 0)
            return attributes[i + 1];
    }
    return missing;
}

static void
open_experiment(reader *r, const char **attributes)
{
    if (json_array_size(r->experiments) == EXPERIMENTS_MAX) {
        stop(r, "too many experiments");
        return;
    }
    r->experiment =
        json_pack("{ss ss ss ss s[] s[] s[]}", "name", attribute(attributes, "name", ""),
                  "repetitions", attribute(attributes, "repetitions", "1"), "every",
                  attribute(attributes, "runMetricsEveryStep", "true"), "timeLimit",
                  attribute(attributes, "timeLimit", "0"), "metrics", "constants", "subs");
    json_array_append_new(r->experiments, r->experiment);
    r->sets = json_object_get(r->experiment, "constants");
}

static void
open_sub(reader *r)
{
    r->sets = json_array();
    json_array_append_new(json_object_get(r->experiment, "subs"), r->sets);
}

static void
open_set(reader *r, const char **attributes)
{
    r->set = json_object();
    json_array_append_new(r->sets, r->set);
    static const char *const names[] = {"variable", "first", "step", "last"};
    for (size_t i = 0; i < sw_countof(names); i++) {
        const char *value = attribute(attributes, names[i], NULL);
        if (value)
            json_object_set_new(r->set, names[i], json_string(value));
    }
}

// Inside of an experiment.
static void
open_part(reader *r, const char *name, const char **attributes)
{
    if (strcmp(name, "subExperiment") == 0) {
        open_sub(r);
    } else if (strcmp(name, "enumeratedValueSet") == 0) {
        open_set(r, attributes);
        json_object_set_new(r->set, "values", json_array());
    } else if (strcmp(name, "steppedValueSet") == 0) {
        open_set(r, attributes);
    } else if (strcmp(name, "value") == 0 && r->set) {
        json_array_append_new(json_object_get(r->set, "values"),
                              json_string(attribute(attributes, "value", "")));
    } else if (strcmp(name, "timeLimit") == 0) {
        json_object_set_new(r->experiment, "timeLimit",
                            json_string(attribute(attributes, "steps", "0")));
    }
}

static void
on_start(void *self, const char *name, const char **attributes)
{
    reader *r = self;
    r->text.n = 0;
    if (++r->depth > DEPTH_MAX || ++r->elements > ELEMENTS_MAX)
        stop(r, r->depth > DEPTH_MAX ? "elements are nested too deeply" : "too many elements");
    else if (!r->experiment && strcmp(name, "experiment") == 0)
        open_experiment(r, attributes);
    else if (r->experiment)
        open_part(r, name, attributes);
}

static void
on_text(void *self, const char *s, int n)
{
    reader *r = self;
    if (!r->experiment)
        return;
    if (r->text.n + (size_t)n > TEXT_MAX)
        stop(r, "a text of more than 100,000 bytes");
    else
        sw_buffer_add(&r->text, s, (size_t)n);
}

// The text of the element that ends, without white space around it.
static json_t *
take_text(reader *r)
{
    const char *s = r->text.data;
    size_t n = r->text.n;
    for (; n > 0 && strchr(" \t\r\n", *s); n--)
        s++;
    while (n > 0 && strchr(" \t\r\n", s[n - 1]))
        n--;
    return n ? json_stringn(s, n) : json_string("");
}

static void
close_part(reader *r, const char *name)
{
    // "final" is the old name of postRun.
    static const char *const texts[] = {
        "preExperiment",      "setup", "go", "postRun", "final", "postExperiment", "exitCondition",
        "runMetricsCondition"};
    if (strcmp(name, "metric") == 0)
        json_array_append_new(json_object_get(r->experiment, "metrics"), take_text(r));
    for (size_t i = 0; i < sw_countof(texts); i++) {
        if (strcmp(name, texts[i]) == 0)
            json_object_set_new(r->experiment, name, take_text(r));
    }
    if (strcmp(name, "subExperiment") == 0)
        r->sets = json_object_get(r->experiment, "constants");
    else if (strcmp(name, "enumeratedValueSet") == 0)
        r->set = NULL;
}

static void
on_end(void *self, const char *name)
{
    reader *r = self;
    r->depth--;
    if (r->experiment && strcmp(name, "experiment") == 0)
        r->experiment = NULL;
    else if (r->experiment)
        close_part(r, name);
    r->text.n = 0;
}

// Declarations within the document could make text out of nothing (entities, default values).
// What is named outside of it is never fetched.
static void
on_doctype(void *self, const XML_Char *name, const XML_Char *system, const XML_Char *public,
           int has_internal_subset)
{
    (void)name, (void)system, (void)public;
    if (has_internal_subset)
        stop(self, "the document type declares something of its own, which is not allowed");
}

json_t *
sw_behaviorspace_parse(const char *bytes, size_t n, sw_faults *faults)
{
    size_t before = faults->n + faults->dropped;
    reader r = {.parser = XML_ParserCreate("UTF-8"), .faults = faults};
    if (!r.parser || n > INT_MAX) {
        sw_fault_add(faults, "", "the document is too large");
        XML_ParserFree(r.parser);
        return NULL;
    }
    r.experiments = json_array();
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, on_start, on_end);
    XML_SetCharacterDataHandler(r.parser, on_text);
    XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
    bool read = XML_Parse(r.parser, bytes, (int)n, 1) == XML_STATUS_OK;
    if (!read && faults->n + faults->dropped == before)
        sw_fault_add(faults, "", "line %lu: not well-formed XML: %s",
                     XML_GetCurrentLineNumber(r.parser),
                     XML_ErrorString(XML_GetErrorCode(r.parser)));
    XML_ParserFree(r.parser);
    sw_buffer_fini(&r.text);
    if (read)
        return r.experiments;
    json_decref(r.experiments);
    return NULL;
}

// ---- files ----

enum { EXPERIMENTS_SECTION = 7 };

static const char separator[] = "@#$#@#$#@";

// The part of an .nlogo file that holds its experiments; the whole of any other file.
static void
find_section(const char **bytes, size_t *n)
{
    const char *at = *bytes, *end = *bytes + *n;
    int section = 0;
    for (const char *next; (next = memmem(at, (size_t)(end - at), separator, 9)); section++) {
        if (section == EXPERIMENTS_SECTION)
            end = next;
        if (section == EXPERIMENTS_SECTION)
            break;
        at = next + 9;
    }
    if (section >= EXPERIMENTS_SECTION)
        *bytes = at;
    if (section >= EXPERIMENTS_SECTION)
        *n = (size_t)(end - at);
    for (; *n > 0 && strchr(" \t\r\n", **bytes); (*n)--) // nothing may stand before an XML head
        (*bytes)++;
}

bool
sw_behaviorspace_looks(const char *bytes, size_t n)
{
    if (n >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0)
        bytes += 3, n -= 3;
    while (n > 0 && strchr(" \t\r\n", *bytes))
        bytes++, n--;
    return (n > 0 && *bytes == '<') || memmem(bytes, n, separator, 9);
}

bool
sw_behaviorspace_read(const char *bytes, size_t n, const sw_import *how, sw_imported *made,
                      sw_faults *faults)
{
    find_section(&bytes, &n);
    sw_auto(json) json_t *experiments = n ? sw_behaviorspace_parse(bytes, n, faults) : json_array();
    if (!experiments)
        return false;
    json_t *documents = json_array(), *warnings = json_array();
    size_t i, before = faults->n + faults->dropped;
    const json_t *e;
    json_array_foreach (experiments, i, e) {
        const char *name = json_string_value(json_object_get(e, "name"));
        if (!how->experiment || strcmp(how->experiment, name) == 0)
            json_array_append_new(documents, sw_behaviorspace_study(e, how, warnings, faults));
    }
    if (json_array_size(documents) == 0 && how->experiment)
        sw_fault_add(faults, "?experiment", "there is no experiment \"%.100s\"", how->experiment);
    else if (json_array_size(documents) == 0 && faults->n + faults->dropped == before)
        sw_fault_add(faults, "", "the file holds no experiments");
    *made = (sw_imported){documents, warnings};
    if (faults->n + faults->dropped == before)
        return true;
    json_decref(documents);
    json_decref(warnings);
    return false;
}
