// SPDX-License-Identifier: Apache-2.0
// The laws that distribution.c lists, and what their files share. Private to lib/study.
#ifndef SWEEPD_STUDY_LAWS_H
#define SWEEPD_STUDY_LAWS_H

#include "lib/base/memory.h"
#include "lib/study/distribution.h"

#include <math.h>

extern const sw_distribution_ops sw_law_uniform, sw_law_loguniform, sw_law_triangular,
    sw_law_normal, sw_law_lognormal, sw_law_exponential, sw_law_weibull, sw_law_gumbel,
    sw_law_gamma, sw_law_beta, sw_law_empirical;

// Rows of a law's field table.
#define SW_LAW_P(name, k, doc)                                                                     \
    {                                                                                              \
        name, SW_FIELD_NUMBER, offsetof(sw_distribution, p[k]), true, 0, 0, NULL, doc              \
    }
#define SW_LAW_POSITIVE(name, k, doc)                                                              \
    {                                                                                              \
        name, SW_FIELD_NUMBER, offsetof(sw_distribution, p[k]), true, 1e-300, INFINITY, NULL, doc  \
    }
#define SW_LAW_MIN(required)                                                                       \
    {                                                                                              \
        "min", SW_FIELD_NUMBER, offsetof(sw_distribution, min), required, 0, 0, NULL,              \
            "smallest value"                                                                       \
    }
#define SW_LAW_MAX(required)                                                                       \
    {                                                                                              \
        "max", SW_FIELD_NUMBER, offsetof(sw_distribution, max), required, 0, 0, NULL,              \
            "largest value"                                                                        \
    }
#define SW_LAW_END                                                                                 \
    {                                                                                              \
        NULL, 0, 0, false, 0, 0, NULL, NULL                                                        \
    }

#endif
