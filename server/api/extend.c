// SPDX-License-Identifier: Apache-2.0
// Extending a study in place: only the new runs are made, the old ones keep their numbers.
#include "server/api/internal.h"

#include "lib/design/extend.h"

// The study of a grown document; NULL and faults.
static bool
plan_grown(const sw_api *api, const json_t *document, const loaded *l, loaded *grown,
           sw_faults *faults)
{
    grown->study = sw_study_parse(document, l->model, &api->settings.limits, faults);
    if (grown->study)
        grown->plan = sw_plan_new(grown->study, &api->settings.limits, faults);
    return grown->plan != NULL;
}

static void
store(sw_request *r, const loaded *l, const loaded *grown)
{
    sw_auto(json) json_t *resolved = sw_plan_resolved(grown->plan);
    sw_auto(free) char *text = sw_json_text(resolved, false);
    char hash[SW_HASH_TEXT];
    sw_plan_hash(grown->plan, hash);
    sw_study_growth growth = {.old_hash = l->row.hash,
                              .resolved = text,
                              .hash = hash,
                              .points = (int64_t)sw_plan_points(grown->plan),
                              .runs = (int64_t)sw_plan_runs(grown->plan)};
    sw_state now = l->row.state;
    sw_error e = sw_store_study_extend(sw_api_store(r), l->row.id, &growth, &now);
    if (e == SW_E_CONFLICT) {
        sw_problem(r, e, NULL, "a study can be extended when it is done; this one is %s",
                   sw_state_name(now));
        return;
    }
    if (!sw_api_ok(r, e, "study"))
        return;
    sw_api_tell(r, l->row.id);
    sw_study_row row = {0};
    if (sw_api_ok(r, sw_store_study_get(sw_api_store(r), l->row.id, &row), "study"))
        sw_answer_json(r, 200, sw_api_study_json(&row, false));
    sw_study_row_fini(&row);
}

void
sw_api_studies_extend(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    __attribute__((cleanup(sw_cleanup_loaded))) loaded l = {0};
    __attribute__((cleanup(sw_cleanup_loaded))) loaded grown = {0};
    sw_auto(json) json_t *request = sw_api_body(r);
    if (!request || !sw_api_load_asked(r, &l))
        return;
    sw_auto(json) json_t *document =
        sw_extend(l.study, l.plan, &sw_api_of(r)->settings.limits, request, &faults);
    if (document && plan_grown(sw_api_of(r), document, &l, &grown, &faults))
        store(r, &l, &grown);
    else
        sw_problem(r, SW_E_INVALID_DOCUMENT, &faults, NULL);
}
