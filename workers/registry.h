// SPDX-License-Identifier: Apache-2.0
// The models that this worker offers: those built into the families, and those made from files of
// a folder (manifests of external programs, NetLogo models).
#ifndef SWEEPD_WORKERS_REGISTRY_H
#define SWEEPD_WORKERS_REGISTRY_H

#include <sweepd/model.h>

#include <jansson.h>

typedef struct sw_registry sw_registry;

// models_dir may be NULL. Files that make no model are logged with line and column and left out.
sw_registry *sw_registry_new(const char *models_dir);
void sw_registry_free(sw_registry **registry);

// The model of this name and version, or NULL.
const sw_model *sw_registry_find(const sw_registry *registry, const char *name,
                                 const char *version);

// All descriptors, as HELLO carries them; the caller owns the reference.
json_t *sw_registry_describe(const sw_registry *registry);

#endif
