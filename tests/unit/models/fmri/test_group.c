// SPDX-License-Identifier: Apache-2.0
// The group models through their public interface: designs against plain computations, stages that
// are kept, records, faults of questions.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <jansson.h>

#include "folder_maker.h"
#include "models/fmri/bayes/interval.h"
#include "models/fmri/bayes/meta.h"
#include "models/fmri/bayes/multiplicity.h"
#include "models/fmri/bayes/regression.h"
#include "models/fmri/fmri.h"
#include "models/fmri/stages.h"
#include "tests/support/model_harness.h"

enum { SUBJECTS = 8 };

static char dir[40];
static sw_model *model;

static const char table[] = "participant_id\tage\tdose\tgroup\timage\tsecond_image\n"
                            "sub-01\t20\t1\ta\tsub-01_contrast-x_statmap.nii.gz\tother-1.nii.gz\n"
                            "sub-02\t24\t3\tb\tsub-02_contrast-x_statmap.nii.gz\tother-2.nii.gz\n"
                            "sub-03\t31\t2\ta\tsub-03_contrast-x_statmap.nii.gz\tother-3.nii.gz\n"
                            "sub-04\t29\t5\ta\tsub-04_contrast-x_statmap.nii.gz\tother-4.nii.gz\n"
                            "sub-05\t27\t1\tb\tsub-05_contrast-x_statmap.nii.gz\tother-5.nii.gz\n"
                            "sub-06\t35\t2\tb\tsub-06_contrast-x_statmap.nii.gz\tother-6.nii.gz\n"
                            "sub-07\t22\t4\ta\tsub-07_contrast-x_statmap.nii.gz\tother-7.nii.gz\n"
                            "sub-08\t30\t3\tb\tsub-08_contrast-x_statmap.nii.gz\tother-8.nii.gz\n";

static float
second_value(int v, double subject)
{
    return 0.3f * maker_value(v, subject + 50);
}

static float
truth(int v, double context)
{
    (void)context;
    return v >= 60;
}

static float
region(int v, double context)
{
    (void)context;
    return (float)(1 + v / 60);
}

// A voxel where one subject has no value, one that does not vary, one with a zero.
static float
spoilt_value(int v, double subject)
{
    return v == 40 ? NAN : v == 42 ? 0 : maker_value(v, subject);
}

static int
load(void **state)
{
    (void)state;
    make_folder(dir);
    write_group(dir, SUBJECTS);
    write_image(dir, "sub-03_contrast-x_statmap.nii.gz", spoilt_value, 3);
    write_image(dir, "truth.nii.gz", truth, 0);
    write_image(dir, "reference.nii.gz", truth, 0);
    write_image(dir, "dseg.nii.gz", region, 0);
    for (int s = 1; s <= SUBJECTS; s++) {
        char name[40];
        snprintf(name, sizeof name, "other-%d.nii.gz", s);
        write_image(dir, name, second_value, s);
    }
    write_bytes(dir, "participants.tsv", table, sizeof table - 1);
    sw_source source = {.name = "fmri/small", .dir = dir};
    sw_source_error error;
    int code = sw_fmri_family.load(&source, &model, &error);
    if (code != 0)
        fprintf(stderr, "%s\n", error.message);
    return code;
}

static int
unload(void **state)
{
    (void)state;
    sw_fmri_family.unload(model);
    remove_folder(dir);
    return 0;
}

static sw_harness *
opened(const char *outputs)
{
    char error[500] = "";
    sw_harness_setup setup = {.outputs = outputs};
    sw_harness *h = sw_harness_open_with(model, &setup, error, sizeof error);
    if (!h)
        fail_msg("%s", error);
    return h;
}

static void
run(sw_harness *h)
{
    const sw_result *r = sw_harness_run(h, 7);
    if (r->outcome != SW_DONE)
        fail_msg("%s", r->fail);
}

static void
near(double got, double expected, double tolerance)
{
    if (!(fabs(got - expected) <= tolerance * fmax(1, fabs(expected))))
        fail_msg("%.17g is not %.17g", got, expected);
}

// ---- designs against plain computations ----

