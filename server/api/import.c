// SPDX-License-Identifier: Apache-2.0
// Importing data: POST /studies/import with a CSV of runs that somebody else made. They become a
// study that is done, whose design is "given", so that every analysis of given data can be asked
// of it. Inputs and outputs are columns as any; what loads the study reads its inputs from there.
#include "server/api/internal.h"

#include "lib/base/hash.h"
#include "lib/formats/csv.h"

#include <math.h>

enum { CHUNK = 1024, NAME_BYTES = 100 };
static const sw_csv_limits limits = {.rows = 1000000, .cells = 8000000};

typedef struct import {
    const char *bytes;
    size_t n_bytes;
    char **names; // of the header
    size_t n_names;
    sw_csv_column *columns; // the inputs, then the outputs
    size_t n_inputs, n_columns;
    size_t rows;
    sw_descriptor *model;
    json_t *document;
    loaded study;
} import;

static void
import_fini(import *m)
{
    for (size_t k = 0; k < m->n_columns; k++)
        free(m->columns[k].values);
    free(m->columns);
    sw_csv_names_free(m->names, m->n_names);
    json_decref(m->document);
    m->study.model = NULL;
    sw_api_unload(&m->study);
    sw_descriptor_free(&m->model);
}

static const char *
name_of(const import *m, size_t k)
{
    return m->names[m->columns[k].at];
}

// ---- which columns ----

static bool
has_column(const import *m, size_t at)
{
    for (size_t k = 0; k < m->n_columns; k++) {
        if (m->columns[k].at == at)
            return true;
    }
    return false;
}

static void
add_column(import *m, size_t at, bool output)
{
    m->columns[m->n_columns++] = (sw_csv_column){.at = at, .may_miss = output};
}

