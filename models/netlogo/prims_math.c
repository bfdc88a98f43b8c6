// SPDX-License-Identifier: Apache-2.0
// Arithmetic, comparison and statistics.
#include "models/netlogo/prims.h"

#include <math.h>
#include <stdlib.h>

#define RADIANS 0.017453292519943295

#define BINARY(name, expression)                                                                   \
    EVAL(name)                                                                                     \
    {                                                                                              \
        double a = sw_nl_num(e, n, 0), b = sw_nl_num(e, n, 1);                                     \
        return sw_nl_finite(e, n, expression);                                                     \
    }

BINARY(add, a + b)
BINARY(multiply, a *b)

EVAL(subtract)
{
    double a = sw_nl_num(e, n, 0);
    if (n->n_args == 1)
        return sw_nl_number(-a);
    return sw_nl_finite(e, n, a - sw_nl_num(e, n, 1));
}

EVAL(divide)
{
    double a = sw_nl_num(e, n, 0), b = sw_nl_num(e, n, 1);
    if (b == 0)
        sw_nl_fail(e, n, "Division by zero.");
    return sw_nl_finite(e, n, a / b);
}

EVAL(mod)
{
    double a = sw_nl_num(e, n, 0), b = sw_nl_num(e, n, 1);
    if (b == 0)
        sw_nl_fail(e, n, "Division by zero.");
    return sw_nl_finite(e, n, a - floor(a / b) * b);
}

EVAL(remainder)
{
    double a = sw_nl_num(e, n, 0), b = sw_nl_num(e, n, 1);
    if (b == 0)
        sw_nl_fail(e, n, "Division by zero.");
    return sw_nl_finite(e, n, fmod(a, b));
}

EVAL(power)
{
    double a = sw_nl_num(e, n, 0), b = sw_nl_num(e, n, 1);
    return sw_nl_finite(e, n, sw_nl_pow(a, b));
}

// ---- Comparison ---------------------------------------------------------------------------------

static int
compare_strings(const sw_nl_string *a, const sw_nl_string *b)
{
    int c = strcmp(a->text, b->text);
    return c < 0 ? -1 : c > 0;
}

static int
compare_agents(sw_nl_engine *e, sw_nl_v a, sw_nl_v b)
{
    int32_t x = sw_nl_agent_id(a), y = sw_nl_agent_id(b);
    if (sw_nl_agent_kind(a) == SW_NL_T) {
        x = e->world.turtle_who[x];
        y = e->world.turtle_who[y];
    } else if (sw_nl_agent_kind(a) == SW_NL_L) {
        for (int c = L_END1; c <= L_END2; c++) {
            int32_t p = e->world.turtle_who[sw_nl_agent_id(e->world.links.column[c][x])];
            int32_t q = e->world.turtle_who[sw_nl_agent_id(e->world.links.column[c][y])];
            if (p != q)
                return p < q ? -1 : 1;
        }
        x = sw_nl_breed_of(e, SW_NL_L, x);
        y = sw_nl_breed_of(e, SW_NL_L, y);
    }
    return x < y ? -1 : x > y;
}

static const char *
kind_text(sw_nl_v v)
{
    if (sw_nl_is_number(v))
        return "a number";
    if (sw_nl_is_bool(v))
        return "a TRUE/FALSE";
    if (sw_nl_is_string(v))
        return "a string";
    if (sw_nl_is_list(v))
        return "a list";
    if (sw_nl_is_set(v))
        return "an agentset";
    unsigned kind = sw_nl_agent_kind(v);
    return kind == SW_NL_T     ? "a turtle"
           : kind == SW_NL_P   ? "a patch"
           : kind == SW_NL_L   ? "a link"
           : v == SW_NL_NOBODY ? "NOBODY"
                               : "an anonymous procedure";
}

// What is not two numbers.
static int
order(sw_nl_engine *e, const sw_nl_node *n, sw_nl_v a, sw_nl_v b)
{
    if (sw_nl_is_string(a) && sw_nl_is_string(b))
        return compare_strings(sw_nl_string_of(a), sw_nl_string_of(b));
    if (sw_nl_is_agent(a) && sw_nl_agent_kind(a) == sw_nl_agent_kind(b))
        return compare_agents(e, a, b);
    sw_nl_fail(e, n,
               "The %s operator can only be used on two numbers, two strings, or two agents "
               "of the same type, but not on %s and %s.",
               n->name, kind_text(a), kind_text(b));
}

