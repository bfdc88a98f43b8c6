// SPDX-License-Identifier: Apache-2.0
// Registering a data set: what is found where, and what a bad one is told.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "folder_maker.h"
#include "models/fmri/fmri.h"
#include "models/fmri/folder.h"

static char dir[40];

static int
fresh(void **state)
{
    (void)state;
    make_folder(dir);
    write_group(dir, 4);
    return 0;
}

static int
gone(void **state)
{
    (void)state;
    remove_folder(dir);
    return 0;
}

static void
participants(const char *text)
{
    write_bytes(dir, "participants.tsv", text, strlen(text));
}

static void
expect_refusal(const char *why)
{
    sw_fmri_fault fault = {0};
    sw_fmri_folder *f = sw_fmri_folder_read(dir, &fault);
    if (f)
        fail_msg("was read, though: %s", why);
    if (!strstr(fault.message, why))
        fail_msg("\"%s\" does not say \"%s\"", fault.message, why);
}

static sw_fmri_folder *
expect_folder(void)
{
    sw_fmri_fault fault = {0};
    sw_fmri_folder *f = sw_fmri_folder_read(dir, &fault);
    if (!f)
        fail_msg("%s", fault.message);
    return f;
}

// ---- good ones ----

static void
subjects_are_found_by_the_names_of_their_images(void **state)
{
    (void)state;
    sw_fmri_fault fault;
    sw_fmri_folder *f = expect_folder();
    assert_int_equal(f->people.n, 4);
    assert_string_equal(f->people.v[2].name, "sub-03");
    sw_fmri_data *d = sw_fmri_folder_data(f, &fault);
    assert_non_null(d);
    assert_int_equal(d->n_voxels, 90);
    assert_int_equal(d->voxel[0], 30);
    for (int s = 0; s < 4; s++) {
        for (int v = 0; v < 90; v++)
            assert_true(d->first[s * 90 + v] == maker_value(v + 30, s + 1));
    }
    sw_fmri_data_free(&d);
    sw_fmri_folder_free(&f);
}

static void
the_table_gives_order_groups_covariates_and_images(void **state)
{
    (void)state;
    participants("participant_id\tage\tsex\tgroup\timage\r\n"
                 "b\t31.5\tF\told\tsub-02_contrast-x_statmap.nii.gz\r\n"
                 "a\tn/a\tM\tyoung\tsub-01_contrast-x_statmap.nii.gz\r\n");
    sw_fmri_folder *f = expect_folder();
    assert_int_equal(f->people.n, 2);
    assert_int_equal(f->people.n_groups, 2);
    assert_string_equal(f->people.group[0], "old");
    assert_int_equal(f->people.n_covariates, 1);
    assert_string_equal(f->people.covariate[0], "age");
    assert_true(f->people.v[0].covariate[0] == 31.5);
    assert_true(isnan(f->people.v[1].covariate[0]));
    sw_fmri_folder_free(&f);
}

static void
the_hash_is_of_names_and_contents(void **state)
{
    (void)state;
    sw_fmri_folder *a = expect_folder(), *b = expect_folder();
    assert_string_equal(a->hash, b->hash);
    sw_fmri_folder_free(&b);
    write_image(dir, "sub-04_contrast-x_statmap.nii.gz", maker_value, 99);
    b = expect_folder();
    assert_string_not_equal(a->hash, b->hash);
    sw_fmri_folder_free(&a);
    sw_fmri_folder_free(&b);
}

static void
a_second_image_makes_pairs(void **state)
{
    (void)state;
    sw_fmri_fault fault;
    participants("participant_id\timage\tsecond_image\n"
                 "a\tsub-01_contrast-x_statmap.nii.gz\tsub-02_contrast-x_statmap.nii.gz\n"
                 "b\tsub-03_contrast-x_statmap.nii.gz\tsub-04_contrast-x_statmap.nii.gz\n");
    sw_fmri_folder *f = expect_folder();
    assert_true(f->paired);
    sw_fmri_data *d = sw_fmri_folder_data(f, &fault);
    assert_true(d->second[90] == maker_value(30, 4));
    sw_fmri_data_free(&d);
    sw_fmri_folder_free(&f);
}

// ---- bad ones ----

static void
maps_of_another_size_or_place_are_refused_by_name(void **state)
{
    (void)state;
    float values[MAKER_N + 100] = {0};
    sw_fmri_grid other = maker_grid;
    other.n[2] = 3;
    write_image_of(dir, "sub-03_contrast-x_statmap.nii.gz", &other, values);
    expect_refusal(
        "sub-03_contrast-x_statmap.nii.gz: dim is 6 x 5 x 3, that of the mask 6 x 5 x 4");
    other = maker_grid;
    other.to_mm[1][3] += 3;
    write_image_of(dir, "sub-03_contrast-x_statmap.nii.gz", &other, values);
    expect_refusal("sub-03_contrast-x_statmap.nii.gz: its affine");
}

static float
nothing(int v, double context)
{
    (void)v;
    return (float)context;
}

