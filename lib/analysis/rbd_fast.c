// SPDX-License-Identifier: Apache-2.0
// `rbd_fast`: first-order indices from any points: ordered by one input after the other, the output
// becomes a periodic series whose low harmonics are that input's share. Tarantola, Gatelli and Mara
// (2006), RESS 91:717; bias correction: Tissot and Prieur (2012), RESS 107:205.
#include "lib/analysis/bootstrap.h"
#include "lib/analysis/given.h"
#include "lib/analysis/methods.h"
#include "lib/analysis/moments.h"
#include "lib/analysis/spectrum.h"

// Resamples times points times parameters times harmonics: half a minute of work at most.
#define WORK_MAX 2e10

typedef struct options {
    sw_interval interval;
    int64_t harmonics;
} options;

typedef struct state {
    sw_given given;
    options options;
} state;

static void *
start(const sw_frame *frame, const void *opts, sw_faults *faults)
{
    const options *o = opts;
    double work = (double)sw_frame_held(frame) * (double)frame->n_parameters *
                  (double)o->harmonics * (double)o->interval.resamples;
    if (work > WORK_MAX) {
        sw_fault_add(faults, "/resamples",
                     "resamples × points × parameters × harmonics must be at "
                     "most %g, not %g",
                     WORK_MAX, work);
        return NULL;
    }
    if (!sw_frame_is_sample(frame, "rbd_fast", faults))
        return NULL;
    state *s = sw_given_new(frame, sizeof *s, faults);
    if (s)
        s->options = *o;
    return s;
}

// The index of one series in the order of an input. Odd places up, then even places down: the input
// runs once up and down. Each place is repeated counts[i] times (NULL: once), n values in all.
static double
first_order(const state *s, const sw_spectrum *spectrum, const uint32_t *order,
            const uint8_t *counts, double *sorted, double *series)
{
    size_t n = spectrum->n, m = 0, half = (n + 1) / 2;
    for (size_t i = 0; m < n; i++) {
        for (int c = counts ? counts[order[i]] : 1; c > 0; c--)
            sorted[m++] = s->given.data.column.y[order[i]];
    }
    for (size_t i = 0; i < half; i++)
        series[i] = sorted[2 * i];
    for (size_t i = half; i < n; i++)
        series[i] = sorted[2 * (n - 1 - i) + 1];
    double variance = sw_variance(series, n, 0), power = 0;
    if (variance <= 0)
        return 0;
    for (int64_t k = 1; k <= s->options.harmonics; k++)
        power += 2 * sw_spectrum_power(spectrum, series, (size_t)k);
    double raw = power / variance, lambda = 2 * (double)s->options.harmonics / (double)n;
    return raw - lambda / (1 - lambda) * (1 - raw);
}

static void
estimate(const state *s, size_t n, double *s1, double *half)
{
    size_t d = s->given.frame->n_parameters, resamples = (size_t)s->options.interval.resamples;
    uint8_t *counts = sw_malloc(n);
    uint32_t *order = sw_malloc(n * d * sizeof *order);
    double *room = sw_malloc(2 * n * sizeof *room);
    double *values = sw_malloc(resamples * d * sizeof *values);
    sw_spectrum spectrum;
    sw_spectrum_init(&spectrum, n);
    for (size_t j = 0; j < d; j++) {
        sw_order_scattered(s->given.data.x[j], n, s->given.frame->seed, order + j * n);
        s1[j] = first_order(s, &spectrum, order + j * n, NULL, room, room + n);
    }
    for (size_t b = 0; b < resamples; b++) {
        sw_bootstrap_counts(s->given.frame->seed, b, n, counts);
        for (size_t j = 0; j < d; j++)
            values[b * d + j] = first_order(s, &spectrum, order + j * n, counts, room, room + n);
    }
    sw_bootstrap_half_widths(values, resamples, d, s->options.interval.confidence, half);
    sw_spectrum_fini(&spectrum);
    free(values);
    free(room);
    free(order);
    free(counts);
}

static json_t *
finish(void *self, sw_faults *faults)
{
    state *s = self;
    size_t n, d = s->given.frame->n_parameters;
    uint64_t least = (uint64_t)(4 * s->options.harmonics * s->options.harmonics);
    json_t *result = sw_given_result(&s->given, "rbd_fast", least, &n, faults);
    if (!result)
        return NULL;
    double *s1 = sw_malloc(2 * d * sizeof *s1);
    estimate(s, n, s1, s1 + d);
    sw_put(result, "S1", sw_result_vector(s1, d));
    sw_put(result, "S1_conf", sw_result_vector(s1 + d, d));
    sw_put(result, "confidence", json_real(s->options.interval.confidence));
    free(s1);
    return result;
}

static void
defaults(void *opts)
{
    *(options *)opts =
        (options){.interval = {.resamples = 100, .confidence = 0.95}, .harmonics = 10};
}

static const sw_field fields[] = {
    SW_INTERVAL_FIELDS(options, interval),
    {.name = "harmonics",
     .type = SW_FIELD_INTEGER,
     .offset = offsetof(options, harmonics),
     .min = 1,
     .max = 100,
     .doc = "Harmonics that count as the input's own."},
    {.name = NULL},
};

const sw_analysis_ops sw_analysis_rbd_fast = {
    .name = "rbd_fast",
    .doc = "First-order indices from any points, by harmonics of the reordered output.",
    .fields = fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .needs_inputs = true,
    .start = start,
    .feed = sw_given_feed,
    .finish = finish,
    .free_state = sw_given_free,
};
