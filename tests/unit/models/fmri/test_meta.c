// SPDX-License-Identifier: Apache-2.0
// Meta analyses against the reference tables, and maps of them against single voxels.
#include "tests/unit/models/fmri/reference.h"

#include "models/fmri/bayes/meta.h"

static double
end_of(const reference_table *table, const char *name, double otherwise)
{
    const char *text = reference_text(table, name);
    return !*text                      ? otherwise
           : strcmp(text, "Inf") == 0  ? INFINITY
           : strcmp(text, "-Inf") == 0 ? -INFINITY
                                       : strtod(text, NULL);
}

static void
fixed_effects_are_gold(void **state)
{
    (void)state;
    reference_table table;
    worst w = {0};
    reference_open(&table, "meta_ttest.csv");
    while (reference_next(&table)) {
        double t[REFERENCE_COLUMNS], n1[REFERENCE_COLUMNS], n2[REFERENCE_COLUMNS];
        sw_fmri_study studies[REFERENCE_COLUMNS];
        size_t k = reference_list(&table, "t", t);
        bool two = strcmp(reference_text(&table, "design"), "two") == 0;
        reference_list(&table, "n1", n1);
        if (two)
            reference_list(&table, "n2", n2);
        for (size_t i = 0; i < k; i++) {
            sw_fmri_test test =
                two ? sw_fmri_two_sample((size_t)n1[i], (size_t)n2[i], 1, SW_FMRI_TWO_SIDED)
                    : sw_fmri_one_sample((size_t)n1[i], 1, SW_FMRI_TWO_SIDED);
            studies[i] = (sw_fmri_study){t[i], test.nu, test.n_eff};
        }
        sw_fmri_interval within = {end_of(&table, "lower", -INFINITY),
                                   end_of(&table, "upper", INFINITY),
                                   reference_number(&table, "complement") != 0};
        worst_add(&w,
                  sw_fmri_meta_fixed(k, studies, reference_number(&table, "rscale"),
                                     isinf(within.lower) && isinf(within.upper) ? NULL : &within),
                  reference_number(&table, "logbf_gold"));
    }
    worst_within(&w, 1e-8, 236);
}

static void
random_effects_are_gold(void **state)
{
    (void)state;
    reference_table table;
    worst w = {0}, mean = {0};
    reference_open(&table, "meta_random.csv");
    while (reference_next(&table)) {
        double y[REFERENCE_COLUMNS], se[REFERENCE_COLUMNS];
        size_t k = reference_list(&table, "y_fisherz", y);
        reference_list(&table, "se", se);
        sw_fmri_meta m = sw_fmri_meta_random(k, y, se, reference_number(&table, "rscale"));
        worst_add(&w, m.logbf, reference_number(&table, "logbf_gold"));
        worst_add(&mean, m.mean, reference_number(&table, "mean_d"));
    }
    worst_within(&w, 1e-8, 34);
    worst_within(&mean, 1e-8, 34);
}

static void
maps_agree_with_single_voxels(void **state)
{
    (void)state;
    enum { K = 4 };
    static const double nu[K] = {11, 19, 24, 40}, n[K] = {12, 20, 25, 41};
    double se[K], t[K], y[K];
    sw_fmri_interval plus = {0, INFINITY, false};
    for (int i = 0; i < K; i++)
        se[i] = sw_fmri_fisher_se(n[i]);
    sw_fmri_meta_map *all = sw_fmri_meta_map_fixed(K, nu, n, 0.7, NULL);
    sw_fmri_meta_map *positive = sw_fmri_meta_map_fixed(K, nu, n, 0.7, &plus);
    sw_fmri_meta_map *random = sw_fmri_meta_map_random(K, se, 0.7);
    srand48(9);
    for (int voxel = 0; voxel < 100; voxel++) {
        sw_fmri_study studies[K];
        for (int i = 0; i < K; i++) {
            t[i] = 12 * drand48() - 4;
            y[i] = sw_fmri_fisher_z(t[i], nu[i]);
            studies[i] = (sw_fmri_study){t[i], nu[i], n[i]};
        }
        assert_true(fabs(sw_fmri_meta_map_logbf(all, t) -
                         sw_fmri_meta_fixed(K, studies, 0.7, NULL)) < 1e-8);
        assert_true(fabs(sw_fmri_meta_map_logbf(positive, t) -
                         sw_fmri_meta_fixed(K, studies, 0.7, &plus)) < 1e-8);
        assert_true(fabs(sw_fmri_meta_map_logbf(random, y) -
                         sw_fmri_meta_random(K, y, se, 0.7).logbf) < 1e-8);
    }
    t[2] = NAN;
    assert_true(isnan(sw_fmri_meta_map_logbf(all, t)));
    sw_fmri_meta_map_free(&all);
    sw_fmri_meta_map_free(&positive);
    sw_fmri_meta_map_free(&random);
}

static void
one_study_is_a_t_test(void **state)
{
    (void)state;
    sw_fmri_test test = sw_fmri_one_sample(20, 0.4, SW_FMRI_TWO_SIDED);
    for (int t = -8; t <= 8; t++) {
        sw_fmri_study study = {t, test.nu, test.n_eff};
        assert_true(fabs(sw_fmri_meta_fixed(1, &study, 0.4, NULL) - sw_fmri_logbf(&test, t)) <
                    1e-11);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fixed_effects_are_gold),
        cmocka_unit_test(random_effects_are_gold),
        cmocka_unit_test(maps_agree_with_single_voxels),
        cmocka_unit_test(one_study_is_a_t_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