// t of one voxel of the returned map.
static double
t_at(sw_harness *h, int voxel)
{
    sw_fmri_fault fault;
    double values[MAKER_N];
    run(h);
    const sw_kept *kept = sw_harness_kept(h, "contrast-group_stat-t_statmap.nii.gz");
    sw_fmri_nifti *n = sw_fmri_nifti_open_bytes(kept->bytes, kept->n_bytes, &fault);
    assert_true(n && sw_fmri_grid_same(sw_fmri_nifti_grid(n), &maker_grid));
    assert_true(sw_fmri_nifti_read(n, values, &fault));
    sw_fmri_nifti_close(&n);
    return values[voxel];
}

static double
mean(int n, const double *x)
{
    double sum = 0;
    for (int i = 0; i < n; i++)
        sum += x[i] / n;
    return sum;
}

static double
squares(int n, const double *x)
{
    double sum = 0, m = mean(n, x);
    for (int i = 0; i < n; i++)
        sum += (x[i] - m) * (x[i] - m);
    return sum;
}

static double
plain_t(int n, const double *x)
{
    return mean(n, x) / sqrt(squares(n, x) / (n - 1) / n);
}

static const char T[] = "contrast-group_stat-t_statmap.nii.gz";
static const int voxel = 77;

static void
pairs_are_tested_by_their_differences(void **state)
{
    (void)state;
    double x[SUBJECTS];
    for (int s = 0; s < SUBJECTS; s++)
        x[s] = maker_value(voxel, s + 1) - second_value(voxel, s + 1);
    sw_harness *h = opened(T);
    sw_harness_set_text(h, "design", "paired");
    near(t_at(h, voxel), plain_t(SUBJECTS, x), 1e-6);
    sw_harness_set(h, "flip-sign", 1);
    near(t_at(h, voxel), -plain_t(SUBJECTS, x), 1e-6);
    sw_harness_close(&h);
}

static void
one_sample_is_of_the_first_images(void **state)
{
    (void)state;
    double x[SUBJECTS];
    for (int s = 0; s < SUBJECTS; s++)
        x[s] = maker_value(voxel, s + 1);
    sw_harness *h = opened(T);
    sw_harness_set_text(h, "design", "one-sample");
    near(t_at(h, voxel), plain_t(SUBJECTS, x), 1e-6);
    assert_true(isnan(t_at(h, 3))); // outside of the mask
    sw_harness_set(h, "subjects", 5);
    near(t_at(h, voxel), plain_t(5, x), 1e-6);
    sw_harness_set_text(h, "selection", "leave-one-out");
    sw_harness_set(h, "left-out", 1);
    near(t_at(h, voxel), plain_t(SUBJECTS - 1, x + 1), 1e-6);
    sw_harness_close(&h);
}

static void
two_samples_are_the_groups_of_the_table(void **state)
{
    (void)state;
    static const int a[4] = {1, 3, 4, 7}, b[4] = {2, 5, 6, 8};
    double x[4], y[4];
    for (int i = 0; i < 4; i++) {
        x[i] = maker_value(voxel, a[i]);
        y[i] = maker_value(voxel, b[i]);
    }
    double t =
        (mean(4, x) - mean(4, y)) / sqrt((squares(4, x) + squares(4, y)) / 6 * (0.25 + 0.25));
    sw_harness *h = opened(T);
    sw_harness_set_text(h, "design", "two-sample");
    near(t_at(h, voxel), t, 1e-6);
    sw_harness_set_text(h, "against", "a");
    near(t_at(h, voxel), -t, 1e-6);
    sw_harness_set_text(h, "group", "b");
    near(t_at(h, voxel), -t, 1e-6);
    sw_harness_set_text(h, "design", "one-sample");
    near(t_at(h, voxel), plain_t(4, y), 1e-6);
    sw_harness_close(&h);
}

