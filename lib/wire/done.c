// SPDX-License-Identifier: Apache-2.0
// DONE: a chunk's results as columns. Written from what the supervisor holds, read into one block
// with every length checked.
#include "lib/base/memory.h"
#include "lib/wire/wire.h"

#include <assert.h>
#include <stdio.h>

static const char *const kinds[] = {"scalar", "series", "text"};

static void
write_columns(sw_buffer *b, const sw_done *d)
{
    for (size_t v = 0; v < d->n_columns; v++) {
        const sw_wire_column *c = &d->columns[v];
        sw_buffer_str(b, v ? ",{\"name\":" : "{\"name\":");
        sw_buffer_json_string(b, c->name, strlen(c->name));
        sw_buffer_printf(b, ",\"kind\":\"%s\",\"n_values\":%zu}", kinds[c->kind], c->n_values);
    }
}

static void
write_failures(sw_buffer *b, const sw_done *d)
{
    for (size_t i = 0; i < d->n_failures; i++) {
        const sw_wire_failure *f = &d->failures[i];
        sw_buffer_printf(b, "%s{\"run\":%llu,\"outcome\":%d,\"attempts\":%d,\"message\":",
                         i ? "," : "", (unsigned long long)f->run, f->outcome, f->attempts);
        sw_buffer_json_string(b, f->message, strlen(f->message));
        sw_buffer_str(b, ",\"log\":");
        sw_buffer_json_string(b, f->log, strlen(f->log));
        sw_buffer_char(b, '}');
    }
}

static void
write_artifacts(sw_buffer *b, const sw_done *d)
{
    for (size_t i = 0; i < d->n_artifacts; i++) {
        const sw_wire_artifact *a = &d->artifacts[i];
        sw_buffer_printf(b, "%s{\"run\":%llu,\"name\":", i ? "," : "", (unsigned long long)a->run);
        sw_buffer_json_string(b, a->name, strlen(a->name));
        sw_buffer_str(b, ",\"media_type\":");
        sw_buffer_json_string(b, a->media_type, strlen(a->media_type));
        sw_buffer_printf(b, ",\"size\":%zu}", a->n);
    }
}

void
sw_done_write_header(sw_buffer *b, const sw_done *d)
{
    sw_buffer_printf(b,
                     "{\"study\":%lld,\"lease\":%lld,\"first\":%llu,\"n\":%zu,\"busy\":%.9g,"
                     "\"attempts\":%d,\"credit\":%lld,\"columns\":[",
                     (long long)d->study, (long long)d->lease, (unsigned long long)d->first, d->n,
                     d->busy, d->attempts, (long long)d->credit);
    write_columns(b, d);
    sw_buffer_str(b, "],\"failures\":[");
    write_failures(b, d);
    sw_buffer_str(b, "],\"artifacts\":[");
    write_artifacts(b, d);
    sw_buffer_str(b, "]}");
}

void
sw_done_payload(const sw_done *d, sw_buffer *scratch,
                void (*frame)(void *context, const void *bytes, size_t n), void *context)
{
    for (size_t v = 0; v < d->n_columns; v++) {
        const sw_wire_column *c = &d->columns[v];
        if (c->kind == SW_COLUMN_TEXT) {
            sw_buffer_clear(scratch);
            for (size_t i = 0; i < d->n; i++)
                sw_buffer_add(scratch, c->texts[i], strlen(c->texts[i]) + 1);
            frame(context, scratch->data, scratch->n);
            continue;
        }
        if (c->kind == SW_COLUMN_SERIES)
            frame(context, c->lengths, d->n * sizeof *c->lengths);
        frame(context, c->values, c->n_values * sizeof *c->values);
    }
    for (size_t i = 0; i < d->n_artifacts; i++)
        frame(context, d->artifacts[i].bytes, d->artifacts[i].n);
}

// ---- reading ----

// A DONE as read: the public part first, then what keeps it alive.
typedef struct done_block {
    sw_done done;
    json_t *header;
    sw_wire_column *columns;
    sw_wire_failure *failures;
    sw_wire_artifact *artifacts;
    char *payload; // all frames, each aligned to 8 bytes
    size_t size;
} done_block;

