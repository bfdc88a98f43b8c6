// SPDX-License-Identifier: Apache-2.0
// Functions that are compiled once for each instruction set and chosen when the program is loaded.
// Contraction to fused multiply-add is off for the whole tree, so all of them give the same bits.
#ifndef SWEEPD_ANALYSIS_CLONES_H
#define SWEEPD_ANALYSIS_CLONES_H

// The choice is made before a sanitizer's runtime is ready, so sanitized builds do without.
#if defined(__x86_64__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define SW_CLONES                                                                                  \
    __attribute__((target_clones("arch=x86-64-v4", "avx2", "default"), optimize("tree-vectorize"), \
                   optimize("vect-cost-model=dynamic")))
#else
#define SW_CLONES
#endif

#endif
