// SPDX-License-Identifier: Apache-2.0
// A map as .nii.gz: little-endian float32 with an sform, which every viewer understands. Written
// for little-endian machines, as the rest of the product is.
#include "models/fmri/image/nifti_header.h"

#include <assert.h>
#include <string.h>
#include <zlib.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the header is written as it lies");

enum { TYPE_FLOAT32 = 16, UNIT_MM = 2, SPACE_ALIGNED = 2 };

static void
put_i16(unsigned char *bytes, int at, int value)
{
    int16_t v = (int16_t)value;
    memcpy(bytes + at, &v, sizeof v);
}

static void
put_f32(unsigned char *bytes, int at, double value)
{
    float v = (float)value;
    memcpy(bytes + at, &v, sizeof v);
}

static void
write_header(const sw_fmri_grid *grid, const char *text, unsigned char bytes[DATA_AT])
{
    int32_t size = HEADER_SIZE;
    memset(bytes, 0, DATA_AT);
    memcpy(bytes + AT_SIZEOF_HDR, &size, sizeof size);
    put_i16(bytes, AT_DIM, 3);
    put_f32(bytes, AT_PIXDIM, 1);
    for (int d = 1; d <= 7; d++)
        put_i16(bytes, AT_DIM + 2 * d, d <= 3 ? grid->n[d - 1] : 1);
    for (int d = 0; d < 3; d++)
        put_f32(bytes, AT_PIXDIM + 4 * (d + 1), sw_fmri_grid_step(grid, d));
    put_i16(bytes, AT_DATATYPE, TYPE_FLOAT32);
    put_i16(bytes, AT_BITPIX, 32);
    put_f32(bytes, AT_VOX_OFFSET, DATA_AT);
    put_f32(bytes, AT_SCL_SLOPE, 1);
    bytes[AT_XYZT_UNITS] = UNIT_MM;
    strncpy((char *)bytes + AT_DESCRIP, text, 79);
    put_i16(bytes, AT_SFORM_CODE, grid->space > 0 ? grid->space : SPACE_ALIGNED);
    for (int d = 0; d < 3; d++) {
        for (int c = 0; c < 4; c++)
            put_f32(bytes, AT_SROW + 16 * d + 4 * c, grid->to_mm[d][c]);
    }
    memcpy(bytes + AT_MAGIC, "n+1", 4);
}

static void
deflate_all(z_stream *z, const void *bytes, size_t n, int flush)
{
    z->next_in = (Bytef *)bytes;
    z->avail_in = (uInt)n;
    int code = deflate(z, flush);
    assert(code == (flush == Z_FINISH ? Z_STREAM_END : Z_OK)); // deflateBound leaves room
    (void)code;
}

void *
sw_fmri_nifti_encode(const sw_fmri_grid *grid, const float *values, const char *text, size_t *n)
{
    enum { LEVEL = 4, GZIP_WINDOW = 15 + 16, MEMORY = 8 };
    unsigned char header[DATA_AT];
    size_t size = sw_fmri_grid_count(grid) * sizeof *values;
    z_stream z = {0};
    assert(sw_fmri_grid_count(grid) <= SW_FMRI_VOXELS_MAX);
    write_header(grid, text, header);
    if (deflateInit2(&z, LEVEL, Z_DEFLATED, GZIP_WINDOW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK) {
        fputs("fmri: out of memory\n", stderr);
        abort();
    }
    uLong room = deflateBound(&z, (uLong)(sizeof header + size)) + 64;
    void *bytes = sw_fmri_alloc(1, room);
    z.next_out = bytes;
    z.avail_out = (uInt)room;
    deflate_all(&z, header, sizeof header, Z_NO_FLUSH);
    deflate_all(&z, values, size, Z_FINISH);
    *n = z.total_out;
    deflateEnd(&z);
    return bytes;
}
