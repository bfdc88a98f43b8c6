// SPDX-License-Identifier: Apache-2.0
// Lists and strings. Positions in strings count characters; texts are UTF-8.
#include "models/netlogo/prims.h"

#include <math.h>
#include <stdio.h>

// ---- Characters ---------------------------------------------------------------------------------

static uint32_t
string_length(const sw_nl_string *s)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < s->o.n; i++)
        n += ((unsigned char)s->text[i] & 0xC0) != 0x80;
    return n;
}

// The byte at which character k starts.
static uint32_t
byte_of(const sw_nl_string *s, uint32_t k)
{
    uint32_t i = 0;
    while (k > 0 && i < s->o.n) {
        i++;
        while (i < s->o.n && ((unsigned char)s->text[i] & 0xC0) == 0x80)
            i++;
        k--;
    }
    return i;
}

static sw_nl_v
slice(sw_nl_engine *e, const sw_nl_string *s, uint32_t from, uint32_t to)
{
    uint32_t a = byte_of(s, from), b = byte_of(s, to);
    return sw_nl_string_new(e, s->text + a, b - a);
}

static sw_nl_v
window(sw_nl_engine *e, const sw_nl_list *list, uint32_t first, uint32_t count)
{
    sw_nl_list *part = sw_nl_heap_alloc(e->heap, SW_NL_LIST, sizeof *part);
    part->o.n = count;
    part->first = list->first + first;
    part->buffer = list->buffer;
    return sw_nl_heap_value(part);
}

// The length of a list or a string.
static void
measure(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v v, uint32_t *length)
{
    if (sw_nl_is_list(v))
        *length = sw_nl_list_of(v)->o.n;
    else if (sw_nl_is_string(v))
        *length = string_length(sw_nl_string_of(v));
    else
        sw_nl_wrong(e, n, SW_NL_STR | SW_NL_LST, v);
}

static sw_nl_v
sequence(sw_nl_engine *e, const sw_nl_node *n, int i, uint32_t *length)
{
    sw_nl_v v = EV(i);
    measure(e, n, v, length);
    return v;
}

// ---- Making -------------------------------------------------------------------------------------

EVAL(list)
{
    sw_nl_list *list = sw_nl_list_new(e, n->n_args);
    for (int i = 0; i < n->n_args; i++) {
        sw_nl_v v = EV(i);
        sw_nl_list_fill(list)[i] = v;
    }
    return sw_nl_heap_value(list);
}

EVAL(sentence)
{
    sw_nl_list *list = sw_nl_list_new(e, 0);
    for (int i = 0; i < n->n_args; i++) {
        sw_nl_v v = EV(i);
        if (!sw_nl_is_list(v)) {
            list = sw_nl_list_append(e, list, v);
            continue;
        }
        const sw_nl_list *part = sw_nl_list_of(v);
        for (uint32_t k = 0; k < part->o.n; k++)
            list = sw_nl_list_append(e, list, sw_nl_items(part)[k]);
    }
    return sw_nl_heap_value(list);
}

EVAL(word)
{
    sw_nl_text t = {.e = e};
    for (int i = 0; i < n->n_args; i++) {
        sw_nl_v v = EV(i);
        sw_nl_dump(&t, v, false, false);
    }
    return sw_nl_string_new(e, sw_nl_text_end(&t), t.n);
}

EVAL(fput)
{
    sw_nl_v v = EV(0);
    const sw_nl_list *list = sw_nl_arg_list(e, n, 1);
    sw_nl_list *longer = sw_nl_list_new(e, list->o.n + 1);
    sw_nl_list_fill(longer)[0] = v;
    memcpy(sw_nl_list_fill(longer) + 1, sw_nl_items(list), list->o.n * sizeof(sw_nl_v));
    return sw_nl_heap_value(longer);
}

EVAL(lput)
{
    sw_nl_v v = EV(0);
    const sw_nl_list *list = sw_nl_arg_list(e, n, 1);
    return sw_nl_heap_value(sw_nl_list_append(e, list, v));
}