EVAL(less)
{
    sw_nl_v a = EV(0), b = EV(1);
    if (sw_nl_is_number(a) && sw_nl_is_number(b))
        return sw_nl_bool(sw_nl_double(a) < sw_nl_double(b));
    return sw_nl_bool(order(e, n, a, b) < 0);
}
EVAL(greater)
{
    sw_nl_v a = EV(0), b = EV(1);
    if (sw_nl_is_number(a) && sw_nl_is_number(b))
        return sw_nl_bool(sw_nl_double(a) > sw_nl_double(b));
    return sw_nl_bool(order(e, n, a, b) > 0);
}
EVAL(less_equal)
{
    sw_nl_v a = EV(0), b = EV(1);
    if (sw_nl_is_number(a) && sw_nl_is_number(b))
        return sw_nl_bool(sw_nl_double(a) <= sw_nl_double(b));
    return sw_nl_bool(order(e, n, a, b) <= 0);
}
EVAL(greater_equal)
{
    sw_nl_v a = EV(0), b = EV(1);
    if (sw_nl_is_number(a) && sw_nl_is_number(b))
        return sw_nl_bool(sw_nl_double(a) >= sw_nl_double(b));
    return sw_nl_bool(order(e, n, a, b) >= 0);
}

EVAL(equal)
{
    sw_nl_v a = EV(0), b = EV(1);
    if (sw_nl_is_number(a) && sw_nl_is_number(b))
        return sw_nl_bool(sw_nl_double(a) == sw_nl_double(b));
    return sw_nl_bool(sw_nl_equal(e, a, b));
}

EVAL(not_equal)
{
    sw_nl_v a = EV(0), b = EV(1);
    if (sw_nl_is_number(a) && sw_nl_is_number(b))
        return sw_nl_bool(sw_nl_double(a) != sw_nl_double(b));
    return sw_nl_bool(!sw_nl_equal(e, a, b));
}

EVAL(and)
{
    return sw_nl_bool(sw_nl_arg_bool(e, n, 0) && sw_nl_arg_bool(e, n, 1));
}

EVAL(or)
{
    return sw_nl_bool(sw_nl_arg_bool(e, n, 0) || sw_nl_arg_bool(e, n, 1));
}

EVAL(xor)
{
    bool a = sw_nl_arg_bool(e, n, 0), b = sw_nl_arg_bool(e, n, 1);
    return sw_nl_bool(a != b);
}

EVAL(not )
{
    return sw_nl_bool(!sw_nl_arg_bool(e, n, 0));
}

// ---- Functions ----------------------------------------------------------------------------------

#define UNARY(name, expression)                                                                    \
    EVAL(name)                                                                                     \
    {                                                                                              \
        double x = sw_nl_num(e, n, 0);                                                             \
        return sw_nl_finite(e, n, expression);                                                     \
    }

UNARY(abs, fabs(x))
UNARY(exp, sw_nl_exp(x))
UNARY(sin, sw_nl_sin(x *RADIANS))
UNARY(cos, sw_nl_cos(x *RADIANS))
UNARY(asin, sw_nl_asin(x) * 57.29577951308232)
UNARY(acos, sw_nl_acos(x) * 57.29577951308232)
UNARY(floor, floor(x))
UNARY(ceiling, ceil(x))
UNARY(round, sw_nl_round(x, e->dialect))
UNARY(int, trunc(x))

EVAL(tan)
{
    double x = sw_nl_num(e, n, 0), h = sw_nl_heading_normal(x);
    if (h == 90 || h == 270)
        sw_nl_fail(e, n, "math operation produced a number too large for NetLogo");
    return sw_nl_finite(e, n, sw_nl_tan(x * RADIANS));
}

EVAL(sqrt)
{
    double x = sw_nl_num(e, n, 0);
    if (x < 0) {
        sw_nl_text t = {.e = e};
        sw_nl_dump(&t, sw_nl_number(x), false, false);
        sw_nl_fail(e, n, "The square root of %s is an imaginary number.", sw_nl_text_end(&t));
    }
    return sw_nl_number(sqrt(x));
}

