// SPDX-License-Identifier: Apache-2.0
// The array extension: lists of fixed length that change in place.
#include "models/netlogo/prims.h"

static sw_nl_array *
arg_array(sw_nl_engine *e, const sw_nl_node *n, int i)
{
    sw_nl_v v = EV(i);
    if (!sw_nl_is_object(v, SW_NL_ARRAY)) {
        sw_nl_text t = {.e = e};
        sw_nl_dump(&t, v, true, false);
        sw_nl_fail(e, n, "not an array: %.200s", sw_nl_text_end(&t));
    }
    return sw_nl_pointer(v);
}

static uint32_t
arg_index(sw_nl_engine *e, const sw_nl_node *n, const sw_nl_array *a, int i)
{
    int32_t index = sw_nl_arg_int(e, n, i);
    if (index < 0 || (uint32_t)index >= a->o.n)
        sw_nl_fail(e, n, "%d is not a valid index into an array of length %u", index, a->o.n);
    return (uint32_t)index;
}

EVAL(array_from_list)
{
    const sw_nl_list *list = sw_nl_arg_list(e, n, 0);
    sw_nl_array *a = sw_nl_heap_alloc(e->heap, SW_NL_ARRAY, sizeof *a);
    a->serial = e->array_serial++;
    size_t bytes = list->o.n * sizeof(sw_nl_v);
    a->buffer = sw_nl_heap_alloc(e->heap, SW_NL_BUFFER, sizeof *a->buffer + bytes);
    memcpy(a->buffer->item, sw_nl_items(list), bytes);
    a->buffer->capacity = a->buffer->o.n = a->o.n = list->o.n;
    return sw_nl_heap_value(a);
}

EVAL(array_item)
{
    const sw_nl_array *a = arg_array(e, n, 0);
    return a->buffer->item[arg_index(e, n, a, 1)];
}

EXEC(array_set)
{
    const sw_nl_array *a = arg_array(e, n, 0);
    uint32_t i = arg_index(e, n, a, 1);
    sw_nl_v v = EV(2);
    a->buffer->item[i] = v;
    return SW_NL_NEXT;
}

EVAL(array_length)
{
    return sw_nl_number(arg_array(e, n, 0)->o.n);
}

EVAL(array_to_list)
{
    const sw_nl_array *a = arg_array(e, n, 0);
    sw_nl_list *list = sw_nl_list_new(e, a->o.n);
    memcpy(sw_nl_list_fill(list), a->buffer->item, a->o.n * sizeof(sw_nl_v));
    return sw_nl_heap_value(list);
}