EVAL(range)
{
    double start = 0, stop, step = 1;
    if (n->n_args > 3)
        sw_nl_fail(e, n, "range expects at most three arguments");
    stop = sw_nl_num(e, n, n->n_args > 1 ? 1 : 0);
    if (n->n_args > 1)
        start = sw_nl_num(e, n, 0);
    if (n->n_args > 2)
        step = sw_nl_num(e, n, 2);
    if (step == 0)
        sw_nl_fail(e, n, "The step-size for range must be non-zero.");
    double count = ceil((stop - start) / step);
    if (count > 1e8)
        sw_nl_limit(e, "This list is too long.");
    sw_nl_list *list = sw_nl_list_new(e, count > 0 ? (uint32_t)count : 0);
    for (uint32_t i = 0; i < list->o.n; i++)
        sw_nl_list_fill(list)[i] = sw_nl_number(start + i * step);
    return sw_nl_heap_value(list);
}

// ---- Parts --------------------------------------------------------------------------------------

static sw_nl_v
at(sw_nl_engine *e, sw_nl_v v, uint32_t i)
{
    if (sw_nl_is_list(v))
        return sw_nl_items(sw_nl_list_of(v))[i];
    return slice(e, sw_nl_string_of(v), i, i + 1);
}

static void
check_not_empty(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v v, uint32_t length)
{
    if (length > 0)
        return;
    if (strcmp(n->name, "last") == 0 || strcmp(n->name, "first") == 0)
        sw_nl_fail(e, n, sw_nl_is_list(v) ? "List is empty." : "String is empty.");
    char upper[32];
    sw_nl_upper(n->name, upper, sizeof upper);
    sw_nl_fail(e, n, "%s got an empty %s as input.", sw_nl_is_list(v) ? upper : n->name,
               sw_nl_is_list(v) ? "list" : "string");
}

EVAL(first)
{
    uint32_t length;
    sw_nl_v v = sequence(e, n, 0, &length);
    check_not_empty(e, n, v, length);
    return at(e, v, 0);
}

EVAL(last)
{
    uint32_t length;
    sw_nl_v v = sequence(e, n, 0, &length);
    check_not_empty(e, n, v, length);
    return at(e, v, length - 1);
}

EVAL(but_first)
{
    uint32_t length;
    sw_nl_v v = sequence(e, n, 0, &length);
    check_not_empty(e, n, v, length);
    return sw_nl_is_list(v) ? window(e, sw_nl_list_of(v), 1, length - 1)
                            : slice(e, sw_nl_string_of(v), 1, length);
}

EVAL(but_last)
{
    uint32_t length;
    sw_nl_v v = sequence(e, n, 0, &length);
    check_not_empty(e, n, v, length);
    return sw_nl_is_list(v) ? window(e, sw_nl_list_of(v), 0, length - 1)
                            : slice(e, sw_nl_string_of(v), 0, length - 1);
}

static uint32_t
check_index(sw_nl_engine *e, const sw_nl_node *n, double index, sw_nl_v v, uint32_t length)
{
    if (index < 0) {
        char text[SW_NL_NUMBER_TEXT_SIZE];
        sw_nl_number_text(trunc(index), text);
        sw_nl_fail(e, n, "%s isn't greater than or equal to zero.", text);
    }
    if (index >= length) {
        sw_nl_text t = {.e = e};
        sw_nl_dump(&t, v, false, false);
        sw_nl_fail(e, n, "Can't find element %.0f of the %s %s, which is only of length %u.",
                   trunc(index), sw_nl_is_list(v) ? "list" : "string", sw_nl_text_end(&t), length);
    }
    return (uint32_t)index;
}

EVAL(item)
{
    double index = sw_nl_num(e, n, 0);
    uint32_t length;
    sw_nl_v v = EV(1);
    if (sw_nl_is_list(v) && index >= 0 && index < sw_nl_list_of(v)->o.n)
        return sw_nl_items(sw_nl_list_of(v))[(uint32_t)index];
    measure(e, n, v, &length);
    return at(e, v, check_index(e, n, index, v, length));
}

EVAL(length)
{
    uint32_t length;
    sequence(e, n, 0, &length);
    return sw_nl_number(length);
}

EVAL(is_empty)
{
    uint32_t length;
    sequence(e, n, 0, &length);
    return sw_nl_bool(length == 0);
}