static void
a_regression_tests_the_slope(void **state)
{
    (void)state;
    static const double age[SUBJECTS] = {20, 24, 31, 29, 27, 35, 22, 30};
    double y[SUBJECTS], both = 0;
    for (int s = 0; s < SUBJECTS; s++)
        y[s] = maker_value(voxel, s + 1);
    for (int s = 0; s < SUBJECTS; s++)
        both += (age[s] - mean(SUBJECTS, age)) * (y[s] - mean(SUBJECTS, y));
    double r2 = both * both / squares(SUBJECTS, age) / squares(SUBJECTS, y);
    double t = copysign(sqrt(r2 * (SUBJECTS - 2) / (1 - r2)), both);
    sw_harness *h = opened("contrast-group_stat-t_statmap.nii.gz,max-log-bf,max-t");
    sw_harness_set_text(h, "design", "regression");
    sw_harness_set_text(h, "covariate", "age");
    near(t_at(h, voxel), t, 1e-6);
    double top = sw_harness_value(h, "max-t");
    near(sw_harness_value(h, "max-log-bf"),
         sw_fmri_regression_logbf(SUBJECTS, 1, top * top / (top * top + SUBJECTS - 2), sqrt(0.5)),
         1e-8);
    sw_harness_set_text(h, "nuisance", "dose");
    assert_true(fabs(t_at(h, voxel) - t) > 1e-3);
    sw_harness_close(&h);
}

// ---- hypotheses ----

static void
the_largest_bayes_factor_is_that_of_its_t(void **state)
{
    (void)state;
    sw_harness *h = opened("max-log-bf,max-t");
    sw_fmri_test test = sw_fmri_one_sample(SUBJECTS, 0.5, SW_FMRI_PLUS);
    sw_harness_set_text(h, "design", "one-sample");
    sw_harness_set_text(h, "side", "plus");
    sw_harness_set(h, "scale", 0.5);
    run(h);
    double t = sw_harness_value(h, "max-t");
    near(sw_harness_value(h, "max-log-bf"), sw_fmri_logbf(&test, t), 1e-8);
    sw_harness_set_text(h, "hypothesis", "interval");
    sw_harness_set(h, "lower", 0.2);
    sw_harness_set(h, "upper", 1.5);
    run(h);
    t = sw_harness_value(h, "max-t");
    near(sw_harness_value(h, "max-log-bf"),
         sw_fmri_interval_logbf(&test, &(sw_fmri_interval){0.2, 1.5, false}, t), 1e-8);
    sw_harness_set_text(h, "hypothesis", "rope");
    run(h);
    t = sw_harness_value(h, "max-t");
    near(sw_harness_value(h, "max-log-bf"), sw_fmri_rope_logbf(&test, 0.1, t), 1e-8);
    sw_harness_set_text(h, "hypothesis", "point");
    sw_harness_set_text(h, "scale-rule", "corrected");
    run(h);
    test.r = sw_fmri_corrected_scale(89, 0.5, 0.05);
    t = sw_harness_value(h, "max-t");
    near(sw_harness_value(h, "max-log-bf"), sw_fmri_logbf(&test, t), 1e-8);
    sw_harness_close(&h);
}

// ---- missing values, regions ----

static void
missing_values_are_left_out_or_dropped(void **state)
{
    (void)state;
    double x[SUBJECTS];
    int n = 0;
    for (int s = 1; s <= SUBJECTS; s++) {
        if (s != 3)
            x[n++] = maker_value(40, s);
    }
    sw_harness *h = opened("voxels,untested,contrast-group_stat-t_statmap.nii.gz");
    sw_harness_set_text(h, "design", "one-sample");
    assert_true(isnan(t_at(h, 40)));
    near(sw_harness_value(h, "voxels"), 89, 0);
    near(sw_harness_value(h, "untested"), 1, 0);
    sw_harness_set_text(h, "missing", "drop");
    near(t_at(h, 40), plain_t(n, x), 1e-6);
    near(sw_harness_value(h, "voxels"), 90, 0);
    double with_zero = t_at(h, 42);
    sw_harness_set_text(h, "missing", "drop-zeros");
    assert_true(t_at(h, 42) != with_zero);
    sw_harness_close(&h);
}

