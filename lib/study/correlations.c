// SPDX-License-Identifier: Apache-2.0
// The Gaussian copula: correlations of normal scores (R. B. Nelsen, An Introduction to Copulas,
// 2006, section 2.9), imposed row by row, so that a point still depends on nothing but its number.
#include "lib/study/correlations.h"

#include "lib/base/memory.h"
#include "lib/base/normal.h"

#include <math.h>

// The place of a varied parameter among the correlated ones, added if new; -1 if it is not varied.
static long
member(sw_study *s, const char *name)
{
    for (size_t v = 0; name && v < s->n_varied; v++) {
        size_t j = s->varied[v], k = 0;
        if (strcmp(s->parameters[j].declared->name, name) != 0)
            continue;
        while (k < s->n_correlated && s->correlated[k] != j)
            k++;
        if (k == SW_CORRELATED_MAX)
            return -1;
        s->correlated[k] = j;
        s->n_correlated += k == s->n_correlated;
        return (long)k;
    }
    return -1;
}

static void
read_pair(sw_study *s, const json_t *row, const char *at, sw_faults *faults)
{
    const json_t *value = json_array_get(row, 2);
    long a = member(s, json_string_value(json_array_get(row, 0)));
    long b = member(s, json_string_value(json_array_get(row, 1)));
    double r = json_number_value(value);
    if (json_array_size(row) != 3 || a < 0 || b < 0 || a == b)
        sw_fault_add(faults, at,
                     "must be [parameter, parameter, correlation] of two varied parameters; at "
                     "most %d can be correlated",
                     SW_CORRELATED_MAX);
    else if (!json_is_number(value) || !(fabs(r) < 1))
        sw_fault_add(faults, at, "the correlation must be greater than -1 and less than 1");
    else
        s->factor[a > b ? a * SW_CORRELATED_MAX + b : b * SW_CORRELATED_MAX + a] = r;
}

// Cholesky, in place in the lower triangle.
static bool
factorise(double *m, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j <= i; j++) {
            double sum = i == j ? 1 : m[i * SW_CORRELATED_MAX + j];
            for (size_t k = 0; k < j; k++)
                sum -= m[i * SW_CORRELATED_MAX + k] * m[j * SW_CORRELATED_MAX + k];
            if (i == j && !(sum > 1e-12))
                return false;
            m[i * SW_CORRELATED_MAX + j] = i == j ? sqrt(sum) : sum / m[j * SW_CORRELATED_MAX + j];
        }
    }
    return true;
}

void
sw_correlations_read(sw_study *s, const json_t *correlations, sw_faults *faults)
{
    if (json_array_size(correlations) == 0)
        return;
    size_t before = faults->n + faults->dropped;
    s->correlations = json_deep_copy(correlations);
    s->correlated = sw_calloc(SW_CORRELATED_MAX, sizeof *s->correlated);
    s->factor = sw_calloc(SW_CORRELATED_MAX * SW_CORRELATED_MAX, sizeof *s->factor);
    for (size_t k = 0; k < json_array_size(correlations); k++) {
        sw_auto(free) char *at = sw_json_pointer_at("/correlations", k);
        read_pair(s, json_array_get(correlations, k), at, faults);
    }
    if (faults->n + faults->dropped == before && !factorise(s->factor, s->n_correlated))
        sw_fault_add(faults, "/correlations",
                     "can not all hold at once: the matrix is not positive definite");
}

static void
correlate_row(const sw_study *s, double *const *columns, size_t i)
{
    double z[SW_CORRELATED_MAX];
    for (size_t k = 0; k < s->n_correlated; k++) {
        double u = columns[s->correlated[k]][i];
        z[k] = sw_normal_quantile(u, 1 - u);
    }
    for (size_t k = 1; k < s->n_correlated; k++) {
        double score = 0;
        for (size_t l = 0; l <= k; l++)
            score += s->factor[k * SW_CORRELATED_MAX + l] * z[l];
        columns[s->correlated[k]][i] =
            fmin(fmax(sw_normal_tail(score, false), 0x1p-1022), 1 - 0x1p-53);
    }
}

void
sw_correlations_apply(const sw_study *s, double *const *columns, size_t n)
{
    for (size_t i = 0; s->n_correlated && i < n; i++)
        correlate_row(s, columns, i);
}

void
sw_correlations_free(sw_study *s)
{
    json_decref(s->correlations);
    free(s->correlated);
    free(s->factor);
}
