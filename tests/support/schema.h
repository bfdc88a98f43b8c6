// SPDX-License-Identifier: Apache-2.0
// Holds answers to the contract: the part of JSON Schema that docs/openapi.json uses.
#ifndef SWEEPD_TESTS_SCHEMA_H
#define SWEEPD_TESTS_SCHEMA_H

#include <jansson.h>

// The contract as it lies in docs/; fails the test if it is not JSON. The caller owns it.
json_t *contract_read(void);

// What "#/a/b" refers to within root, or the schema itself when it is no reference.
const json_t *contract_resolve(const json_t *root, const json_t *schema);

// The schema of the JSON that an operation answers with, or NULL. status "200", "201" or "default".
const json_t *contract_schema(const json_t *root, const char *method, const char *path,
                              const char *status);

// A fresh text that says where the value breaks the schema ($ref, type, enum, required, properties,
// items, anyOf, additionalProperties); NULL if it does not. Members that a schema with properties
// does not declare are faults too: what is answered must be written down.
char *contract_breach(const json_t *root, const json_t *schema, const json_t *value,
                      const char *where);

#endif