static void
a_region_is_a_smaller_mask(void **state)
{
    (void)state;
    sw_harness *h = opened("voxels,max-z,sensitivity,contrast-group_stat-t_statmap.nii.gz");
    sw_harness_set_text(h, "design", "one-sample");
    double t = t_at(h, 100);
    sw_harness_set(h, "region", 2);
    near(t_at(h, 100), t, 0);
    assert_true(isnan(t_at(h, 50)));
    near(sw_harness_value(h, "voxels"), 60, 0);
    assert_true(sw_harness_value(h, "max-z") >= 3);
    sw_harness_close(&h);
}

// ---- decisions and scores ----

static void
scores_against_the_truth_follow_from_the_counts(void **state)
{
    (void)state;
    sw_harness *h = opened("active,sensitivity,specificity,false-discoveries,truth-dice,dice,auc,"
                           "any-false-alarm,brier,voxels");
    sw_harness_set_text(h, "design", "one-sample");
    sw_harness_set(h, "prior-active", 0.5);
    run(h);
    double hits = sw_harness_value(h, "sensitivity") * 60, active = sw_harness_value(h, "active");
    double alarms = (1 - sw_harness_value(h, "specificity")) * 30;
    near(hits + alarms, active, 1e-12);
    near(sw_harness_value(h, "false-discoveries"), alarms / active, 1e-12);
    near(sw_harness_value(h, "truth-dice"), 2 * hits / (60 + active), 1e-12);
    near(sw_harness_value(h, "dice"), sw_harness_value(h, "truth-dice"), 0);
    near(sw_harness_value(h, "any-false-alarm"), alarms > 0, 0);
    assert_true(sw_harness_value(h, "auc") > 0.9 && sw_harness_value(h, "auc") <= 1);
    assert_true(sw_harness_value(h, "brier") < 0.25);
    sw_harness_close(&h);
}

static void
every_decision_gives_an_answer(void **state)
{
    (void)state;
    static const char *const decisions[] = {"bayes-factor", "bayes-fdr", "bh-fdr",
                                            "bonferroni",   "max-t",     "cluster-extent"};
    double active[6];
    sw_harness *h = opened("active,fdr-voxels,bonferroni-voxels,bayes-fdr-voxels");
    sw_harness_set_text(h, "design", "one-sample");
    sw_harness_set(h, "forming-p", 0.05);
    for (int i = 0; i < 6; i++) {
        sw_harness_set_text(h, "decision", decisions[i]);
        run(h);
        active[i] = sw_harness_value(h, "active");
    }
    assert_true(active[0] > 0 && active[5] > 0);
    assert_true(active[3] <= active[2]);
    near(sw_harness_value(h, "bayes-fdr-voxels"), active[1], 0);
    near(sw_harness_value(h, "fdr-voxels"), active[2], 0);
    near(sw_harness_value(h, "bonferroni-voxels"), active[3], 0);
    sw_harness_close(&h);
}

// ---- stages and records ----

static void
a_late_change_computes_no_early_stage_again(void **state)
{
    (void)state;
    sw_fmri_fault fault;
    sw_fmri_result r;
    sw_fmri_folder *f = sw_fmri_folder_read(dir, &fault);
    sw_fmri_data *d = sw_fmri_folder_data(f, &fault);
    sw_fmri_pipeline *p = sw_fmri_pipeline_new(f, d, 1 << 20);
    sw_fmri_question q = {.group = -1,
                          .against = -1,
                          .nuisance = -1,
                          .scale = 0.7,
                          .alpha = 0.05,
                          .threshold = 3,
                          .least = 1,
                          .neighbours = 26,
                          .fwhm = 5};
    assert_true(sw_fmri_pipeline_run(p, &q, &r, &fault));
    assert_int_equal(sw_fmri_pipeline_computed(p), 6); // all but load
    const sw_fmri_tmap *t = r.t;
    q.least = 2;
    assert_true(sw_fmri_pipeline_run(p, &q, &r, &fault));
    assert_int_equal(sw_fmri_pipeline_computed(p), 7); // cluster
    q.threshold = 10;
    assert_true(sw_fmri_pipeline_run(p, &q, &r, &fault));
    assert_int_equal(sw_fmri_pipeline_computed(p), 9); // threshold, cluster
    q.scale = 0.2;
    assert_true(sw_fmri_pipeline_run(p, &q, &r, &fault));
    assert_int_equal(sw_fmri_pipeline_computed(p), 12);
    assert_ptr_equal(r.t, t);
    assert_true(sw_fmri_pipeline_run(p, &q, &r, &fault));
    assert_int_equal(sw_fmri_pipeline_computed(p), 12); // nothing
    sw_fmri_pipeline_free(&p);
    sw_fmri_data_free(&d);
    sw_fmri_folder_free(&f);
}