// Adds the columns named in a list with commas.
static void
add_listed(import *m, const char *list, bool output, const char *pointer, sw_faults *faults)
{
    sw_auto(free) char *copy = sw_strdup(list);
    char *rest = NULL;
    for (char *name = strtok_r(copy, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
        size_t at = 0;
        while (at < m->n_names && strcmp(m->names[at], name) != 0)
            at++;
        if (at == m->n_names)
            sw_fault_add(faults, pointer, "the header has no column \"%.100s\"", name);
        else if (has_column(m, at))
            sw_fault_add(faults, pointer, "\"%.100s\" is named twice", name);
        else
            add_column(m, at, output);
    }
}

// Outputs are what is said; inputs too, or every other column.
static bool
choose_columns(import *m, const char *inputs, const char *outputs, sw_faults *faults)
{
    m->columns = sw_calloc(2 * m->n_names, sizeof *m->columns);
    if (inputs)
        add_listed(m, inputs, false, "?inputs", faults);
    size_t first = m->n_columns;
    add_listed(m, outputs, true, "?outputs", faults);
    size_t n_outputs = m->n_columns - first;
    if (!sw_faults_any(faults) && n_outputs == 0)
        sw_fault_add(faults, "?outputs", "must name at least one column");
    if (sw_faults_any(faults))
        return false;
    if (!inputs) {
        sw_csv_column *said = sw_calloc(n_outputs, sizeof *said);
        sw_move(said, m->columns, n_outputs * sizeof *said);
        for (size_t at = 0; at < m->n_names; at++) {
            if (!has_column(m, at))
                add_column(m, at, false);
        }
        // Inputs come first.
        memmove(m->columns, m->columns + n_outputs,
                (m->n_columns - n_outputs) * sizeof *m->columns);
        sw_move(m->columns + m->n_columns - n_outputs, said, n_outputs * sizeof *said);
        free(said);
    }
    m->n_inputs = m->n_columns - n_outputs;
    if (m->n_inputs == 0)
        sw_fault_add(faults, "?inputs", "must leave at least one column as input");
    return m->n_inputs > 0;
}

// ---- the study that they are ----

// Uniform over what is there, unless laws say otherwise; a column that never changes is a value.
static json_t *
parameter_json(const import *m, size_t k, const json_t *laws)
{
    const double *x = m->columns[k].values;
    const json_t *law = json_object_get(laws, name_of(m, k));
    double min = x[0], max = x[0];
    for (size_t i = 1; i < m->rows; i++) {
        min = fmin(min, x[i]);
        max = fmax(max, x[i]);
    }
    if (law && min < max)
        return json_deep_copy(law);
    return min < max ? json_pack("{sf sf}", "min", min, "max", max) : json_real(min);
}

static json_t *
descriptor_json(const import *m, const char *model, const char *version)
{
    json_t *parameters = json_array(), *outputs = json_array();
    for (size_t k = 0; k < m->n_inputs; k++)
        json_array_append_new(parameters, json_pack("{ss ss sf}", "name", name_of(m, k), "kind",
                                                    "number", "default", m->columns[k].values[0]));
    for (size_t k = m->n_inputs; k < m->n_columns; k++)
        json_array_append_new(outputs,
                              json_pack("{ss ss}", "name", name_of(m, k), "kind", "scalar"));
    return json_pack("{ss ss ss so so}", "name", model, "version", version, "doc",
                     "Imported data: nothing runs it.", "parameters", parameters, "outputs",
                     outputs);
}

static json_t *
document_json(const import *m, const char *model, const char *name, const json_t *laws)
{
    json_t *parameters = json_object(), *outputs = json_array();
    for (size_t k = 0; k < m->n_inputs; k++)
        json_object_set_new(parameters, name_of(m, k), parameter_json(m, k, laws));
    for (size_t k = m->n_inputs; k < m->n_columns; k++)
        json_array_append_new(outputs, json_string(name_of(m, k)));
    return json_pack("{ss ss so so s{ss sI}}", "name", name, "model", model, "parameters",
                     parameters, "outputs", outputs, "design", "method", "given", "n",
                     (json_int_t)m->rows);
}

// The version is that of the bytes and of what their columns are said to be.
static char *
version_of(const import *m, sw_request *r)
{
    char hash[SW_HASH_TEXT];
    sw_hash(m->bytes, m->n_bytes, hash);
    const char *inputs = sw_query(r, "inputs"), *outputs = sw_query(r, "outputs");
    const char *laws = sw_query(r, "parameters");
    sw_auto(free) char *all =
        sw_format("%s\n%s\n%s\n%s", hash, inputs ? inputs : "", outputs, laws ? laws : "");
    sw_hash(all, strlen(all), hash);
    return sw_strdup(hash);
}

static void
make_study(import *m, sw_request *r, const json_t *laws, sw_faults *faults)
{
    const char *name = sw_query(r, "name");
    sw_auto(free) char *version = version_of(m, r);
    sw_auto(free) char *model = sw_format("data/%s", name ? name : "table");
    sw_auto(json) json_t *descriptor = descriptor_json(m, model, version);
    m->model = sw_descriptor_parse(descriptor, faults);
    if (!m->model)
        return;
    m->document = document_json(m, model, name ? name : "table", laws);
    m->study.model = m->model;
    m->study.study = sw_study_parse(m->document, m->model, &sw_api_of(r)->settings.limits, faults);
    if (m->study.study)
        m->study.plan = sw_plan_new(m->study.study, &sw_api_of(r)->settings.limits, faults);
}

// ---- storing ----

typedef struct pieces {
    sw_chunk *chunks;
    const sw_chunk **list;
    sw_column *columns;
    size_t n;
} pieces;

static void
cut(const import *m, pieces *p)
{
    p->n = (m->rows + CHUNK - 1) / CHUNK;
    p->chunks = sw_calloc(p->n, sizeof *p->chunks);
    p->list = sw_calloc(p->n, sizeof *p->list);
    p->columns = sw_calloc(p->n * m->n_columns, sizeof *p->columns);
    for (size_t c = 0; c < p->n; c++) {
        size_t first = c * CHUNK, n = m->rows - first < CHUNK ? m->rows - first : CHUNK;
        sw_column *columns = p->columns + c * m->n_columns;
        for (size_t k = 0; k < m->n_columns; k++)
            columns[k] = (sw_column){
                .variable = name_of(m, k), .n_values = n, .values = m->columns[k].values + first};
        p->chunks[c] = (sw_chunk){.first_run = first,
                                  .n_runs = n,
                                  .worker = "import",
                                  .attempts = 1,
                                  .n_columns = m->n_columns,
                                  .columns = columns};
        p->list[c] = &p->chunks[c];
    }
}

static sw_error
store(sw_request *r, const import *m, const sw_new_study *s, int64_t *id, bool *existed)
{
    pieces p;
    cut(m, &p);
    sw_error e = sw_store_model_put(sw_api_store(r), m->model);
    if (!e)
        e = sw_store_study_import(sw_api_store(r), s, p.chunks, p.list, p.n, id, existed);
    free(p.chunks);
    free(p.list);
    free(p.columns);
    return e;
}

// ---- answering ----

static bool
is_plain_name(const char *text)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.+ ()";
    size_t n = strlen(text);
    return n > 0 && n <= NAME_BYTES && text[0] != '.' && strspn(text, allowed) == n;
}

