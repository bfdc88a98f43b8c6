// SPDX-License-Identifier: Apache-2.0
// The bytes between server and workers; the grammar is docs/protocol.md. Encoding and decoding
// only: no sockets. What comes in is checked down to every length before anything is believed.
#ifndef SWEEPD_WIRE_WIRE_H
#define SWEEPD_WIRE_WIRE_H

#include "lib/base/json.h"

#include <stdint.h>

enum {
    SW_PROTOCOL = 1,
    SW_CHUNK_MAX = 1024, // runs; also what a stored array holds
    SW_WIRE_COLUMNS_MAX = 8192,
    SW_WIRE_HEADER_MAX = 16 << 20,
    SW_WIRE_PAYLOAD_MAX = 256 << 20,
};

typedef enum sw_verb {
    SW_HELLO,
    SW_READY,
    SW_DONE_CHUNK,
    SW_FAIL_CHUNK,
    SW_BEAT,
    SW_BYE,
    SW_DESCRIBED,
    SW_ANSWERED,
    SW_WORK,
    SW_STOP,
    SW_DRAIN,
    SW_WHO,
    SW_DESCRIBE,
    SW_MODEL,
    SW_ASK,
    SW_VERB_COUNT,
} sw_verb;

const char *sw_verb_name(sw_verb verb);
// The verb that these bytes name, or -1.
int sw_verb_of(const void *bytes, size_t n);

// A frame, borrowed.
typedef struct sw_frame_bytes {
    const void *bytes;
    size_t n;
} sw_frame_bytes;

// ---- headers of all verbs but DONE ----

// All of them in one struct: each verb reads and writes its own members.
typedef struct sw_header {
    int64_t study, lease, first, n, credit, busy_slots;
    const char *reason;
    const json_t *document; // WORK: the resolved study, or NULL
    // HELLO
    int64_t protocol, pid, slots;
    const char *id, *host;
    const json_t *models;   // array of descriptors
    const json_t *families; // array of names: families that make models of uploaded files
    // DESCRIBE, DESCRIBED, MODEL; in DESCRIBE and MODEL a frame with the uploaded bytes follows
    int64_t request, line, column, session;
    const char *name, *version, *file, *message;
    // ASK and ANSWERED: message is a line of JSON; of an interactive session
    const json_t *descriptor; // DESCRIBED: NULL when the bytes make no model, and message says why
} sw_header;

// Appends the JSON header of a verb other than DONE.
void sw_header_write(sw_buffer *b, sw_verb verb, const sw_header *h);

// Reads the header of a verb other than DONE. Texts and JSON in *h belong to the returned
// document, which the caller frees; NULL and a message if it is not valid.
json_t *sw_header_read(sw_verb verb, const void *bytes, size_t n, sw_header *h, char *why,
                       size_t why_size);

// ---- DONE ----

typedef enum sw_column_kind { SW_COLUMN_SCALAR, SW_COLUMN_SERIES, SW_COLUMN_TEXT } sw_column_kind;

typedef struct sw_wire_column {
    const char *name;
    sw_column_kind kind;
    size_t n_values;          // scalar: n of the chunk; series: of all runs together
    const double *values;     // scalar and series
    const int32_t *lengths;   // series
    const char *const *texts; // text; n of the chunk
} sw_wire_column;

typedef struct sw_wire_failure {
    uint64_t run;
    int outcome; // sw_outcome
    int attempts;
    const char *message, *log;
} sw_wire_failure;

typedef struct sw_wire_artifact {
    uint64_t run;
    const char *name, *media_type;
    const void *bytes;
    size_t n;
} sw_wire_artifact;

typedef struct sw_done {
    int64_t study, lease, credit;
    uint64_t first;
    size_t n;
    double busy;
    int attempts;
    size_t n_columns, n_failures, n_artifacts;
    const sw_wire_column *columns;
    const sw_wire_failure *failures;
    const sw_wire_artifact *artifacts;
} sw_done;

// Appends the header of DONE.
void sw_done_write_header(sw_buffer *b, const sw_done *done);

// Calls `frame` for each payload frame in order; the bytes live as long as `done` does, except for
// text frames, which are built in `scratch` and live until the next call of `frame`.
void sw_done_payload(const sw_done *done, sw_buffer *scratch,
                     void (*frame)(void *context, const void *bytes, size_t n), void *context);

// Reads a whole DONE: header and payload frames. Everything is copied into one block that the
// result owns; numbers are aligned. NULL and a message if anything does not add up: lengths, runs
// outside the chunk, outcomes, texts that are not UTF-8, a column named twice.
sw_done *sw_done_read(const void *header, size_t n, const sw_frame_bytes *frames, size_t n_frames,
                      char *why, size_t why_size);
void sw_done_free(sw_done **done);

// The bytes that a read DONE occupies, for accounting.
size_t sw_done_size(const sw_done *done);

#endif
