// SPDX-License-Identifier: Apache-2.0
// With t = z / w, z normal around √n δ and w the standard deviation's estimate, the density of t is
// exp(-n δ²/2) ∫ y^ν exp(-y²/2 + q y) dy up to factors without δ, q = √n δ t / √(t² + ν). That
// integral is taken by the trapezoid rule in log y, where the integrand has one peak.
#include "models/fmri/bayes/delta.h"

#include <math.h>
#include <stdlib.h>

// ---- the likelihood ----

// log ∫ y^ν exp(-y²/2 + q y) dy over y > 0.
static double
log_moment(double nu, double q)
{
    double root = sqrt(q * q + 4 * (nu + 1));
    double peak = q >= 0 ? 0.5 * (q + root) : 2 * (nu + 1) / (root - q);
    double width = 1 / sqrt(peak * (2 * peak - q)), step = 0.3 * width, sum = 0;
    double top = (nu + 1) * log(peak) - 0.5 * peak * peak + q * peak;
    for (int direction = -1; direction <= 1; direction += 2) {
        for (int k = direction < 0 ? 1 : 0; k < 100000; k++) {
            double v = direction * k * step, y = peak * exp(v);
            // Written as differences from the peak, which are small where large terms cancel.
            double d = y - peak;
            double l = (nu + 1) * v - 0.5 * d * (y + peak) + q * d;
            sum += exp(l);
            if (l < -42)
                break;
        }
    }
    return top + log(sum * step);
}

double
sw_fmri_delta_log_moment(double nu, double q)
{
    return log_moment(nu, q) - 0.5 * (nu - 1) * M_LN2 - lgamma(0.5 * (nu + 1));
}

double
sw_fmri_delta_log_likelihood(double nu, double n_eff, double t, double delta)
{
    double x = sqrt(n_eff) * delta, q = x * t / sqrt(t * t + nu);
    return sw_fmri_delta_log_moment(nu, q) - 0.5 * x * x;
}

double
sw_fmri_delta_log_prior(const sw_fmri_test *test, double delta)
{
    double x = delta / test->r;
    return (test->side == SW_FMRI_TWO_SIDED ? 0 : M_LN2) - log(M_PI * test->r) - log1p(x * x);
}

// The likelihood has its mode near t/√n. The second derivative of its logarithm is -n plus
// n t²/(t² + ν) times a variance that is at most 1, so it falls off at least like a normal law with
// variance (t² + ν) / (ν n).
sw_fmri_scales
sw_fmri_delta_scales(const sw_fmri_test *test, double t)
{
    double spread = sqrt((t * t + test->nu) / test->nu / test->n_eff);
    return (sw_fmri_scales){t / sqrt(test->n_eff), spread, test->r};
}

double
sw_fmri_delta_reach(const sw_fmri_scales *s)
{
    return fabs(s->mode) + 24 * s->width;
}

// ---- panels ----

static int
ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

typedef struct breaks {
    double a, b, *v;
    int n;
} breaks;

static void
add(breaks *k, double x)
{
    if (x > k->a && x < k->b && k->n < SW_FMRI_BREAKS_MAX)
        k->v[k->n++] = x;
}

// On both sides of `centre`, at distances that grow from fine to coarse.
static void
add_around(breaks *k, double centre, double unit, int finest, int coarsest)
{
    add(k, centre);
    for (int j = finest; j <= coarsest; j++) {
        add(k, centre + ldexp(unit, j));
        add(k, centre - ldexp(unit, j));
    }
}

int
sw_fmri_delta_breaks(const sw_fmri_scales *s, double a, double b, double *v)
{
    breaks k = {a, b, v, 0};
    v[k.n++] = a;
    v[k.n++] = b;
    add_around(&k, 0, s->scale, -2, 9);
    add_around(&k, s->mode, s->width, -1, 4);
    if (a != -sw_fmri_delta_reach(s)) // an end that is no cut
        add_around(&k, a, s->width, -7, 4);
    if (b != sw_fmri_delta_reach(s))
        add_around(&k, b, s->width, -7, 4);
    qsort(v, (size_t)k.n, sizeof *v, ascending);
    return k.n;
}

// Gauss-Legendre on (-1, 1) with 16 nodes: Abramowitz and Stegun, table 25.4.
static const double node_of[8] = {0.0950125098376374402, 0.281603550779258913, 0.458016777657227386,
                                  0.617876244402643748,  0.755404408355003034, 0.865631202387831744,
                                  0.944575023073232576,  0.989400934991649933};
static const double weight_of[8] = {
    0.189450610455068496, 0.182603415044923589,  0.169156519395002538,  0.149595988816576732,
    0.124628971255533872, 0.0951585116824927848, 0.0622535239386478929, 0.0271524594117540949};

void
sw_fmri_delta_panel(double a, double b, double *node, double *weight)
{
    double middle = 0.5 * (a + b), half = 0.5 * (b - a);
    for (int i = 0; i < 8; i++) {
        node[7 - i] = middle - half * node_of[i];
        node[8 + i] = middle + half * node_of[i];
        weight[7 - i] = weight[8 + i] = half * weight_of[i];
    }
}

double
sw_fmri_delta_log_integral(sw_fmri_log_density f, const void *context, const sw_fmri_scales *s,
                           double a, double b)
{
    double v[SW_FMRI_BREAKS_MAX + 2], node[SW_FMRI_PANEL_NODES], weight[SW_FMRI_PANEL_NODES];
    double reach = sw_fmri_delta_reach(s), top = -INFINITY, sum = 0;
    if (!(a < b))
        return -INFINITY;
    a = isinf(a) ? -fmax(reach, b > 0 ? 0 : 24 * s->width - b) : a;
    b = isinf(b) ? fmax(reach, a < 0 ? 0 : 24 * s->width + a) : b;
    if (!(a < b))
        return -INFINITY;
    int n = sw_fmri_delta_breaks(s, a, b, v);
    for (int k = 0; k + 1 < n; k++) {
        sw_fmri_delta_panel(v[k], v[k + 1], node, weight);
        for (int i = 0; i < SW_FMRI_PANEL_NODES; i++) {
            double l = f(context, node[i]);
            if (l > top) {
                sum *= exp(top - l);
                top = l;
            }
            sum += weight[i] * exp(l - top);
        }
    }
    return top + log(sum);
}
