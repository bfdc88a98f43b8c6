// SPDX-License-Identifier: Apache-2.0
// The file that names a server's model: read, completed by asking the server, and made a sw_model.
#ifndef SW_MODELS_UMBRIDGE_SOURCE_H
#define SW_MODELS_UMBRIDGE_SOURCE_H

#include "models/umbridge/http.h"

enum { SW_UMBRIDGE_NUMBERS_MAX = 4096, SW_UMBRIDGE_VECTORS_MAX = 256 };

// Sizes of the vectors that a model takes or gives.
typedef struct sw_umbridge_sizes {
    size_t n;
    size_t size[SW_UMBRIDGE_VECTORS_MAX];
} sw_umbridge_sizes;

typedef struct sw_umbridge {
    sw_model model;
    char *name, *url, *remote, *doc;
    char version[48];
    json_t *config; // {} when the file has none
    char *seed;     // the member of config that takes the run's seed; NULL: none does
    json_t *file;   // the parsed file: most texts of parameters and outputs live in it
    char **texts;   // the others
    size_t n_texts;
    sw_parameter *parameters;
    sw_output *outputs;
} sw_umbridge;

// NULL and *error if the file is wrong, or does not say its parameters and the server can not be
// asked.
sw_umbridge *sw_umbridge_read(const sw_source *source, sw_source_error *error);
void sw_umbridge_drop(sw_umbridge *u);

// {"name": …, "config": …}: what every question about the model holds. The caller owns the
// reference.
json_t *sw_umbridge_question(const sw_umbridge *u);

// Asks for "InputSizes" or "OutputSizes"; false and a sentence if there is no such answer, or one
// beyond the limits.
bool sw_umbridge_ask_sizes(const sw_umbridge *u, sw_umbridge_http *http, bool input,
                           sw_umbridge_sizes *sizes, char *error, size_t error_size);

#endif
