// SPDX-License-Identifier: Apache-2.0
// Any bytes as a NIfTI-1 image: refused with a sentence, or read to its last volume.
#include "models/fmri/image/nifti.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
    sw_fmri_fault fault = {0};
    sw_fmri_nifti *image = sw_fmri_nifti_open_bytes(bytes, n, &fault);
    if (!image) {
        assert(fault.message[0]);
        return 0;
    }
    double *values = sw_fmri_alloc(sw_fmri_grid_count(sw_fmri_nifti_grid(image)), sizeof *values);
    while (sw_fmri_nifti_read(image, values, &fault))
        fault.message[0] = '\0';
    assert(fault.message[0]);
    free(values);
    sw_fmri_nifti_close(&image);
    return 0;
}
