// SPDX-License-Identifier: Apache-2.0
// The NIfTI-1 reader against nibabel (where it is installed) and against headers that lie.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "models/fmri/image/nifti.h"

#define ORACLE "/usr/bin/python3 tests/unit/models/fmri/oracle.py"

// ---- nibabel as the oracle ----

// Compares one image with what nibabel read of it. The qform of single precision may differ in the
// last digits of its square root, so places agree to 1e-5 mm; values are equal.
static void
compare(const char *folder, const char *image, const char *stem)
{
    char path[600];
    sw_fmri_fault fault;
    snprintf(path, sizeof path, "%s/%s", folder, image);
    sw_fmri_nifti *nifti = sw_fmri_nifti_open(path, &fault);
    if (!nifti)
        fail_msg("%s: %s", image, fault.message);
    snprintf(path, sizeof path, "%s/%s.expected", folder, stem);
    FILE *f = fopen(path, "rb");
    double affine[12];
    assert_int_equal(fread(affine, sizeof *affine, 12, f), 12);
    const sw_fmri_grid *grid = sw_fmri_nifti_grid(nifti);
    for (int i = 0; i < 12; i++)
        assert_true(fabs(grid->to_mm[i / 4][i % 4] - affine[i]) < 1e-5);
    size_t n = sw_fmri_grid_count(grid);
    double *values = malloc(n * sizeof *values), expected;
    for (size_t t = 0; t < sw_fmri_nifti_volumes(nifti); t++) {
        if (!sw_fmri_nifti_read(nifti, values, &fault))
            fail_msg("%s: %s", image, fault.message);
        for (size_t v = 0; v < n; v++) {
            assert_int_equal(fread(&expected, sizeof expected, 1, f), 1);
            assert_true(values[v] == expected);
        }
    }
    assert_int_equal(fread(&expected, 1, 1, f), 0);
    assert_false(sw_fmri_nifti_read(nifti, values, &fault));
    fclose(f);
    free(values);
    sw_fmri_nifti_close(&nifti);
}

static void
images_of_all_types_and_byte_orders_are_read_as_nibabel_reads_them(void **state)
{
    (void)state;
    char folder[] = "/tmp/test_nifti_XXXXXX", command[300];
    assert_non_null(mkdtemp(folder));
    snprintf(command, sizeof command, ORACLE " make %s", folder);
    int status = system(command);
    int compared = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        char *ending = strstr(e->d_name, ".nii");
        if (!ending)
            continue;
        char stem[300];
        snprintf(stem, sizeof stem, "%.*s", (int)(ending - e->d_name), e->d_name);
        compare(folder, e->d_name, stem);
        compared++;
    }
    closedir(dir);
    snprintf(command, sizeof command, "rm -r %s", folder);
    assert_int_equal(system(command), 0);
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(status, 0);
    assert_int_equal(compared, 80);
}

static const sw_fmri_grid example = {
    {3, 2, 4}, {{-3, 0, 0, 78}, {0, 3, 0, -111}, {0, 0.5, 3, -51}}, 4};

static void *
encode_example(size_t *n)
{
    float values[24];
    for (int v = 0; v < 24; v++)
        values[v] = v == 0 ? NAN : 0.5f * (float)v;
    return sw_fmri_nifti_encode(&example, values, "a map", n);
}

static void
a_written_map_opens_in_nibabel_with_the_right_affine(void **state)
{
    (void)state;
    size_t n;
    char path[] = "/tmp/test_nifti_XXXXXX.nii.gz", command[300], line[200], all[1000] = "";
    void *bytes = encode_example(&n);
    FILE *f = fdopen(mkstemps(path, 7), "wb");
    assert_int_equal(fwrite(bytes, 1, n, f), n);
    fclose(f);
    free(bytes);
    snprintf(command, sizeof command, ORACLE " check %s", path);
    FILE *answer = popen(command, "r");
    while (fgets(line, sizeof line, answer))
        strcat(all, line);
    int status = pclose(answer);
    unlink(path);
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_string_equal(all, "3 2 4 float32\n"
                             "-3.000000 0.000000 0.000000 78.000000\n"
                             "0.000000 3.000000 0.000000 -111.000000\n"
                             "0.000000 0.500000 3.000000 -51.000000\n"
                             "nan 0.500000 11.500000\n");
}

