// SPDX-License-Identifier: Apache-2.0
// Optimised Morris trajectories: the published example, and what a choice must keep.
#include "lib/design/extend.h"
#include "lib/design/trajectories.h"
#include "tests/unit/study/fixture.h"

// Saltelli et al., Global Sensitivity Analysis: The Primer (2008), exercise 3a: six trajectories in
// two dimensions, in steps of 1/3, and the sums of distances of their points.
static const int six[6][6] = {
    {0, 1, 0, 3, 2, 3}, {0, 1, 2, 1, 2, 3}, {2, 0, 2, 2, 0, 2},
    {1, 3, 3, 3, 3, 1}, {1, 3, 1, 1, 3, 1}, {1, 2, 1, 0, 3, 0},
};
static const struct {
    size_t a, b;
    double distance;
} published[] = {
    {1, 2, 5.50}, {1, 3, 6.18}, {1, 4, 6.89}, {1, 5, 6.18}, {1, 6, 7.52},
    {2, 3, 5.31}, {2, 4, 6.18}, {2, 5, 5.31}, {2, 6, 5.99}, {3, 4, 6.57},
    {3, 5, 5.41}, {3, 6, 5.52}, {4, 5, 5.50}, {4, 6, 7.31}, {5, 6, 5.77},
};

#define BOUNDED(design)                                                                            \
    "{'model': 'test/kinds', 'parameters': {'x': {'min': 0, 'max': 1}, 'y': {'min': 0, 'max': 1}," \
    "'z': {'min': 0, 'max': 1}}" design "}"

static void
distances_are_the_published_ones(void **state)
{
    (void)state;
    for (size_t k = 0; k < sw_countof(published); k++) {
        double d = sw_trajectory_distance(six[published[k].a - 1], six[published[k].b - 1], 3, 2);
        assert_true(fabs(d / 3 - published[k].distance) < 0.0051);
    }
}

static void
the_best_four_of_six_are_the_published_ones(void **state)
{
    (void)state;
    double distance[36] = {0};
    uint32_t chosen[4], expected = 1u << 0 | 1u << 2 | 1u << 3 | 1u << 5, found = 0;
    for (size_t a = 0; a < 6; a++) {
        for (size_t b = 0; b < 6; b++)
            distance[a * 6 + b] = a == b ? 0 : sw_trajectory_distance(six[a], six[b], 3, 2);
    }
    sw_trajectories_choose(distance, 6, 4, 0, chosen);
    for (size_t k = 0; k < 4; k++)
        found |= 1u << chosen[k];
    assert_int_equal(found, expected);
}

// Of trajectories 2, 4 and 3: the root of the sum of the squared distances of all pairs.
static void
the_spread_of_three_is_the_published_one(void **state)
{
    (void)state;
    static const size_t pairs[][2] = {{1, 3}, {1, 2}, {3, 2}};
    double sum = 0;
    for (size_t k = 0; k < sw_countof(pairs); k++)
        sum += pow(sw_trajectory_distance(six[pairs[k][0]], six[pairs[k][1]], 3, 2) / 3, 2);
    assert_true(fabs(sqrt(sum) - 10.47) < 0.0051);
}

// ---- Morris' matrix ----

enum { ROWS = 3, INPUTS = 3 };

// B* = J x* + Delta/2 ((2 B - J) D* + J), B being the rows of ones that step by step come in:
// input v steps after row `turn[v]`, upwards if sign[v] is 1.
static void
morris_matrix(const double *start, const int *turn, const int *sign, double delta,
              double rows[ROWS][INPUTS])
{
    for (int row = 0; row < ROWS; row++) {
        for (int v = 0; v < INPUTS; v++) {
            int b = row > turn[v];
            rows[row][v] = start[v] + delta / 2 * ((2 * b - 1) * sign[v] + 1);
        }
    }
}

// The Primer (2008), p. 122: x* = (1/3, 1/3, 0), D* = diag(1, -1, 1), groups {1} and {2, 3}.
static void
the_matrix_of_the_primer_is_its_own(void **state)
{
    (void)state;
    static const double start[] = {1 / 3.0, 1 / 3.0, 0};
    static const double printed[ROWS][INPUTS] = {{1 / 3.0, 1, 0}, {1, 1, 0}, {1, 1 / 3.0, 2 / 3.0}};
    double rows[ROWS][INPUTS];
    morris_matrix(start, (const int[]){0, 1, 1}, (const int[]){1, -1, 1}, 2 / 3.0, rows);
    for (int row = 0; row < ROWS; row++) {
        for (int v = 0; v < INPUTS; v++)
            assert_true(fabs(rows[row][v] - printed[row][v]) < 1e-9);
    }
}

