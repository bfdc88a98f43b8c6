// SPDX-License-Identifier: Apache-2.0
// Each stage: make its record, look whether that is kept, else compute and keep it.
#include "models/fmri/stages.h"

#include <math.h>
#include <string.h>

#include "models/fmri/bmap.h"
#include "models/fmri/image/smooth.h"

enum { RECORD_MAX = 1 << 14 };

struct sw_fmri_pipeline {
    const sw_fmri_folder *folder;
    const sw_fmri_data *data;     // of the folder
    const sw_fmri_people *people; // of the folder; NULL where they are simulated
    sw_fmri_cache *cache;
    char record[RECORD_MAX]; // of the stages so far
    size_t n_record;
    sw_fmri_selection selection; // of this run
};

// ---- records ----

__attribute__((format(printf, 2, 3))) static void
record(sw_fmri_pipeline *p, const char *format, ...)
{
    size_t room = sizeof p->record - p->n_record;
    char *to = p->record + p->n_record;
    va_list args;
    va_start(args, format);
    int n = vsnprintf(to, room, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= room)
        abort(); // every stage has its share of the room
    p->n_record += (size_t)n;
}

// Subjects in a record: a list would be long, so it is told by what chose it, unless chance did.
static void
record_subjects(sw_fmri_pipeline *p, const sw_fmri_question *q)
{
    static const char *const how[] = {"first", "random", "leave-one-out"};
    const sw_fmri_selection *s = &p->selection;
    record(p, ",\"selection\":\"%s\",\"subjects\":[%zu,%zu]", how[q->selection], s->n1, s->n2);
    if (q->selection == SW_FMRI_RANDOM)
        record(p, ",\"seed\":\"%llu\"", (unsigned long long)q->seed);
    if (q->selection == SW_FMRI_LEAVE_ONE_OUT)
        record(p, ",\"left_out\":%d", q->left_out);
}

// ---- load or simulate ----

static void
drop_data(void *value)
{
    sw_fmri_data *data = value;
    sw_fmri_data_free(&data);
}

static size_t
bytes_of(const sw_fmri_data *d)
{
    return d->n_voxels * (d->n_subjects * sizeof(float) + 16);
}

static const sw_fmri_data *
load(sw_fmri_pipeline *p, const sw_fmri_question *q)
{
    const sw_fmri_simulation *s = &q->simulation;
    if (p->folder)
        record(p, "{\"stage\":\"load\",\"sha256\":\"%s\"}", p->folder->hash);
    if (p->people)
        return p->data;
    if (p->folder)
        record(p, ",");
    record(p,
           "{\"stage\":\"simulate\",\"size\":%d,\"subjects\":%zu,\"foci\":%d,\"shape\":\"%s\","
           "\"share\":%.17g,\"effect\":%.17g,\"smoothness\":%.17g,\"tail\":%d,\"lacking\":%.17g,"
           "\"seed\":\"%llu\",\"foci_seed\":\"%llu\",\"studies\":%d,\"spread\":%.17g}",
           s->size, s->subjects, s->foci, s->bumps ? "gaussians" : "spheres", s->share, s->effect,
           s->smoothness, s->tail, s->lacking, (unsigned long long)s->seed,
           (unsigned long long)s->place, s->studies, s->spread);
    sw_fmri_data *d = sw_fmri_cache_get(p->cache, p->record);
    if (!d) {
        d = s->studies ? sw_fmri_simulate_studies(s) : sw_fmri_simulate(s, p->data);
        sw_fmri_cache_put(p->cache, p->record, d, bytes_of(d), drop_data);
    }
    return d;
}

// ---- smooth ----

// Images over the mask of the data.
typedef struct images {
    float *first, *second;
} images;

static void
drop_images(void *value)
{
    images *i = value;
    free(i->first);
    free(i->second);
    free(i);
}