static void
what_is_kept_changes_no_result(void **state)
{
    (void)state;
    sw_harness *h = opened("active,max-log-bf,largest-cluster"), *fresh;
    for (int i = 0; i < 12; i++) {
        sw_harness_set(h, "scale", 0.1 + 0.3 * (i % 3));
        sw_harness_set(h, "bf-threshold", 1 + i % 4);
        sw_harness_set(h, "subjects", 4 + i % 2);
        run(h);
        fresh = opened("active,max-log-bf,largest-cluster");
        memcpy(sw_harness_inputs(fresh), sw_harness_inputs(h),
               model->n_parameters * sizeof(double));
        run(fresh);
        assert_true(sw_harness_value(h, "max-log-bf") == sw_harness_value(fresh, "max-log-bf"));
        assert_true(sw_harness_value(h, "active") == sw_harness_value(fresh, "active"));
        sw_harness_close(&fresh);
    }
    sw_harness_close(&h);
}

static void
the_record_names_inputs_and_stages(void **state)
{
    (void)state;
    sw_harness *h = opened("provenance,sidecar.json,contrast-group_clusters.tsv");
    run(h);
    json_t *record = json_loads(sw_harness_kept(h, "provenance")->text, 0, NULL);
    assert_non_null(record);
    assert_int_equal(json_array_size(json_object_get(record, "inputs")), 4 + 2 * SUBJECTS + 1);
    static const char *const stages[] = {"load",         "smooth",    "mask",   "t",
                                         "bayes-factor", "threshold", "cluster"};
    json_t *list = json_object_get(record, "stages");
    assert_int_equal(json_array_size(list), 7);
    for (size_t i = 0; i < 7; i++)
        assert_string_equal(json_string_value(json_object_get(json_array_get(list, i), "stage")),
                            stages[i]);
    json_decref(record);
    const sw_kept *sidecar = sw_harness_kept(h, "sidecar.json");
    record = json_loadb(sidecar->bytes, sidecar->n_bytes, 0, NULL);
    assert_non_null(json_object_get(record, "GeneratedBy"));
    json_decref(record);
    const sw_kept *peaks = sw_harness_kept(h, "contrast-group_clusters.tsv");
    assert_true(peaks->n_bytes > 60 && memcmp(peaks->bytes, "Cluster ID\tX\tY\tZ\t", 17) == 0);
    sw_harness_close(&h);
}

// ---- questions that do not fit ----

static void
expect_failure(const char *parameter, const char *text, double value, const char *second,
               const char *second_text, const char *why)
{
    sw_harness *h = opened("active");
    sw_harness_set_text(h, "design", "one-sample");
    if (text)
        sw_harness_set_text(h, parameter, text);
    else
        sw_harness_set(h, parameter, value);
    if (second)
        sw_harness_set_text(h, second, second_text);
    const sw_result *r = sw_harness_run(h, 1);
    assert_int_equal(r->outcome, SW_ERROR);
    if (!strstr(r->fail, why))
        fail_msg("\"%s\" does not say \"%s\"", r->fail, why);
    sw_harness_close(&h);
}

static void
questions_that_do_not_fit_fail_with_the_reason(void **state)
{
    (void)state;
    expect_failure("subjects", NULL, 1, NULL, NULL, "subjects is 1");
    expect_failure("subjects", NULL, 6, "group", "a", "subjects is 6, but there are 4");
    expect_failure("lower", NULL, 0.9, NULL, NULL, "lower is 0.9");
    expect_failure("decision", "max-t", 0, "design", "two-sample", "sign flips");
    expect_failure("missing", "drop", 0, "design", "paired", "missing \"drop\"");
    expect_failure("side", "plus", 0, "design", "regression", "regression");
    expect_failure("expected-contrast", NULL, 1e-9, "scale-rule", "expected", "the prior scale is");
}

