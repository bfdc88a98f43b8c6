// SPDX-License-Identifier: Apache-2.0
// A manifest, read and checked: what stands in it can be used without another look.
#ifndef SW_MODELS_EXTERNAL_MANIFEST_H
#define SW_MODELS_EXTERNAL_MANIFEST_H

#include <jansson.h>
#include <sweepd/model.h>

#include "models/external/pick.h"

typedef struct sw_external_file {
    const char *name; // a plain name in the run's folder
    char *content;    // with placeholders; owned
} sw_external_file;

typedef struct sw_external_variable {
    const char *name;
    const char *value; // with placeholders
} sw_external_variable;

// Texts live in `root` unless said to be owned.
typedef struct sw_manifest {
    json_t *root;
    sw_model model;
    char *name, *version; // owned
    char *dir;            // owned; what {dir} stands for and where a relative command lies
    sw_parameter *parameters;
    char **variables;        // "SWEEP_<NAME>" of each parameter; owned
    sw_output *outputs;      // the manifest's, then _cpu_ms and _max_rss_kb
    size_t n_declared;       // without these two
    sw_external_pick *picks; // how each declared output is found
    size_t n_command;
    const char **command;
    size_t n_files;
    sw_external_file *files;
    size_t n_environment;
    sw_external_variable *environment;
    bool jsonl;         // a co-process, else one process a run
    bool network;       // whether it keeps the machine's network
    double run_seconds; // 0: none of its own
    size_t memory_bytes;
    size_t output_bytes;
} sw_manifest;

enum { SW_MANIFEST_MOST_BYTES = 1 << 20 };

// Reads a manifest. NULL and *error: for bad JSON the line and column; for a bad manifest all
// faults, each behind the JSON pointer of its place, as many as fit. The caller owns the result.
sw_manifest *sw_manifest_read(const sw_source *source, sw_source_error *error);
void sw_manifest_free(sw_manifest *m);

// The index of a parameter whose name is the n bytes at name, or -1.
long sw_manifest_parameter(const sw_manifest *m, const char *name, size_t n);

#endif