static double
logarithm(sw_nl_engine *e, const sw_nl_node *n, double x)
{
    if (x <= 0) {
        sw_nl_text t = {.e = e};
        sw_nl_dump(&t, sw_nl_number(x), false, false);
        sw_nl_fail(e, n, "Can't take logarithm of %s.", sw_nl_text_end(&t));
    }
    return sw_nl_log(x);
}

EVAL(ln)
{
    return sw_nl_finite(e, n, logarithm(e, n, sw_nl_num(e, n, 0)));
}

EVAL(log)
{
    double x = sw_nl_num(e, n, 0), base = sw_nl_num(e, n, 1);
    if (base <= 0) {
        sw_nl_text t = {.e = e};
        sw_nl_dump(&t, sw_nl_number(base), false, false);
        sw_nl_fail(e, n, "%s isn't a valid base for a logarithm.", sw_nl_text_end(&t));
    }
    return sw_nl_finite(e, n, logarithm(e, n, x) / sw_nl_log(base));
}

EVAL(atan)
{
    double x = sw_nl_num(e, n, 0), y = sw_nl_num(e, n, 1);
    if (x == 0 && y == 0)
        sw_nl_fail(e, n, "atan is undefined when both inputs are zero.");
    if (y == 0)
        return sw_nl_number(x > 0 ? 90 : 270);
    if (x == 0)
        return sw_nl_number(y > 0 ? 0 : 180);
    return sw_nl_number(fmod(sw_nl_atan2(x, y) * 57.29577951308232 + 360, 360));
}

EVAL(precision)
{
    double x = sw_nl_num(e, n, 0), places = sw_nl_num(e, n, 1);
    return sw_nl_finite(e, n, sw_nl_precision(x, (int64_t)places, e->dialect));
}

EVAL(subtract_headings)
{
    double a = sw_nl_heading_normal(sw_nl_num(e, n, 0));
    double b = sw_nl_heading_normal(sw_nl_num(e, n, 1));
    double d = a - b;
    if (d > -180 && d <= 180)
        return sw_nl_number(d);
    return sw_nl_number(d > 0 ? d - 360 : d + 360);
}

EVAL(const_e)
{
    (void)e, (void)n;
    return sw_nl_number(2.718281828459045);
}
EVAL(const_pi)
{
    (void)e, (void)n;
    return sw_nl_number(3.141592653589793);
}
EVAL(const_true)
{
    (void)e, (void)n;
    return SW_NL_TRUE;
}
EVAL(const_false)
{
    (void)e, (void)n;
    return SW_NL_FALSE;
}
EVAL(const_nobody)
{
    (void)e, (void)n;
    return SW_NL_NOBODY;
}
EVAL(zero)
{
    (void)e, (void)n;
    return sw_nl_number(0);
}

// ---- Statistics ---------------------------------------------------------------------------------

// The numbers of a list in order; *count of them. What is no number is left out.
static double *
numbers(sw_nl_engine *e, const sw_nl_list *list, uint32_t *count)
{
    sw_nl_raw *raw = sw_nl_heap_alloc(e->heap, SW_NL_RAW, sizeof *raw + (list->o.n + 1) * 8ul);
    double *x = (double *)raw->byte;
    *count = 0;
    for (uint32_t i = 0; i < list->o.n; i++)
        if (sw_nl_is_number(sw_nl_items(list)[i]))
            x[(*count)++] = sw_nl_double(sw_nl_items(list)[i]);
    return x;
}

static void __attribute__((noreturn))
no_numbers(sw_nl_engine *e, const sw_nl_node *n, const char *format, const sw_nl_list *list)
{
    sw_nl_text t = {.e = e};
    sw_nl_dump(&t, sw_nl_heap_value(list), false, false);
    sw_nl_fail(e, n, "%s%s%s", format, sw_nl_text_end(&t),
               strstr(format, "two numbers: ") && format[0] == 'C' && strstr(format, "standard")
                   ? ""
               : strstr(format, "imum") ? ""
                                        : ".");
}