// The parse under way: what is read, what is left, what is wrong.
typedef struct reading {
    done_block *block;
    const sw_frame_bytes *frames;
    size_t n_frames, at, filled;
    char *why;
    size_t why_size;
} reading;

#define NUMBER_MAX 9007199254740991.0
#define END                                                                                        \
    {                                                                                              \
        NULL, SW_FIELD_ANY, 0, false, 0, 0, NULL, NULL                                             \
    }

typedef struct done_header {
    int64_t study, lease, first, n, attempts, credit;
    double busy;
    const json_t *columns, *failures, *artifacts;
} done_header;
#define AT(member) offsetof(done_header, member)
static const sw_field done_fields[] = {
    {"study", SW_FIELD_INTEGER, AT(study), true, 1, NUMBER_MAX, NULL, NULL},
    {"lease", SW_FIELD_INTEGER, AT(lease), true, 0, NUMBER_MAX, NULL, NULL},
    {"first", SW_FIELD_INTEGER, AT(first), true, 0, NUMBER_MAX, NULL, NULL},
    {"n", SW_FIELD_INTEGER, AT(n), true, 1, SW_CHUNK_MAX, NULL, NULL},
    {"busy", SW_FIELD_NUMBER, AT(busy), true, 0, 1e12, NULL, NULL},
    {"attempts", SW_FIELD_INTEGER, AT(attempts), true, 1, 1e6, NULL, NULL},
    {"credit", SW_FIELD_INTEGER, AT(credit), true, 0, 65536, NULL, NULL},
    {"columns", SW_FIELD_ARRAY, AT(columns), true, 0, SW_WIRE_COLUMNS_MAX, NULL, NULL},
    {"failures", SW_FIELD_ARRAY, AT(failures), true, 0, SW_CHUNK_MAX, NULL, NULL},
    {"artifacts", SW_FIELD_ARRAY, AT(artifacts), true, 0, 65536, NULL, NULL},
    END};
#undef AT

typedef struct column_header {
    const char *name, *kind;
    int64_t n_values;
} column_header;
#define AT(member) offsetof(column_header, member)
static const char *const kind_names[] = {"scalar", "series", "text", NULL};
static const sw_field column_fields[] = {
    {"name", SW_FIELD_STRING, AT(name), true, 1, 1000, NULL, NULL},
    {"kind", SW_FIELD_STRING, AT(kind), true, 0, 0, kind_names, NULL},
    {"n_values", SW_FIELD_INTEGER, AT(n_values), true, 0, SW_WIRE_PAYLOAD_MAX / 8, NULL, NULL},
    END};
#undef AT

typedef struct failure_header {
    int64_t run, outcome, attempts;
    const char *message, *log;
} failure_header;
#define AT(member) offsetof(failure_header, member)
static const sw_field failure_fields[] = {
    {"run", SW_FIELD_INTEGER, AT(run), true, 0, NUMBER_MAX, NULL, NULL},
    {"outcome", SW_FIELD_INTEGER, AT(outcome), true, 1, 5, NULL, NULL},
    {"attempts", SW_FIELD_INTEGER, AT(attempts), true, 1, 1e6, NULL, NULL},
    {"message", SW_FIELD_STRING, AT(message), true, 0, 65536, NULL, NULL},
    {"log", SW_FIELD_STRING, AT(log), true, 0, 1 << 20, NULL, NULL},
    END};
#undef AT

typedef struct artifact_header {
    int64_t run, size;
    const char *name, *media_type;
} artifact_header;
#define AT(member) offsetof(artifact_header, member)
static const sw_field artifact_fields[] = {
    {"run", SW_FIELD_INTEGER, AT(run), true, 0, NUMBER_MAX, NULL, NULL},
    {"name", SW_FIELD_STRING, AT(name), true, 1, 1000, NULL, NULL},
    {"media_type", SW_FIELD_STRING, AT(media_type), true, 1, 200, NULL, NULL},
    {"size", SW_FIELD_INTEGER, AT(size), true, 0, SW_WIRE_PAYLOAD_MAX, NULL, NULL},
    END};
