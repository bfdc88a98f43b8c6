// SPDX-License-Identifier: Apache-2.0
// A model is a form (what may be asked), answers (what is told) and, in between, a pipeline for
// each study that has it open. The images are read when the first study opens and stay until the
// model goes, so that studies share them.
#include "models/fmri/group.h"

#include <math.h>
#include <string.h>

#include "models/fmri/answers.h"

// Changes whenever the same inputs may give other bits.
#define ALGORITHM "1"

enum { KEPT_BYTES = 192 << 20 };

typedef struct group {
    sw_model model;
    char *name, version[64];
    sw_fmri_folder *folder; // NULL: simulated
    sw_fmri_form *form;
    sw_output *outputs;
    sw_fmri_data *data; // NULL until a study opens
} group;

typedef struct state {
    group *g;
    const sw_opening *opening;
    sw_fmri_pipeline *pipeline;
} state;

static size_t
kept_bytes(const sw_opening *o)
{
    size_t quarter = o->memory_bytes / 4;
    return quarter && quarter < KEPT_BYTES ? quarter : KEPT_BYTES;
}

static int
group_open(const sw_opening *o, void **self)
{
    group *g = o->model->self;
    sw_fmri_fault fault;
    if (g->folder && !g->data)
        g->data = sw_fmri_folder_data(g->folder, &fault);
    if (g->folder && !g->data) {
        snprintf(o->error, o->error_size, "%s", fault.message);
        return -1;
    }
    state *s = sw_fmri_alloc(1, sizeof *s);
    *s = (state){g, o, sw_fmri_pipeline_new(g->folder, g->data, kept_bytes(o))};
    *self = s;
    return 0;
}

static void
group_close(void *self)
{
    state *s = self;
    sw_fmri_pipeline_free(&s->pipeline);
    free(s);
}

static bool
answer_all(const state *s, const sw_fmri_question *q, const sw_run *run, sw_fmri_fault *fault)
{
    sw_fmri_result result;
    if (!sw_fmri_pipeline_run(s->pipeline, q, &result, fault))
        return false;
    sw_fmri_answering a = {q, &result, s->g->model.name, s->g->model.version,
                           s->g->folder ? s->g->folder->record : NULL};
    for (size_t k = 0; k < s->opening->n_outputs; k++) {
        if (!sw_fmri_answer(&a, s->opening->outputs[k].name, run->host, k, &run->out[k], fault))
            return false;
    }
    return true;
}

static sw_outcome
group_run(void *self, const sw_run *run)
{
    const state *s = self;
    sw_fmri_question q;
    sw_fmri_fault fault;
    if (sw_fmri_form_read(s->g->form, s->opening->levels, run->in, run->seed, &q, &fault) &&
        answer_all(s, &q, run, &fault))
        return SW_DONE;
    run->host->fail(run->host, 0, "%s", fault.message);
    return SW_ERROR;
}

// ---- making ----

static char *
copy(const char *text)
{
    char *p = strdup(text);
    if (!p)
        abort();
    return p;
}

static void
describe(group *g, sw_fmri_kind kind)
{
    static const char *const docs[] = {
        "Bayes factors of a registered group of contrast images, voxel by voxel.",
        "Bayes factors of simulated group images whose truth is known.",
        "Meta analysis of simulated studies whose truth is known.",
    };
    sw_fmri_folder *f = g->folder;
    sw_fmri_answerable what = {
        .truth = !f || f->map[SW_FMRI_TRUTH],
        .reference = f && f->map[SW_FMRI_REFERENCE],
    };
    g->model = (sw_model){
        .name = g->name,
        .version = g->version,
        .doc = docs[kind],
        .self = g,
        .open = group_open,
        .run = group_run,
        .close = group_close,
    };
    g->model.parameters = sw_fmri_form_parameters(g->form, &g->model.n_parameters);
    g->outputs = sw_fmri_answers_declare(what, &g->model.n_outputs);
    g->model.outputs = g->outputs;
}

sw_model *
sw_fmri_group_new(const char *name, sw_fmri_kind kind, sw_fmri_folder *folder)
{
    group *g = sw_fmri_alloc(1, sizeof *g);
    g->folder = folder;
    g->name = copy(name);
    snprintf(g->version, sizeof g->version, "%s%s%.16s", ALGORITHM, folder ? "+" : "",
             folder ? folder->hash : "");
    g->form = sw_fmri_form_new(kind, folder);
    describe(g, kind);
    return &g->model;
}

void
sw_fmri_group_free(sw_model *model)
{
    group *g = model->self;
    sw_fmri_form_free(&g->form);
    sw_fmri_folder_free(&g->folder);
    sw_fmri_data_free(&g->data);
    free(g->outputs);
    free(g->name);
    free(g);
}
