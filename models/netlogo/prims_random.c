// SPDX-License-Identifier: Apache-2.0
// Random numbers and random choice. The number and order of draws are part of the language.
#include "models/netlogo/prims.h"

#include <math.h>

static int32_t
draw(sw_nl_engine *e, uint32_t n)
{
    return sw_nl_random_int(e->random, (int32_t)n);
}

EVAL(random)
{
    double d = sw_nl_num(e, n, 0);
    if (d > SW_NL_LARGEST_EXACT || d < -SW_NL_LARGEST_EXACT) {
        sw_nl_text t = {.e = e};
        sw_nl_dump(&t, sw_nl_number(d), false, false);
        sw_nl_fail(e, n, "%s is too large to be represented exactly as an integer in NetLogo",
                   sw_nl_text_end(&t));
    }
    double limit = ceil(fabs(d));
    if (limit == 0)
        return sw_nl_number(0);
    double r = (double)sw_nl_random_long(e->random, (int64_t)limit, e->dialect);
    return sw_nl_number(d < 0 && r != 0 ? -r : r);
}

EVAL(random_float)
{
    double d = sw_nl_num(e, n, 0);
    return sw_nl_number(d * sw_nl_random_double(e->random));
}

EVAL(random_normal)
{
    double mean = sw_nl_num(e, n, 0), sd = sw_nl_num(e, n, 1);
    if (sd < 0)
        sw_nl_fail(e, n, "random-normal's second input can't be negative.");
    return sw_nl_finite(e, n, mean + sd * sw_nl_random_gaussian(e->random));
}

EVAL(random_exponential)
{
    double mean = sw_nl_num(e, n, 0);
    return sw_nl_finite(e, n, -mean * sw_nl_log(sw_nl_random_double(e->random)));
}

EVAL(random_poisson)
{
    double mean = sw_nl_num(e, n, 0), sum = 0;
    int64_t count = 0;
    sum = -sw_nl_log(1 - sw_nl_random_double(e->random));
    for (; sum <= mean; count++) {
        if (--e->fuel_left == 0)
            sw_nl_out_of_fuel(e);
        sum -= sw_nl_log(1 - sw_nl_random_double(e->random));
    }
    return sw_nl_number((double)count);
}

// Ahrens and Dieter (1974, 1982): rejection from the exponential below shape 1, the gamma
// distribution by Cheng's and Marsaglia's squeeze above.
EVAL(random_gamma)
{
    double alpha = sw_nl_num(e, n, 0), lambda = sw_nl_num(e, n, 1);
    if (alpha <= 0 || lambda <= 0)
        sw_nl_fail(e, n, "Both Inputs to RANDOM-GAMMA must be positive.");
    if (alpha < 1) {
        double b = 1 + 0.36788794412 * alpha;
        for (;;) {
            double p = b * sw_nl_random_double(e->random);
            if (p <= 1) {
                double g = sw_nl_exp(sw_nl_log(p) / alpha);
                if (sw_nl_log(sw_nl_random_double(e->random)) <= -g)
                    return sw_nl_finite(e, n, g / lambda);
            } else {
                double g = -sw_nl_log((b - p) / alpha);
                if (sw_nl_log(sw_nl_random_double(e->random)) <= (alpha - 1) * sw_nl_log(g))
                    return sw_nl_finite(e, n, g / lambda);
            }
        }
    }
    double d = alpha - 1.0 / 3, c = 1 / sqrt(9 * d);
    for (;;) {
        double z = sw_nl_random_gaussian(e->random), v = 1 + c * z;
        if (v <= 0)
            continue;
        v = v * v * v;
        double u = sw_nl_random_double(e->random);
        if (sw_nl_log(u) < 0.5 * z * z + d - d * v + d * sw_nl_log(v))
            return sw_nl_finite(e, n, d * v / lambda);
    }
}

EVAL(random_xcor)
{
    (void)n;
    return sw_nl_number(e->world.min_x - 0.5 + sw_nl_random_double(e->random) * e->world.width);
}

EVAL(random_ycor)
{
    (void)n;
    return sw_nl_number(e->world.min_y - 0.5 + sw_nl_random_double(e->random) * e->world.height);
}

EVAL(random_pxcor)
{
    (void)n;
    return sw_nl_number(e->world.min_x + draw(e, (uint32_t)e->world.width));
}

EVAL(random_pycor)
{
    (void)n;
    return sw_nl_number(e->world.min_y + draw(e, (uint32_t)e->world.height));
}

EXEC(random_seed)
{
    double d = sw_nl_num(e, n, 0);
    if (d < -2147483648.0 || d > 2147483647.0) {
        sw_nl_text t = {.e = e};
        sw_nl_dump(&t, sw_nl_number(d), false, false);
        sw_nl_fail(e, n,
                   "%s is not in the allowable range for random seeds (-2147483648 to "
                   "2147483647)",
                   sw_nl_text_end(&t));
    }
    if (e->random == &e->streams.main)
        sw_nl_streams_reseed(&e->streams, (int64_t)d);
    else
        sw_nl_random_seed(e->random, (int64_t)d);
    return SW_NL_NEXT;
}

// A run has no clock: a new seed is the next number of a stream of its own.
EVAL(new_seed)
{
    (void)n;
    return sw_nl_number((double)(int32_t)sw_nl_random_word(&e->streams.aux));
}