#undef AT

static bool
wrong(reading *r, const char *what)
{
    snprintf(r->why, r->why_size, "%s", what);
    return false;
}

static bool
read_object(reading *r, const json_t *object, const sw_field *fields, void *target)
{
    sw_faults faults = {0};
    bool ok = sw_json_read(object, "", fields, target, &faults);
    if (!ok)
        snprintf(r->why, r->why_size, "%s %s", faults.v[0].pointer, faults.v[0].message);
    sw_faults_fini(&faults);
    return ok;
}

// Copies the next frame, which must have `size` bytes (or any size, for SIZE_MAX), into the block.
static const void *
take(reading *r, size_t size, size_t *n)
{
    if (r->at == r->n_frames || (size != SIZE_MAX && r->frames[r->at].n != size)) {
        wrong(r, "a frame is missing or has another size than the header says");
        return NULL;
    }
    const sw_frame_bytes *f = &r->frames[r->at++];
    char *place = r->block->payload + r->filled;
    if (f->n)
        memcpy(place, f->bytes, f->n);
    r->filled += (f->n + 7) & ~(size_t)7;
    *n = f->n;
    return place;
}

// True for well-formed UTF-8 without NUL (jansson checks the same when it makes a string).
static bool
is_utf8(const char *s, size_t n)
{
    sw_auto(json) json_t *probe = json_stringn(s, n);
    return probe != NULL;
}

static bool
read_texts(reading *r, sw_wire_column *c)
{
    size_t size, n = r->block->done.n, found = 0;
    const char *bytes = take(r, SIZE_MAX, &size);
    if (!bytes)
        return false;
    if (size == 0 || bytes[size - 1] != '\0' || !is_utf8(bytes, size))
        return wrong(r, "a text column is not UTF-8 ended by NUL");
    const char **texts = sw_malloc(n * sizeof *texts);
    for (const char *s = bytes; s < bytes + size && found <= n; s += strlen(s) + 1) {
        if (found < n)
            texts[found] = s;
        found++;
    }
    c->texts = texts;
    return found == n || wrong(r, "a text column has another number of texts than runs");
}

static bool
read_series(reading *r, sw_wire_column *c)
{
    size_t size, n = r->block->done.n, total = 0;
    c->lengths = take(r, n * sizeof *c->lengths, &size);
    if (!c->lengths)
        return false;
    for (size_t i = 0; i < n; i++) {
        if (c->lengths[i] < 0)
            return wrong(r, "a series has a negative length");
        total += (size_t)c->lengths[i];
    }
    if (total != c->n_values)
        return wrong(r, "the lengths of a series do not add up");
    c->values = take(r, c->n_values * sizeof *c->values, &size);
    return c->values != NULL;
}

static bool
read_column(reading *r, const json_t *json, sw_wire_column *c)
{
    column_header h;
    if (!read_object(r, json, column_fields, &h))
        return false;
    for (const sw_wire_column *earlier = r->block->columns; earlier < c; earlier++) {
        if (strcmp(earlier->name, h.name) == 0)
            return wrong(r, "a column comes twice");
    }
    c->name = h.name;
    c->n_values = (size_t)h.n_values;
    while (strcmp(kinds[c->kind], h.kind) != 0)
        c->kind++;
    if (c->kind == SW_COLUMN_TEXT)
        return read_texts(r, c);
    if (c->kind == SW_COLUMN_SERIES)
        return read_series(r, c);
    if (c->n_values != r->block->done.n)
        return wrong(r, "a column has another number of values than runs");
    size_t size;
    c->values = take(r, c->n_values * sizeof *c->values, &size);
    return c->values != NULL;
}

static bool
in_chunk(reading *r, int64_t run)
{
    uint64_t first = r->block->done.first;
    bool inside = (uint64_t)run >= first && (uint64_t)run < first + r->block->done.n;
    return inside || wrong(r, "a run outside the chunk");
}

