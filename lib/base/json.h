// SPDX-License-Identifier: Apache-2.0
// JSON at the edge: strict parsing with limits, reading objects by declared fields so that every
// fault is reported at once with its JSON pointer, and writing with shortest numbers.
#ifndef SWEEPD_BASE_JSON_H
#define SWEEPD_BASE_JSON_H

#include "lib/base/buffer.h"
#include "lib/base/errors.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

// What a field may hold, and the C type that it is stored as.
typedef enum sw_field_type {
    SW_FIELD_STRING,  // const char *, borrowed from the document
    SW_FIELD_NUMBER,  // double, finite
    SW_FIELD_INTEGER, // int64_t; 3 and 3.0 are both accepted
    SW_FIELD_BOOLEAN, // bool
    SW_FIELD_OBJECT,  // json_t *, borrowed
    SW_FIELD_ARRAY,   // json_t *, borrowed
    SW_FIELD_ANY,     // json_t *, borrowed
} sw_field_type;

// One member of an object. A table of them ends with a row whose name is NULL.
typedef struct sw_field {
    const char *name;
    sw_field_type type;
    size_t offset; // where in the target struct
    bool required;
    double min, max; // numbers: inclusive; strings and arrays: of the length; both 0: unbounded
    const char *const *one_of; // strings: NULL-terminated list of what is allowed, or NULL
    const char *doc;           // one sentence; shown by the API's descriptions
} sw_field;

// Parses a document. Refuses duplicate keys, invalid UTF-8, depth beyond 256, NaN, trailing text.
// Returns a new reference, or NULL and one fault that names line and column.
json_t *sw_json_parse(const char *bytes, size_t n, sw_faults *faults);

// Reads `object` into the struct `target` as `fields` declare. Members that are absent or null
// leave the target as it is (its default). Unknown members, wrong types and values out of range
// become faults below `pointer`. Returns true if this call added none.
bool sw_json_read(const json_t *object, const char *pointer, const sw_field *fields, void *target,
                  sw_faults *faults);

// As sw_json_read, but members that are not declared are left alone: for objects whose other
// members another table reads.
bool sw_json_read_some(const json_t *object, const char *pointer, const sw_field *fields,
                       void *target, sw_faults *faults);

// A fault for each member of `object` that no table of `tables` (NULL-terminated) declares.
void sw_json_refuse_others(const json_t *object, const char *pointer, const sw_field *const *tables,
                           sw_faults *faults);

// "pointer/key" with ~ and / escaped (RFC 6901); the caller frees it.
char *sw_json_pointer(const char *pointer, const char *key);
char *sw_json_pointer_at(const char *pointer, size_t index);

// "a string", "a number", …: for messages.
const char *sw_json_type_name(const json_t *value);

// Appends JSON text: compact, shortest numbers that read back equal, NaN and infinities as null.
// sorted: keys in byte order, the canonical form that study hashes are made of.
void sw_json_write(sw_buffer *b, const json_t *value, bool sorted);

// As a fresh string that the caller frees.
char *sw_json_text(const json_t *value, bool sorted);

#endif