static void
what_is_written_is_read_back(void **state)
{
    (void)state;
    size_t n;
    void *bytes = encode_example(&n);
    sw_fmri_fault fault;
    sw_fmri_nifti *nifti = sw_fmri_nifti_open_bytes(bytes, n, &fault);
    assert_non_null(nifti);
    assert_true(sw_fmri_grid_same(&example, sw_fmri_nifti_grid(nifti)));
    assert_int_equal(sw_fmri_nifti_grid(nifti)->space, 4);
    double values[24];
    assert_true(sw_fmri_nifti_read(nifti, values, &fault));
    assert_true(isnan(values[0]));
    for (int v = 1; v < 24; v++)
        assert_true(values[v] == 0.5 * v);
    sw_fmri_nifti_close(&nifti);
    free(bytes);
}

// ---- headers that lie ----

enum { SMALL = 352 + 2 * 3 * 4 };

// A good little-endian file of 2 x 3 x 4 bytes, which the tests below spoil.
static void
good(unsigned char bytes[SMALL])
{
    memset(bytes, 0, SMALL);
    int32_t size = 348;
    int16_t dim[8] = {3, 2, 3, 4, 1, 1, 1, 1}, type[2] = {2, 8}, code = 1;
    float pixdim[8] = {1, 2, 2, 2}, offset = 352;
    float srow[12] = {2, 0, 0, -9, 0, 2, 0, -8, 0, 0, 2, -7};
    memcpy(bytes, &size, 4);
    memcpy(bytes + 40, dim, sizeof dim);
    memcpy(bytes + 70, type, sizeof type);
    memcpy(bytes + 76, pixdim, sizeof pixdim);
    memcpy(bytes + 108, &offset, 4);
    memcpy(bytes + 254, &code, 2);
    memcpy(bytes + 280, srow, sizeof srow);
    memcpy(bytes + 344, "n+1", 4);
    for (int v = 0; v < 24; v++)
        bytes[352 + v] = (unsigned char)v;
}

static void
expect_refusal_of(const void *bytes, size_t n, const char *why)
{
    sw_fmri_fault fault = {0};
    double values[64];
    sw_fmri_nifti *nifti = sw_fmri_nifti_open_bytes(bytes, n, &fault);
    bool read = nifti && sw_fmri_nifti_read(nifti, values, &fault);
    sw_fmri_nifti_close(&nifti);
    if (read)
        fail_msg("was read, though: %s", why);
    if (!strstr(fault.message, why))
        fail_msg("\"%s\" does not say \"%s\"", fault.message, why);
}

// Spoils the good file at one place.
static void
expect_refusal(size_t at, const void *field, size_t n, const char *why)
{
    unsigned char bytes[SMALL];
    good(bytes);
    memcpy(bytes + at, field, n);
    expect_refusal_of(bytes, sizeof bytes, why);
}

static void
refuse_i16(size_t at, int16_t v, const char *why)
{
    expect_refusal(at, &v, sizeof v, why);
}

static void
refuse_f32(size_t at, float v, const char *why)
{
    expect_refusal(at, &v, sizeof v, why);
}

static void
a_header_that_lies_is_refused_with_the_name_of_its_field(void **state)
{
    (void)state;
    refuse_i16(40, 0, "dim[0] is 0");
    refuse_i16(40, 8, "dim[0] is 8");
    refuse_i16(40, -3, "dim[0] is -3");
    refuse_i16(42, -2, "dim[1] is -2");
    refuse_i16(44, 0, "dim[2] is 0");
    refuse_i16(46, 2049, "dim[3] is 2049");
    refuse_i16(70, 32, "datatype is 32");
    refuse_i16(70, 1, "datatype is 1");
    refuse_i16(72, 16, "bitpix is 16");
    refuse_f32(108, 0, "vox_offset is 0");
    refuse_f32(108, NAN, "vox_offset is nan");
    refuse_f32(108, 352.5f, "vox_offset is 352.5");
    refuse_f32(108, 1e30f, "vox_offset is 1e+30");
    refuse_f32(280, NAN, "sform places voxels at nan");
    refuse_f32(280, 0, "sform gives voxels without volume");
    refuse_f32(280, INFINITY, "sform places voxels at inf");
    expect_refusal(344, "ni1", 4, ".hdr/.img pair");
    expect_refusal(344, "\0\0\0", 4, "which side of the head is left");
    expect_refusal(0, "\x1c\x02\0\0", 4, "NIfTI-2");
    expect_refusal(0, "\0\0\0\0", 4, "sizeof_hdr");
}