static void
the_descriptors_are_whole(void **state)
{
    (void)state;
    sw_harness_check_descriptor(model);
    sw_harness_check_descriptor(sw_harness_find(&sw_fmri_family, "fmri/simulated-group"));
    sw_harness_check_descriptor(sw_harness_find(&sw_fmri_family, "fmri/simulated-meta"));
}

static void
a_range_on_the_other_side_has_no_prior(void **state)
{
    (void)state;
    sw_harness *h = opened("active");
    sw_harness_set_text(h, "design", "one-sample");
    sw_harness_set_text(h, "side", "plus");
    sw_harness_set_text(h, "hypothesis", "interval");
    sw_harness_set(h, "lower", -0.5);
    sw_harness_set(h, "upper", -0.1);
    const sw_result *r = sw_harness_run(h, 1);
    assert_int_equal(r->outcome, SW_ERROR);
    assert_non_null(strstr(r->fail, "have no prior probability"));
    sw_harness_close(&h);
}

// ---- simulated data ----

static void
simulated_groups_are_found_out(void **state)
{
    (void)state;
    const sw_model *simulated = sw_harness_find(&sw_fmri_family, "fmri/simulated-group");
    sw_harness *h = sw_harness_open(simulated, "sensitivity,specificity,auc,voxels,brier");
    sw_harness_set(h, "effect", 2);
    sw_harness_set(h, "size", 16);
    run(h);
    assert_true(sw_harness_value(h, "sensitivity") > 0.98);
    assert_true(sw_harness_value(h, "specificity") > 0.8);
    assert_true(sw_harness_value(h, "auc") > 0.99);
    double brier = sw_harness_value(h, "brier");
    sw_harness_set(h, "effect", 0.2);
    run(h);
    assert_true(sw_harness_value(h, "sensitivity") < 0.6);
    assert_true(sw_harness_value(h, "brier") > brier);
    sw_harness_close(&h);
}

static double
value_of(sw_harness *h, const char *design, const char *output)
{
    sw_harness_set_text(h, "design", design);
    run(h);
    return sw_harness_value(h, output);
}

static void
simulated_studies_are_stronger_together(void **state)
{
    (void)state;
    const sw_model *simulated = sw_harness_find(&sw_fmri_family, "fmri/simulated-meta");
    sw_harness *h = sw_harness_open(simulated, "sensitivity,specificity,subjects-used,max-log-bf");
    sw_harness_set(h, "size", 12);
    sw_harness_set(h, "effect", 0.4);
    sw_harness_set(h, "effect-spread", 0);
    double all = value_of(h, "meta-fixed", "sensitivity");
    assert_true(sw_harness_value(h, "subjects-used") == 8);
    double alike = value_of(h, "meta-random", "max-log-bf");
    assert_true(sw_harness_value(h, "specificity") > 0.9);
    sw_harness_set(h, "effect-spread", 0.4);
    assert_true(value_of(h, "meta-random", "max-log-bf") < alike);
    sw_harness_set(h, "effect-spread", 0);
    sw_harness_set(h, "subjects", 2);
    assert_true(value_of(h, "meta-fixed", "sensitivity") < all);
    sw_harness_close(&h);
}

// A folder whose images are t maps with a column n: every study the same size, so that the fixed
// effect of one voxel can be computed by itself.
static void
a_folder_of_t_maps_is_a_meta_analysis(void **state)
{
    (void)state;
    char folder[40];
    static const char sizes[] = "participant_id\tn\nsub-01\t12\nsub-02\t20\nsub-03\t15\n";
    make_folder(folder);
    write_group(folder, 3);
    write_bytes(folder, "participants.tsv", sizes, sizeof sizes - 1);
    sw_source source = {.name = "fmri/studies", .dir = folder};
    sw_source_error error;
    sw_model *meta;
    assert_int_equal(sw_fmri_family.load(&source, &meta, &error), 0);
    sw_harness *h = sw_harness_open(meta, "max-log-bf,max-x,max-y,max-z,voxels");
    run(h);
    assert_true(sw_harness_value(h, "voxels") == 90);
    int x = (int)(9 - sw_harness_value(h, "max-x")) / 3,
        y = (int)(sw_harness_value(h, "max-y") + 6) / 3;
    int top = x + 6 * (y + 5 * ((int)(sw_harness_value(h, "max-z") + 3) / 3));
    sw_fmri_study studies[3];
    static const double ns[3] = {12, 20, 15};
    for (int i = 0; i < 3; i++)
        studies[i] = (sw_fmri_study){maker_value(top, i + 1), ns[i] - 1, ns[i]};
    near(sw_harness_value(h, "max-log-bf"), sw_fmri_meta_fixed(3, studies, sqrt(0.5), NULL), 1e-7);
    sw_harness_close(&h);
    sw_fmri_family.unload(meta);
    remove_folder(folder);
}

