// SPDX-License-Identifier: Apache-2.0
// What the stages of a pipeline made, kept by the record of what made it, so that a run that
// changes a late stage finds the early ones done. Results do not depend on what is kept.
#ifndef SW_FMRI_CACHE_H
#define SW_FMRI_CACHE_H

#include "models/fmri/common.h"

#include <stdint.h>

typedef struct sw_fmri_cache sw_fmri_cache;

// Beyond `limit` bytes, what was used longest ago goes first. The caller frees it with _free.
sw_fmri_cache *sw_fmri_cache_new(size_t limit);
void sw_fmri_cache_free(sw_fmri_cache **cache);

// Starts a run: what is found or put from here on stays at least until the next start, whatever the
// limit, so that a run may hold pointers to all its stages.
void sw_fmri_cache_start(sw_fmri_cache *cache);

// The value of this record, NULL if it is not kept.
void *sw_fmri_cache_get(sw_fmri_cache *cache, const char *record);

// Keeps a value of so many bytes; `drop` frees it. The record is copied.
void sw_fmri_cache_put(sw_fmri_cache *cache, const char *record, void *value, size_t bytes,
                       void (*drop)(void *));

// How often a value was made, for tests.
uint64_t sw_fmri_cache_puts(const sw_fmri_cache *cache);

#endif
