// SPDX-License-Identifier: Apache-2.0
// Model files and experiment files of any bytes: loading ends, leaks nothing, and either fails with
// a reason or gives a file whose parts can all be read.
#include "models/netlogo/loader/loader.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// Every short name that is asked for is the input itself once more.
typedef struct input {
    const uint8_t *data;
    size_t size;
} input;

static int
read_include(void *self, const char *name, const void **bytes, size_t *n)
{
    const input *in = self;
    *bytes = in->data;
    *n = in->size;
    return strlen(name) > 3 ? -1 : 0;
}

static size_t
touch(const sw_nl_file *f)
{
    size_t sum = strlen(f->version) + strlen(f->info) + strlen(f->preview_commands);
    for (size_t i = 0; i < f->n_sources; i++)
        sum += strlen(f->sources[i].code) == f->sources[i].n ? strlen(f->sources[i].name) : 0;
    for (size_t i = 0; i < f->n_controls; i++)
        sum += strlen(f->controls[i].variable) + strlen(f->controls[i].value);
    for (size_t i = 0; i < f->n_plots; i++)
        for (size_t k = 0; k < f->plots[i].n_pens; k++)
            sum += strlen(f->plots[i].pens[k].name) + strlen(f->plots[i].pens[k].update);
    for (size_t i = 0; i < f->n_turtle_shapes; i++)
        sum += strlen(f->turtle_shapes[i]);
    for (size_t i = 0; i < f->n_experiments; i++)
        for (size_t k = 0; k < f->experiments[i].n_metrics; k++)
            sum += strlen(f->experiments[i].metrics[k]);
    return sum;
}

static void
check(int result, sw_nl_file *file, const sw_source_error *error)
{
    static volatile size_t sink;
    if (result == 0)
        sink += touch(file);
    else if (!error->message[0])
        abort();
    sw_nl_file_free(&file);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    input in = {data, size};
    sw_nl_includes includes = {read_include, &in};
    sw_nl_file *file = NULL;
    sw_source_error error = {0};
    check(sw_nl_file_load(data, size, &includes, &file, &error), file, &error);
    file = NULL;
    error.message[0] = 0;
    check(sw_nl_experiments_load(data, size, &file, &error), file, &error);
    return 0;
}
