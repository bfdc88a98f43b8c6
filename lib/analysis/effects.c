// SPDX-License-Identifier: Apache-2.0
// `effects`: main effects and interactions of two from two-level designs, with Lenth's margin, and
// which of them the design can not tell apart. Box, Hunter and Hunter (2005), "Statistics for
// experimenters", chapters 5 and 6; Lenth (1989), Technometrics 31:469.
#include "lib/analysis/given.h"
#include "lib/analysis/methods.h"
#include "lib/analysis/moments.h"
#include "lib/base/student.h"

enum { LEAST_POINTS = 4, LEAST_CHAINS = 3 };
#define SIGNS_MAX (UINT64_C(1) << 28)

typedef struct options {
    double confidence;
} options;

typedef struct state {
    sw_given given;
    options options;
} state;

// The contrast of one input (k == j), or of two.
typedef struct contrast {
    size_t j, k;
    double effect;
    uint64_t column; // of signs, by its hash: equal columns can not be told apart
} contrast;

static bool
has_two_levels(const char *design)
{
    static const char *const designs[] = {"factorial", "fractional_factorial", "plackett_burman"};
    for (size_t i = 0; i < sw_countof(designs); i++) {
        if (strcmp(designs[i], design) == 0)
            return true;
    }
    return false;
}

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    uint64_t d = frame->n_parameters;
    if (!has_two_levels(frame->design)) {
        sw_fault_add(faults, "/method",
                     "\"effects\" needs a design of two levels: factorial, fractional_factorial or "
                     "plackett_burman, not \"%s\"",
                     frame->design);
        return NULL;
    }
    if (sw_frame_held(frame) > SIGNS_MAX / (d * (d + 1) / 2 + 1)) {
        sw_fault_add(faults, "/method", "takes points × pairs of parameters up to %llu",
                     (unsigned long long)SIGNS_MAX);
        return NULL;
    }
    state *s = sw_given_new(frame, sizeof *s, faults);
    if (s)
        s->options = *(const options *)opts;
    return s;
}

// +1 above the middle of what the column holds, else -1.
static void
put_signs(const double *x, size_t n, int8_t *signs)
{
    double low = x[0], high = x[0];
    for (size_t i = 1; i < n; i++) {
        low = x[i] < low ? x[i] : low;
        high = x[i] > high ? x[i] : high;
    }
    for (size_t i = 0; i < n; i++)
        signs[i] = x[i] - low > high - x[i] ? 1 : -1;
}

// The mean of y at +1 less that at -1; NaN when one of them is missing. The hash is that of the
// column up to its sign (FNV-1a).
static contrast
make_contrast(size_t j, size_t k, const int8_t *a, const int8_t *b, const double *y, size_t n)
{
    double sum[2] = {0}, count[2] = {0};
    contrast c = {.j = j, .k = k, .column = UINT64_C(0xcbf29ce484222325)};
    int first = j == k ? a[0] : a[0] * b[0];
    for (size_t i = 0; i < n; i++) {
        int sign = j == k ? a[i] : a[i] * b[i];
        sum[sign > 0] += y[i];
        count[sign > 0]++;
        c.column = (c.column ^ (uint64_t)(sign == first)) * UINT64_C(0x100000001b3);
    }
    c.effect = sum[1] / count[1] - sum[0] / count[0];
    return c;
}

static contrast *
make_contrasts(const state *s, size_t n, size_t *n_contrasts)
{
    size_t d = s->given.frame->n_parameters, at = 0;
    int8_t *signs = sw_malloc(d * n);
    contrast *c = sw_malloc((d * (d + 1) / 2) * sizeof *c);
    for (size_t j = 0; j < d; j++)
        put_signs(s->given.data.x[j], n, signs + j * n);
    for (size_t j = 0; j < d; j++)
        c[at++] = make_contrast(j, j, signs + j * n, NULL, s->given.data.column.y, n);
    for (size_t j = 0; j < d; j++) {
        for (size_t k = j + 1; k < d; k++)
            c[at++] = make_contrast(j, k, signs + j * n, signs + k * n, s->given.data.column.y, n);
    }
    free(signs);
    *n_contrasts = at;
    return c;
}

// ---- chains of contrasts that are one column ----

static int
by_column(const void *a, const void *b)
{
    const contrast *x = a, *y = b;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    bool x_pair = x->j != x->k, y_pair = y->j != y->k;
    if (x_pair != y_pair)
        return x_pair ? 1 : -1;
    return x->j != y->j ? (x->j < y->j ? -1 : 1) : (x->k > y->k) - (x->k < y->k);
}