// Values multiply the effect: none at all, half of it downwards, all of it.
static float
pattern(int v, double context)
{
    (void)context;
    return v < 60 ? 0 : v < 90 ? -0.5f : 1;
}

static float
too_much(int v, double context)
{
    (void)context;
    return v == 70 ? 1e6f : 0;
}

static void
a_truth_map_is_simulated_from(void **state)
{
    (void)state;
    char folder[40];
    make_folder(folder);
    write_image(folder, "mask.nii.gz", maker_mask, 0);
    write_image(folder, "truth.nii.gz", pattern, 0);
    sw_source source = {.name = "fmri/given", .dir = folder};
    sw_source_error error;
    sw_model *given;
    assert_int_equal(sw_fmri_family.load(&source, &given, &error), 0);
    sw_harness_check_descriptor(given);
    for (size_t j = 0; j < given->n_parameters; j++)
        assert_string_not_equal(given->parameters[j].name, "foci");
    sw_harness *h =
        sw_harness_open(given, "voxels,sensitivity,specificity,active-share,subjects-used");
    sw_harness_set(h, "simulated-subjects", 200);
    sw_harness_set(h, "effect", 3);
    sw_harness_set(h, "bf-threshold", 30);
    run(h);
    assert_true(sw_harness_value(h, "voxels") == 90);
    assert_true(sw_harness_value(h, "subjects-used") == 200);
    assert_true(sw_harness_value(h, "sensitivity") == 1); // t of -21 and of 42
    sw_harness_set_text(h, "side", "plus");
    run(h);
    near(sw_harness_value(h, "sensitivity"), 0.5, 1e-15);
    sw_harness_close(&h);
    sw_fmri_family.unload(given);
    write_image(folder, "truth.nii.gz", too_much, 0);
    assert_int_equal(sw_fmri_family.load(&source, &given, &error), -1);
    assert_non_null(strstr(error.message, "truth.nii.gz: 1e+06 multiplies no effect"));
    remove_folder(folder);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_descriptors_are_whole),
        cmocka_unit_test(pairs_are_tested_by_their_differences),
        cmocka_unit_test(one_sample_is_of_the_first_images),
        cmocka_unit_test(two_samples_are_the_groups_of_the_table),
        cmocka_unit_test(a_regression_tests_the_slope),
        cmocka_unit_test(the_largest_bayes_factor_is_that_of_its_t),
        cmocka_unit_test(missing_values_are_left_out_or_dropped),
        cmocka_unit_test(a_region_is_a_smaller_mask),
        cmocka_unit_test(scores_against_the_truth_follow_from_the_counts),
        cmocka_unit_test(every_decision_gives_an_answer),
        cmocka_unit_test(a_late_change_computes_no_early_stage_again),
        cmocka_unit_test(what_is_kept_changes_no_result),
        cmocka_unit_test(the_record_names_inputs_and_stages),
        cmocka_unit_test(questions_that_do_not_fit_fail_with_the_reason),
        cmocka_unit_test(a_range_on_the_other_side_has_no_prior),
        cmocka_unit_test(simulated_groups_are_found_out),
        cmocka_unit_test(simulated_studies_are_stronger_together),
        cmocka_unit_test(a_folder_of_t_maps_is_a_meta_analysis),
        cmocka_unit_test(a_truth_map_is_simulated_from),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
