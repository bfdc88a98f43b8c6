// SPDX-License-Identifier: Apache-2.0
// The models that this worker offers: those built into the families, those made from files of a
// folder (manifests of external programs, NetLogo models), and those that the server sent because
// a user uploaded them.
#ifndef SWEEPD_WORKERS_REGISTRY_H
#define SWEEPD_WORKERS_REGISTRY_H

#include <sweepd/model.h>

#include <jansson.h>

typedef struct sw_registry sw_registry;

// An uploaded model as the server describes it. Its files lie unpacked in a folder; they are read
// by executors only, which may die of them.
typedef struct sw_upload {
    const char *name, *version;
    const char *file; // as it was uploaded
    const char *dir;
    const json_t *descriptor;
} sw_upload;

// models_dir may be NULL. Files that make no model are logged with line and column and left out.
sw_registry *sw_registry_new(const char *models_dir);
void sw_registry_free(sw_registry **registry);

// The built-in model, or that of the folder, of this name and version, or NULL.
const sw_model *sw_registry_find(const sw_registry *registry, const char *name,
                                 const char *version);

// What is wrong, with line and column, with the folder's file that this model would be made of;
// NULL if there is none. The registry's.
const char *sw_registry_left_out(const sw_registry *registry, const char *name);

// Notes an uploaded model; what is known already stays as it is. The registry copies it.
void sw_registry_put(sw_registry *registry, const sw_upload *upload);
const sw_upload *sw_registry_upload(const sw_registry *registry, const char *name,
                                    const char *version);

// Makes the model of an upload: the folder's main file (see below) goes to the family that the
// name begins with. NULL and *error if it makes none. The registry owns the model.
const sw_model *sw_registry_load(sw_registry *registry, const char *name, const char *file,
                                 const char *dir, sw_source_error *error);

// Speaks on standard input and output over a model that is shipped (file and dir are empty) or was
// uploaded, until the input ends. -1 and *error if its family has no sessions.
int sw_registry_session(const char *name, const char *file, const char *dir,
                        sw_source_error *error);

// All descriptors, as HELLO carries them; and the names of the families that take uploads. The
// caller owns the references.
json_t *sw_registry_describe(const sw_registry *registry);
json_t *sw_registry_families(void);

#endif