static float *
smooth_all(sw_fmri_smoother *smoother, const sw_fmri_data *d, const float *from)
{
    if (!from)
        return NULL;
    float *to = sw_fmri_alloc(d->n_subjects * d->n_voxels, sizeof *to);
    for (size_t s = 0; s < d->n_subjects; s++)
        sw_fmri_smooth(smoother, from + s * d->n_voxels, to + s * d->n_voxels);
    return to;
}

static images
smooth(sw_fmri_pipeline *p, const sw_fmri_question *q, const sw_fmri_data *d)
{
    record(p, ",{\"stage\":\"smooth\",\"fwhm\":%.17g}", q->fwhm);
    if (q->fwhm == 0)
        return (images){d->first, d->second};
    images *made = sw_fmri_cache_get(p->cache, p->record);
    if (!made) {
        sw_fmri_smoother *s = sw_fmri_smoother_new(&d->grid, d->n_voxels, d->voxel, q->fwhm);
        made = sw_fmri_alloc(1, sizeof *made);
        *made = (images){smooth_all(s, d, d->first), smooth_all(s, d, d->second)};
        sw_fmri_smoother_free(&s);
        sw_fmri_cache_put(p->cache, p->record, made, bytes_of(d), drop_images);
    }
    return *made;
}

// ---- mask ----

// What a region is made of; the whole mask has a lattice and nothing else of its own.
typedef struct place {
    size_t n;
    uint32_t *from, *voxel;
    float *first, *second;
    sw_fmri_lattice *lattice;
} place;

static void
drop_place(void *value)
{
    place *k = value;
    free(k->from);
    free(k->voxel);
    free(k->first);
    free(k->second);
    sw_fmri_lattice_free(&k->lattice);
    free(k);
}

static float *
gather(const sw_fmri_data *d, const place *k, const float *from)
{
    if (!from)
        return NULL;
    float *to = sw_fmri_alloc(d->n_subjects * k->n, sizeof *to);
    for (size_t s = 0; s < d->n_subjects; s++) {
        for (size_t v = 0; v < k->n; v++)
            to[s * k->n + v] = from[s * d->n_voxels + k->from[v]];
    }
    return to;
}

static place *
make_place(const sw_fmri_data *d, int region, const images *i)
{
    place *k = sw_fmri_alloc(1, sizeof *k);
    if (region == 0) {
        k->n = d->n_voxels;
        k->lattice = sw_fmri_lattice_new(&d->grid, k->n, d->voxel);
        return k;
    }
    k->from = sw_fmri_alloc(d->n_voxels, sizeof *k->from);
    k->voxel = sw_fmri_alloc(d->n_voxels, sizeof *k->voxel);
    for (size_t v = 0; v < d->n_voxels; v++) {
        if (d->region[v] == region) {
            k->from[k->n] = (uint32_t)v;
            k->voxel[k->n++] = d->voxel[v];
        }
    }
    k->first = gather(d, k, i->first);
    k->second = gather(d, k, i->second);
    k->lattice = sw_fmri_lattice_new(&d->grid, k->n, k->voxel);
    return k;
}

static bool
mask(sw_fmri_pipeline *p, const sw_fmri_question *q, const sw_fmri_data *d, const images *i,
     sw_fmri_masked *m, sw_fmri_fault *fault)
{
    record(p, ",{\"stage\":\"mask\",\"region\":%d}", q->region);
    place *k = sw_fmri_cache_get(p->cache, p->record);
    if (!k) {
        k = make_place(d, q->region, i);
        sw_fmri_cache_put(p->cache, p->record, k, bytes_of(d) + k->n * 16, drop_place);
    }
    bool whole = q->region == 0;
    *m = (sw_fmri_masked){k->n,
                          k->from,
                          whole ? d->voxel : k->voxel,
                          whole ? i->first : k->first,
                          whole ? i->second : k->second,
                          k->lattice};
    return k->n > 0 || sw_fmri_wrong(fault, "region %d has no voxel in the mask", q->region);
}

