// SPDX-License-Identifier: Apache-2.0
// Philox against its published answers, and what is built on it.
#include "lib/base/memory.h"
#include "lib/base/philox.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>

#include <cmocka.h>

static void
expect_block(const uint32_t counter[4], const uint32_t key[2], const uint32_t answer[4])
{
    uint32_t out[4];
    sw_philox_block(counter, key, out);
    assert_memory_equal(out, answer, sizeof out);
}

// The vectors of the Random123 distribution for philox4x32-10.
static void
blocks_are_the_known_answers(void **state)
{
    (void)state;
    expect_block((uint32_t[]){0, 0, 0, 0}, (uint32_t[]){0, 0},
                 (uint32_t[]){0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
    const uint32_t f = 0xffffffff;
    expect_block((uint32_t[]){f, f, f, f}, (uint32_t[]){f, f},
                 (uint32_t[]){0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
    expect_block((uint32_t[]){0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                 (uint32_t[]){0xa4093822, 0x299f31d0},
                 (uint32_t[]){0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

static void
the_open_unit_interval_has_no_ends(void **state)
{
    (void)state;
    assert_true(sw_unit_open(0) > 0);
    assert_true(sw_unit_open(UINT64_MAX) < 1);
}

static void
streams_of_one_seed_differ(void **state)
{
    (void)state;
    assert_int_not_equal(sw_philox(1, SW_STREAM_DESIGN, 2, 3),
                         sw_philox(1, SW_STREAM_SCRAMBLE, 2, 3));
    assert_int_not_equal(sw_philox(1, SW_STREAM_DESIGN, 2, 3),
                         sw_philox(1, SW_STREAM_DESIGN, 3, 2));
    assert_int_not_equal(sw_run_seed(1, 2, 3), sw_run_seed(2, 2, 3));
}

static void
check_bijection(uint64_t seed, uint64_t n)
{
    sw_auto(free) bool *seen = sw_calloc(n, sizeof *seen);
    for (uint64_t i = 0; i < n; i++) {
        uint64_t to = sw_permute(seed, 5, n, i);
        assert_true(to < n);
        assert_false(seen[to]);
        seen[to] = true;
    }
}

static void
permutations_of_every_size_are_bijections(void **state)
{
    (void)state;
    for (uint64_t n = 1; n < 300; n++)
        check_bijection(n, n);
    check_bijection(7, 65535);
    check_bijection(7, 65536);
    check_bijection(7, 65537);
}

// // Where an element lands is uniform over keys: chi-square of 4 cells, whose 99.99 % point at 3
// degrees of freedom is 21. The keys are fixed, so that the test is no lottery.
static void
small_permutations_are_uniform_over_keys(void **state)
{
    (void)state;
    enum { KEYS = 24000 };
    int count[4][4] = {{0}};
    for (uint64_t key = 0; key < KEYS; key++) {
        for (uint64_t i = 0; i < 4; i++)
            count[i][sw_permute(key, 0, 4, i)]++;
    }
    for (int i = 0; i < 4; i++) {
        double chi = 0, mean = KEYS / 4.0;
        for (int k = 0; k < 4; k++)
            chi += (count[i][k] - mean) * (count[i][k] - mean) / mean;
        assert_true(chi < 21);
    }
}

static void
a_permutation_of_a_trillion_is_evaluated_at_a_point(void **state)
{
    (void)state;
    uint64_t n = UINT64_C(1000000000000), last = 0;
    for (uint64_t i = n - 1000; i < n; i++) {
        uint64_t to = sw_permute(3, 1, n, i);
        assert_true(to < n && to != last);
        last = to;
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_the_known_answers),
        cmocka_unit_test(the_open_unit_interval_has_no_ends),
        cmocka_unit_test(streams_of_one_seed_differ),
        cmocka_unit_test(permutations_of_every_size_are_bijections),
        cmocka_unit_test(small_permutations_are_uniform_over_keys),
        cmocka_unit_test(a_permutation_of_a_trillion_is_evaluated_at_a_point),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
