// SPDX-License-Identifier: Apache-2.0
// Live results: server-sent events are read a little at a time, from where the last time ended.
#include "cli/live.h"

#include "lib/base/memory.h"

#include <math.h>
#include <unistd.h>

enum { LEADING = 4 };

static const json_t *
item(const json_t *result, const char *key, size_t j)
{
    return json_array_get(json_object_get(result, key), j);
}

// The index by which a method's parameters are ranked; NULL if the result has none of them.
static const char *
index_of(const json_t *result)
{
    static const char *const known[] = {"ST",         "mu_star", "dgsm",   "delta", "shapley", "S1",
                                        "importance", "hsic",    "median", "SRC",   "effect"};
    for (size_t k = 0; k < sw_countof(known); k++) {
        if (json_is_number(item(result, known[k], 0)))
            return known[k];
    }
    return NULL;
}

static double
size_of(const json_t *result, const char *key, size_t j)
{
    const json_t *v = item(result, key, j);
    return json_is_number(v) ? fabs(json_number_value(v)) : -1;
}

// The largest index below that of `before` (none before: SIZE_MAX), equal ones in their order.
static size_t
next_largest(const json_t *result, const char *key, size_t n, size_t before)
{
    size_t best = SIZE_MAX;
    for (size_t j = 0; j < n; j++) {
        double v = size_of(result, key, j);
        double limit = before == SIZE_MAX ? INFINITY : size_of(result, key, before);
        bool after = v < limit || (v == limit && j > before);
        if (after && (best == SIZE_MAX || v > size_of(result, key, best)))
            best = j;
    }
    return best;
}

static void
put_value(sw_buffer *b, const json_t *value, const json_t *half)
{
    sw_buffer_printf(b, " %.3g", json_is_number(value) ? json_number_value(value) : NAN);
    if (json_is_number(half))
        sw_buffer_printf(b, " ± %.2g", json_number_value(half));
}

static void
put_leading(sw_buffer *b, const json_t *result, const char *key)
{
    sw_auto(free) char *conf = sw_format("%s_conf", key);
    const json_t *names = json_object_get(result, "names");
    size_t n = json_array_size(names), j = SIZE_MAX;
    sw_buffer_printf(b, " %s", key);
    for (size_t k = 0; k < LEADING && k < n; k++) {
        j = next_largest(result, key, n, j);
        sw_buffer_printf(b, "%s %.40s", k ? "," : "", json_string_value(json_array_get(names, j)));
        put_value(b, item(result, key, j), item(result, conf, j));
    }
}

char *
sw_live_line(const json_t *event)
{
    const json_t *result = json_object_get(event, "result");
    const json_t *mean = json_object_get(result, "mean"), *sem = json_object_get(result, "sem");
    const char *key = index_of(result), *method, *output;
    json_int_t runs;
    if (json_unpack((json_t *)event, "{ss ss sI}", "method", &method, "output", &output, "runs",
                    &runs) != 0 ||
        (!key && !json_is_number(mean)))
        return NULL;
    sw_buffer b = {0};
    sw_buffer_printf(&b, "%lld runs: %.40s of %.40s:", (long long)runs, method, output);
    if (key) {
        put_leading(&b, result, key);
    } else {
        sw_auto(json) json_t *half =
            json_is_number(sem) ? json_real(1.96 * json_number_value(sem)) : NULL;
        sw_buffer_str(&b, " mean");
        put_value(&b, mean, half);
    }
    return sw_buffer_text(&b);
}

// One event, from after its "id: " on.
static void
take_event(const char *text, sw_live_tail *tail, FILE *to)
{
    static const char kind[] = "event: analysis\ndata: ";
    const char *line = strchr(text, '\n');
    tail->last = strtoll(text, NULL, 10);
    if (!line || strncmp(line + 1, kind, sizeof kind - 1) != 0)
        return;
    sw_auto(json) json_t *event = json_loads(line + sizeof kind, JSON_DISABLE_EOF_CHECK, NULL);
    sw_auto(free) char *told = sw_live_line(json_object_get(event, "data"));
    if (told)
        fprintf(to, "\r\033[K%s\n", told);
}

void
sw_live_listen(const sw_client *c, int64_t study, sw_live_tail *tail, long milliseconds, FILE *to)
{
    static const char id[] = "id: ";
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/events", (long long)study);
    sw_response r = sw_client_listen(c, path, tail->last, milliseconds);
    // What was cut off at the end comes again.
    for (char *at = r.body, *end; at && (end = strstr(at, "\n\n")); at = end + 2) {
        *end = '\0';
        char *event = strstr(at, id);
        if (event)
            take_event(event + sizeof id - 1, tail, to);
    }
    if (r.status) // the stream ended at once: it was refused
        usleep((useconds_t)milliseconds * 1000);
    sw_response_fini(&r);
}
