// SPDX-License-Identifier: Apache-2.0
// /studies/{id}/analyses: what is asked for goes to the analyst.
#include "server/api/internal.h"

#include "lib/analysis/analysis.h"

// The form of the answer: 1 for SALib's, 0 for ours, -1 after an answer was given.
static int
form_of(sw_request *r)
{
    static const char *const types[] = {"application/json", "application/vnd.salib+json", NULL};
    static const char *const formats[] = {"json", "salib", NULL};
    return sw_request_accept(r, types, formats);
}

void
sw_api_analyses_list(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_row))) sw_study_row row = {0};
    int form = form_of(r);
    if (form >= 0 && sw_api_row_asked(r, &row))
        sw_analyst_ask(r, row.id, NULL, form == 1);
}

// A value of the query as the JSON it would be in a document: a number, true, false, an object, an
// array, or a text.
static json_t *
value_of(const char *text)
{
    json_t *value = json_loads(text, JSON_DECODE_ANY, NULL);
    if (json_is_number(value) || json_is_boolean(value) || json_is_object(value) ||
        json_is_array(value))
        return value;
    json_decref(value);
    return json_string(text);
}

void
sw_api_analyses_show(sw_request *r)
{
    const char *method = sw_request_path(r, "method");
    if (!sw_analysis_find(method)) {
        sw_problem(r, SW_E_NOT_FOUND, NULL, "there is no analysis \"%.60s\"", method);
        return;
    }
    __attribute__((cleanup(sw_cleanup_row))) sw_study_row row = {0};
    int form = form_of(r);
    if (form < 0 || !sw_api_row_asked(r, &row))
        return;
    json_t *request = json_pack("{ss}", "method", method);
    const char *name, *value;
    for (size_t i = 0; sw_query_at(r, i, &name, &value); i++) {
        json_t *v = strcmp(name, "format") == 0 ? NULL : value_of(value);
        if (v)
            json_object_set_new(request, name, v);
    }
    // Not what the query may change.
    json_object_set_new(request, "method", json_string(method));
    sw_analyst_ask(r, row.id, request, form == 1);
}
