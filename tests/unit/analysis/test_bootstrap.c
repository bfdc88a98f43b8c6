// SPDX-License-Identifier: Apache-2.0
// Bootstrap weights and sums against a direct computation.
#include "sample.h"

#include "lib/analysis/bootstrap.h"

// The same draws one by one with the plain block function.
static void
count_directly(uint64_t seed, uint64_t b, size_t n, uint8_t *counts)
{
    memset(counts, 0, n);
    size_t drawn = 0;
    for (uint64_t first = 0; drawn < n; first += 64) {
        for (int w = 0; w < 4; w++) {
            for (uint64_t i = 0; i < 64 && drawn < n; i++, drawn++) {
                uint64_t tagged = b | (uint64_t)SW_STREAM_BOOTSTRAP << 56;
                uint32_t counter[4] = {(uint32_t)(first + i), (uint32_t)((first + i) >> 32),
                                       (uint32_t)tagged, (uint32_t)(tagged >> 32)};
                uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)}, out[4];
                sw_philox_block(counter, key, out);
                counts[(uint64_t)out[w] * n >> 32]++;
            }
        }
    }
}

static void
weights_are_multinomial_draws_of_philox(void **unused)
{
    (void)unused;
    static const size_t sizes[] = {1, 2, 63, 64, 255, 256, 1000};
    for (size_t s = 0; s < sw_countof(sizes); s++) {
        uint8_t counts[1000], direct[1000];
        sw_bootstrap_counts(UINT64_C(0x123456789abcdef0), s, sizes[s], counts);
        count_directly(UINT64_C(0x123456789abcdef0), s, sizes[s], direct);
        assert_memory_equal(counts, direct, sizes[s]);
        size_t sum = 0;
        for (size_t i = 0; i < sizes[s]; i++)
            sum += counts[i];
        assert_int_equal(sum, sizes[s]);
    }
}

enum { TERMS = 21 };

static void
some_terms(const void *data, size_t i, double *out)
{
    const double *y = data;
    for (size_t k = 0; k < TERMS; k++)
        out[k] = y[i] * (double)(k + 1) + (double)k;
}

static void
sums_are_those_of_the_weighted_rows_to_the_bit(void **unused)
{
    (void)unused;
    enum { N = 300, RESAMPLES = 19 };
    double y[N], sums[RESAMPLES * TERMS], plain[TERMS], terms[TERMS];
    for (size_t i = 0; i < N; i++)
        y[i] = sin((double)i * 1.7);
    sw_bootstrap_sums(N, TERMS, some_terms, y, RESAMPLES, 5, sums);
    sw_sums(N, TERMS, some_terms, y, plain);
    for (size_t b = 0; b <= RESAMPLES; b++) {
        uint8_t counts[N];
        memset(counts, 1, N);
        if (b < RESAMPLES)
            sw_bootstrap_counts(5, b, N, counts);
        double direct[TERMS] = {0};
        for (size_t i = 0; i < N; i++) {
            some_terms(y, i, terms);
            for (size_t k = 0; k < TERMS; k++)
                direct[k] += counts[i] * terms[k];
        }
        assert_memory_equal(b < RESAMPLES ? sums + b * TERMS : plain, direct, sizeof direct);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weights_are_multinomial_draws_of_philox),
        cmocka_unit_test(sums_are_those_of_the_weighted_rows_to_the_bit),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
