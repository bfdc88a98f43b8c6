// SPDX-License-Identifier: Apache-2.0
// Files of a folder, served from memory in the smallest form that a client takes.
#ifndef SWEEPD_HTTP_STATIC_H
#define SWEEPD_HTTP_STATIC_H

#include "server/http/http.h"

typedef struct sw_static sw_static;

// Reads dir and dir/assets, which hold at most 512 files of at most 32 MiB. Files in assets never
// change (their names have the hash of their content) and are kept by browsers for good. NULL if
// the folder has no index.html. The caller frees it.
sw_static *sw_static_load(const char *dir);
void sw_static_free(sw_static **s);

// Answers with the file ("index.html", "assets/…"); false, and no answer, if there is none or s is
// NULL.
bool sw_static_answer(const sw_static *s, sw_request *r, const char *name);

#endif