EVAL(sublist)
{
    const sw_nl_list *list = sw_nl_arg_list(e, n, 0);
    double from = trunc(sw_nl_num(e, n, 1)), to = trunc(sw_nl_num(e, n, 2));
    if (from < 0)
        sw_nl_fail(e, n, "%.0f is less than zero.", from);
    if (to < from)
        sw_nl_fail(e, n, "%.0f is less than %.0f.", to, from);
    if (to > list->o.n)
        sw_nl_fail(e, n, "%.0f is greater than the length of the input list (%u).", to, list->o.n);
    return window(e, list, (uint32_t)from, (uint32_t)(to - from));
}

EVAL(substring)
{
    const sw_nl_string *s = sw_nl_arg_string(e, n, 0);
    double from = trunc(sw_nl_num(e, n, 1)), to = trunc(sw_nl_num(e, n, 2));
    uint32_t length = string_length(s);
    if (from < 0)
        sw_nl_fail(e, n, "%.0f is less than zero.", from);
    if (to < from)
        sw_nl_fail(e, n, "%.0f is less than %.0f.", to, from);
    if (to > length)
        sw_nl_fail(e, n, "%.0f is too big for %s, which is only of length %u.", to, s->text,
                   length);
    return slice(e, s, (uint32_t)from, (uint32_t)to);
}

// ---- Search and change --------------------------------------------------------------------------

EVAL(is_member)
{
    sw_nl_v what = EV(0), in = EV(1);
    if (sw_nl_is_list(in)) {
        const sw_nl_list *list = sw_nl_list_of(in);
        for (uint32_t i = 0; i < list->o.n; i++)
            if (sw_nl_equal(e, sw_nl_items(list)[i], what))
                return SW_NL_TRUE;
        return SW_NL_FALSE;
    }
    if (sw_nl_is_string(in)) {
        sw_nl_text t = {.e = e};
        sw_nl_dump(&t, what, false, false);
        return sw_nl_bool(strstr(sw_nl_string_of(in)->text, sw_nl_text_end(&t)) != NULL);
    }
    if (sw_nl_is_set(in))
        return sw_nl_bool(sw_nl_is_agent(what) && sw_nl_contains(e, in, what));
    sw_nl_wrong(e, n, SW_NL_STR | SW_NL_LST | SW_NL_ASET, in);
}

EVAL(position)
{
    sw_nl_v what = EV(0);
    uint32_t length;
    sw_nl_v in = sequence(e, n, 1, &length);
    if (sw_nl_is_string(in)) {
        sw_nl_text t = {.e = e};
        sw_nl_dump(&t, what, false, false);
        const char *text = sw_nl_string_of(in)->text, *found = strstr(text, sw_nl_text_end(&t));
        uint32_t k = 0;
        for (const char *c = text; found != NULL && c < found; c++)
            k += ((unsigned char)*c & 0xC0) != 0x80;
        return found == NULL ? SW_NL_FALSE : sw_nl_number(k);
    }
    for (uint32_t i = 0; i < length; i++)
        if (sw_nl_equal(e, sw_nl_items(sw_nl_list_of(in))[i], what))
            return sw_nl_number(i);
    return SW_NL_FALSE;
}

EVAL(remove)
{
    sw_nl_v what = EV(0);
    uint32_t length;
    sw_nl_v in = sequence(e, n, 1, &length);
    if (sw_nl_is_list(in)) {
        sw_nl_list *result = sw_nl_list_new(e, 0);
        for (uint32_t i = 0; i < length; i++)
            if (!sw_nl_equal(e, sw_nl_items(sw_nl_list_of(in))[i], what))
                result = sw_nl_list_append(e, result, sw_nl_items(sw_nl_list_of(in))[i]);
        return sw_nl_heap_value(result);
    }
    if (!sw_nl_is_string(what))
        sw_nl_wrong(e, n, SW_NL_STR, what);
    const sw_nl_string *s = sw_nl_string_of(in), *gone = sw_nl_string_of(what);
    sw_nl_text t = {.e = e};
    for (uint32_t i = 0; i < s->o.n;) {
        if (gone->o.n > 0 && strncmp(s->text + i, gone->text, gone->o.n) == 0)
            i += gone->o.n;
        else
            sw_nl_text_add(&t, s->text + i++, 1);
    }
    return sw_nl_string_new(e, sw_nl_text_end(&t), t.n);
}

