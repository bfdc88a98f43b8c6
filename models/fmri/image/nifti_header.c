// SPDX-License-Identifier: Apache-2.0
// Every field that decides on a size, a type or a place is checked here, before a byte is allocated
// for the data.
#include "models/fmri/image/nifti_header.h"

#include <math.h>
#include <string.h>

// ---- numbers as stored ----

#define STORED(name, type, bits, raw)                                                              \
    static double name(const unsigned char *at, bool swap)                                         \
    {                                                                                              \
        raw word;                                                                                  \
        memcpy(&word, at, sizeof word);                                                            \
        if (swap)                                                                                  \
            word = (raw)__builtin_bswap##bits(word);                                               \
        type v;                                                                                    \
        memcpy(&v, &word, sizeof v);                                                               \
        return (double)v;                                                                          \
    }
STORED(value_i16, int16_t, 16, uint16_t)
STORED(value_u16, uint16_t, 16, uint16_t)
STORED(value_i32, int32_t, 32, uint32_t)
STORED(value_u32, uint32_t, 32, uint32_t)
STORED(value_i64, int64_t, 64, uint64_t)
STORED(value_u64, uint64_t, 64, uint64_t)
STORED(value_f32, float, 32, uint32_t)
STORED(value_f64, double, 64, uint64_t)

static double
value_u8(const unsigned char *at, bool swap)
{
    (void)swap;
    return *at;
}

static double
value_i8(const unsigned char *at, bool swap)
{
    (void)swap;
    return (signed char)*at;
}

static const sw_fmri_number_type types[] = {
    {2, 8, true, value_u8},      {256, 8, true, value_i8},    {4, 16, true, value_i16},
    {512, 16, true, value_u16},  {8, 32, true, value_i32},    {768, 32, true, value_u32},
    {1024, 64, true, value_i64}, {1280, 64, true, value_u64}, {16, 32, false, value_f32},
    {64, 64, false, value_f64},
};

static double
get_i16(const unsigned char *bytes, int at, bool swap)
{
    return value_i16(bytes + at, swap);
}

static double
get_f32(const unsigned char *bytes, int at, bool swap)
{
    return value_f32(bytes + at, swap);
}

// ---- what file it is ----

static bool
check_kind(const unsigned char *bytes, sw_fmri_header *h, sw_fmri_fault *fault)
{
    double size = value_i32(bytes + AT_SIZEOF_HDR, false);
    double swapped = value_i32(bytes + AT_SIZEOF_HDR, true);
    const unsigned char *magic = bytes + AT_MAGIC;
    if (size == 540 || swapped == 540)
        return sw_fmri_wrong(fault, "a NIfTI-2 file: convert it to NIfTI-1");
    if (size != HEADER_SIZE && swapped != HEADER_SIZE)
        return sw_fmri_wrong(fault, "not a NIfTI-1 file: sizeof_hdr is not 348");
    h->swap = size != HEADER_SIZE;
    if (memcmp(magic, "n+1", 4) == 0)
        return true;
    if (memcmp(magic, "ni1", 4) == 0)
        return sw_fmri_wrong(fault, "the header of a .hdr/.img pair: convert it to one .nii file");
    return sw_fmri_wrong(fault, "an ANALYZE 7.5 header (magic is not \"n+1\"): it does not say "
                                "which side of the head is left; convert it to .nii with a tool "
                                "that knows");
}

// ---- sizes ----

static bool
check_dims(const unsigned char *bytes, sw_fmri_header *h, sw_fmri_fault *fault)
{
    int rank = (int)get_i16(bytes, AT_DIM, h->swap);
    if (rank < 1 || rank > 7)
        return sw_fmri_wrong(fault, "dim[0] is %d: it must be 1 to 7", rank);
    int dim[8] = {rank, 1, 1, 1, 1, 1, 1, 1};
    for (int d = 1; d <= rank; d++) {
        dim[d] = (int)get_i16(bytes, AT_DIM + 2 * d, h->swap);
        int most = d <= 3 ? SW_FMRI_SIDE_MAX : d == 4 ? 32767 : 1;
        if (dim[d] < 1 || dim[d] > most)
            return sw_fmri_wrong(fault, "dim[%d] is %d: it must be 1 to %d", d, dim[d], most);
    }
    memcpy(h->grid.n, dim + 1, sizeof h->grid.n);
    h->volumes = (size_t)dim[4];
    if (sw_fmri_grid_count(&h->grid) > SW_FMRI_VOXELS_MAX)
        return sw_fmri_wrong(fault, "dim is %d x %d x %d: at most %d voxels are read", dim[1],
                             dim[2], dim[3], SW_FMRI_VOXELS_MAX);
    return true;
}

static bool
check_type(const unsigned char *bytes, sw_fmri_header *h, sw_fmri_fault *fault)
{
    int code = (int)get_i16(bytes, AT_DATATYPE, h->swap);
    int bits = (int)get_i16(bytes, AT_BITPIX, h->swap);
    for (size_t t = 0; t < sizeof types / sizeof *types; t++) {
        if (types[t].code == code)
            h->type = &types[t];
    }
    if (!h->type)
        return sw_fmri_wrong(fault,
                             "datatype is %d: integers of 8 to 64 bits and floats of 32 and 64 "
                             "bits are read",
                             code);
    if (bits != h->type->bits)
        return sw_fmri_wrong(fault, "bitpix is %d, but datatype %d has %d bits", bits, code,
                             h->type->bits);
    return true;
}

