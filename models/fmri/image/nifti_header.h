// SPDX-License-Identifier: Apache-2.0
// The 348 bytes at the start of a NIfTI-1 file: where its fields lie, and what a checked header
// says. Private to the reader and the writer.
#ifndef SW_FMRI_IMAGE_NIFTI_HEADER_H
#define SW_FMRI_IMAGE_NIFTI_HEADER_H

#include "models/fmri/image/nifti.h"

#include <stdint.h>

// Offsets of the fields, by their names in nifti1.h.
enum {
    AT_SIZEOF_HDR = 0,
    AT_DIM = 40,
    AT_DATATYPE = 70,
    AT_BITPIX = 72,
    AT_PIXDIM = 76,
    AT_VOX_OFFSET = 108,
    AT_SCL_SLOPE = 112,
    AT_SCL_INTER = 116,
    AT_XYZT_UNITS = 123,
    AT_DESCRIP = 148,
    AT_QFORM_CODE = 252,
    AT_SFORM_CODE = 254,
    AT_QUATERN = 256,
    AT_QOFFSET = 268,
    AT_SROW = 280,
    AT_MAGIC = 344,
    HEADER_SIZE = 348,
    DATA_AT = 352, // the header and the four bytes that announce extensions
};

// How one stored number becomes a double.
typedef struct sw_fmri_number_type {
    int code, bits;
    bool whole;
    double (*value)(const unsigned char *at, bool swap);
} sw_fmri_number_type;

typedef struct sw_fmri_header {
    bool swap; // the file's byte order is not this machine's
    const sw_fmri_number_type *type;
    sw_fmri_grid grid;
    size_t volumes, offset;
    double slope, inter; // slope 1, inter 0 when the file asks for none
} sw_fmri_header;

// Reads and checks all fields. `most`: the bytes that the file could hold.
bool sw_fmri_header_parse(const unsigned char bytes[HEADER_SIZE], double most, sw_fmri_header *h,
                          sw_fmri_fault *fault);

#endif
