// SPDX-License-Identifier: Apache-2.0
// What other tools write, read as study documents: SALib problems, BehaviorSpace experiments,
// sweeps of Weights & Biases; and answers in the words of SALib. Pure: texts and JSON in, JSON out.
// docs/formats.md has the correspondence, field by field.
#ifndef SWEEPD_FORMATS_FORMATS_H
#define SWEEPD_FORMATS_FORMATS_H

#include "lib/base/json.h"
#include "lib/study/descriptor.h"

// ---- SALib ----

// A study document may hold "problem", a SALib problem (num_vars, names, bounds, dists, groups,
// outputs), in place of its varied parameters. Returns the document with the problem rewritten as
// "parameters", "groups" and "outputs" (a new reference; the same document when it has none), or
// NULL and faults that name the field of the problem.
json_t *sw_salib_expand(json_t *document, sw_faults *faults);

// Rewrites the pointers of faults that were found in an expanded document, so that they point into
// the problem that the user wrote: /parameters/x2/sd becomes /problem/bounds/1/1.
void sw_salib_point(const json_t *document, sw_faults *faults);

// The result of an analysis under SALib's keys: exactly those that SALib's method of that name
// returns, plus "names". What is not computed here is null. NULL if SALib has no such method, or
// none over a series.
json_t *sw_salib_result(const json_t *result);

// ---- reading files ----

// What the user says beside a file.
typedef struct sw_import {
    const char *model; // "family/name"; NULL: the file names it, or the document does without
    const sw_descriptor *descriptor; // of that model, to tell texts from numbers; may be NULL
    const json_t *design;            // the member "design"; NULL: what the file asks for
    const char *experiment;          // BehaviorSpace: only the experiment of this name; NULL: all
} sw_import;

// What was read.
typedef struct sw_imported {
    json_t *documents; // array of study documents
    json_t *warnings;  // array of texts: what of the file has no place in a study
} sw_imported;

// Reads `n` bytes. False, with faults, if the file can not be a study; true otherwise, and then the
// caller owns both references.
typedef bool (*sw_import_read)(const char *bytes, size_t n, const sw_import *how, sw_imported *made,
                               sw_faults *faults);

typedef struct sw_format_row {
    const char *name; // "salib"
    const char *doc;
    sw_import_read read;
    // True if bytes look like this format: the first row that says so is taken.
    bool (*looks)(const char *bytes, size_t n);
} sw_format_row;

// All formats; the last has no name.
extern const sw_format_row sw_formats_in[];

// The format of that name, or NULL.
const sw_format_row *sw_format_find(const char *name);
// The format that bytes look like, or NULL.
const sw_format_row *sw_format_guess(const char *bytes, size_t n);

#endif
