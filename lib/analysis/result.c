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

json_t *
sw_result_new(const sw_frame *frame, const char *method)
{
    json_t *result = json_object();
    sw_put(result, "method", json_string(method));
    sw_put(result, "output", json_string(frame->output));
    json_t *names = json_array();
    for (size_t j = 0; j < frame->n_parameters; j++)
        json_array_append_new(names, json_string(frame->names[j]));
    sw_put(result, "names", names);
    sw_put(result, "warnings", json_array());
    return result;
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

void
sw_result_losses(json_t *result, uint64_t n_failed, uint64_t n_nan)
{
    sw_put(result, "n_failed", json_integer((json_int_t)n_failed));
    sw_put(result, "n_nan", json_integer((json_int_t)n_nan));
    if (n_failed)
        sw_result_warn(result, "%llu runs failed and were left out", (unsigned long long)n_failed);
    if (n_nan)
        sw_result_warn(result, "%llu runs gave NaN or infinity and were left out",
                       (unsigned long long)n_nan);
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
