// SPDX-License-Identifier: Apache-2.0
// The public model interface: the one header a model author compiles against.
//
// A model is a table: what it is (parameters, outputs, version) and four functions (open, run,
// run_batch, close). It is a pure function of its inputs and of the seed it is given: it reads no
// clock, draws no other random number and keeps nothing between runs that could change a result.
// Models run in executor processes. A model that crashes, hangs or outgrows its memory costs the
// run it is on and nothing else, so a model may fail, but it must never report a failure as a
// result.
#ifndef SWEEPD_MODEL_H
#define SWEEPD_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

// How a run ended. The same numbers stand in the column `_state` of every study.
typedef enum sw_outcome {
    SW_DONE = 0,     // all asked-for outputs were set (a NaN may well be a result)
    SW_ERROR = 1,    // the model says that it could not compute these inputs
    SW_CRASH = 2,    // the process that ran it died
    SW_TIMEOUT = 3,  // it ran past limits.run_seconds
    SW_MEMORY = 4,   // it needed more than limits.memory_mb
    SW_REJECTED = 5, // the inputs violate a constraint of the study; never started
} sw_outcome;

typedef enum sw_kind {
    SW_NUMBER,  // a double
    SW_INTEGER, // a double with a whole value
    SW_BOOLEAN, // 0 or 1
    SW_TEXT,    // an index into the study's levels of this parameter, see sw_opening.levels
} sw_kind;

// One parameter as the model declares it. All strings live as long as the model.
typedef struct sw_parameter {
    const char *name; // as in study documents: letters, digits and -_.?!:% are usual
    const char *unit; // "s", "pu", "" for none
    const char *doc;  // one sentence
    sw_kind kind;
    double min, max;            // inclusive bounds of what the model accepts; ±INFINITY if open
    double value;               // the default; for SW_TEXT unused
    const char *text;           // the default of a SW_TEXT parameter, otherwise NULL
    const char *const *choices; // SW_TEXT: NULL-terminated allowed texts; NULL allows any text
} sw_parameter;

typedef enum sw_output_kind {
    SW_SCALAR,      // one double: written to out[k]
    SW_SERIES,      // doubles of any length: host->series
    SW_OUTPUT_TEXT, // UTF-8: host->text
    SW_ARTIFACT,    // bytes with a media type: host->artifact
} sw_output_kind;

typedef struct sw_output {
    const char *name;
    const char *unit;
    const char *doc;
    sw_output_kind kind;
    bool on_request; // left out unless the study names it (costly, or one of many)
} sw_output;

typedef struct sw_model sw_model;
typedef struct sw_host sw_host;

// The texts that a SW_TEXT parameter takes in one study; an input value v means texts[(size_t)v].
typedef struct sw_levels {
    size_t n;
    const char *const *texts;
} sw_levels;

// What a study asks of a model; valid until close.
typedef struct sw_opening {
    const sw_model *model;
    const sw_levels *levels; // n_parameters entries; n = 0 for parameters that are not SW_TEXT
    size_t n_outputs;        // the outputs asked for, in the study's order: out[k] is the k-th
    const sw_output *outputs;
    double run_seconds; // the limits of one run, 0 for none; the executor enforces them as well
    size_t memory_bytes;
    const char *scratch;  // a private folder that may be written; emptied by the executor
    const char *data_dir; // registered data sets lie here, by content hash; may be NULL
    const sw_host *host;
    char *error; // where open writes its one-sentence reason when it fails
    size_t error_size;
} sw_opening;

// What the executor offers a running model. `i` is the index within the batch (0 in run), `k` the
// index of the output asked for. Values are copied. Called from the thread that called run.
struct sw_host {
    // Says that run i of the batch starts now: what a crash or a hang is then charged to. run_batch
    // calls it where it can (a lock-step integrator marks the first run of each group).
    void (*mark)(const sw_host *host, size_t i);
    void (*series)(const sw_host *host, size_t i, size_t k, const double *values, size_t n);
    void (*text)(const sw_host *host, size_t i, size_t k, const char *text, size_t n);
    void (*artifact)(const sw_host *host, size_t i, size_t k, const char *media_type,
                     const void *bytes, size_t n);
    // The reason of a failed run, one sentence that names the quantity, its value, what is allowed.
    void (*fail)(const sw_host *host, size_t i, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
    // A line for the run's log, kept only for runs that fail.
    void (*log)(const sw_host *host, size_t i, const char *format, ...)
        __attribute__((format(printf, 3, 4)));
    // True once the run should end early (its study was cancelled); long models poll it.
    bool (*cancelled)(const sw_host *host);
    void *self;
};

// One run. in: n_parameters values in the model's order; out: n_outputs places, NaN at the start.
typedef struct sw_run {
    uint64_t run;  // the run's number in its study, for messages only
    uint64_t seed; // the only source of randomness
    const double *in;
    double *out;
    const sw_host *host;
} sw_run;

// n runs at once, as columns: in[j][i], out[k][i] (NaN at the start), outcome[i] (SW_DONE at the
// start). Run i must get the same bits whatever runs share its batch.
typedef struct sw_batch {
    uint64_t first_run;
    size_t n;
    const uint64_t *seeds;
    const double *const *in;
    double *const *out;
    uint8_t *outcome;
    const sw_host *host;
} sw_batch;

struct sw_model {
    const char *name;    // "family/name"
    const char *version; // changes whenever the same inputs may give other bits
    const char *doc;
    size_t n_parameters;
    const sw_parameter *parameters;
    size_t n_outputs;
    const sw_output *outputs;
    bool any_output; // a study may also name outputs that are not listed (texts the model compiles)
    void *self;      // the family's own

    // Once per executor and study: reads data, compiles. Returns 0 and a state, or -1 and a reason
    // in o->error. May be NULL.
    int (*open)(const sw_opening *o, void **state);
    // Required unless run_batch is given. When it returns anything but SW_DONE, the model has said
    // why with host->fail.
    sw_outcome (*run)(void *state, const sw_run *run);
    // Optional, for models that vectorise; preferred when present. Fills outcome[i].
    void (*run_batch)(void *state, const sw_batch *batch);
    void (*close)(void *state); // may be NULL
};

// A file or bundle from which a family makes a model: an uploaded .nlogo, a manifest, a case.
typedef struct sw_source {
    const char *name;  // the model's name, "family/name"
    const char *file;  // the main file's name, which tells its format; NULL: the folder as a whole
    const void *bytes; // its content; NULL without a main file
    size_t n;
    const char *dir; // folder that relative names in it refer to; NULL for none
} sw_source;

// Where a source is wrong; line and column count from 1, 0 when unknown.
typedef struct sw_source_error {
    size_t line, column;
    char message[512];
} sw_source_error;

typedef struct sw_family {
    const char *name;
    const char *doc;
    const sw_model *const *models; // built in, NULL-terminated; may be NULL
    const sw_source *shipped;      // sources that come with the product, loaded at the start; the
                                   // last has no name; may be NULL
    // Makes a model from a source: 0 and *model (freed by unload), or -1 and *error. May be NULL.
    int (*load)(const sw_source *source, sw_model **model, sw_source_error *error);
    void (*unload)(sw_model *model);
    // Speaks with a user over one model until `in` ends: a JSON object a line each way, the first
    // line out saying that it is open ({"ok": true}) or why it is not. In a process of its own. May
    // be NULL.
    void (*session)(const sw_source *source, FILE *in, FILE *out);
} sw_family;

#endif
