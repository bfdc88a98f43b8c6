// SPDX-License-Identifier: Apache-2.0
// What the server answers, and which parameters it knows, against the contract docs/openapi.json.
#include "lib/base/memory.h"
#include "server/api/api.h"
#include "tests/support/schema.h"
#include "tests/support/service.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static json_t *contract;

static const json_t *
operation_of(const sw_route *route)
{
    char method[16] = "";
    for (size_t i = 0; route->method[i] && i < sizeof method - 1; i++)
        method[i] = (char)tolower((unsigned char)route->method[i]);
    return json_object_get(json_object_get(json_object_get(contract, "paths"), route->pattern),
                           method);
}

static bool
has_parameter(const json_t *operation, const char *in, const char *name)
{
    size_t i;
    const json_t *p;
    json_array_foreach (json_object_get(operation, "parameters"), i, p) {
        p = contract_resolve(contract, p);
        if (strcmp(json_string_value(json_object_get(p, "name")), name) == 0 &&
            strcmp(json_string_value(json_object_get(p, "in")), in) == 0)
            return true;
    }
    return false;
}

static bool
query_has(const sw_route *route, const char *name)
{
    for (size_t k = 0; route->query && route->query[k]; k++) {
        if (strcmp(route->query[k], name) == 0 || strcmp(route->query[k], "*") == 0)
            return true;
    }
    return false;
}

static void
check_parameters(const sw_route *route, const json_t *operation)
{
    for (size_t k = 0; route->query && route->query[k]; k++) {
        if (route->query[k][0] != '*' && !has_parameter(operation, "query", route->query[k]))
            fail_msg("%s?%s is not in the contract", route->pattern, route->query[k]);
    }
    size_t i;
    const json_t *p;
    json_array_foreach (json_object_get(operation, "parameters"), i, p) {
        p = contract_resolve(contract, p);
        const char *name = json_string_value(json_object_get(p, "name"));
        const char *in = json_string_value(json_object_get(p, "in"));
        sw_auto(free) char *braced = sw_format("{%s}", name);
        if (strcmp(in, "query") == 0 && !query_has(route, name))
            fail_msg("%s does not know ?%s", route->pattern, name);
        if (strcmp(in, "path") == 0 && !strstr(route->pattern, braced))
            fail_msg("%s has no %s", route->pattern, braced);
    }
}

static void
parameters_are_the_same_in_both(void **state)
{
    (void)state;
    for (const sw_route *route = sw_api_routes; route->method; route++) {
        const json_t *operation = operation_of(route);
        check_parameters(route, operation);
        for (const char *c = strchr(route->pattern, '{'); c; c = strchr(c + 1, '{')) {
            sw_auto(free) char *name = sw_strndup(c + 1, strcspn(c, "}") - 1);
            if (!has_parameter(operation, "path", name))
                fail_msg("%s: {%s} is not in the contract", route->pattern, name);
        }
    }
}

static void
resolve_all(const json_t *value)
{
    const char *name;
    json_t *member;
    size_t i;
    contract_resolve(contract, value);
    json_object_foreach ((json_t *)value, name, member)
        resolve_all(member);
    json_array_foreach (value, i, member)
        resolve_all(member);
}

static void
every_reference_leads_somewhere_and_operations_have_names_of_their_own(void **state)
{
    (void)state;
    resolve_all(contract);
    sw_auto(json) json_t *ids = json_object();
    const char *path, *method;
    json_t *operations, *operation;
    json_object_foreach (json_object_get(contract, "paths"), path, operations) {
        json_object_foreach (operations, method, operation) {
            const char *id = json_string_value(json_object_get(operation, "operationId"));
            assert_non_null(id);
            assert_null(json_object_get(ids, id));
            json_object_set_new(ids, id, json_true());
            assert_non_null(json_object_get(operation, "summary"));
            assert_true(json_object_size(json_object_get(operation, "responses")) > 0);
        }
    }
}

// ---- what the server answers ----

static service s;

// Asks and compares: pattern is the path in the contract.
static void
hold(const char *method, const char *path, const char *body, const char *pattern, int status)
{
    char METHOD[8] = "", key[16];
    for (size_t i = 0; method[i]; i++)
        METHOD[i] = (char)toupper((unsigned char)method[i]);
    snprintf(key, sizeof key, "%d", status);
    reply r = request(&s, METHOD, path, body, NULL);
    if (r.status != status || !r.json)
        fail_msg("%s %s: %d and JSON expected, not %d: %.500s", method, path, status, r.status,
                 r.body);
    const json_t *schema =
        contract_schema(contract, method, pattern, status < 400 ? key : "default");
    assert_non_null(schema);
    sw_auto(free) char *breach = contract_breach(contract, schema, r.json, "");
    if (breach)
        fail_msg("%s %s: %s", method, path, breach);
    reply_free(&r);
}

#define V1 "/api/v1"

static const char document[] =
    "{\"name\": \"contract\", \"model\": \"testfunctions/ishigami\","
    " \"parameters\": {\"x1\": {\"min\": -3, \"max\": 3}, \"x2\": {\"min\": -3, \"max\": 3}},"
    " \"design\": {\"method\": \"saltelli\", \"n\": 64, \"seed\": 7}, \"tags\": [\"a\"],"
    " \"analyses\": [{\"method\": \"sobol\", \"output\": \"y\", \"resamples\": 20}]}";