// ---- t, Bayes factor, threshold, cluster ----

static const sw_fmri_tmap *
t_stage(sw_fmri_pipeline *p, const sw_fmri_question *q, const sw_fmri_masked *m,
        const sw_fmri_size *sizes, sw_fmri_fault *fault)
{
    static const char *const designs[] = {"one-sample", "paired",     "two-sample",
                                          "regression", "meta-fixed", "meta-random"};
    static const char *const missing[] = {"exclude", "drop", "drop-zeros"};
    const sw_fmri_people *people = p->people;
    record(p,
           ",{\"stage\":\"t\",\"design\":\"%s\",\"group\":%d,\"against\":%d,\"covariate\":%d,"
           "\"nuisance\":%d,\"flip_sign\":%s,\"missing\":\"%s\"",
           designs[q->design], q->group, q->against, q->covariate, q->nuisance,
           q->flip ? "true" : "false", missing[q->missing]);
    record_subjects(p, q);
    record(p, "}");
    sw_fmri_tmap *map = sw_fmri_cache_get(p->cache, p->record);
    if (!map) {
        map = sw_fmri_tmap_make(q, people, sizes, &p->selection, m, fault);
        if (map)
            sw_fmri_cache_put(p->cache, p->record, map,
                              m->n * (map->studies ? 8 + 4 * map->n1 : 10), sw_fmri_tmap_free);
    }
    return map;
}

static const sw_fmri_bmap *
bf_stage(sw_fmri_pipeline *p, const sw_fmri_question *q, const sw_fmri_tmap *t)
{
    static const char *const sides[] = {"two-sided", "plus", "minus"};
    static const char *const hypotheses[] = {"point", "interval", "outside", "rope"};
    record(p, ",{\"stage\":\"bayes-factor\",\"scale\":%.17g,\"side\":\"%s\",\"hypothesis\":\"%s\"",
           sw_fmri_scale_of(q, t->tested), sides[q->side], hypotheses[q->hypothesis]);
    if (q->hypothesis == SW_FMRI_ROPE)
        record(p, ",\"rope\":%.17g", q->rope);
    else if (q->hypothesis != SW_FMRI_POINT)
        record(p, ",\"lower\":%.17g,\"upper\":%.17g", q->lower, q->upper);
    record(p, "}");
    sw_fmri_bmap *map = sw_fmri_cache_get(p->cache, p->record);
    if (!map) {
        map = sw_fmri_bmap_make(q, t);
        sw_fmri_cache_put(p->cache, p->record, map, t->n * 8, sw_fmri_bmap_free);
    }
    return map;
}

static void
record_threshold(sw_fmri_pipeline *p, const sw_fmri_question *q)
{
    static const char *const decisions[] = {"bayes-factor", "bayes-fdr", "bh-fdr",
                                            "bonferroni",   "max-t",     "cluster-extent"};
    record(p, ",{\"stage\":\"threshold\",\"decision\":\"%s\"", decisions[q->decision]);
    if (q->decision == SW_FMRI_BY_BF)
        record(p, ",\"bf\":%.17g", q->threshold);
    else
        record(p, ",\"alpha\":%.17g", q->alpha);
    if (q->decision == SW_FMRI_BAYES_FDR)
        record(p, ",\"prior\":%.17g", q->prior);
    if (q->decision >= SW_FMRI_MAX_T)
        record(p, ",\"flips\":%d,\"seed\":\"%llu\"", q->flips, (unsigned long long)q->seed);
    if (q->decision == SW_FMRI_CLUSTER_EXTENT)
        record(p, ",\"forming_p\":%.17g,\"connectivity\":%d", q->forming, q->neighbours);
    record(p, "}");
}