EVAL(random_state)
{
    (void)n;
    char text[SW_NL_RANDOM_TEXT_SIZE];
    size_t length = sw_nl_random_export(e->random, text);
    return sw_nl_string_new(e, text, length);
}

// ---- Choice from lists and sets -----------------------------------------------------------------

static int32_t
nth_living(sw_nl_engine *e, sw_nl_v set, uint32_t k)
{
    const sw_nl_order *order = sw_nl_set_order(e, set);
    if (order == NULL && SW_NL_TAG(set) == SW_NL_TAG_SET)
        return (int32_t)k;
    const int32_t *id = order != NULL ? order->id : ((sw_nl_agentset *)sw_nl_pointer(set))->id;
    unsigned kind = sw_nl_set_kind(set);
    if (kind == SW_NL_P && order == NULL && e->world_resized)
        return sw_nl_members(e, set, false)->id[k];
    if (kind == SW_NL_P || (order != NULL && order->dead == 0))
        return id[k];
    const uint8_t *alive = kind == SW_NL_T ? e->world.turtles.alive : e->world.links.alive;
    for (;; id++)
        if (alive[*id] && k-- == 0)
            return *id;
}

EVAL(one_of)
{
    sw_nl_v v = EV(0);
    if (sw_nl_is_list(v)) {
        const sw_nl_list *list = sw_nl_list_of(v);
        if (list->o.n == 0)
            sw_nl_fail(e, n, "ONE-OF got an empty list as input.");
        return sw_nl_items(list)[draw(e, list->o.n)];
    }
    if (!sw_nl_is_set(v))
        sw_nl_wrong(e, n, SW_NL_LST | SW_NL_ASET, v);
    uint32_t count = sw_nl_count(e, v);
    if (count == 0)
        return SW_NL_NOBODY;
    return sw_nl_agent(sw_nl_set_kind(v), nth_living(e, v, (uint32_t)draw(e, count)));
}

static sw_nl_v
some_of_set(sw_nl_engine *e, sw_nl_v set, uint32_t m, uint32_t count)
{
    unsigned kind = sw_nl_set_kind(set);
    sw_nl_agentset *result = sw_nl_set_new(e, kind, m);
    if (m == 1) {
        result->id[result->o.n++] = nth_living(e, set, (uint32_t)draw(e, count));
    } else if (m == 2) {
        uint32_t a = (uint32_t)draw(e, count), b = (uint32_t)draw(e, count - 1);
        if (b >= a) {
            b++;
        } else {
            uint32_t swap = a;
            a = b;
            b = swap;
        }
        result->id[result->o.n++] = nth_living(e, set, a);
        result->id[result->o.n++] = nth_living(e, set, b);
    } else if (m > 2) {
        const sw_nl_agentset *all = sw_nl_members(e, set, false);
        for (uint32_t i = 0, j = 0; j < m && i < all->o.n; i++)
            if ((uint32_t)draw(e, count - i) < m - j) {
                result->id[result->o.n++] = all->id[i];
                j++;
            }
    }
    return sw_nl_heap_value(result);
}

static sw_nl_v
some_of(sw_nl_engine *e, const sw_nl_node *n, bool up_to)
{
    double m = trunc(sw_nl_num(e, n, 0));
    char upper[32];
    sw_nl_upper(n->name, upper, sizeof upper);
    if (m < 0)
        sw_nl_fail(e, n, "First input to %s can't be negative.", upper);
    sw_nl_v v = EV(1);
    if (sw_nl_is_list(v)) {
        const sw_nl_list *list = sw_nl_list_of(v);
        if (m > list->o.n && !up_to)
            sw_nl_fail(e, n, "Requested %.0f random items from a list of length %u.", m, list->o.n);
        if (m >= list->o.n)
            return v;
        sw_nl_list *result = sw_nl_list_new(e, (uint32_t)m);
        for (uint32_t i = 0, j = 0; j < (uint32_t)m; i++)
            if ((uint32_t)draw(e, list->o.n - i) < (uint32_t)m - j)
                sw_nl_list_fill(result)[j++] = sw_nl_items(list)[i];
        return sw_nl_heap_value(result);
    }
    if (!sw_nl_is_set(v))
        sw_nl_wrong(e, n, SW_NL_LST | SW_NL_ASET, v);
    uint32_t count = sw_nl_count(e, v);
    if (m > count && !up_to)
        sw_nl_fail(e, n, "Requested %.0f random agents from a set of only %u agents.", m, count);
    if (up_to && m >= count)
        return v;
    return some_of_set(e, v, (uint32_t)m, count);
}

EVAL(n_of)
{
    return some_of(e, n, false);
}
EVAL(up_to_n_of)
{
    return some_of(e, n, true);
}

EVAL(shuffle)
{
    const sw_nl_list *list = sw_nl_arg_list(e, n, 0);
    sw_nl_list *result = sw_nl_list_new(e, list->o.n);
    sw_nl_v *x = sw_nl_list_fill(result);
    memcpy(x, sw_nl_items(list), list->o.n * sizeof *x);
    for (uint32_t i = list->o.n; i > 1; i--) {
        uint32_t k = (uint32_t)draw(e, i);
        sw_nl_v swap = x[i - 1];
        x[i - 1] = x[k];
        x[k] = swap;
    }
    return sw_nl_heap_value(result);
}
