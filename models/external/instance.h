// SPDX-License-Identifier: Apache-2.0
// An opened external model, and what its two modes share.
#ifndef SW_MODELS_EXTERNAL_INSTANCE_H
#define SW_MODELS_EXTERNAL_INSTANCE_H

#include "models/external/child.h"
#include "models/external/manifest.h"
#include "models/external/template.h"

typedef struct sw_external {
    const sw_manifest *manifest;
    const sw_opening *opening;
    long *declared; // of each output asked for, its index in the manifest
    bool wants_cpu, wants_memory;
    double run_seconds;
    size_t memory_bytes;
    char folder[4096]; // where the program works
    sw_external_child child;
    sw_external_bytes request, reply; // kept for their memory
} sw_external;

// The manifest's command with placeholders replaced, and the environment a program gets. Both are
// one allocation a text and freed by sw_external_free_list.
char **sw_external_command(const sw_external *x, const sw_external_values *v);
char **sw_external_environment(const sw_external *x, const sw_external_values *v);
void sw_external_free_list(char **list);

// Writes what was measured where it was asked for.
void sw_external_put_measured(const sw_external *x, const sw_run *run, double cpu_ms, long peak_kb);

// Reads a regular file of the program's folder, at most the manifest's output size. -1 and a reason
// otherwise.
int sw_external_read_file(const sw_external *x, const char *name, sw_external_bytes *to,
                          char *error, size_t error_size);

// Co-process mode: started at the first run and again after it died.
int sw_coprocess_start(sw_external *x, char *error, size_t error_size);
sw_outcome sw_coprocess_run(sw_external *x, const sw_run *run);

// Process mode.
sw_outcome sw_oneshot_run(sw_external *x, const sw_run *run);

#endif
