// SPDX-License-Identifier: Apache-2.0
// Scores against a known truth.
#include "models/fmri/truth.h"

#include <math.h>
#include <string.h>

#include "models/fmri/bayes/multiplicity.h"
#include "models/fmri/common.h"

sw_fmri_counts
sw_fmri_count(size_t n, const uint8_t *truth, const int32_t *found)
{
    sw_fmri_counts c = {0};
    for (size_t v = 0; v < n; v++) {
        if (truth[v])
            *(found[v] ? &c.hits : &c.misses) += 1;
        else
            *(found[v] ? &c.false_alarms : &c.rejections) += 1;
    }
    return c;
}

double
sw_fmri_dice(sw_fmri_counts c)
{
    return 2 * c.hits / (2 * c.hits + c.misses + c.false_alarms);
}

typedef struct ranked {
    double value;
    uint8_t truth;
} ranked;

static int
ascending(const void *a, const void *b)
{
    double x = ((const ranked *)a)->value, y = ((const ranked *)b)->value;
    return (x > y) - (x < y);
}

// Mann and Whitney's count: for each active voxel the others below it, and half of those beside it.
static double
wins(size_t n, const ranked *list)
{
    double sum = 0, below = 0;
    for (size_t from = 0, to; from < n; from = to) {
        double active = 0, others = 0;
        for (to = from; to < n && list[to].value == list[from].value; to++)
            *(list[to].truth ? &active : &others) += 1;
        sum += active * (below + 0.5 * others);
        below += others;
    }
    return sum;
}

double
sw_fmri_auc(size_t n, const uint8_t *truth, const double *value)
{
    ranked *list = sw_fmri_alloc(n, sizeof *list);
    size_t m = 0;
    double active = 0;
    for (size_t v = 0; v < n; v++) {
        if (!isnan(value[v])) {
            list[m++] = (ranked){value[v], truth[v]};
            active += truth[v];
        }
    }
    qsort(list, m, sizeof *list, ascending);
    double area = wins(m, list) / (active * ((double)m - active));
    free(list);
    return area;
}

double
sw_fmri_brier(size_t n, const uint8_t *truth, const double *logbf, double prior)
{
    double *p = sw_fmri_alloc(n, sizeof *p), sum = 0, m = 0;
    sw_fmri_posterior_probabilities(n, logbf, prior, p);
    for (size_t v = 0; v < n; v++) {
        if (!isnan(p[v])) {
            sum += (p[v] - truth[v]) * (p[v] - truth[v]);
            m += 1;
        }
    }
    free(p);
    return sum / m;
}
