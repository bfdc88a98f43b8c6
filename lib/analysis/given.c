// SPDX-License-Identifier: Apache-2.0
// The common part of the methods for given data.
#include "lib/analysis/given.h"

void *
sw_given_new(const sw_frame *frame, size_t size, sw_faults *faults)
{
    if (!sw_data_fits(frame, faults))
        return NULL;
    if (frame->n_parameters == 0) {
        sw_fault_add(faults, "/method", "needs at least one varied parameter");
        return NULL;
    }
    sw_given *g = sw_calloc(1, size);
    g->frame = g->data.column.frame = frame;
    return g;
}

void
sw_given_feed(void *state, const sw_rows *rows)
{
    sw_data_feed(&((sw_given *)state)->data, rows);
}

void
sw_given_free(void *state)
{
    sw_given *g = state;
    sw_data_fini(&g->data);
    free(g);
}

json_t *
sw_given_result(sw_given *g, const char *method, uint64_t least, size_t *n, sw_faults *faults)
{
    sw_usage u = sw_data_take(&g->data, 1);
    if (!sw_usage_suffices(&u, least, "point", faults))
        return NULL;
    *n = u.n;
    json_t *result = sw_result_new(g->frame, method);
    sw_result_usage(result, &u, &g->data.column, "point");
    sw_result_texts(result, g->frame);
    sw_result_constant(result, g->data.column.y, u.n);
    return result;
}
