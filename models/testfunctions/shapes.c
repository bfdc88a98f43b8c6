// SPDX-License-Identifier: Apache-2.0
// Models whose outputs are no plain numbers: a series of chosen length, a text and an artifact of
// chosen size. Tests of limits and of storage need all shapes with known content.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/testfunctions/parts.h"

enum { MOST_POINTS = 10 * 1000 * 1000, MOST_BYTES = 64 * 1024 * 1024 };

// A count from an input: within 0 … most whatever the input is.
static size_t
count_of(double value, size_t most)
{
    return value >= (double)most ? most : value >= 1 ? (size_t)value : 0;
}

// Where an output asked for stands among those that the model declares.
static size_t
declared_index(const sw_model *model, const char *name)
{
    for (size_t k = 0; k < model->n_outputs; k++)
        if (strcmp(model->outputs[k].name, name) == 0)
            return k;
    return model->n_outputs;
}

static int
keep_opening(const sw_opening *o, void **state)
{
    *state = (void *)o;
    return 0;
}

// ---- series ----

enum { POINTS, STEP, AMPLITUDE, FREQUENCY, DAMPING };
enum { SERIES_Y, SERIES_T, SERIES_LAST };

static const sw_parameter series_parameters[] = {
    {.name = "points",
     .unit = "",
     .doc = "Length of the series.",
     .kind = SW_INTEGER,
     .min = 0,
     .max = MOST_POINTS,
     .value = 100},
    {.name = "step", .unit = "s", .doc = "Time between points.", .min = 0, .max = 1e6, .value = .1},
    {.name = "amplitude",
     .unit = "m",
     .doc = "Deflection at time 0.",
     .min = -1e6,
     .max = 1e6,
     .value = 1},
    {.name = "frequency",
     .unit = "Hz",
     .doc = "Oscillations a second.",
     .min = 0,
     .max = 1e6,
     .value = 1},
    {.name = "damping", .unit = "1/s", .doc = "Rate of decay.", .min = 0, .max = 1e3, .value = .2},
};

static const sw_output series_outputs[] = {
    [SERIES_Y] = {.name = "y",
                  .unit = "m",
                  .doc = "Deflection: amplitude exp(-damping t) cos(2 pi frequency t).",
                  .kind = SW_SERIES},
    [SERIES_T] = {.name = "t",
                  .unit = "s",
                  .doc = "Times of the points.",
                  .kind = SW_SERIES,
                  .on_request = true},
    [SERIES_LAST] = {.name = "last", .unit = "m", .doc = "Deflection at the last point."},
};

static double
deflection(const double *x, size_t t)
{
    double time = (double)t * x[STEP];
    return x[AMPLITUDE] * exp(-x[DAMPING] * time) * cos(2 * M_PI * x[FREQUENCY] * time);
}

static void
fill_series(const double *x, size_t which, double *values, size_t n)
{
    for (size_t t = 0; t < n; t++)
        values[t] = which == SERIES_T ? (double)t * x[STEP] : deflection(x, t);
}

static sw_outcome
series_run(void *state, const sw_run *run)
{
    const sw_opening *o = state;
    size_t n = count_of(run->in[POINTS], MOST_POINTS);
    double *values = malloc((n + 1) * sizeof *values);
    if (!values) {
        run->host->fail(run->host, 0, "no memory for a series of %zu points", n);
        return SW_MEMORY;
    }
    for (size_t k = 0; k < o->n_outputs; k++) {
        size_t which = declared_index(o->model, o->outputs[k].name);
        if (which == SERIES_LAST) {
            run->out[k] = n ? deflection(run->in, n - 1) : NAN;
            continue;
        }
        fill_series(run->in, which, values, n);
        run->host->series(run->host, 0, k, values, n);
    }
    free(values);
    return SW_DONE;
}

const sw_model sw_testfunctions_series = {
    .name = "testfunctions/series",
    .version = "1",
    .doc = "A damped oscillation as a series of chosen length.",
    .n_parameters = sizeof series_parameters / sizeof *series_parameters,
    .parameters = series_parameters,
    .n_outputs = sizeof series_outputs / sizeof *series_outputs,
    .outputs = series_outputs,
    .open = keep_opening,
    .run = series_run,
};

// ---- text ----

enum { COLOUR, BYTES };
enum { TEXT_LABEL, TEXT_LENGTH, TEXT_NOTE };

static const sw_parameter text_parameters[] = {
    [COLOUR] = {.name = "colour",
                .unit = "",
                .doc = "The word that the text repeats.",
                .kind = SW_TEXT,
                .text = "red",
                .choices = (const char *const[]){"red", "green", "blue", NULL}},
    [BYTES] = {.name = "bytes",
               .unit = "B",
               .doc = "Length of the text and of the artifact.",
               .kind = SW_INTEGER,
               .min = 0,
               .max = MOST_BYTES,
               .value = 16},
};

static const sw_output text_outputs[] = {
    [TEXT_LABEL] = {.name = "label",
                    .unit = "",
                    .doc = "The colour's name over and over, each followed by a space.",
                    .kind = SW_OUTPUT_TEXT},
    [TEXT_LENGTH] = {.name = "length", .unit = "B", .doc = "Length of the label."},
    [TEXT_NOTE] = {.name = "note",
                   .unit = "",
                   .doc = "The same bytes as an artifact.",
                   .kind = SW_ARTIFACT,
                   .on_request = true},
};

static void
fill_text(const char *word, char *text, size_t n)
{
    size_t period = strlen(word) + 1;
    for (size_t b = 0; b < n; b++)
        text[b] = b % period == period - 1 ? ' ' : word[b % period];
}

static sw_outcome
text_run(void *state, const sw_run *run)
{
    const sw_opening *o = state;
    const sw_levels *levels = &o->levels[COLOUR];
    size_t level = count_of(run->in[COLOUR], levels->n - 1);
    size_t n = count_of(run->in[BYTES], MOST_BYTES);
    char *text = malloc(n + 1);
    if (!text) {
        run->host->fail(run->host, 0, "no memory for a text of %zu bytes", n);
        return SW_MEMORY;
    }
    fill_text(levels->texts[level], text, n);
    for (size_t k = 0; k < o->n_outputs; k++) {
        size_t which = declared_index(o->model, o->outputs[k].name);
        if (which == TEXT_LABEL)
            run->host->text(run->host, 0, k, text, n);
        else if (which == TEXT_NOTE)
            run->host->artifact(run->host, 0, k, "text/plain", text, n);
        else
            run->out[k] = (double)n;
    }
    free(text);
    return SW_DONE;
}

const sw_model sw_testfunctions_text = {
    .name = "testfunctions/text",
    .version = "1",
    .doc = "A text and an artifact of chosen content and size.",
    .n_parameters = sizeof text_parameters / sizeof *text_parameters,
    .parameters = text_parameters,
    .n_outputs = sizeof text_outputs / sizeof *text_outputs,
    .outputs = text_outputs,
    .open = keep_opening,
    .run = text_run,
};