// A copy with `drop` items gone at an index and, unless NOTHING, one put there.
static sw_nl_v
splice(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v in, uint32_t length, uint32_t index,
       uint32_t drop, sw_nl_v put)
{
    if (sw_nl_is_string(in)) {
        const sw_nl_string *s = sw_nl_string_of(in);
        if (put != SW_NL_NOTHING && !sw_nl_is_string(put))
            sw_nl_wrong(e, n, SW_NL_STR, put);
        sw_nl_text t = {.e = e};
        uint32_t a = byte_of(s, index), b = byte_of(s, index + drop);
        sw_nl_text_add(&t, s->text, a);
        if (put != SW_NL_NOTHING)
            sw_nl_text_add(&t, sw_nl_string_of(put)->text, sw_nl_string_of(put)->o.n);
        sw_nl_text_add(&t, s->text + b, s->o.n - b);
        return sw_nl_string_new(e, sw_nl_text_end(&t), t.n);
    }
    uint32_t more = put != SW_NL_NOTHING;
    sw_nl_list *result = sw_nl_list_new(e, length - drop + more);
    const sw_nl_v *from = sw_nl_items(sw_nl_list_of(in));
    sw_nl_v *to = sw_nl_list_fill(result);
    memcpy(to, from, index * sizeof *to);
    if (more)
        to[index] = put;
    memcpy(to + index + more, from + index + drop, (length - index - drop) * sizeof *to);
    return sw_nl_heap_value(result);
}

EVAL(remove_item)
{
    double index = sw_nl_num(e, n, 0);
    uint32_t length;
    sw_nl_v in = sequence(e, n, 1, &length);
    return splice(e, n, in, length, check_index(e, n, index, in, length), 1, SW_NL_NOTHING);
}

EVAL(replace_item)
{
    double index = sw_nl_num(e, n, 0);
    uint32_t length;
    sw_nl_v in = sequence(e, n, 1, &length), put = EV(2);
    return splice(e, n, in, length, check_index(e, n, index, in, length), 1, put);
}

EVAL(insert_item)
{
    double index = sw_nl_num(e, n, 0);
    uint32_t length;
    sw_nl_v in = sequence(e, n, 1, &length), put = EV(2);
    uint32_t i = trunc(index) == length ? length : check_index(e, n, index, in, length);
    return splice(e, n, in, length, i, 0, put);
}

EVAL(remove_duplicates)
{
    const sw_nl_list *list = sw_nl_arg_list(e, n, 0);
    sw_nl_list *result = sw_nl_list_new(e, 0);
    uint32_t room = 16;
    while (room < list->o.n * 2)
        room *= 2;
    sw_nl_raw *raw = sw_nl_heap_alloc(e->heap, SW_NL_RAW, sizeof *raw + room * 4ul);
    uint32_t *index = (uint32_t *)raw->byte;
    for (uint32_t i = 0; i < list->o.n; i++) {
        sw_nl_v v = sw_nl_items(list)[i];
        uint32_t k = (uint32_t)sw_nl_hash(e, v) & (room - 1);
        while (index[k] != 0 && !sw_nl_equal(e, sw_nl_items(result)[index[k] - 1], v))
            k = (k + 1) & (room - 1);
        if (index[k] != 0)
            continue;
        result = sw_nl_list_append(e, result, v);
        index[k] = result->o.n;
    }
    return sw_nl_heap_value(result);
}

EVAL(reverse)
{
    uint32_t length;
    sw_nl_v in = sequence(e, n, 0, &length);
    if (sw_nl_is_list(in)) {
        sw_nl_list *result = sw_nl_list_new(e, length);
        for (uint32_t i = 0; i < length; i++)
            sw_nl_list_fill(result)[i] = sw_nl_items(sw_nl_list_of(in))[length - 1 - i];
        return sw_nl_heap_value(result);
    }
    sw_nl_text t = {.e = e};
    const sw_nl_string *s = sw_nl_string_of(in);
    for (uint32_t i = length; i > 0; i--) {
        uint32_t a = byte_of(s, i - 1), b = byte_of(s, i);
        sw_nl_text_add(&t, s->text + a, b - a);
    }
    return sw_nl_string_new(e, sw_nl_text_end(&t), t.n);
}

