// SPDX-License-Identifier: Apache-2.0
// Small data sets for tests, in a folder that is removed again.
#ifndef SW_TESTS_FMRI_FOLDER_MAKER_H
#define SW_TESTS_FMRI_FOLDER_MAKER_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "models/fmri/image/nifti.h"

enum { MAKER_N = 6 * 5 * 4 };

static const sw_fmri_grid maker_grid = {
    {6, 5, 4}, {{-3, 0, 0, 9}, {0, 3, 0, -6}, {0, 0, 3, -3}}, 4};

// A fresh folder; the name is written into `dir`.
static inline void
make_folder(char dir[40])
{
    strcpy(dir, "/tmp/test_fmri_XXXXXX");
    if (!mkdtemp(dir))
        abort();
}

static inline void
remove_folder(const char *dir)
{
    char command[100];
    snprintf(command, sizeof command, "rm -r %s", dir);
    if (system(command) != 0)
        abort();
}

static inline void
write_bytes(const char *dir, const char *name, const void *bytes, size_t n)
{
    char path[300];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    FILE *f = fopen(path, "wb");
    if (!f || fwrite(bytes, 1, n, f) != n)
        abort();
    fclose(f);
}

static inline void
write_image_of(const char *dir, const char *name, const sw_fmri_grid *grid, const float *values)
{
    size_t n;
    void *bytes = sw_fmri_nifti_encode(grid, values, "", &n);
    write_bytes(dir, name, bytes, n);
    free(bytes);
}

// value(v, context) of each voxel.
static inline void
write_image(const char *dir, const char *name, float (*value)(int v, double context),
            double context)
{
    float values[MAKER_N];
    for (int v = 0; v < MAKER_N; v++)
        values[v] = value(v, context);
    write_image_of(dir, name, &maker_grid, values);
}

// Everything but the first plane of voxels.
static inline float
maker_mask(int v, double context)
{
    (void)context;
    return v >= 30;
}

// Some numbers without a pattern; the effect is larger from voxel 60 on.
static inline float
maker_value(int v, double subject)
{
    double noise = sin(12.9898 * v + 78.233 * subject) * 43758.5453;
    return (float)(noise - floor(noise) - 0.5 + (v >= 60 ? 0.7 : 0));
}

// A mask and n subjects.
static inline void
write_group(const char *dir, int n)
{
    write_image(dir, "mask.nii.gz", maker_mask, 0);
    for (int s = 1; s <= n; s++) {
        char name[60];
        snprintf(name, sizeof name, "sub-%02d_contrast-x_statmap.nii.gz", s);
        write_image(dir, name, maker_value, s);
    }
}

#endif
