// SPDX-License-Identifier: Apache-2.0
// The pieces of a result, and reading of a frame's design options.
#include "lib/analysis/method.h"

#include <stdarg.h>
#include <stdio.h>

json_t *
sw_result_number(double v)
{
    return isfinite(v) ? json_real(v) : json_null();
}

json_t *
sw_result_vector(const double *v, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, sw_result_number(v[i]));
    return array;
}

json_t *
sw_result_triangle(const double *pairs, size_t d)
{
    json_t *matrix = json_array();
    for (size_t j = 0; j < d; j++) {
        json_t *row = json_array();
        for (size_t k = 0; k < d; k++)
            json_array_append_new(row, k > j ? sw_result_number(*pairs++) : json_null());
        json_array_append_new(matrix, row);
    }
    return matrix;
}

static json_t *
new_result(const sw_frame *frame, const char *method, size_t n, const char *const *names)
{
    json_t *result = json_object();
    sw_put(result, "method", json_string(method));
    sw_put(result, "output", json_string(frame->output));
    json_t *array = json_array();
    for (size_t j = 0; j < n; j++)
        json_array_append_new(array, json_string(names[j]));
    sw_put(result, "names", array);
    sw_put(result, "warnings", json_array());
    return result;
}

json_t *
sw_result_new(const sw_frame *frame, const char *method)
{
    return new_result(frame, method, frame->n_parameters, frame->names);
}

json_t *
sw_result_new_grouped(const sw_frame *frame, const char *method)
{
    return new_result(frame, method, sw_frame_factors(frame),
                      frame->n_groups ? frame->group_names : frame->names);
}

bool
sw_interval_fits(const sw_interval *i, uint64_t n_values, sw_faults *faults)
{
    if (n_values <= SW_RESAMPLED_VALUES_MAX / (uint64_t)i->resamples)
        return true;
    sw_fault_add(faults, "/resamples", "times the %llu indices must be at most %llu",
                 (unsigned long long)n_values, (unsigned long long)SW_RESAMPLED_VALUES_MAX);
    return false;
}

void
sw_result_warn(json_t *result, const char *format, ...)
{
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    json_array_append_new(json_object_get(result, "warnings"), json_string(text));
}

static void
put_losses(json_t *result, uint64_t n_failed, uint64_t n_nan, const char *what_then)
{
    sw_put(result, "n_failed", json_integer((json_int_t)n_failed));
    sw_put(result, "n_nan", json_integer((json_int_t)n_nan));
    if (n_failed)
        sw_result_warn(result, "%llu runs failed%s", (unsigned long long)n_failed, what_then);
    if (n_nan)
        sw_result_warn(result, "%llu runs gave NaN or infinity%s", (unsigned long long)n_nan,
                       what_then);
}

void
sw_result_losses(json_t *result, uint64_t n_failed, uint64_t n_nan)
{
    put_losses(result, n_failed, n_nan, " and were left out");
}

static void
put_substituted(json_t *result, const sw_column *c)
{
    put_losses(result, c->n_failed, c->n_nan, "");
    sw_put(result, "n_substituted", json_integer((json_int_t)c->n_substituted));
    if (c->n_substituted)
        sw_result_warn(result, "%llu points without a value were given the %s of the others, %g",
                       (unsigned long long)c->n_substituted, c->frame->substitute, c->substitute);
}

// Squares of a sum of 2^26 such values are still finite; squares of a 1e7th of such are above 0.
#define LARGEST 1e145
#define SMALLEST 1e-145

const char *
sw_usage_plural(const char *row, uint64_t n)
{
    static const char *const words[][2] = {{"point", "points"},
                                           {"row", "rows"},
                                           {"base row", "base rows"},
                                           {"trajectory", "trajectories"},
                                           {"set of curves", "sets of curves"}};
    for (size_t i = 0; n != 1 && i < sw_countof(words); i++) {
        if (strcmp(words[i][0], row) == 0)
            return words[i][1];
    }
    return row;
}

