// SPDX-License-Identifier: Apache-2.0
// Fuzzes what a worker or a server may be sent: headers of every verb, and whole DONE messages. The
// input is a verb byte, a header up to a NUL, and payload frames of which each begins with its
// size.
#include "lib/wire/wire.h"

#include <string.h>
#include <sweepd/model.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FRAMES = 16 };

static size_t
split(const uint8_t *data, size_t size, sw_frame_bytes *frames)
{
    size_t n = 0;
    for (size_t at = 0; at + 1 <= size && n < FRAMES; n++) {
        size_t length = 8 * (size_t)data[at++];
        length = length < size - at ? length : size - at;
        frames[n] = (sw_frame_bytes){data + at, length};
        at += length;
    }
    return n;
}

// Reads every value of an accepted message, so that a wrong length shows.
static double
touch(const sw_done *d)
{
    double sum = 0;
    for (size_t v = 0; v < d->n_columns; v++) {
        const sw_wire_column *c = &d->columns[v];
        for (size_t i = 0; c->values && i < c->n_values; i++)
            sum += c->values[i];
        for (size_t i = 0; i < d->n; i++) {
            sum += c->lengths ? c->lengths[i] : 0;
            sum += c->texts ? (double)strlen(c->texts[i]) : 0;
        }
    }
    for (size_t i = 0; i < d->n_artifacts; i++)
        sum += d->artifacts[i].n ? *(const uint8_t *)d->artifacts[i].bytes : 0;
    return sum;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static volatile double sink;
    if (size < 2)
        return 0;
    char why[200];
    const uint8_t *nul = memchr(data + 1, 0, size - 1);
    size_t header = nul ? (size_t)(nul - data - 1) : size - 1;
    sw_verb verb = (sw_verb)(data[0] % SW_VERB_COUNT);
    if (verb == SW_DONE_CHUNK) {
        sw_frame_bytes frames[FRAMES];
        size_t n = nul ? split(nul + 1, size - header - 2, frames) : 0;
        sw_done *done = sw_done_read(data + 1, header, frames, n, why, sizeof why);
        if (done)
            sink = touch(done);
        sw_done_free(&done);
        return 0;
    }
    sw_header h;
    json_decref(sw_header_read(verb, data + 1, header, &h, why, sizeof why));
    return 0;
}