static json_t *
names_of(const sw_frame *f, const contrast *c)
{
    return c->j == c->k ? json_pack("[s]", f->names[c->j])
                        : json_pack("[ss]", f->names[c->j], f->names[c->k]);
}

// The chains of more than one; writes the size of one effect of each chain to v, returns how many.
static size_t
put_chains(json_t *aliases, const sw_frame *f, const contrast *c, size_t n, double *v)
{
    size_t chains = 0;
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && c[end].column == c[i].column; end++)
            ;
        if (isfinite(c[i].effect))
            v[chains++] = fabs(c[i].effect);
        json_t *chain = end - i > 1 ? json_array() : NULL;
        for (size_t k = i; chain && k < end; k++)
            json_array_append_new(chain, names_of(f, &c[k]));
        if (chain)
            json_array_append_new(aliases, chain);
    }
    return chains;
}

static double
median_below(double *sorted, size_t n, double limit)
{
    size_t m = 0;
    while (m < n && sorted[m] < limit)
        m++;
    return m ? sw_quantile_sorted(sorted, m, 0.5) : 0;
}

// Lenth's pseudo standard error of an effect, from the effects themselves: most are noise.
static double
pseudo_error(double *v, size_t n)
{
    sw_sort(v, n);
    double s0 = 1.5 * median_below(v, n, INFINITY);
    return 1.5 * median_below(v, n, 2.5 * s0);
}

// ---- the result ----

static void
put_margin(json_t *result, const state *s, double *sizes, size_t chains)
{
    size_t d = s->given.frame->n_parameters;
    bool enough = chains >= LEAST_CHAINS;
    double error = enough ? pseudo_error(sizes, chains) : NAN;
    double margin = enough ? error * sw_student_half(chains / 3, s->options.confidence) : NAN;
    json_t *conf = json_array();
    for (size_t j = 0; j < d; j++)
        json_array_append_new(conf, sw_result_number(margin));
    sw_put(result, "effect_conf", conf);
    sw_put(result, "pseudo_error", sw_result_number(error));
    sw_put(result, "confidence", json_real(s->options.confidence));
    if (!enough)
        sw_result_warn(result, "a margin needs three effects that the design tells apart");
}

static void
put_effects(json_t *result, const state *s, size_t n)
{
    size_t d = s->given.frame->n_parameters, m;
    contrast *c = make_contrasts(s, n, &m);
    double *v = sw_malloc(m * sizeof *v);
    for (size_t i = 0; i < m; i++)
        v[i] = c[i].effect;
    sw_put(result, "effect", sw_result_vector(v, d));
    sw_put(result, "interaction", sw_result_triangle(v + d, d));
    qsort(c, m, sizeof *c, by_column);
    json_t *aliases = json_array();
    size_t chains = put_chains(aliases, s->given.frame, c, m, v);
    put_margin(result, s, v, chains);
    if (json_array_size(aliases))
        sw_result_warn(result, "effects of one chain in \"aliases\" are the same column of the "
                               "design: their sum is what each shows");
    sw_put(result, "aliases", aliases);
    free(v);
    free(c);
}

static json_t *
finish(void *self, sw_faults *faults)
{
    state *s = self;
    size_t n;
    json_t *result = sw_given_result(&s->given, "effects", LEAST_POINTS, &n, faults);
    if (!result)
        return NULL;
    sw_put(result, "mean", sw_result_number(sw_mean(s->given.data.column.y, n)));
    put_effects(result, s, n);
    if (n < s->given.frame->points)
        sw_result_warn(result, "without all points the design is not balanced: effects mix");
    return result;
}

static void
defaults(void *opts)
{
    ((options *)opts)->confidence = 0.95;
}

static const sw_field fields[] = {
    {.name = "confidence",
     .type = SW_FIELD_NUMBER,
     .offset = offsetof(options, confidence),
     .min = 0.01,
     .max = 0.9999,
     .doc = "Level of the margin."},
    {.name = NULL},
};

const sw_analysis_ops sw_analysis_effects = {
    .name = "effects",
    .doc = "Main effects and interactions of two-level designs, and which are not told apart.",
    .fields = fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .needs_inputs = true,
    .start = start,
    .feed = sw_given_feed,
    .finish = finish,
    .free_state = sw_given_free,
};
