// SPDX-License-Identifier: Apache-2.0
// Preparing the swing equations, and choosing the instruction set that integrates them.
#include "models/power/swing.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "models/power/dae.h"
#include "models/power/memory.h"
#include "models/power/swing_kernels.h"
#include "models/power/two_axis.h"

void
sw_power_swing_init(sw_power_swing *s, size_t n, size_t n_topologies)
{
    *s = (sw_power_swing){.n = n, .n_topologies = n_topologies, .symmetric = true};
    s->angle0 = sw_power_doubles(n);
    s->pm = sw_power_doubles(n);
    s->accel = sw_power_doubles(n);
    s->damping = sw_power_doubles(n);
    s->self = sw_power_doubles(n * n_topologies);
    s->pair = sw_power_doubles(2 * n * (n - 1) * n_topologies);
}

void
sw_power_swing_fini(sw_power_swing *s)
{
    free(s->angle0);
    free(s->pm);
    free(s->accel);
    free(s->damping);
    free(s->self);
    free(s->pair);
    sw_power_two_axis_free(&s->detail);
    sw_power_dae_free(&s->whole);
    *s = (sw_power_swing){0};
}

void
sw_power_swing_network(sw_power_swing *s, size_t k, const double complex *y, const double *e)
{
    size_t n = s->n;
    double *pair = s->pair + 2 * n * (n - 1) * k;
    for (size_t i = 0; i < n; i++) {
        s->self[k * n + i] = e[i] * e[i] * creal(y[i * n + i]);
        for (size_t j = i + 1; j < n; j++, pair += 4) {
            double complex sum = (y[i * n + j] + y[j * n + i]) / 2;
            double complex half = (y[i * n + j] - y[j * n + i]) / 2;
            bool antisymmetric = cabs(half) > 1e-10 * cabs(sum);
            s->symmetric &= !antisymmetric;
            pair[0] = e[i] * e[j] * creal(sum);
            pair[1] = e[i] * e[j] * cimag(sum);
            pair[2] = antisymmetric ? e[i] * e[j] * creal(half) : 0;
            pair[3] = antisymmetric ? e[i] * e[j] * cimag(half) : 0;
        }
    }
}

void
sw_power_swing_electric(const sw_power_swing *s, size_t k, const double *angle, double *pe)
{
    size_t n = s->n;
    const double *pair = s->pair + 2 * n * (n - 1) * k;
    memcpy(pe, s->self + k * n, n * sizeof *pe);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = i + 1; j < n; j++, pair += 4) {
            double c = cos(angle[i] - angle[j]), d = sin(angle[i] - angle[j]);
            double even = pair[0] * c + pair[3] * d, odd = pair[1] * d + pair[2] * c;
            pe[i] += even + odd;
            pe[j] += even - odd;
        }
    }
}

static const struct {
    void (*run)(sw_power_sim *sims, size_t n);
} kernels[] = {
    [SW_POWER_BASE] = {sw_power_swing_run_base},
#ifdef __x86_64__
    [SW_POWER_AVX2] = {sw_power_swing_run_avx2},
    [SW_POWER_AVX512] = {sw_power_swing_run_avx512},
#endif
};

sw_power_isa
sw_power_isa_best(void)
{
#ifdef __x86_64__
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq"))
        return SW_POWER_AVX512;
    if (__builtin_cpu_supports("avx2"))
        return SW_POWER_AVX2;
#endif
    return SW_POWER_BASE;
}

typedef enum kind { CLASSICAL, TWO_AXIS, WHOLE } kind;

static kind
kind_of(const sw_power_sim *sim)
{
    return sim->swing->whole ? WHOLE : sim->swing->detail ? TWO_AXIS : CLASSICAL;
}

// One after the other. 1e-7 keeps angles within 0.001 degrees.
static void
run_whole(sw_power_sim *sims, size_t n)
{
    for (size_t i = 0; i < n; i++)
        sw_power_dae_run(sims[i].swing->whole, &sims[i], 1e-7);
}

// Lanes side by side have machines equal in kind and number; an event may have taken one away.
static bool
run_together(const sw_power_sim *a, const sw_power_sim *b)
{
    return kind_of(a) == kind_of(b) && a->swing->n == b->swing->n;
}

void
sw_power_swing_run_as(sw_power_isa isa, sw_power_sim *sims, size_t n)
{
    assert(isa < sizeof kernels / sizeof *kernels && kernels[isa].run);
    for (size_t from = 0, to; from < n; from = to) {
        kind of = kind_of(&sims[from]);
        for (to = from + 1; to < n && run_together(&sims[from], &sims[to]);)
            to++;
        if (of == CLASSICAL)
            kernels[isa].run(sims + from, to - from);
        else if (of == TWO_AXIS)
            sw_power_two_axis_run_as(isa, sims + from, to - from);
        else
            run_whole(sims + from, to - from);
    }
}

void
sw_power_swing_run(sw_power_sim *sims, size_t n)
{
    sw_power_swing_run_as(sw_power_isa_best(), sims, n);
}
