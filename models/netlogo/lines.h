// SPDX-License-Identifier: Apache-2.0
// A session spoken to by JSON objects, one a line each way:
//   {"open": path or text}                             {"ok": true}
//   {"command": text, "agent": "observer"}             {"ok": true}
//   {"report": text}                                   {"value": readable text}
//   {"repeat": commands, "times": n, "reporters": [text, …], "every": n}
//                                                      {"values": {text: [readable text, …], …}}
//   {"export_world": true}                             {"world": csv text}
//   {"seed": n}   {"dialect": 6 or 7}                  {"ok": true}
//   {"state": true}                                    {"state": {"ticks", "patches", …}}
// Errors: {"error": text, "kind": "compile" | "runtime" | "request", "line": n, "column": n}.
#ifndef SW_NETLOGO_LINES_H
#define SW_NETLOGO_LINES_H

#include "models/netlogo/session.h"

#include <jansson.h>
#include <stdio.h>

// Answers until `in` ends. opens: whether "open" is allowed; *s may then be NULL and change.
void sw_nl_lines(sw_nl_session **s, bool opens, FILE *in, FILE *out);

// The family's: opens the source, says so, then answers.
void sw_nl_family_session(const sw_source *source, FILE *in, FILE *out);

json_t *sw_nl_error_object(const sw_nl_error *error);

// SW_NL_O for "observer" or NULL, SW_NL_T for "turtle(s)", …
unsigned sw_nl_agent_named(const char *name);

// A whole file with a NUL behind it, at most 256 MiB; NULL if it can not be read. The caller frees.
char *sw_nl_read_file(const char *path, size_t *n);

#endif
