// SPDX-License-Identifier: Apache-2.0
// Errors that the world causes: one enum for the whole product, and the list of faults that a
// rejected document gets. A programmer's mistake is an assert, never one of these.
#ifndef SWEEPD_BASE_ERRORS_H
#define SWEEPD_BASE_ERRORS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define SW_ERROR_ROW(name, slug, status, exit_code, retryable, title) SW_E_##name,
typedef enum sw_error {
#include "lib/base/errors.def"
    SW_E_COUNT
} sw_error;
#undef SW_ERROR_ROW

typedef struct sw_error_info {
    const char *name; // "NOT_FOUND"
    const char *slug; // "not-found": the last part of the problem type
    int status;       // HTTP
    int exit_code;    // of the client
    bool retryable;
    const char *title;
} sw_error_info;

// What is known of an error; never NULL. Static.
const sw_error_info *sw_error_about(sw_error e);

// The error with this slug, or SW_E_INTERNAL.
sw_error sw_error_of_slug(const char *slug);

// One fault of a document: where (JSON pointer), and a sentence with the field, what was given and
// what is allowed.
typedef struct sw_fault {
    char *pointer;
    char *message;
} sw_fault;

enum { SW_FAULTS_MAX = 100 }; // beyond it faults are counted, not kept

// A list of faults. Zero-initialise; sw_faults_fini frees what it holds.
typedef struct sw_faults {
    size_t n;       // kept in v
    size_t dropped; // beyond SW_FAULTS_MAX
    sw_fault *v;
} sw_faults;

// Adds a fault; copies both texts. pointer is a JSON pointer ("" is the whole document).
void sw_fault_add(sw_faults *f, const char *pointer, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// True if any fault was added.
bool sw_faults_any(const sw_faults *f);

// [{"pointer": …, "detail": …}, …]; the caller owns the reference.
json_t *sw_faults_json(const sw_faults *f);

void sw_faults_fini(sw_faults *f);

#endif
