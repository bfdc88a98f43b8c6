// SPDX-License-Identifier: Apache-2.0
// Reading JSON objects by tables of fields, with all faults collected behind JSON pointers.
#ifndef SW_MODELS_EXTERNAL_FAULTS_H
#define SW_MODELS_EXTERNAL_FAULTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

// Faults as one text "pointer: what; pointer: what", cut when the text is full.
typedef struct sw_external_faults {
    char *text;
    size_t size, used;
    size_t n, n_left_out;
} sw_external_faults;

__attribute__((format(printf, 3, 4))) void
sw_external_fault(sw_external_faults *f, const char *pointer, const char *format, ...);
// Adds "and N more" when faults were left out.
void sw_external_faults_end(sw_external_faults *f);

typedef struct sw_external_field {
    const char *key;
    const char *type; // "string", "number", "integer", "boolean", "array", "object" or "any"
    bool required;
} sw_external_field;

// Reports unknown keys, missing required ones and wrong types of the object at pointer. False when
// it is no object at all. fields ends with a NULL key.
bool sw_external_check(const json_t *object, const char *pointer, const sw_external_field *fields,
                       sw_external_faults *f);

// Members, or what is given when absent or of another type (which the check has reported).
const char *sw_external_string(const json_t *object, const char *key, const char *otherwise);
double sw_external_number(const json_t *object, const char *key, double otherwise);
bool sw_external_flag(const json_t *object, const char *key);

// The index of a member's text in a NULL-terminated list; 0 when absent, and 0 with a fault when
// it is none of them.
size_t sw_external_choice(const json_t *object, const char *pointer, const char *key,
                          const char *const *choices, sw_external_faults *f);

#endif
