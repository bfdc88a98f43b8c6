// SPDX-License-Identifier: Apache-2.0
// The result of every analysis against its schema in docs/openapi.json.
#include "lib/analysis/analysis.h"
#include "lib/base/memory.h"
#include "tests/support/schema.h"
#include "tests/support/service.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static service s;
static json_t *contract;

// "rbd_fast" has the schema "RbdFastResult".
static const json_t *
schema_of(const char *method)
{
    char name[64];
    size_t n = 0;
    for (const char *c = method; *c && n < sizeof name - 8; c++) {
        bool starts = c == method || c[-1] == '_';
        if (*c != '_')
            name[n++] = starts ? (char)toupper((unsigned char)*c) : *c;
    }
    snprintf(name + n, sizeof name - n, "Result");
    const json_t *schemas = json_object_get(json_object_get(contract, "components"), "schemas");
    const json_t *schema = json_object_get(schemas, name);
    if (!schema)
        fail_msg("the contract has no schema %s for the analysis \"%s\"", name, method);
    return schema;
}

static bool
is_among_the_alternatives(const json_t *schema)
{
    const json_t *schemas = json_object_get(json_object_get(contract, "components"), "schemas");
    const json_t *one, *any = json_object_get(json_object_get(schemas, "AnalysisResult"), "anyOf");
    size_t i;
    json_array_foreach (any, i, one) {
        if (contract_resolve(contract, one) == schema)
            return true;
    }
    return false;
}

static void
every_analysis_has_a_schema(void **state)
{
    (void)state;
    for (size_t m = 0; sw_analyses[m]; m++)
        assert_true(is_among_the_alternatives(schema_of(sw_analyses[m]->name)));
}

static void
hold(const json_t *schema, const json_t *value, const char *what)
{
    sw_auto(free) char *breach = contract_breach(contract, schema, value, "");
    if (breach)
        fail_msg("%s: %s", what, breach);
}

static int64_t
done(const char *design, const char *more)
{
    sw_auto(free) char *document =
        sw_format("{\"model\": \"testfunctions/stochastic\", \"parameters\": {\"x1\": {\"min\": 0, "
                  "\"max\": 1},"
                  " \"x2\": {\"min\": 0, \"max\": 1}}, \"design\": {%s}%s}",
                  design, more);
    int64_t id = submit(&s, document);
    wait_for_state(&s, id, "done", 60);
    return id;
}

// Which studies show each analysis, and with which options.
static const struct {
    const char *design, *more;
    const char *queries[16];
} studies[] = {
    {"\"method\": \"saltelli\", \"n\": 128",
     "",
     {"sobol?", "sobol?substitute=mean", "summary?", "regression?", "rbd_fast?", "pawn?", "delta?",
      "delta?resamples=10", "regional?", "pce?degree=2", "prim?threshold=1", "hsic?",
      "extra_trees?", "shapley?", "hdmr?", NULL}},
    {"\"method\": \"saltelli\", \"n\": 64, \"second_order\": false", "", {"sobol?", NULL}},
    {"\"method\": \"saltelli\", \"n\": 32", ", \"replicates\": 3", {"noise?", NULL}},
    {"\"method\": \"factorial\"", "", {"effects?", NULL}},
    {"\"method\": \"morris\", \"n\": 20", "", {"morris?", NULL}},
    {"\"method\": \"efast\", \"n\": 100, \"curves\": 2", "", {"efast?", NULL}},
    {"\"method\": \"dgsm\", \"n\": 50", "", {"dgsm?", NULL}},
    {"\"method\": \"random\", \"n\": 300",
     ", \"replicates\": 20",
     {"noise?", "rank?", "vargha_delaney?", "summary?per_point=true",
      "summary?quantiles=%5B0.5,0.9%5D", "convergence?of=%7B%22method%22%3A%22summary%22%7D",
      "convergence?of=%7B%22method%22%3A%22regression%22%7D", NULL}},
};

static void
hold_result(int64_t id, const char *query, json_t *seen)
{
    sw_auto(free) char *method = sw_strndup(query, strcspn(query, "?"));
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/analyses/%s%soutput=y",
                                         (long long)id, query, strchr(query, '=') ? "&" : "");
    sw_auto(json) json_t *result = get_json(&s, path);
    hold(schema_of(method), result, query);
    json_object_set_new(seen, method, json_true());
}

static void
every_result_keeps_its_schema(void **state)
{
    (void)state;
    sw_auto(json) json_t *seen = json_object();
    for (size_t i = 0; i < sizeof studies / sizeof *studies; i++) {
        int64_t id = done(studies[i].design, studies[i].more);
        for (size_t q = 0; studies[i].queries[q]; q++)
            hold_result(id, studies[i].queries[q], seen);
    }
    for (size_t m = 0; sw_analyses[m]; m++) {
        if (!json_object_get(seen, sw_analyses[m]->name))
            fail_msg("no result of \"%s\" was held to its schema", sw_analyses[m]->name);
    }
}

// The values stand where their order puts them, however the document names them: a line through
// four of them is exact only then.
static void
a_list_may_name_its_values_in_any_order(void **state)
{
    (void)state;
    int64_t id = submit(&s, "{\"model\": \"testfunctions/linear\", \"parameters\": {"
                            "\"x1\": {\"values\": [0.2, 0.8, 0.4, 0.6]}},"
                            " \"design\": {\"method\": \"sobol\", \"n\": 64}}");
    wait_for_state(&s, id, "done", 60);
    sw_auto(free) char *path =
        sw_format("/api/v1/studies/%lld/analyses/pce?degree=1&output=y", (long long)id);
    sw_auto(json) json_t *result = get_json(&s, path);
    assert_true(json_number_value(json_object_get(result, "leave_one_out_error")) < 1e-20);
    double variance = json_number_value(json_object_get(result, "variance"));
    assert_true(variance > 0.05 - 1e-12 && variance < 0.05 + 1e-12);
}

static void
a_result_of_a_series_keeps_its_schema(void **state)
{
    (void)state;
    int64_t id = submit(
        &s, "{\"model\": \"testfunctions/series\", \"parameters\": {\"points\": 12,"
            " \"amplitude\": {\"min\": 1, \"max\": 2}, \"damping\": {\"min\": 0, \"max\": 2}},"
            " \"outputs\": [\"y\"], \"design\": {\"method\": \"saltelli\", \"n\": 64}}");
    wait_for_state(&s, id, "done", 60);
    static const char *const methods[] = {"sobol", "summary", "regression", "pawn", "prim"};
    const json_t *schema = schema_of("series");
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
        sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/analyses/%s%s", (long long)id,
                                             methods[m], m == 4 ? "?threshold=0" : "");
        sw_auto(json) json_t *result = get_json(&s, path);
        hold(schema, result, methods[m]);
    }
}

int
main(void)
{
    contract = contract_read();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_analysis_has_a_schema),
        cmocka_unit_test(every_result_keeps_its_schema),
        cmocka_unit_test(a_list_may_name_its_values_in_any_order),
        cmocka_unit_test(a_result_of_a_series_keeps_its_schema),
    };
    service_group(&s, 1);
    int failed = cmocka_run_group_tests(tests, service_begin, service_end);
    json_decref(contract);
    return failed;
}