static const sw_fmri_decision *
threshold(sw_fmri_pipeline *p, const sw_fmri_question *q, const sw_fmri_result *r)
{
    record_threshold(p, q);
    sw_fmri_decision *d = sw_fmri_cache_get(p->cache, p->record);
    if (!d) {
        d = sw_fmri_decision_make(q, &p->selection, &r->masked, r->t, r->b);
        sw_fmri_cache_put(p->cache, p->record, d, r->t->n, sw_fmri_decision_free);
    }
    return d;
}

static void
drop_clusters(void *value)
{
    sw_fmri_clusters_fini(value);
    free(value);
}

static const sw_fmri_clusters *
cluster(sw_fmri_pipeline *p, const sw_fmri_question *q, const sw_fmri_result *r)
{
    record(p, ",{\"stage\":\"cluster\",\"least\":%d,\"connectivity\":%d}", q->least, q->neighbours);
    sw_fmri_clusters *c = sw_fmri_cache_get(p->cache, p->record);
    if (!c) {
        c = sw_fmri_alloc(1, sizeof *c);
        *c = sw_fmri_clusters_find(r->masked.lattice, q->neighbours, r->decision->active,
                                   r->b->logbf, (size_t)q->least);
        sw_fmri_cache_put(p->cache, p->record, c, r->t->n * 4, drop_clusters);
    }
    return c;
}

// ---- the whole ----

// A truth map may have any number of voxels, and a question any number of subjects.
static bool
fits(const sw_fmri_pipeline *p, const sw_fmri_question *q, sw_fmri_fault *fault)
{
    double bytes = p->folder && !p->people
                       ? sizeof(float) * (double)q->simulation.subjects * (double)p->data->n_voxels
                       : 0;
    return bytes <= SW_FMRI_GB_MAX * 1e9 ||
           sw_fmri_wrong(fault,
                         "simulated-subjects is %zu: images of %zu voxels would then need more "
                         "than %d GB",
                         q->simulation.subjects, p->data->n_voxels, SW_FMRI_GB_MAX);
}

bool
sw_fmri_pipeline_run(sw_fmri_pipeline *p, const sw_fmri_question *q, sw_fmri_result *r,
                     sw_fmri_fault *fault)
{
    p->n_record = 0;
    if (!fits(p, q, fault))
        return false;
    sw_fmri_cache_start(p->cache);
    *r = (sw_fmri_result){.data = load(p, q), .record = p->record};
    if (!sw_fmri_select(q, p->people, r->data->n_subjects, &p->selection, fault))
        return false;
    images i = smooth(p, q, r->data);
    if (!mask(p, q, r->data, &i, &r->masked, fault))
        return false;
    r->t = t_stage(p, q, &r->masked, r->data->sizes, fault);
    if (!r->t)
        return false;
    if (r->t->tested == 0)
        return sw_fmri_wrong(fault, "no voxel has a t: values are missing, or do not vary");
    if (!sw_fmri_bmap_check(q, r->t, fault))
        return false;
    r->b = bf_stage(p, q, r->t);
    r->decision = threshold(p, q, r);
    r->clusters = cluster(p, q, r);
    return true;
}

sw_fmri_pipeline *
sw_fmri_pipeline_new(const sw_fmri_folder *folder, const sw_fmri_data *data, size_t kept)
{
    sw_fmri_pipeline *p = sw_fmri_alloc(1, sizeof *p);
    p->folder = folder;
    p->data = data;
    p->people = folder && folder->people.n ? &folder->people : NULL;
    p->cache = sw_fmri_cache_new(kept);
    return p;
}

void
sw_fmri_pipeline_free(sw_fmri_pipeline **pipeline)
{
    if (!*pipeline)
        return;
    sw_fmri_cache_free(&(*pipeline)->cache);
    free(*pipeline);
    *pipeline = NULL;
}

uint64_t
sw_fmri_pipeline_computed(const sw_fmri_pipeline *p)
{
    return sw_fmri_cache_puts(p->cache);
}
