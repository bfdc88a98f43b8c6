// SPDX-License-Identifier: Apache-2.0
// Power studies through the whole line, from POST to the last answer, on the real thing with its
// database and two executors: critical clearing times with their Sobol' indices, and plain
// transients.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <stdio.h>
#include <string.h>

static service s;

#define FAULT "\"system\": \"wscc9\", \"fault-bus\": 7, \"line\": \"5-7\", "
#define POINT                                                                                      \
    "\"load-level\": {\"min\": 0.9, \"max\": 1.1}, \"inertia\": {\"min\": 0.8, \"max\": 1.2}"

static const char clearing_times[] =
    "{\"model\": \"power/rotor-angle\", \"parameters\": {" FAULT POINT
    ", \"xdp\": {\"min\": 0.8, \"max\": 1.2}}, \"design\": {\"method\": \"saltelli\", \"n\": 4096,"
    " \"second_order\": false, \"seed\": 1}, \"outputs\": [\"cct\"], \"analyses\": [{\"method\":"
    " \"sobol\", \"output\": \"cct\", \"resamples\": 1000}]}";

static const char transients[] =
    "{\"model\": \"power/rotor-angle\", \"parameters\": {" FAULT POINT
    ", \"clearing-time\": {\"min\": 0.05, \"max\": 0.3}}, \"design\": {\"method\": \"random\","
    " \"n\": 1000000, \"seed\": 1}, \"outputs\": [\"stable\", \"spread\"]}";

static json_t *
answer_of(const char *path)
{
    reply r = get(&s, path);
    if (r.status != 200)
        fprintf(stderr, "%s: %d %s\n", path, r.status, r.body ? r.body : "");
    json_t *json = json_incref(r.json);
    reply_free(&r);
    return json;
}

// Submits, waits for the end by the API's own waiting, and asks for the analyses.
static void
measure(const char *what, const char *document)
{
    double start = seconds_now();
    int64_t id = submit(&s, document);
    sw_auto(free) char *end = sw_format("/api/v1/studies/%lld?wait=300", (long long)id);
    sw_auto(json) json_t *study = answer_of(end);
    double made = seconds_now() - start;
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/analyses", (long long)id);
    sw_auto(json) json_t *answers = answer_of(path);
    double runs = (double)json_integer_value(json_object_get(study, "made"));
    printf("%-42s %9.0f runs %8.1f s %10.0f runs/s   %zu analyses %6.2f s   %s\n", what, runs, made,
           runs / made, json_array_size(json_object_get(answers, "items")),
           seconds_now() - start - made, json_string_value(json_object_get(study, "state")));
}

int
main(void)
{
    service_start(&s, 2);
    measure("9-bus critical clearing times (scan, 1 s)", clearing_times);
    measure("9-bus transients of 5 s", transients);
    service_stop(&s);
    return 0;
}