void
sw_result_usage(json_t *result, const sw_usage *u, const sw_column *c, const char *row)
{
    sw_put(result, "n", json_integer((json_int_t)u->n));
    sw_put(result, "n_dropped", json_integer((json_int_t)(u->complete - u->n)));
    sw_put(result, "n_missing", json_integer((json_int_t)(u->wanted - u->complete)));
    if (c->frame->substitute)
        put_substituted(result, c);
    else
        sw_result_losses(result, c->n_failed, c->n_nan);
    if (u->complete > u->n)
        sw_result_warn(result, "%llu of %llu %s %s dropped, with a failed or NaN run in each",
                       (unsigned long long)(u->complete - u->n), (unsigned long long)u->complete,
                       sw_usage_plural(row, u->complete), u->complete - u->n == 1 ? "was" : "were");
    if (u->complete < u->wanted)
        sw_result_warn(result, "the study is not complete: this is of %s%llu %s of %llu",
                       c->frame->interleaved ? "" : "its first ", (unsigned long long)u->complete,
                       sw_usage_plural(row, u->complete), (unsigned long long)u->wanted);
    if (c->largest > LARGEST)
        sw_result_warn(result,
                       "values of %g are too large to be squared: indices without a value here "
                       "have one when the output is scaled down",
                       c->largest);
    if (c->largest > 0 && c->largest < SMALLEST)
        sw_result_warn(result,
                       "values of %g are too small to be squared: indices have a value when the "
                       "output is scaled up",
                       c->largest);
}

void
sw_result_unsquared(json_t *result, double squares)
{
    if (!(squares > 0) || !isfinite(squares))
        sw_result_warn(result, "values are too large or too small to be squared: deviations and "
                               "variances are not known");
}

void
sw_result_texts(json_t *result, const sw_frame *frame)
{
    for (size_t j = 0; frame->is_text && j < frame->n_parameters; j++) {
        if (frame->is_text[j])
            sw_result_warn(result,
                           "%.60s is a text: its values count as 0, 1, 2 … in the order of the "
                           "document, as if they had an order and a distance",
                           frame->names[j]);
    }
}

void
sw_result_constant(json_t *result, const double *y, size_t n)
{
    for (size_t i = 1; i < n; i++) {
        if (y[i] != y[0])
            return;
    }
    sw_result_warn(result, "the output is constant: indices are zero or without a value");
}

uint64_t
sw_frame_integer(const sw_frame *frame, const char *key, uint64_t otherwise)
{
    const json_t *value = json_object_get(frame->options, key);
    return json_is_number(value) && json_number_value(value) >= 0
               ? (uint64_t)json_number_value(value)
               : otherwise;
}

bool
sw_frame_flag(const sw_frame *frame, const char *key)
{
    return json_is_true(json_object_get(frame->options, key));
}

bool
sw_frame_design_is(const sw_frame *frame, const char *design, const char *method, sw_faults *faults)
{
    if (strcmp(frame->design, design) == 0)
        return true;
    sw_fault_add(faults, "/method", "\"%s\" needs the design \"%s\", not \"%s\"", method, design,
                 frame->design);
    return false;
}

// The lowest u at which the quantile function reaches x (or, if above, passes x), by bisection: 60
// halvings leave less than a unit in the last place of u.
static double
where_reached(const sw_frame *frame, size_t j, double x, bool above)
{
    double low = 0, high = 1;
    for (int step = 0; step < 60; step++) {
        double u = 0.5 * (low + high);
        if (u <= 0 || u >= 1)
            break;
        double q = frame->quantile(frame->context, j, u);
        if (above ? q > x : q >= x)
            high = u;
        else
            low = u;
    }
    return 0.5 * (low + high);
}

double
sw_frame_probability(const sw_frame *frame, size_t j, double x)
{
    if (!frame->quantile)
        return NAN;
    return 0.5 * (where_reached(frame, j, x, false) + where_reached(frame, j, x, true));
}

size_t
sw_frame_levels(const sw_frame *frame, size_t j, size_t most, double *u, double *share)
{
    const double least = 1e-9;
    double middle = frame->quantile(frame->context, j, 0.5), low = 0;
    if (where_reached(frame, j, middle, true) - where_reached(frame, j, middle, false) < least)
        return 0;
    size_t n = 0;
    for (; low < 1 - least; n++) {
        if (n == most)
            return 0;
        double x = frame->quantile(frame->context, j, low + least);
        double high = where_reached(frame, j, x, true);
        high = high < 1 - least ? high : 1;
        u[n] = sw_frame_probability(frame, j, x);
        share[n] = high - low;
        low = high;
    }
    return n;
}