static void
a_header_that_promises_terabytes_costs_no_memory(void **state)
{
    (void)state;
    int16_t dim[8] = {4, 300, 300, 300, 32767, 1, 1, 1},
            wide[8] = {3, 2048, 2048, 2048, 1, 1, 1, 1};
    expect_refusal(40, dim, sizeof dim, "more than a file of this length can hold");
    expect_refusal(40, wide, sizeof wide, "at most 33554432 voxels are read");
}

static void
the_untouched_example_is_read(void **state)
{
    (void)state;
    unsigned char bytes[SMALL];
    sw_fmri_fault fault;
    double values[24], mm[3];
    good(bytes);
    sw_fmri_nifti *nifti = sw_fmri_nifti_open_bytes(bytes, sizeof bytes, &fault);
    assert_non_null(nifti);
    assert_true(sw_fmri_nifti_is_whole(nifti));
    assert_true(sw_fmri_nifti_read(nifti, values, &fault));
    assert_true(values[23] == 23);
    sw_fmri_grid_mm(sw_fmri_nifti_grid(nifti), 23, mm);
    assert_true(mm[0] == -7 && mm[1] == -4 && mm[2] == -1);
    sw_fmri_nifti_close(&nifti);
}

static void
lengths_in_metres_become_millimetres(void **state)
{
    (void)state;
    unsigned char bytes[SMALL];
    sw_fmri_fault fault;
    good(bytes);
    bytes[123] = 1;
    sw_fmri_nifti *nifti = sw_fmri_nifti_open_bytes(bytes, sizeof bytes, &fault);
    assert_non_null(nifti);
    assert_true(sw_fmri_nifti_grid(nifti)->to_mm[0][0] == 2000);
    sw_fmri_nifti_close(&nifti);
}

static void
a_file_cut_off_anywhere_is_refused(void **state)
{
    (void)state;
    unsigned char bytes[SMALL];
    good(bytes);
    for (size_t n = 0; n < SMALL; n++)
        expect_refusal_of(bytes, n, n < 348 ? "early" : "");
    size_t n;
    unsigned char *map = encode_example(&n);
    for (size_t cut = 2; cut < n; cut++)
        expect_refusal_of(map, cut, "");
    expect_refusal_of(map, n - 4, "cut off");
    free(map);
}

static void
a_damaged_gzip_is_found_out_by_its_checksum(void **state)
{
    (void)state;
    size_t n;
    unsigned char *map = encode_example(&n);
    map[n - 8] ^= 1; // the checksum itself
    expect_refusal_of(map, n, "damaged");
    free(map);
}

static void
a_file_that_is_none_is_refused(void **state)
{
    (void)state;
    sw_fmri_fault fault;
    assert_null(sw_fmri_nifti_open("/nonexistent.nii", &fault));
    assert_non_null(strstr(fault.message, "No such file"));
    assert_null(sw_fmri_nifti_open("/tmp", &fault));
    assert_non_null(strstr(fault.message, "not a regular file"));
    assert_null(sw_fmri_nifti_open("/dev/zero", &fault));
    assert_non_null(strstr(fault.message, "not a regular file"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images_of_all_types_and_byte_orders_are_read_as_nibabel_reads_them),
        cmocka_unit_test(a_written_map_opens_in_nibabel_with_the_right_affine),
        cmocka_unit_test(what_is_written_is_read_back),
        cmocka_unit_test(a_header_that_lies_is_refused_with_the_name_of_its_field),
        cmocka_unit_test(a_header_that_promises_terabytes_costs_no_memory),
        cmocka_unit_test(the_untouched_example_is_read),
        cmocka_unit_test(lengths_in_metres_become_millimetres),
        cmocka_unit_test(a_file_cut_off_anywhere_is_refused),
        cmocka_unit_test(a_damaged_gzip_is_found_out_by_its_checksum),
        cmocka_unit_test(a_file_that_is_none_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
