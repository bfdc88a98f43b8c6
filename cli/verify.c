// SPDX-License-Identifier: Apache-2.0
// sweep verify: the server's studies whose answers are known, run by the real workers, and each
// index beside its exact value.
#include "cli/commands.h"
#include "lib/base/memory.h"

#include <math.h>

enum { POLL_SECONDS = 60 };

static json_t *
fetch(const sw_invocation *in, const char *method, const char *path, const char *body, int *code)
{
    sw_response r = sw_client_request(&in->client, method, path, body, NULL);
    *code = sw_client_check(&in->client, &r);
    json_t *json = *code == 0 ? json_incref(r.json) : NULL;
    sw_response_fini(&r);
    return json;
}

static const char *
text_of(const json_t *check, const char *key)
{
    const char *text = json_string_value(json_object_get(check, key));
    return text ? text : "";
}

static double
number_of(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

// The result of the check's analysis; NULL with an exit code.
static json_t *
run(const sw_invocation *in, const json_t *check, int *code)
{
    sw_auto(free) char *document = json_dumps(json_object_get(check, "study"), 0);
    sw_auto(json) json_t *study = fetch(in, "POST", "/api/v1/studies", document, code);
    if (!study)
        return NULL;
    long long id = (long long)json_integer_value(json_object_get(study, "id"));
    sw_auto(free) char *wait = sw_format("/api/v1/studies/%lld?wait=%d", id, POLL_SECONDS);
    sw_auto(free) char *analysis =
        sw_format("/api/v1/studies/%lld/analyses/%s", id, text_of(check, "method"));
    sw_auto(json) json_t *over = fetch(in, "GET", wait, NULL, code);
    return over ? fetch(in, "GET", analysis, NULL, code) : NULL;
}

static double
index_of(const json_t *result, const char *key, const char *name)
{
    const json_t *names = json_object_get(result, "names");
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *other = json_string_value(json_array_get(names, i));
        const json_t *value = json_array_get(json_object_get(result, key), i);
        if (other && strcmp(other, name) == 0 && json_is_number(value))
            return json_number_value(value);
    }
    return NAN;
}

// One line; whether both indices are within the tolerance.
static bool
compare(const json_t *check, const json_t *known, const json_t *result)
{
    const char *name = text_of(known, "name");
    double first = index_of(result, text_of(check, "first"), name);
    double total = index_of(result, text_of(check, "total"), name);
    double first_exact = number_of(known, "first"), total_exact = number_of(known, "total");
    double worst = fmax(fabs(first - first_exact), fabs(total - total_exact));
    bool good = !isnan(first) && !isnan(total) && worst <= number_of(check, "tolerance");
    printf("  %-6s %-8s %9.6f exact %9.6f   %-6s %9.6f exact %9.6f   error %.1e %s\n", name,
           text_of(check, "first"), first, first_exact, text_of(check, "total"), total, total_exact,
           worst, good ? "ok" : "WRONG");
    return good;
}

int
sw_command_verify(const sw_invocation *in)
{
    size_t right = 0, wrong = 0, i, k;
    int code = 0;
    const json_t *check, *known;
    sw_auto(json) json_t *checks = fetch(in, "GET", "/api/v1/checks", NULL, &code);
    if (!checks)
        return code;
    json_array_foreach (json_object_get(checks, "checks"), k, check) {
        sw_auto(json) json_t *result = run(in, check, &code);
        if (!result)
            return code;
        printf("%s (tolerance %g; %s)\n", text_of(check, "title"), number_of(check, "tolerance"),
               text_of(check, "source"));
        json_array_foreach (json_object_get(check, "indices"), i, known) {
            bool good = compare(check, known, result);
            right += good;
            wrong += !good;
        }
    }
    printf("%zu right, %zu wrong\n", right, wrong);
    return wrong ? 1 : 0;
}
