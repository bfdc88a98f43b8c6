// SPDX-License-Identifier: Apache-2.0
// Extending a study in place: only the new runs are made, the old ones keep their numbers.
#include "server/api/internal.h"

#include "lib/design/extend.h"

static sw_error
store(sw_store *to, const loaded *l, const sw_plan *grown, bool growing, sw_state *now)
{
    sw_auto(json) json_t *resolved = sw_plan_resolved(grown);
    sw_auto(free) char *text = sw_json_text(resolved, false);
    char hash[SW_HASH_TEXT];
    sw_plan_hash(grown, hash);
    sw_study_growth growth = {.old_hash = l->row.hash,
                              .resolved = text,
                              .hash = hash,
                              .points = (int64_t)sw_plan_points(grown),
                              .runs = (int64_t)sw_plan_runs(grown),
                              .growing = growing};
    *now = l->row.state;
    return sw_store_study_extend(to, l->row.id, &growth, now);
}

sw_error
sw_api_extend(const sw_api *api, sw_store *to, const loaded *l, const json_t *document,
              bool growing, sw_state *now, sw_faults *faults)
{
    const sw_study_limits *limits = &api->settings.limits;
    sw_study *study = sw_study_parse(document, l->model, limits, faults);
    sw_plan *plan = study ? sw_plan_new(study, limits, faults) : NULL;
    sw_error e = plan ? store(to, l, plan, growing, now) : SW_E_INVALID_DOCUMENT;
    sw_plan_free(&plan);
    sw_study_free(&study);
    return e;
}

static void
answer(sw_request *r, int64_t id)
{
    sw_api_tell(r, id);
    sw_study_row row = {0};
    if (sw_api_ok(r, sw_store_study_get(sw_api_store(r), id, &row), "study"))
        sw_answer_json(r, 200, sw_api_study_json(&row, false));
    sw_study_row_fini(&row);
}

void
sw_api_studies_extend(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults faults = {0};
    __attribute__((cleanup(sw_cleanup_loaded))) loaded l = {0};
    sw_auto(json) json_t *request = sw_api_body(r);
    if (!request || !sw_api_load_asked(r, &l))
        return;
    const sw_api *api = sw_api_of(r);
    sw_auto(json) json_t *document =
        sw_extend(l.study, l.plan, &api->settings.limits, request, &faults);
    sw_state now = l.row.state;
    sw_error e = SW_E_INVALID_DOCUMENT;
    if (document)
        e = sw_api_extend(api, sw_api_store(r), &l, document, false, &now, &faults);
    if (e == SW_E_INVALID_DOCUMENT)
        sw_problem(r, e, &faults, NULL);
    else if (e == SW_E_CONFLICT)
        sw_problem(r, e, NULL, "a study can be extended when it is done; this one is %s",
                   sw_state_name(now));
    else if (sw_api_ok(r, e, "study"))
        answer(r, l.row.id);
}
