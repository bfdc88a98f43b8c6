// SPDX-License-Identifier: Apache-2.0
// Bytes that may be gzipped, taken in order without ever holding more than asked for.
#ifndef SW_FMRI_IMAGE_INFLATE_H
#define SW_FMRI_IMAGE_INFLATE_H

#include "models/fmri/common.h"

#include <zlib.h>

typedef struct sw_fmri_stream {
    const unsigned char *bytes;
    size_t n, at; // plain: how far taken
    bool gzip, ended;
    z_stream z;
} sw_fmri_stream;

// The bytes must outlive the stream. Gzip is told by its first two bytes.
void sw_fmri_stream_init(sw_fmri_stream *s, const void *bytes, size_t n);
void sw_fmri_stream_fini(sw_fmri_stream *s);

// The most that these bytes could hold once inflated: deflate's limit is 1032 to 1.
double sw_fmri_stream_most(const sw_fmri_stream *s);

// Takes the next n bytes. False with a sentence when there are fewer, or they are damaged.
bool sw_fmri_stream_take(sw_fmri_stream *s, void *to, size_t n, sw_fmri_fault *fault);

// Goes on to the end of a gzip, so that its checksum is looked at; at most a megabyte may follow
// the data.
bool sw_fmri_stream_finish(sw_fmri_stream *s, sw_fmri_fault *fault);

#endif
