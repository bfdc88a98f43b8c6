// SPDX-License-Identifier: Apache-2.0
// Drives any sw_model through its public interface, as an executor does, and keeps what it hands
// back, so that a model's tests read as "set these inputs, run, expect that". It is a real host,
// not a mock: series, texts, artifacts, failures and logs are all copied and may be looked at until
// the next run. A wrong use (an unknown name, a failing open where success was asked for) prints a
// message and aborts the test program.
#ifndef SW_TESTS_SUPPORT_MODEL_HARNESS_H
#define SW_TESTS_SUPPORT_MODEL_HARNESS_H

#include <sweepd/model.h>

typedef struct sw_harness sw_harness;

// What one run gave. Arrays have one entry per output asked for, in the order asked.
typedef struct sw_kept {
    size_t times; // how often the host was called for this output (a good model: once)
    double *series;
    size_t n_series;
    char *text; // NUL-terminated copy; n_text excludes the NUL
    size_t n_text;
    char *media_type;
    void *bytes;
    size_t n_bytes;
} sw_kept;

typedef struct sw_result {
    sw_outcome outcome;
    double *out; // NaN where the model did not write
    sw_kept *kept;
    char fail[1024]; // what the model said with host->fail; "" if it said nothing
    char *log;       // all log lines, each ended by '\n'; NULL if none
    size_t marks;    // how often host->mark was called for this run
} sw_result;

// The texts a SW_TEXT parameter takes in this harness (NULL-terminated). Parameters without an
// entry get their choices, or else their default alone.
typedef struct sw_harness_texts {
    const char *parameter;
    const char *const *texts;
} sw_harness_texts;

typedef struct sw_harness_setup {
    const char *outputs;           // comma-separated names; NULL for all that are not on_request
    const sw_harness_texts *texts; // ended by an entry whose parameter is NULL; may be NULL
    double run_seconds;
    size_t memory_bytes;
    const char *data_dir;
} sw_harness_setup;

// The family's built-in model of this name; aborts if there is none.
const sw_model *sw_harness_find(const sw_family *family, const char *name);

// Opens the model with a fresh scratch folder and all inputs at their defaults. The second form
// returns NULL and the model's reason when open fails; the first aborts then.
sw_harness *sw_harness_open(const sw_model *model, const char *outputs);
sw_harness *sw_harness_open_with(const sw_model *model, const sw_harness_setup *setup, char *error,
                                 size_t error_size);

// Closes the model and removes the scratch folder; nulls the caller's pointer.
void sw_harness_close(sw_harness **h);

// The input point of the next run; a text must be one of the levels.
void sw_harness_set(sw_harness *h, const char *parameter, double value);
void sw_harness_set_text(sw_harness *h, const char *parameter, const char *text);

// Runs the current point: by run where the model has it, else by a batch of one. The result
// belongs to the harness and lives until its next run.
const sw_result *sw_harness_run(sw_harness *h, uint64_t seed);

// Runs n points at once by run_batch where the model has it, else by n calls of run. points: n rows
// of n_parameters values; returns n results, valid until the next run.
const sw_result *sw_harness_batch(sw_harness *h, size_t n, const double *points,
                                  const uint64_t *seeds);

// Runs n points by run_batch and one by one by run, and aborts with a message unless outcomes and
// scalar outputs agree bit for bit. Does nothing for a model that lacks either.
void sw_harness_check_batch(sw_harness *h, size_t n, const double *points, const uint64_t *seeds);

// Of the last run: a scalar, and all that was kept of an output.
double sw_harness_value(const sw_harness *h, const char *output);
const sw_kept *sw_harness_kept(const sw_harness *h, const char *output);

const char *sw_harness_scratch(const sw_harness *h);
double *sw_harness_inputs(sw_harness *h);              // the n_parameters values of the next run
void sw_harness_cancel(sw_harness *h, bool cancelled); // what host->cancelled answers

// Aborts with a message unless the descriptor is whole: names unique and non-empty, units and docs
// present, bounds around the default, choices only for texts, a version, at least one output.
void sw_harness_check_descriptor(const sw_model *model);

#endif
