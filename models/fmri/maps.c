// SPDX-License-Identifier: Apache-2.0
// A map is put back from the mask into its grid, so that it lies where the images lay.
#include "models/fmri/maps.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#include "models/fmri/bayes/posterior.h"
#include "models/fmri/image/nifti.h"

typedef sw_fmri_answering answering;

enum { PEAKS_A_CLUSTER = 4 };
static const double peaks_apart = 8; // mm, as other packages have it

// ---- maps ----

// Value v of the map for the voxel v that is tested.
typedef double (*value_of)(const answering *a, const void *context, size_t v);

static bool
give_map(const answering *a, const sw_host *host, size_t k, double outside, const char *text,
         value_of value, const void *context)
{
    const sw_fmri_grid *grid = &a->r->data->grid;
    size_t n = sw_fmri_grid_count(grid), size;
    float *map = sw_fmri_alloc(n, sizeof *map);
    for (size_t v = 0; v < n; v++)
        map[v] = (float)outside;
    for (size_t v = 0; v < a->r->t->n; v++)
        map[a->r->masked.voxel[v]] = (float)value(a, context, v);
    void *bytes = sw_fmri_nifti_encode(grid, map, text, &size);
    host->artifact(host, 0, k, "application/gzip", bytes, size);
    free(bytes);
    free(map);
    return true;
}

static double
log10_bf(const answering *a, const void *context, size_t v)
{
    (void)context;
    return a->r->b->logbf[v] / M_LN10;
}

static double
t_of(const answering *a, const void *context, size_t v)
{
    (void)context;
    return a->r->t->t[v];
}

static double
label_of(const answering *a, const void *context, size_t v)
{
    (void)context;
    return a->r->clusters->label[v];
}

static double
from_list(const answering *a, const void *context, size_t v)
{
    (void)a;
    return ((const double *)context)[v];
}

bool
sw_fmri_give_logbf(const answering *a, const sw_host *host, size_t k, sw_fmri_fault *fault)
{
    (void)fault;
    return give_map(a, host, k, NAN, "log10 Bayes factor", log10_bf, NULL);
}

bool
sw_fmri_give_t(const answering *a, const sw_host *host, size_t k, sw_fmri_fault *fault)
{
    (void)fault;
    return give_map(a, host, k, NAN, "t", t_of, NULL);
}

bool
sw_fmri_give_clusters(const answering *a, const sw_host *host, size_t k, sw_fmri_fault *fault)
{
    (void)fault;
    return give_map(a, host, k, 0, "clusters by number", label_of, NULL);
}

static double
median(const sw_fmri_test *test, const void *context, double t)
{
    (void)context;
    sw_fmri_posterior *p = sw_fmri_posterior_new(test, t);
    double x = sw_fmri_posterior_quantile(p, 0.5);
    sw_fmri_posterior_free(&p);
    return x;
}

bool
sw_fmri_give_effect(const answering *a, const sw_host *host, size_t k, sw_fmri_fault *fault)
{
    if (a->r->t->regression || a->r->t->studies)
        return sw_fmri_wrong(fault, "a regression or meta analysis has no map of effect sizes");
    double *effect = sw_fmri_alloc(a->r->t->n, sizeof *effect);
    sw_fmri_map_of_t(a->r->t, a->r->b->scale, a->q->side, median, NULL, effect);
    give_map(a, host, k, NAN, "posterior median of Cohen's d", from_list, effect);
    free(effect);
    return true;
}

// ---- the table of clusters ----

static void
write_peak(FILE *f, const answering *a, const sw_fmri_peak *p, bool first)
{
    double mm[3];
    const sw_fmri_cluster *c = &a->r->clusters->v[p->cluster - 1];
    sw_fmri_grid_mm(&a->r->data->grid, a->r->masked.voxel[p->voxel], mm);
    fprintf(f, "%d\t%.1f\t%.1f\t%.1f\t%.6g\t%.6g\t", p->cluster, mm[0], mm[1], mm[2],
            a->r->t->t[p->voxel], a->r->b->logbf[p->voxel] / M_LN10);
    double volume = sw_fmri_grid_step(&a->r->data->grid, 0) *
                    sw_fmri_grid_step(&a->r->data->grid, 1) *
                    sw_fmri_grid_step(&a->r->data->grid, 2);
    if (first)
        fprintf(f, "%zu\t%.0f\n", c->size, (double)c->size * volume);
    else
        fputs("\t\n", f);
}

bool
sw_fmri_give_peaks(const answering *a, const sw_host *host, size_t k, sw_fmri_fault *fault)
{
    char *text = NULL;
    size_t size = 0;
    sw_fmri_peak *peaks;
    size_t n = sw_fmri_peaks_find(a->r->masked.lattice, a->r->clusters, a->r->b->logbf, peaks_apart,
                                  PEAKS_A_CLUSTER, &peaks);
    FILE *f = open_memstream(&text, &size);
    if (!f) {
        free(peaks);
        return sw_fmri_wrong(fault, "no memory for the table of clusters");
    }
    fputs("Cluster ID\tX\tY\tZ\tt\tlog10 BF\tVoxels\tCluster Size (mm3)\n", f);
    for (size_t i = 0; i < n; i++)
        write_peak(f, a, &peaks[i], i == 0 || peaks[i].cluster != peaks[i - 1].cluster);
    fclose(f);
    host->artifact(host, 0, k, "text/tab-separated-values", text, size);
    free(text);
    free(peaks);
    return true;
}

// ---- records ----

static json_t *
provenance(const answering *a)
{
    char *list = NULL;
    if (asprintf(&list, "[%s]", a->r->record) < 0)
        abort();
    json_t *stages = json_loads(list, 0, NULL);
    json_t *inputs = a->inputs ? json_loads(a->inputs, 0, NULL) : json_array();
    free(list);
    return json_pack("{ss, ss, so, so}", "model", a->model, "version", a->version, "inputs", inputs,
                     "stages", stages);
}

bool
sw_fmri_give_provenance(const answering *a, const sw_host *host, size_t k, sw_fmri_fault *fault)
{
    (void)fault;
    json_t *record = provenance(a);
    char *text = json_dumps(record, JSON_COMPACT);
    host->text(host, 0, k, text, strlen(text));
    free(text);
    json_decref(record);
    return true;
}

bool
sw_fmri_give_sidecar(const answering *a, const sw_host *host, size_t k, sw_fmri_fault *fault)
{
    (void)fault;
    json_t *sidecar =
        json_pack("{s{ss, ss}, s{ss, ss}, s{ss, ss}, s{ss}, so}", SW_FMRI_MAP_LOGBF, "Description",
                  "log10 of the Bayes factor of the hypothesis over its null", "Units", "arbitrary",
                  SW_FMRI_MAP_T, "Description", "t statistic", "Units", "arbitrary",
                  SW_FMRI_MAP_EFFECT, "Description", "posterior median of the standardised effect",
                  "Units", "standard deviations between subjects", SW_FMRI_MAP_CLUSTERS,
                  "Description", "number of the cluster, the largest being 1; 0 is not active",
                  "GeneratedBy", provenance(a));
    char *text = json_dumps(sidecar, JSON_INDENT(2));
    host->artifact(host, 0, k, "application/json", text, strlen(text));
    free(text);
    json_decref(sidecar);
    return true;
}