static const char failing[] =
    "{\"model\": \"testfunctions/crash\", \"parameters\": {\"x\": {\"min\": 0, \"max\": 1},"
    " \"share\": 1}, \"design\": {\"method\": \"random\", \"n\": 3, \"seed\": 3},"
    " \"limits\": {\"retries\": 0, \"max_failed_fraction\": 1}}";

static void
hold_study(const char *method, int64_t id, const char *rest, int status)
{
    sw_auto(free) char *path = sw_format(V1 "/studies/%lld%s", (long long)id, rest);
    sw_auto(free) char *pattern = sw_format(V1 "/studies/{id}%.*s", (int)strcspn(rest, "?"), rest);
    hold(method, path, NULL, pattern, status);
}

static void
answers_keep_the_contract(void **state)
{
    (void)state;
    int64_t id = submit(&s, document), bad = submit(&s, failing);
    wait_for_state(&s, id, "done", 60);
    wait_for_state(&s, bad, "done", 60);
    hold("get", "/healthz", NULL, "/healthz", 200);
    hold("get", "/readyz", NULL, "/readyz", 200);
    hold("get", "/openapi.json", NULL, "/openapi.json", 200);
    hold("get", V1 "/models", NULL, V1 "/models", 200);
    hold("get", V1 "/models/testfunctions/ishigami", NULL, V1 "/models/{family}/{model}", 200);
    hold("get", V1 "/studies?tag=a", NULL, V1 "/studies", 200);
    hold("post", V1 "/studies?dry_run=true", document, V1 "/studies", 200);
    hold("post", V1 "/studies", document, V1 "/studies", 201);
    hold("get", V1 "/workers", NULL, V1 "/workers", 200);
    static const char *const parts[] = {"",          "?wait=1",   "/runs",
                                        "/analyses", "/failures", "/failures/groups"};
    for (size_t i = 0; i < sw_countof(parts); i++) {
        hold_study("get", id, parts[i], 200);
        hold_study("get", bad, parts[i], 200);
    }
    hold_study("post", bad, "/retry", 200);
    hold_study("post", id, "/view", 200);
}

static void
parts_of_a_study_keep_the_contract(void **state)
{
    (void)state;
    int64_t id = submit(&s, document), bad = submit(&s, failing);
    wait_for_state(&s, id, "done", 60);
    wait_for_state(&s, bad, "done", 60);
    sw_auto(free) char *base = sw_format(V1 "/studies/%lld", (long long)id);
    sw_auto(free) char *run = sw_format("%s/runs/5", base);
    sw_auto(free) char *failed = sw_format(V1 "/studies/%lld/runs/1", (long long)bad);
    sw_auto(free) char *column = sw_format("%s/columns/y", base);
    sw_auto(free) char *sobol = sw_format("%s/analyses/sobol?output=y&resamples=10", base);
    sw_auto(free) char *summary = sw_format("%s/analyses/summary?output=y", base);
    hold("get", run, NULL, V1 "/studies/{id}/runs/{run}", 200);
    hold("get", failed, NULL, V1 "/studies/{id}/runs/{run}", 200);
    hold("get", column, NULL, V1 "/studies/{id}/columns/{variable}", 200);
    hold("get", sobol, NULL, V1 "/studies/{id}/analyses/{method}", 200);
    hold("get", summary, NULL, V1 "/studies/{id}/analyses/{method}", 200);
}

static void
refusals_keep_the_contract(void **state)
{
    (void)state;
    hold("get", V1 "/studies/999999", NULL, V1 "/studies/{id}", 404);
    hold("get", V1 "/studies?limit=0&after=x", NULL, V1 "/studies", 400);
    hold("post", V1 "/studies", "{", V1 "/studies", 400);
    hold("post", V1 "/studies", "{\"model\": \"none\", \"design\": 1}", V1 "/studies", 422);
    hold("post", V1 "/studies/999999/pause", NULL, V1 "/studies/{id}/pause", 404);
}

static void
the_served_contract_is_the_file(void **state)
{
    (void)state;
    sw_auto(json) json_t *served = get_json(&s, "/openapi.json");
    assert_true(json_equal(served, contract));
}

int
main(void)
{
    contract = contract_read();
    const struct CMUnitTest table[] = {
        cmocka_unit_test(parameters_are_the_same_in_both),
        cmocka_unit_test(every_reference_leads_somewhere_and_operations_have_names_of_their_own),
    };
    const struct CMUnitTest served[] = {
        cmocka_unit_test(answers_keep_the_contract),
        cmocka_unit_test(parts_of_a_study_keep_the_contract),
        cmocka_unit_test(refusals_keep_the_contract),
        cmocka_unit_test(the_served_contract_is_the_file),
    };
    int failed = cmocka_run_group_tests(table, NULL, NULL);
    service_group(&s, 1);
    failed += cmocka_run_group_tests(served, service_begin, service_end);
    json_decref(contract);
    return failed;
}