static bool
read_failure(reading *r, const json_t *json, size_t i)
{
    failure_header h;
    if (!read_object(r, json, failure_fields, &h) || !in_chunk(r, h.run))
        return false;
    if (i > 0 && r->block->failures[i - 1].run >= (uint64_t)h.run)
        return wrong(r, "failures are not in order of runs");
    r->block->failures[i] = (sw_wire_failure){.run = (uint64_t)h.run,
                                              .outcome = (int)h.outcome,
                                              .attempts = (int)h.attempts,
                                              .message = h.message,
                                              .log = h.log};
    return true;
}

static bool
read_artifact(reading *r, const json_t *json, size_t i)
{
    artifact_header h;
    if (!read_object(r, json, artifact_fields, &h) || !in_chunk(r, h.run))
        return false;
    sw_wire_artifact *a = &r->block->artifacts[i];
    *a = (sw_wire_artifact){
        .run = (uint64_t)h.run, .name = h.name, .media_type = h.media_type, .n = (size_t)h.size};
    a->bytes = take(r, a->n, &a->n);
    return a->bytes != NULL;
}

static bool
read_lists(reading *r, const done_header *h)
{
    done_block *block = r->block;
    sw_done *d = &block->done;
    d->n_columns = json_array_size(h->columns);
    d->n_failures = json_array_size(h->failures);
    d->n_artifacts = json_array_size(h->artifacts);
    d->columns = block->columns = sw_calloc(d->n_columns, sizeof *block->columns);
    d->failures = block->failures = sw_calloc(d->n_failures, sizeof *block->failures);
    d->artifacts = block->artifacts = sw_calloc(d->n_artifacts, sizeof *block->artifacts);
    bool ok = true;
    for (size_t v = 0; v < d->n_columns && ok; v++)
        ok = read_column(r, json_array_get(h->columns, v), &block->columns[v]);
    for (size_t i = 0; i < d->n_failures && ok; i++)
        ok = read_failure(r, json_array_get(h->failures, i), i);
    for (size_t i = 0; i < d->n_artifacts && ok; i++)
        ok = read_artifact(r, json_array_get(h->artifacts, i), i);
    return ok && (r->at == r->n_frames || wrong(r, "more frames than the header says"));
}

static bool
read_all(reading *r, const void *header, size_t n)
{
    done_block *block = r->block;
    size_t total = 0;
    for (size_t i = 0; i < r->n_frames; i++)
        total += (r->frames[i].n + 7) & ~(size_t)7;
    if (total > SW_WIRE_PAYLOAD_MAX || n > SW_WIRE_HEADER_MAX)
        return wrong(r, "too large");
    sw_faults faults = {0};
    block->header = sw_json_parse(header, n, &faults);
    sw_faults_fini(&faults);
    done_header h;
    if (!block->header)
        return wrong(r, "the header is not JSON");
    if (!read_object(r, block->header, done_fields, &h))
        return false;
    block->payload = sw_malloc(total);
    block->size = total + n + sizeof *block;
    block->done = (sw_done){.study = h.study,
                            .lease = h.lease,
                            .credit = h.credit,
                            .first = (uint64_t)h.first,
                            .n = (size_t)h.n,
                            .busy = h.busy,
                            .attempts = (int)h.attempts};
    return read_lists(r, &h);
}

sw_done *
sw_done_read(const void *header, size_t n, const sw_frame_bytes *frames, size_t n_frames, char *why,
             size_t why_size)
{
    done_block *block = sw_calloc(1, sizeof *block);
    reading r = {block, frames, n_frames, 0, 0, why, why_size};
    sw_done *done = &block->done;
    if (!read_all(&r, header, n))
        sw_done_free(&done);
    return done;
}

void
sw_done_free(sw_done **done)
{
    if (!*done)
        return;
    done_block *block = (done_block *)*done;
    for (size_t v = 0; block->columns && v < block->done.n_columns; v++)
        free((void *)block->columns[v].texts);
    free(block->columns);
    free(block->failures);
    free(block->artifacts);
    free(block->payload);
    json_decref(block->header);
    free(block);
    *done = NULL;
}

size_t
sw_done_size(const sw_done *done)
{
    return ((const done_block *)done)->size;
}
