// SPDX-License-Identifier: Apache-2.0
// A running model that is spoken to: open it, give commands, ask reporters. The API of interactive
// sessions, of the command-line tool and of the model family stands on these functions. Sessions
// share nothing; one may be used from one thread at a time, and from the thread that opened it.
#ifndef SW_NETLOGO_SESSION_H
#define SW_NETLOGO_SESSION_H

#include "models/netlogo/engine.h"

typedef struct sw_nl_session sw_nl_session;

// A model read and compiled once; sessions of it share what never changes.
typedef struct sw_nl_model {
    sw_nl_file *file;
    sw_nl_program *program;
} sw_nl_model;

// From the bytes of an .nlogo or .nlogox file; `includes` may be NULL. Returns 0, or −1 and *error.
__attribute__((warn_unused_result)) int sw_nl_model_open(sw_nl_model *model, const void *bytes,
                                                         size_t n, const sw_nl_includes *includes,
                                                         sw_nl_error *error);
void sw_nl_model_close(sw_nl_model *model);

// Opens a fresh world of a model, which must outlive the session: globals as the widgets say,
// streams seeded with `seed`, then `startup` run. Returns NULL and *error.
sw_nl_session *sw_nl_session_of(const sw_nl_model *model, const sw_nl_limits *limits, int64_t seed,
                                sw_nl_error *error);

// Opens a model from the bytes of an .nlogo or .nlogox file, all random streams seeded with 0.
// `includes` may be NULL. Returns NULL and *error.
sw_nl_session *sw_nl_session_open(const void *bytes, size_t n, const sw_nl_includes *includes,
                                  const sw_nl_limits *limits, sw_nl_error *error);

// Opens code alone in the world of NetLogo's language tests: −5 … 5, wrapping, two plots.
sw_nl_session *sw_nl_session_open_code(const char *code, sw_nl_dialect dialect,
                                       const sw_nl_limits *limits, sw_nl_error *error);

void sw_nl_session_close(sw_nl_session **session);

// Runs commands. agent: SW_NL_O, or a kind whose every member runs them. Returns 0, or −1 and
// *error; the session can be used on after any error.
__attribute__((warn_unused_result)) int sw_nl_session_command(sw_nl_session *s, unsigned agent,
                                                              const char *text, sw_nl_error *error);

// Runs commands up to `times` times, until they stop or the host cancels; limits hold for each.
// *made (may be NULL) is how often they ran to their end.
__attribute__((warn_unused_result)) int sw_nl_session_repeat(sw_nl_session *s, const char *text,
                                                             double times, const sw_host *host,
                                                             double *made, sw_nl_error *error);

// Whether a text compiles as commands or as a reporter: 0, or −1 and *error.
__attribute__((warn_unused_result)) int sw_nl_session_compiles(sw_nl_session *s, const char *text,
                                                               bool reporter, sw_nl_error *error);

// Sets a global of a widget to a literal. Returns 0, or −1 and *error.
__attribute__((warn_unused_result)) int sw_nl_session_set_global(sw_nl_session *s, const char *name,
                                                                 const char *literal,
                                                                 sw_nl_error *error);

// Evaluates a reporter by the observer; *text is its readable form, valid until the next call.
__attribute__((warn_unused_result)) int sw_nl_session_report(sw_nl_session *s, const char *code,
                                                             const char **text, sw_nl_error *error);

// The same as a number: booleans are 0 and 1; anything else is an error.
__attribute__((warn_unused_result)) int sw_nl_session_number(sw_nl_session *s, const char *code,
                                                             double *value, sw_nl_error *error);

// Whether `text`, read as a literal, equals the value last reported.
bool sw_nl_session_reads_back(sw_nl_session *s, const char *text);

// The world as export-world writes it, without the lines above its first section; valid until the
// next call.
__attribute__((warn_unused_result)) int sw_nl_session_export(sw_nl_session *s, const char **text,
                                                             sw_nl_error *error);

// Seeds all streams.
void sw_nl_session_seed(sw_nl_session *s, int64_t seed);
void sw_nl_session_set_dialect(sw_nl_session *s, sw_nl_dialect dialect);

// Where printed text goes; NULL discards it.
void sw_nl_session_output(sw_nl_session *s, void (*put)(void *self, const char *text, size_t n),
                          void *self);

// Where the model may have files: `scratch` is read and written, `data` only read; either may be
// NULL. Relative paths begin at `at` within each. Without this a model has no files. Returns 0, or
// −1 when a folder can't be opened.
__attribute__((warn_unused_result)) int sw_nl_session_folders(sw_nl_session *s, const char *scratch,
                                                              const char *data, const char *at);

sw_nl_engine *sw_nl_session_engine(sw_nl_session *s);

#endif