// ---- Anonymous reporters over lists -------------------------------------------------------------

enum { MAX_LISTS = 64 };

EVAL(map)
{
    sw_nl_lambda *f = sw_nl_arg_lambda(e, n, 0, true);
    int lists = n->n_args - 1;
    sw_nl_list *list[MAX_LISTS];
    if (lists < 1 || lists > MAX_LISTS)
        sw_nl_fail(e, n, "MAP takes 1 to %d lists.", MAX_LISTS);
    if (f->code->n_params > lists && !f->code->variadic)
        sw_nl_fail(e, n, "anonymous procedure expected %d input%s, but only got %d",
                   f->code->n_params, f->code->n_params == 1 ? "" : "s", lists);
    for (int i = 0; i < lists; i++) {
        list[i] = sw_nl_arg_list(e, n, i + 1);
        if (list[i]->o.n != list[0]->o.n)
            sw_nl_fail(e, n, "All the list arguments to MAP must be the same length.");
    }
    sw_nl_list *result = sw_nl_list_new(e, list[0]->o.n);
    for (uint32_t k = 0; k < list[0]->o.n; k++) {
        sw_nl_v args[MAX_LISTS];
        for (int i = 0; i < lists; i++)
            args[i] = sw_nl_items(list[i])[k];
        sw_nl_v v = sw_nl_call_reporter(e, n, f, args, (uint32_t)lists);
        sw_nl_list_fill(result)[k] = v;
    }
    return sw_nl_heap_value(result);
}

EVAL(filter)
{
    sw_nl_lambda *f = sw_nl_arg_lambda(e, n, 0, true);
    const sw_nl_list *list = sw_nl_arg_list(e, n, 1);
    sw_nl_list *result = sw_nl_list_new(e, 0);
    for (uint32_t i = 0; i < list->o.n; i++) {
        sw_nl_v v = sw_nl_call_reporter(e, n, f, &sw_nl_items(list)[i], 1);
        if (!sw_nl_is_bool(v))
            sw_nl_wrong(e, n, SW_NL_BOOL, v);
        if (v == SW_NL_TRUE)
            result = sw_nl_list_append(e, result, sw_nl_items(list)[i]);
    }
    return sw_nl_heap_value(result);
}

EVAL(reduce)
{
    sw_nl_lambda *f = sw_nl_arg_lambda(e, n, 0, true);
    const sw_nl_list *list = sw_nl_arg_list(e, n, 1);
    if (f->code->n_params > 2 && !f->code->variadic)
        sw_nl_fail(e, n, "anonymous procedure expected %d inputs, but only got 2",
                   f->code->n_params);
    if (list->o.n == 0)
        sw_nl_fail(e, n, "The list argument to reduce must not be empty.");
    sw_nl_v args[2] = {sw_nl_items(list)[0]};
    for (uint32_t i = 1; i < list->o.n; i++) {
        args[1] = sw_nl_items(list)[i];
        args[0] = sw_nl_call_reporter(e, n, f, args, 2);
    }
    return args[0];
}

EVAL(n_values)
{
    double count = trunc(sw_nl_num(e, n, 0));
    sw_nl_lambda *f = sw_nl_arg_lambda(e, n, 1, true);
    if (count < 0)
        sw_nl_fail(e, n, "N-VALUES cannot take a negative number.");
    if (count > 1e8)
        sw_nl_limit(e, "This list is too long.");
    sw_nl_list *list = sw_nl_list_new(e, (uint32_t)count);
    for (uint32_t i = 0; i < list->o.n; i++) {
        sw_nl_v arg = sw_nl_number(i), v = sw_nl_call_reporter(e, n, f, &arg, 1);
        sw_nl_list_fill(list)[i] = v;
    }
    return sw_nl_heap_value(list);
}
