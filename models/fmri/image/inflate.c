// SPDX-License-Identifier: Apache-2.0
// zlib's inflate over bytes in memory; a gzip of several members is one stream (RFC 1952).
#include "models/fmri/image/inflate.h"

#include <string.h>

enum { GZIP_WINDOW = 15 + 16, MEMBER_MIN = 18, TAIL_MAX = 1 << 20 };

static bool
is_gzip(const unsigned char *bytes, size_t n)
{
    return n >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b;
}

void
sw_fmri_stream_init(sw_fmri_stream *s, const void *bytes, size_t n)
{
    *s = (sw_fmri_stream){.bytes = bytes, .n = n, .gzip = is_gzip(bytes, n)};
    if (s->gzip && inflateInit2(&s->z, GZIP_WINDOW) != Z_OK) {
        fputs("fmri: out of memory\n", stderr);
        abort();
    }
    s->z.next_in = (Bytef *)s->bytes;
    s->z.avail_in = (uInt)n;
}

void
sw_fmri_stream_fini(sw_fmri_stream *s)
{
    if (s->gzip)
        inflateEnd(&s->z);
}

double
sw_fmri_stream_most(const sw_fmri_stream *s)
{
    return s->gzip ? 1032.0 * (double)s->n : (double)s->n;
}

static bool
take_plain(sw_fmri_stream *s, void *to, size_t n, sw_fmri_fault *fault)
{
    if (n > s->n - s->at)
        return sw_fmri_wrong(fault, "the file ends %zu bytes early", n - (s->n - s->at));
    memcpy(to, s->bytes + s->at, n);
    s->at += n;
    return true;
}

// After the end of a member: on to the next one if there is one.
static void
next_member(sw_fmri_stream *s)
{
    if (s->z.avail_in >= MEMBER_MIN && is_gzip(s->z.next_in, s->z.avail_in))
        inflateReset(&s->z);
    else
        s->ended = true;
}

// Inflates until n bytes are there or the stream has ended; returns how many are missing, or -1.
static long
fill(sw_fmri_stream *s, void *to, size_t n, sw_fmri_fault *fault)
{
    s->z.next_out = to;
    s->z.avail_out = (uInt)n;
    while (s->z.avail_out > 0 && !s->ended) {
        int code = inflate(&s->z, Z_NO_FLUSH);
        if (code == Z_STREAM_END) {
            next_member(s);
        } else if (code == Z_BUF_ERROR) {
            sw_fmri_wrong(fault, "the gzip is cut off: it has no end");
            return -1;
        } else if (code != Z_OK) {
            sw_fmri_wrong(fault, "the gzip is damaged: %s",
                          s->z.msg ? s->z.msg : "it needs a dictionary");
            return -1;
        }
    }
    return (long)s->z.avail_out;
}

bool
sw_fmri_stream_take(sw_fmri_stream *s, void *to, size_t n, sw_fmri_fault *fault)
{
    if (!s->gzip)
        return take_plain(s, to, n, fault);
    long missing = fill(s, to, n, fault);
    if (missing > 0)
        sw_fmri_wrong(fault, "the data end %ld bytes early", missing);
    return missing == 0;
}

bool
sw_fmri_stream_finish(sw_fmri_stream *s, sw_fmri_fault *fault)
{
    if (!s->gzip) {
        return s->n - s->at <= TAIL_MAX ||
               sw_fmri_wrong(fault, "%zu bytes follow the data", s->n - s->at);
    }
    unsigned char rest[4096];
    size_t tail = 0;
    while (!s->ended && tail <= TAIL_MAX) {
        long missing = fill(s, rest, sizeof rest, fault);
        if (missing < 0)
            return false;
        tail += sizeof rest - (size_t)missing;
    }
    return tail <= TAIL_MAX || sw_fmri_wrong(fault, "more than a megabyte follows the data");
}
