// SPDX-License-Identifier: Apache-2.0
// /convert: files of other tools as study documents. Nothing is stored: what comes out is for the
// user to look at, change and submit.
#include "server/api/internal.h"

#include "lib/formats/formats.h"

static const sw_format_row *
format_of(sw_request *r, const char *bytes, size_t n, sw_faults *faults)
{
    const char *from = sw_query(r, "from");
    const sw_format_row *f = from ? sw_format_find(from) : sw_format_guess(bytes, n);
    if (f)
        return f;
    sw_buffer known = {0};
    for (f = sw_formats_in; f->name; f++)
        sw_buffer_printf(&known, "%s%s", known.n ? ", " : "", f->name);
    if (from)
        sw_fault_add(faults, "?from", "must be one of %s, not \"%.60s\"", sw_buffer_text(&known),
                     from);
    else
        sw_fault_add(faults, "?from", "is required, since the body looks like none of %s",
                     sw_buffer_text(&known));
    sw_buffer_fini(&known);
    return NULL;
}

// The member "design" from the query; NULL without, or with a fault.
static json_t *
design_of(sw_request *r, sw_faults *faults)
{
    const char *text = sw_query(r, "design");
    sw_faults inner = {0};
    json_t *design = text ? sw_json_parse(text, strlen(text), &inner) : NULL;
    if (text && !json_is_object(design)) {
        sw_fault_add(faults, "?design", "must be an object, as in a study");
        json_decref(design);
        design = NULL;
    }
    sw_faults_fini(&inner);
    return design;
}

void
sw_api_convert(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults query = {0}, faults = {0};
    const char *bytes;
    size_t n;
    sw_request_body(r, &bytes, &n);
    const sw_format_row *format = format_of(r, bytes, n, &query);
    sw_auto(json) json_t *design = design_of(r, &query);
    if (!sw_api_query_ok(r, &query))
        return;
    sw_import how = {
        .model = sw_query(r, "model"), .design = design, .experiment = sw_query(r, "experiment")};
    sw_imported made;
    // A model that nobody has announced yet only means that less is known of its parameters.
    if (how.model)
        sw_api_descriptor(sw_request_thread(r), how.model, NULL, &how.descriptor);
    if (!format->read(bytes, n, &how, &made, &faults)) {
        sw_problem(r, SW_E_INVALID_DOCUMENT, &faults, NULL);
        return;
    }
    sw_answer_json(r, 200,
                   json_pack("{so so so}", "items", made.documents, "next", json_null(), "warnings",
                             made.warnings));
}