static void
empty_masks_and_images_are_refused(void **state)
{
    (void)state;
    write_image(dir, "sub-02_contrast-x_statmap.nii.gz", nothing, NAN);
    expect_refusal("sub-02_contrast-x_statmap.nii.gz: no voxel of the mask has a finite value");
    write_image(dir, "mask.nii.gz", nothing, 0);
    expect_refusal("mask.nii.gz: the mask is empty");
    write_bytes(dir, "mask.nii.gz", "", 0);
    expect_refusal("mask.nii.gz: the file is empty");
}

static void
a_truncated_image_is_refused_by_name(void **state)
{
    (void)state;
    char path[100];
    snprintf(path, sizeof path, "%s/sub-04_contrast-x_statmap.nii.gz", dir);
    assert_int_equal(truncate(path, 200), 0);
    expect_refusal("sub-04_contrast-x_statmap.nii.gz: the gzip is cut off");
}

static void
a_mask_is_required_and_must_be_one(void **state)
{
    (void)state;
    write_image(dir, "group_mask.nii.gz", maker_mask, 0);
    expect_refusal("both group_mask.nii.gz and mask.nii.gz could be the mask");
    char path[100];
    snprintf(path, sizeof path, "%s/mask.nii.gz", dir);
    unlink(path);
    sw_fmri_folder *f = expect_folder();
    assert_string_equal(f->map[SW_FMRI_MASK], "group_mask.nii.gz");
    sw_fmri_folder_free(&f);
    snprintf(path, sizeof path, "%s/group_mask.nii.gz", dir);
    unlink(path);
    expect_refusal("there is no mask");
}

static void
two_images_of_a_subject_need_a_table(void **state)
{
    (void)state;
    write_image(dir, "sub-02_contrast-y_statmap.nii.gz", maker_value, 9);
    expect_refusal("a column `image`");
}

static void
tables_are_told_what_is_wrong_with_them(void **state)
{
    (void)state;
    static const char *const bad[][2] = {
        {"", "participants.tsv: is empty"},
        {"id\tage\nx\t3\n", "no column is called participant_id"},
        {"participant_id\tage\tage\n", "two columns are called \"age\""},
        {"participant_id\tage\nx\n", "line 2: 1 cells, but line 1 has 2"},
        {"participant_id\n", "lists no subject"},
        {"participant_id\nsub-01\nsub-01\n", "line 3: sub-01 comes twice"},
        {"participant_id\nsub-09\n", "sub-09 has no image"},
        {"participant_id\timage\na\t../x.nii\n", "is no .nii or .nii.gz within"},
        {"participant_id\timage\na\t/etc/passwd\n", "is no .nii or .nii.gz within"},
        {"participant_id\timage\na\tb.nii\n", "b.nii: can not be read: No such file"},
        {"participant_id\nsub-01\n", "at least 2 are needed"},
        {"participant_id\tgroup\nsub-01\tall\n", "a group can not be called \"all\""},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        participants(bad[i][0]);
        expect_refusal(bad[i][1]);
    }
}

static void
labels_of_regions_are_whole_numbers(void **state)
{
    (void)state;
    write_image(dir, "dseg.nii.gz", nothing, 2.5);
    expect_refusal("dseg.nii.gz: 2.5 is no label");
    write_image(dir, "dseg.nii.gz", nothing, 7);
    sw_fmri_folder *f = expect_folder();
    assert_int_equal(f->n_regions, 7);
    sw_fmri_folder_free(&f);
}

static void
the_family_reports_faults_and_makes_models(void **state)
{
    (void)state;
    sw_model *model = NULL;
    sw_source_error error;
    sw_source source = {.name = "fmri/small", .dir = dir};
    assert_int_equal(sw_fmri_family.load(&source, &model, &error), 0);
    assert_string_equal(model->name, "fmri/small");
    sw_fmri_family.unload(model);
    participants("x");
    assert_int_equal(sw_fmri_family.load(&source, &model, &error), -1);
    assert_non_null(strstr(error.message, "participants.tsv"));
    source.dir = NULL;
    assert_int_equal(sw_fmri_family.load(&source, &model, &error), -1);
    source.dir = "/nonexistent";
    assert_int_equal(sw_fmri_family.load(&source, &model, &error), -1);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, fresh, gone)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(subjects_are_found_by_the_names_of_their_images),
        IN_FOLDER(the_table_gives_order_groups_covariates_and_images),
        IN_FOLDER(the_hash_is_of_names_and_contents),
        IN_FOLDER(a_second_image_makes_pairs),
        IN_FOLDER(maps_of_another_size_or_place_are_refused_by_name),
        IN_FOLDER(empty_masks_and_images_are_refused),
        IN_FOLDER(a_truncated_image_is_refused_by_name),
        IN_FOLDER(a_mask_is_required_and_must_be_one),
        IN_FOLDER(two_images_of_a_subject_need_a_table),
        IN_FOLDER(tables_are_told_what_is_wrong_with_them),
        IN_FOLDER(labels_of_regions_are_whole_numbers),
        IN_FOLDER(the_family_reports_faults_and_makes_models),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