static json_t *
laws_asked(sw_request *r, sw_faults *faults)
{
    const char *text = sw_query(r, "parameters");
    sw_faults inner = {0};
    json_t *laws = text ? sw_json_parse(text, strlen(text), &inner) : NULL;
    if (text && !json_is_object(laws)) {
        sw_fault_add(faults, "?parameters", "must be an object of distributions by column");
        json_decref(laws);
        laws = NULL;
    }
    sw_faults_fini(&inner);
    return laws;
}

static bool
query_ok(sw_request *r, sw_faults *faults)
{
    const char *name = sw_query(r, "name");
    if (!sw_query(r, "outputs"))
        sw_fault_add(faults, "?outputs", "is required: the columns that are outputs, with commas");
    if (name && !is_plain_name(name))
        sw_fault_add(faults, "?name", "must be at most %d letters, digits and -_.+ ()", NAME_BYTES);
    sw_api_key_ok(r, faults);
    return sw_api_query_ok(r, faults);
}

static void
read_table(import *m, sw_request *r, sw_faults *faults)
{
    sw_request_body(r, &m->bytes, &m->n_bytes);
    m->names = sw_csv_header(m->bytes, m->n_bytes, &m->n_names, faults);
    if (m->names && choose_columns(m, sw_query(r, "inputs"), sw_query(r, "outputs"), faults))
        m->rows = sw_csv_read(m->bytes, m->n_bytes, m->n_names, m->columns, m->n_columns, &limits,
                              faults);
}

void
sw_api_studies_import(sw_request *r)
{
    __attribute__((cleanup(sw_cleanup_faults))) sw_faults query = {0}, faults = {0};
    __attribute__((cleanup(import_fini))) import m = {0};
    sw_auto(json) json_t *laws = laws_asked(r, &query);
    if (!query_ok(r, &query))
        return;
    read_table(&m, r, &faults);
    if (m.rows)
        make_study(&m, r, laws, &faults);
    if (sw_faults_any(&faults)) {
        sw_problem(r, SW_E_INVALID_DOCUMENT, &faults, NULL);
        return;
    }
    sw_auto(free) char *document = sw_json_text(m.document, false);
    sw_api_stored made;
    sw_api_stored_init(&made, &m.study, document, sw_request_header(r, "Idempotency-Key"));
    sw_hash(m.bytes, m.n_bytes, made.body_hash);
    int64_t id = 0;
    bool existed = false;
    if (sw_api_ok(r, store(r, &m, &made.s, &id, &existed), "study"))
        sw_api_answer_submitted(r, &made.s, id, existed);
    free(made.resolved);
}

// ---- loading ----

// Fills the columns of one block into the places of its runs.
static void
keep(loaded *l, double *const *values, const sw_block *block)
{
    for (size_t v = 0; v < l->study->n_varied; v++)
        sw_move(values[v] + block->first, block->columns[v].values, block->n * sizeof **values);
}

sw_error
sw_api_load_given(sw_store *store, loaded *l)
{
    size_t n = l->study->n_varied, rows = (size_t)sw_plan_points(l->plan);
    sw_auto(free) const char **names = sw_calloc(n, sizeof *names);
    sw_auto(free) double **values = sw_calloc(n, sizeof *values);
    l->given = sw_calloc(n * rows, sizeof *l->given);
    for (size_t v = 0; v < n; v++) {
        names[v] = l->study->parameters[l->study->varied[v]].declared->name;
        values[v] = l->given + v * rows;
        sw_plan_given(l->plan, v, values[v]);
    }
    sw_reader *reader = sw_reader_new(l->row.id, names, n, 0, rows - 1);
    sw_error e = SW_E_NONE;
    for (sw_block block; !(e = sw_reader_next(reader, store, &block)) && block.n > 0;)
        keep(l, values, &block);
    sw_reader_free(&reader);
    return e;
}
