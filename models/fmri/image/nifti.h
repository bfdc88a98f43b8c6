// SPDX-License-Identifier: Apache-2.0
// NIfTI-1 images, read strictly and in bounded memory, and written as float32. The format is that
// of nifti1.h (Cox et al. 2004). Pairs of .hdr and .img are refused, since an ANALYZE header does
// not say which side of the head is left; so is NIfTI-2.
#ifndef SW_FMRI_IMAGE_NIFTI_H
#define SW_FMRI_IMAGE_NIFTI_H

#include "models/fmri/common.h"
#include "models/fmri/image/grid.h"

enum {
    SW_FMRI_SIDE_MAX = 2048,        // voxels along one axis
    SW_FMRI_VOXELS_MAX = 1 << 25,   // voxels of one volume: 256 MiB of doubles
    SW_FMRI_FILE_MAX = 1 << 30,     // bytes of one file, as it lies on the disk
    SW_FMRI_EXTENSION_MAX = 1 << 24 // bytes between the header and the data
};

typedef struct sw_fmri_nifti sw_fmri_nifti;

// Opens a .nii or .nii.gz (told by its bytes, not its name) and reads the header. Both byte orders.
// Returns NULL and a sentence that names the field: sizes that no file of this length could hold,
// negative dimensions, unknown types, affines that flatten the head. The image has a copy of what
// it needs of the path; the caller frees it with _close.
sw_fmri_nifti *sw_fmri_nifti_open(const char *path, sw_fmri_fault *fault);

// The same from n bytes in memory, which must live until the close.
sw_fmri_nifti *sw_fmri_nifti_open_bytes(const void *bytes, size_t n, sw_fmri_fault *fault);

// The grid: by the sform if the file has one, else by the qform. A file with neither (space 0) is
// placed by its voxel sizes alone. Lengths in metres or micrometres become millimetres.
const sw_fmri_grid *sw_fmri_nifti_grid(const sw_fmri_nifti *image);

// Volumes in the file, at least 1.
size_t sw_fmri_nifti_volumes(const sw_fmri_nifti *image);

// Whether values are whole numbers as stored, without a scale: a mask or an atlas may be.
bool sw_fmri_nifti_is_whole(const sw_fmri_nifti *image);

// Reads the next volume into `values`, sw_fmri_grid_count of them, scaled by scl_slope and
// scl_inter; NaN and infinities come as they are. False when the data end early, the compressed
// bytes are damaged, or no volume is left. With the last volume the checksum of a gzip is checked.
bool sw_fmri_nifti_read(sw_fmri_nifti *image, double *values, sw_fmri_fault *fault);

// Frees the image; nulls the caller's pointer.
void sw_fmri_nifti_close(sw_fmri_nifti **image);

// A .nii.gz of float32 with an sform, in n bytes that the caller frees. `text` (at most 79 bytes)
// goes into the header's description. The same values give the same bytes (no time stamp).
void *sw_fmri_nifti_encode(const sw_fmri_grid *grid, const float *values, const char *text,
                           size_t *n);

#endif
