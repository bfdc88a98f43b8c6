// SPDX-License-Identifier: Apache-2.0
// The NIfTI reference library as another opinion: what it writes is read as it was meant, and what
// is written is read by it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <nifti/nifti1_io.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "models/fmri/image/nifti.h"

enum { NX = 5, NY = 4, NZ = 3, N = NX * NY * NZ };

static const double slope = 0.25, intercept = -2;

// Value of voxel v as it is stored: fits every type.
static double
stored(int v, bool is_signed)
{
    return is_signed ? v - N / 2 : v;
}

static void
store(int type, void *data, int v)
{
    switch (type) {
    case DT_INT8:
        ((int8_t *)data)[v] = (int8_t)stored(v, true);
        break;
    case DT_UINT8:
        ((uint8_t *)data)[v] = (uint8_t)stored(v, false);
        break;
    case DT_INT16:
        ((int16_t *)data)[v] = (int16_t)stored(v, true);
        break;
    case DT_UINT16:
        ((uint16_t *)data)[v] = (uint16_t)stored(v, false);
        break;
    case DT_INT32:
        ((int32_t *)data)[v] = (int32_t)stored(v, true);
        break;
    case DT_FLOAT32:
        ((float *)data)[v] = (float)stored(v, true);
        break;
    default:
        ((double *)data)[v] = stored(v, true);
    }
}

// An image by the library, its place said by the qform (a turn about the third axis) or the sform.
static void
write_by_library(const char *path, int type, bool by_qform)
{
    int dim[8] = {3, NX, NY, NZ, 1, 1, 1, 1};
    nifti_image *image = nifti_make_new_nim(dim, type, 1);
    assert_non_null(image);
    for (int v = 0; v < N; v++)
        store(type, image->data, v);
    image->scl_slope = (float)slope;
    image->scl_inter = (float)intercept;
    image->xyz_units = NIFTI_UNITS_MM;
    image->dx = image->pixdim[1] = 2;
    image->dy = image->pixdim[2] = 3;
    image->dz = image->pixdim[3] = 4;
    if (by_qform) {
        image->qform_code = NIFTI_XFORM_SCANNER_ANAT;
        image->quatern_d = 0.5F;
        image->qoffset_x = -10;
        image->qoffset_y = 20;
        image->qoffset_z = 5.5F;
        image->qfac = -1;
        image->qto_xyz = nifti_quatern_to_mat44(0, 0, 0.5F, -10, 20, 5.5F, 2, 3, 4, -1);
    } else {
        static const float rows[3][4] = {{-2, 0.5F, 0, 9}, {0, 3, 0.25F, -7}, {0.125F, 0, 4, 1}};
        image->sform_code = NIFTI_XFORM_MNI_152;
        memcpy(image->sto_xyz.m, rows, sizeof rows);
    }
    assert_int_equal(nifti_set_filenames(image, path, 0, 1), 0);
    nifti_image_write(image);
    nifti_image_free(image);
}

// The library computes in single precision: places agree to its last digits, 1e-5 mm.
static void
compare_places(const sw_fmri_grid *grid, const nifti_image *image)
{
    const mat44 *to_mm = image->sform_code ? &image->sto_xyz : &image->qto_xyz;
    for (int d = 0; d < 3; d++) {
        assert_int_equal(grid->n[d], image->dim[d + 1]);
        for (int e = 0; e < 4; e++)
            assert_true(fabs(grid->to_mm[d][e] - (double)to_mm->m[d][e]) < 1e-5);
    }
}

static void
what_the_library_writes_is_read(void **state)
{
    (void)state;
    static const int types[] = {DT_INT8,  DT_UINT8,   DT_INT16,  DT_UINT16,
                                DT_INT32, DT_FLOAT32, DT_FLOAT64};
    for (size_t k = 0; k < 2 * sizeof types / sizeof *types; k++) {
        char path[] = "/tmp/test_nifti_library_XXXXXX.nii.gz";
        int type = types[k / 2];
        close(mkstemps(path, 7));
        write_by_library(path, type, k % 2 == 0);
        sw_fmri_fault fault;
        double values[N];
        sw_fmri_nifti *ours = sw_fmri_nifti_open(path, &fault);
        if (!ours || !sw_fmri_nifti_read(ours, values, &fault))
            fail_msg("type %d: %s", type, fault.message);
        nifti_image *theirs = nifti_image_read(path, 0);
        compare_places(sw_fmri_nifti_grid(ours), theirs);
        bool is_signed = type != DT_UINT8 && type != DT_UINT16;
        for (int v = 0; v < N; v++)
            assert_true(values[v] == slope * stored(v, is_signed) + intercept);
        nifti_image_free(theirs);
        sw_fmri_nifti_close(&ours);
        unlink(path);
    }
}

static void
what_is_written_is_read_by_the_library(void **state)
{
    (void)state;
    static const sw_fmri_grid grid = {
        {NX, NY, NZ}, {{-3, 0, 0, 78}, {0, 3, 0, -111}, {0, 0.5, 3, -51}}, 4};
    char path[] = "/tmp/test_nifti_library_XXXXXX.nii.gz";
    float values[N];
    size_t n;
    for (int v = 0; v < N; v++)
        values[v] = v == 7 ? NAN : expf(0.1F * (float)v);
    void *bytes = sw_fmri_nifti_encode(&grid, values, "a map", &n);
    FILE *f = fdopen(mkstemps(path, 7), "wb");
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
    free(bytes);
    nifti_image *image = nifti_image_read(path, 1);
    assert_non_null(image);
    assert_int_equal(image->datatype, DT_FLOAT32);
    assert_string_equal(image->descrip, "a map");
    compare_places(&grid, image);
    // The library turns values that are no numbers into 0.
    values[7] = 0;
    assert_memory_equal(image->data, values, sizeof values);
    nifti_image_free(image);
    unlink(path);
}

// Every image of the real group, value for value.
static void
real_images_are_read_as_the_library_reads_them(void **state)
{
    (void)state;
    const char *reference = getenv("SWEEPD_REFERENCE");
    for (int s = 1; s <= 12; s++) {
        char path[500];
        snprintf(path, sizeof path,
                 "%s/fmri/faces12/sub-%02d_contrast-faces_stat-effect_statmap.nii.gz",
                 reference ? reference : "../shared/data", s);
        if (access(path, R_OK) != 0)
            skip();
        sw_fmri_fault fault;
        sw_fmri_nifti *ours = sw_fmri_nifti_open(path, &fault);
        nifti_image *theirs = nifti_image_read(path, 1);
        assert_non_null(ours);
        assert_int_equal(theirs->datatype, DT_FLOAT32);
        compare_places(sw_fmri_nifti_grid(ours), theirs);
        size_t n = sw_fmri_grid_count(sw_fmri_nifti_grid(ours));
        double *values = malloc(n * sizeof *values);
        assert_true(sw_fmri_nifti_read(ours, values, &fault));
        const float *expected = theirs->data;
        for (size_t v = 0; v < n; v++)
            assert_true((isnan(values[v]) && expected[v] == 0) || (float)values[v] == expected[v]);
        free(values);
        nifti_image_free(theirs);
        sw_fmri_nifti_close(&ours);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_the_library_writes_is_read),
        cmocka_unit_test(what_is_written_is_read_by_the_library),
        cmocka_unit_test(real_images_are_read_as_the_library_reads_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
