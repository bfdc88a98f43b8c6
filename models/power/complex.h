// SPDX-License-Identifier: Apache-2.0
// <complex.h> with CMPLX for compilers that the C library does not define it for (clang, which
// lints and fuzzes this family).
#ifndef SW_POWER_COMPLEX_H
#define SW_POWER_COMPLEX_H

#include <complex.h>

#ifndef CMPLX
#define CMPLX(x, y) __builtin_complex((double)(x), (double)(y))
#endif

#endif