static bool
check_length(const unsigned char *bytes, double most, sw_fmri_header *h, sw_fmri_fault *fault)
{
    double offset = get_f32(bytes, AT_VOX_OFFSET, h->swap);
    if (!(offset >= DATA_AT && offset <= DATA_AT + SW_FMRI_EXTENSION_MAX) ||
        offset != floor(offset))
        return sw_fmri_wrong(fault, "vox_offset is %g: it must be a whole number from %d to %d",
                             offset, DATA_AT, DATA_AT + SW_FMRI_EXTENSION_MAX);
    h->offset = (size_t)offset;
    double promised =
        (double)sw_fmri_grid_count(&h->grid) * (double)h->volumes * (double)(h->type->bits / 8);
    if (offset + promised > most)
        return sw_fmri_wrong(fault,
                             "dim promises %.0f bytes of data, more than a file of this length "
                             "can hold",
                             promised);
    return true;
}

// A slope of 0 (or none at all) means that values are as stored.
static bool
check_scale(const unsigned char *bytes, sw_fmri_header *h, sw_fmri_fault *fault)
{
    double slope = get_f32(bytes, AT_SCL_SLOPE, h->swap);
    double inter = get_f32(bytes, AT_SCL_INTER, h->swap);
    h->slope = 1;
    h->inter = 0;
    if (slope == 0 || !isfinite(slope))
        return true;
    if (!isfinite(inter))
        return sw_fmri_wrong(fault, "scl_inter is %g beside a scl_slope of %g", inter, slope);
    h->slope = slope;
    h->inter = inter;
    return true;
}

// ---- places ----

static void
place_by_sform(const unsigned char *bytes, sw_fmri_header *h)
{
    for (int d = 0; d < 3; d++) {
        for (int c = 0; c < 4; c++)
            h->grid.to_mm[d][c] = get_f32(bytes, AT_SROW + 16 * d + 4 * c, h->swap);
    }
}

// nifti1.h, method 2: a rotation by the unit quaternion (a, b, c, d), a >= 0 left out of the file,
// after the voxel sizes; pixdim[0] < 0 mirrors the third axis.
static void
place_by_qform(const unsigned char *bytes, sw_fmri_header *h)
{
    double q[4], step[3];
    for (int i = 1; i < 4; i++)
        q[i] = get_f32(bytes, AT_QUATERN + 4 * (i - 1), h->swap);
    for (int d = 0; d < 3; d++)
        step[d] = get_f32(bytes, AT_PIXDIM + 4 * (d + 1), h->swap);
    if (get_f32(bytes, AT_PIXDIM, h->swap) < 0)
        step[2] = -step[2];
    double b = q[1], c = q[2], d = q[3], rest = 1 - (b * b + c * c + d * d);
    if (rest < 1e-7) { // a half turn, written in single precision
        double length = sqrt(b * b + c * c + d * d);
        b /= length, c /= length, d /= length;
        rest = 0;
    }
    double a = sqrt(rest);
    const double turn[3][3] = {
        {a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)},
        {2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)},
        {2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c},
    };
    for (int row = 0; row < 3; row++) {
        for (int col = 0; col < 3; col++)
            h->grid.to_mm[row][col] = turn[row][col] * step[col];
        h->grid.to_mm[row][3] = get_f32(bytes, AT_QOFFSET + 4 * row, h->swap);
    }
}

// nifti1.h, method 1: voxel sizes alone.
static void
place_by_sizes(const unsigned char *bytes, sw_fmri_header *h)
{
    for (int d = 0; d < 3; d++)
        h->grid.to_mm[d][d] = get_f32(bytes, AT_PIXDIM + 4 * (d + 1), h->swap);
}

static double
determinant(double m[3][4])
{
    return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1]) -
           m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0]) +
           m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
}

// Lengths in metres (1) and micrometres (3) become millimetres (2, or unknown).
static void
scale_to_mm(const unsigned char *bytes, sw_fmri_header *h)
{
    int unit = bytes[AT_XYZT_UNITS] & 7;
    double factor = unit == 1 ? 1e3 : unit == 3 ? 1e-3 : 1;
    for (int d = 0; d < 3; d++) {
        for (int c = 0; c < 4; c++)
            h->grid.to_mm[d][c] *= factor;
    }
}

static bool
check_place(const unsigned char *bytes, sw_fmri_header *h, sw_fmri_fault *fault)
{
    int sform = (int)get_i16(bytes, AT_SFORM_CODE, h->swap);
    int qform = (int)get_i16(bytes, AT_QFORM_CODE, h->swap);
    const char *field = sform > 0 ? "sform" : qform > 0 ? "qform" : "pixdim";
    h->grid.space = sform > 0 ? sform : qform > 0 ? qform : 0;
    if (sform > 0)
        place_by_sform(bytes, h);
    else if (qform > 0)
        place_by_qform(bytes, h);
    else
        place_by_sizes(bytes, h);
    scale_to_mm(bytes, h);
    for (int d = 0; d < 3; d++) {
        for (int c = 0; c < 4; c++) {
            if (!isfinite(h->grid.to_mm[d][c]) || fabs(h->grid.to_mm[d][c]) > 1e6)
                return sw_fmri_wrong(fault, "%s places voxels at %g mm", field,
                                     h->grid.to_mm[d][c]);
        }
    }
    if (!(fabs(determinant(h->grid.to_mm)) > 1e-12))
        return sw_fmri_wrong(fault, "%s gives voxels without volume", field);
    return true;
}

bool
sw_fmri_header_parse(const unsigned char bytes[HEADER_SIZE], double most, sw_fmri_header *h,
                     sw_fmri_fault *fault)
{
    *h = (sw_fmri_header){0};
    return check_kind(bytes, h, fault) && check_dims(bytes, h, fault) &&
           check_type(bytes, h, fault) && check_length(bytes, most, h, fault) &&
           check_scale(bytes, h, fault) && check_place(bytes, h, fault);
}
