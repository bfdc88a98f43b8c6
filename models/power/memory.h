// SPDX-License-Identifier: Apache-2.0
// Memory for this family: zeroed, and a failing request ends the process, since every size was
// checked against a limit before it came here.
#ifndef SW_POWER_MEMORY_H
#define SW_POWER_MEMORY_H

#include <stdio.h>
#include <stdlib.h>

static inline void *
sw_power_alloc(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    if (!p) {
        fputs("power: out of memory\n", stderr);
        abort();
    }
    return p;
}

// n doubles, aligned for the widest vector instructions.
static inline double *
sw_power_doubles(size_t n)
{
    size_t bytes = (n * sizeof(double) + 63) & ~(size_t)63;
    double *p = aligned_alloc(64, bytes ? bytes : 64);
    if (!p) {
        fputs("power: out of memory\n", stderr);
        abort();
    }
    for (size_t i = 0; i < n; i++)
        p[i] = 0;
    return p;
}

#endif
