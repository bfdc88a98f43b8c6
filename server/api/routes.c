// SPDX-License-Identifier: Apache-2.0
// The table of routes. A test compares it with docs/openapi.json both ways.
#include "server/api/internal.h"

enum { DOCUMENT_MAX = 4 << 20, UPLOAD_MAX = 256 << 20 };

#define NAMES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define V1 "/api/v1"
#define STUDY V1 "/studies/{id}"

const sw_route sw_api_routes[] = {
    // The dashboard's files hold no data: it asks for a token itself.
    {"GET", "/", SW_SCOPE_OPEN, sw_api_index, 0, NULL, "the dashboard"},
    {"GET", "/assets/{file}", SW_SCOPE_OPEN, sw_api_assets_show, 0, NULL,
     "a file of the dashboard"},
    {"GET", "/healthz", SW_SCOPE_OPEN, sw_api_healthz, 0, NULL, "the process answers"},
    {"GET", "/readyz", SW_SCOPE_OPEN, sw_api_readyz, 0, NULL, "the database answers too"},
    {"GET", "/metrics", SW_SCOPE_READ, sw_api_metrics, 0, NULL, "counters for Prometheus"},
    {"GET", "/openapi.json", SW_SCOPE_READ, sw_api_openapi, 0, NULL, "the contract"},
    {"GET", V1 "/models", SW_SCOPE_READ, sw_api_models_list, 0, NAMES("after", "limit"), "models"},
    {"GET", V1 "/models/{family}/{model}", SW_SCOPE_READ, sw_api_models_show, 0, NAMES("version"),
     "one model: parameters and outputs"},
    {"PUT", V1 "/models/{family}/{model}", SW_SCOPE_SUBMIT, sw_api_models_upload,
     UPLOAD_MAX | SW_BODY_ANY, NAMES("file"), "upload a model: a file, or a tar archive"},
    {"DELETE", V1 "/models/{family}/{model}", SW_SCOPE_SUBMIT, sw_api_models_delete, 0, NULL,
     "delete an uploaded model"},
    {"GET", V1 "/studies", SW_SCOPE_READ, sw_api_studies_list, 0,
     NAMES("after", "limit", "state", "model", "tag", "text"), "studies, newest first"},
    {"POST", V1 "/studies", SW_SCOPE_SUBMIT, sw_api_studies_submit, DOCUMENT_MAX,
     NAMES("dry_run", "points"), "submit a study"},
    {"GET", STUDY, SW_SCOPE_READ, sw_api_studies_show, 0, NAMES("wait"), "one study"},
    {"DELETE", STUDY, SW_SCOPE_SUBMIT, sw_api_studies_delete, 0, NULL, "delete a study"},
    {"POST", STUDY "/pause", SW_SCOPE_SUBMIT, sw_api_studies_pause, 0, NULL, "hold it"},
    {"POST", STUDY "/resume", SW_SCOPE_SUBMIT, sw_api_studies_resume, 0, NULL, "go on with it"},
    {"POST", STUDY "/cancel", SW_SCOPE_SUBMIT, sw_api_studies_cancel, 0, NULL, "end it"},
    {"POST", STUDY "/retry", SW_SCOPE_SUBMIT, sw_api_studies_retry, 0, NULL,
     "make the failed runs again"},
    {"POST", STUDY "/extend", SW_SCOPE_SUBMIT, sw_api_studies_extend, DOCUMENT_MAX, NULL,
     "more points or replicates of a study that is done"},
    {"POST", STUDY "/view", SW_SCOPE_SUBMIT, sw_api_studies_view, 0, NULL,
     "make the SQL view study_{id}"},
    {"GET", STUDY "/runs", SW_SCOPE_READ, sw_api_runs_list, 0,
     NAMES("after", "limit", "format", "first", "last"), "a page of runs, or all as CSV or NDJSON"},
    {"GET", STUDY "/runs/{run}", SW_SCOPE_READ, sw_api_runs_show, 0, NULL, "one run"},
    {"GET", STUDY "/runs/{run}/artifacts/{name}", SW_SCOPE_READ, sw_api_artifacts_show, 0, NULL,
     "the bytes of an artifact"},
    {"GET", STUDY "/columns/{variable}", SW_SCOPE_READ, sw_api_columns_show, 0,
     NAMES("first", "last", "format"), "one variable over all runs"},
    {"GET", STUDY "/analyses", SW_SCOPE_READ, sw_api_analyses_list, 0, NULL,
     "the analyses that the document names"},
    {"GET", STUDY "/analyses/{method}", SW_SCOPE_READ, sw_api_analyses_show, 0, NAMES("*"),
     "one analysis"},
    {"GET", STUDY "/histogram", SW_SCOPE_READ, sw_api_views_histogram, 0,
     NAMES("x", "y", "z", "bins", "limit"), "counts in bins of one variable or two"},
    {"GET", STUDY "/bands", SW_SCOPE_READ, sw_api_views_bands, 0, NAMES("x", "y", "bins", "limit"),
     "quantiles of one variable in bins of another"},
    {"GET", STUDY "/sample", SW_SCOPE_READ, sw_api_views_sample, 0, NAMES("variable", "limit"),
     "variables of evenly spread runs, side by side"},
    {"GET", STUDY "/fan", SW_SCOPE_READ, sw_api_views_fan, 0,
     NAMES("output", "x", "steps", "lines", "limit"), "quantiles of a series over runs"},
    {"GET", STUDY "/failures", SW_SCOPE_READ, sw_api_failures_list, 0,
     NAMES("after", "limit", "kind"), "failed runs"},
    {"GET", STUDY "/failures/groups", SW_SCOPE_READ, sw_api_failures_groups, 0, NAMES("limit"),
     "failures by kind and message"},
    {"GET", STUDY "/events", SW_SCOPE_READ, sw_api_events_study, 0, NULL, "what happens to it"},
    {"GET", V1 "/events", SW_SCOPE_READ, sw_api_events_all, 0, NULL, "what happens"},
    {"GET", V1 "/workers", SW_SCOPE_READ, sw_api_workers_list, 0, NULL, "workers"},
    {0},
};