// Each trajectory of a plan with these groups is such a matrix: x* is where each input is lowest.
static void
trajectories_of_groups_are_morris_matrices(void **state)
{
    (void)state;
    enum { N = 200, POINTS = N * ROWS };
    made m = make(BOUNDED(", 'design': {'method': 'morris', 'n': 200}, 'groups': {'g': ['x'], 'h': "
                          "['y', 'z']}"));
    assert_int_equal(sw_plan_points(m.plan), POINTS);
    sw_auto(free) double *x = inputs_of(m.plan, 7, 0, POINTS);
    for (int t = 0; t < N; t++) {
        double start[INPUTS], rows[ROWS][INPUTS];
        int turn[INPUTS], sign[INPUTS];
        for (int v = 0; v < INPUTS; v++) {
            const double *at = x + v * POINTS + t * ROWS;
            start[v] = fmin(at[0], at[2]);
            turn[v] = at[0] == at[1];
            sign[v] = at[2] > at[0] ? 1 : -1;
        }
        assert_true(turn[1] == turn[2] && turn[0] != turn[1]);
        morris_matrix(start, turn, sign, 2 / 3.0, rows);
        for (int row = 0; row < ROWS; row++) {
            for (int v = 0; v < INPUTS; v++)
                assert_true(fabs(rows[row][v] - x[v * POINTS + t * ROWS + row]) < 1e-9);
        }
    }
    drop(&m);
}

// The sum of squared distances between the trajectories of a plan, rows of 4 points.
static double
spread_of(const made *m, size_t n)
{
    sw_auto(free) double *x = inputs_of(m->plan, 7, 0, n * 4);
    sw_auto(free) int *levels = sw_calloc(n * 4 * 3, sizeof *levels);
    for (size_t i = 0; i < n * 4; i++) {
        for (size_t v = 0; v < 3; v++)
            levels[i * 3 + v] = (int)nearbyint(3 * x[v * n * 4 + i]);
    }
    double sum = 0;
    for (size_t a = 0; a < n; a++) {
        for (size_t b = 0; b < a; b++)
            sum += pow(sw_trajectory_distance(levels + a * 12, levels + b * 12, 4, 3), 2);
    }
    return sum;
}

static void
chosen_trajectories_spread_more(void **state)
{
    (void)state;
    made plain = make(BOUNDED(", 'design': {'method': 'morris', 'n': 8}"));
    made best = make(BOUNDED(", 'design': {'method': 'morris', 'n': 8, 'candidates': 200}"));
    assert_true(spread_of(&best, 8) > 1.3 * spread_of(&plain, 8));
    drop(&plain);
    drop(&best);
}

static void
a_choice_is_stored_and_grows_in_place(void **state)
{
    (void)state;
    sw_faults faults = {0};
    made m = make(BOUNDED(", 'design': {'method': 'morris', 'n': 6, 'candidates': 60, 'seed': 3},"
                          "'groups': {'g': ['x', 'z']}"));
    sw_auto(json) json_t *resolved = sw_plan_resolved(m.plan);
    sw_auto(json) json_t *request = json_of("{'design': {'n': 10}}");
    sw_auto(json) json_t *raised =
        sw_extend(m.study, m.plan, &sw_study_limits_default, request, &faults);
    assert_non_null(raised);
    made again = make_for(kinds_model(), resolved), grown = make_for(kinds_model(), raised);
    assert_int_equal(sw_plan_runs(grown.plan), 30);
    const json_t *list = json_object_get(json_object_get(raised, "design"), "trajectories");
    assert_int_equal(json_array_size(list), 10);
    sw_auto(free) double *a = inputs_of(m.plan, 7, 0, 18);
    sw_auto(free) double *b = inputs_of(again.plan, 7, 0, 18);
    sw_auto(free) double *c = inputs_of(grown.plan, 7, 0, 18);
    assert_memory_equal(a, b, 7 * 18 * sizeof *a);
    assert_memory_equal(a, c, 7 * 18 * sizeof *a);
    drop(&m);
    drop(&again);
    drop(&grown);
}

static void
a_choice_that_can_not_be_made_is_refused(void **state)
{
    (void)state;
#define MORRIS(more) BOUNDED(", 'design': {'method': 'morris', 'n': 5" more "}")
    expect_fault(MORRIS(", 'candidates': 4"), "/design/candidates", "at least n = 5");
    expect_fault(MORRIS(", 'trajectories': [1]"), "/design/trajectories", "candidates");
    expect_fault(MORRIS(", 'candidates': 9, 'trajectories': [1, 1]"), "/design/trajectories/1",
                 "another");
    expect_fault(MORRIS(", 'candidates': 9, 'trajectories': [1, 9]"), "/design/trajectories/1",
                 "0 to 8");
    expect_fault(MORRIS(", 'candidates': 9, 'trajectories': [1, 2, 3, 4, 5, 6]"),
                 "/design/trajectories", "at most");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(distances_are_the_published_ones),
        cmocka_unit_test(the_best_four_of_six_are_the_published_ones),
        cmocka_unit_test(the_spread_of_three_is_the_published_one),
        cmocka_unit_test(the_matrix_of_the_primer_is_its_own),
        cmocka_unit_test(trajectories_of_groups_are_morris_matrices),
        cmocka_unit_test(chosen_trajectories_spread_more),
        cmocka_unit_test(a_choice_is_stored_and_grows_in_place),
        cmocka_unit_test(a_choice_that_can_not_be_made_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
