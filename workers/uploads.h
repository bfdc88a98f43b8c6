// SPDX-License-Identifier: Apache-2.0
// What users uploaded, on this worker: unpacked below one private folder, by content; and the
// processes that find out which model a file makes. A file is never read by the worker itself: it
// comes from a user, and a process of its own may die of it.
#ifndef SWEEPD_WORKERS_UPLOADS_H
#define SWEEPD_WORKERS_UPLOADS_H

#include "lib/wire/wire.h"
#include "workers/registry.h"

typedef struct sw_uploads sw_uploads;

// described: what a file makes, as a header of DESCRIBED; valid during the call.
typedef struct sw_uploads_settings {
    const char *scratch_dir; // the folder is made below it
    sw_registry *registry;
    void (*described)(void *context, const sw_header *described);
    void *context;
} sw_uploads_settings;

// NULL and a logged reason if the folder can not be made.
sw_uploads *sw_uploads_new(const sw_uploads_settings *settings);
// Ends what is under way and removes the folder.
void sw_uploads_free(sw_uploads **uploads);

// MODEL: unpacks and puts it into the registry.
void sw_uploads_put(sw_uploads *u, const sw_header *model, const void *bytes, size_t n);

// DESCRIBE: starts finding out; the answer comes from sw_uploads_step, at the latest when the time
// for it is over.
void sw_uploads_describe(sw_uploads *u, const sw_header *describe, const void *bytes, size_t n);

// How many are being described.
size_t sw_uploads_busy(const sw_uploads *u);

// Reads, watches time, answers. Call every 20 ms or so while busy.
void sw_uploads_step(sw_uploads *u);

// The life of a process that describes: prints what the unpacked file makes as JSON, with the
// members of DESCRIBED, and returns the exit code.
int sw_uploads_describe_main(const char *name, const char *file, const char *dir);

#endif
