// SPDX-License-Identifier: Apache-2.0
// What a user uploaded, as files in a folder: one file as it is, or the contents of a tar archive.
#ifndef SWEEPD_WORKERS_BUNDLE_H
#define SWEEPD_WORKERS_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>

// Bounds of an archive, unpacked.
enum { SW_BUNDLE_FILES_MAX = 10000 };
#define SW_BUNDLE_BYTES_MAX ((size_t)2 << 30)

// Writes the upload into `dir`, which is empty: an archive (its name ends with .tar) is unpacked,
// plain files and folders only, nothing outside of dir; anything else becomes the file of that
// name. False and a sentence if it can not be.
bool sw_bundle_unpack(const void *bytes, size_t n, const char *file, const char *dir, char *why,
                      size_t why_size);

// Whether an upload of this name is an archive.
bool sw_bundle_is_archive(const char *file);

// Removes a folder and all that is in it.
void sw_bundle_remove(const char *dir);

#endif