static sw_nl_v
extreme(sw_nl_engine *e, const sw_nl_node *n, int sign, const char *message)
{
    const sw_nl_list *list = sw_nl_arg_list(e, n, 0);
    bool found = false;
    double best = 0;
    for (uint32_t i = 0; i < list->o.n; i++) {
        sw_nl_v v = sw_nl_items(list)[i];
        if (!sw_nl_is_number(v))
            continue;
        double d = sw_nl_double(v);
        if (!found || (sign > 0 ? d > best : d < best))
            best = d;
        found = true;
    }
    if (!found)
        no_numbers(e, n, message, list);
    return sw_nl_number(best);
}

EVAL(max)
{
    return extreme(e, n, 1, "Can't find the maximum of a list with no numbers: ");
}
EVAL(min)
{
    return extreme(e, n, -1, "Can't find the minimum of a list with no numbers: ");
}

EVAL(sum)
{
    const sw_nl_list *list = sw_nl_arg_list(e, n, 0);
    double total = 0;
    for (uint32_t i = 0; i < list->o.n; i++)
        if (sw_nl_is_number(sw_nl_items(list)[i]))
            total += sw_nl_double(sw_nl_items(list)[i]);
    return sw_nl_finite(e, n, total);
}

EVAL(mean)
{
    const sw_nl_list *list = sw_nl_arg_list(e, n, 0);
    if (list->o.n == 0)
        no_numbers(e, n, "Can't find the mean of a list with no numbers: ", list);
    double total = 0;
    for (uint32_t i = 0; i < list->o.n; i++) {
        sw_nl_v v = sw_nl_items(list)[i];
        if (!sw_nl_is_number(v)) {
            sw_nl_text t = {.e = e};
            sw_nl_dump(&t, v, false, false);
            sw_nl_fail(e, n, "Can't find the mean of a list that contains non-numbers : %s is %s.",
                       sw_nl_text_end(&t), kind_text(v));
        }
        total += sw_nl_double(v);
    }
    return sw_nl_finite(e, n, total / list->o.n);
}

static int
compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

EVAL(median)
{
    const sw_nl_list *list = sw_nl_arg_list(e, n, 0);
    uint32_t count;
    double *x = numbers(e, list, &count);
    if (count == 0)
        no_numbers(e, n, "Can't find the median of a list with no numbers: ", list);
    qsort(x, count, sizeof *x, compare_doubles);
    double m = x[count / 2];
    if (count % 2 == 0)
        m = (x[count / 2 - 1] + m) / 2;
    return sw_nl_finite(e, n, m);
}

static double
squares(sw_nl_engine *e, const sw_nl_node *n, const char *message)
{
    const sw_nl_list *list = sw_nl_arg_list(e, n, 0);
    uint32_t count;
    double *x = numbers(e, list, &count), total = 0, sum = 0;
    if (count < 2)
        no_numbers(e, n, message, list);
    for (uint32_t i = 0; i < count; i++)
        total += x[i];
    double mean = total / count;
    for (uint32_t i = 0; i < count; i++)
        sum += (x[i] - mean) * (x[i] - mean);
    return sum / (count - 1);
}

EVAL(variance)
{
    return sw_nl_finite(e, n,
                        squares(e, n,
                                "Can't find the variance of a list without at least "
                                "two numbers: "));
}

EVAL(standard_deviation)
{
    return sw_nl_finite(e, n,
                        sqrt(squares(e, n,
                                     "Can't find the standard deviation of a list "
                                     "without at least two numbers: ")));
}

EVAL(modes)
{
    const sw_nl_list *list = sw_nl_arg_list(e, n, 0);
    uint32_t m = list->o.n, best = 0;
    const sw_nl_v *x = sw_nl_items(list);
    sw_nl_raw *raw = sw_nl_heap_alloc(e->heap, SW_NL_RAW, sizeof *raw + (m + 1) * 4ul);
    uint32_t *count = (uint32_t *)raw->byte;
    for (uint32_t i = 0; i < m; i++) {
        uint32_t j = 0;
        while (j < i && !sw_nl_equal(e, x[i], x[j]))
            j++;
        if (++count[j] > best)
            best = count[j];
    }
    sw_nl_list *result = sw_nl_list_new(e, 0);
    for (uint32_t i = 0; i < m; i++)
        if (count[i] == best)
            result = sw_nl_list_append(e, result, x[i]);
    return sw_nl_heap_value(result);
}
