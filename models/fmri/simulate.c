// SPDX-License-Identifier: Apache-2.0
// Each number is a pure function of (seed, subject, voxel): a study with more subjects has the same
// first ones.
#include "models/fmri/simulate.h"

#include <math.h>
#include <string.h>

#include "models/fmri/bayes/columns.h"
#include "models/fmri/image/smooth.h"
#include "models/fmri/philox.h"

static const double head[3] = {160, 190, 150}; // axes of the ellipsoid, mm

// ---- the head ----

static void
make_grid(int size, sw_fmri_grid *g)
{
    double step = head[1] / size;
    *g = (sw_fmri_grid){.space = 4};
    for (int d = 0; d < 3; d++) {
        g->n[d] = (int)ceil(head[d] / step) + 2; // a margin of one voxel
        g->to_mm[d][d] = d == 0 ? -step : step;  // the first axis runs from right to left
        g->to_mm[d][3] = -0.5 * g->to_mm[d][d] * (g->n[d] - 1);
    }
}

static bool
is_inside(const double mm[3])
{
    double r = 0;
    for (int d = 0; d < 3; d++)
        r += 4 * mm[d] * mm[d] / (head[d] * head[d]);
    return r <= 1;
}

static void
make_mask(sw_fmri_data *d)
{
    size_t n = sw_fmri_grid_count(&d->grid);
    d->voxel = sw_fmri_alloc(n, sizeof *d->voxel);
    for (size_t v = 0; v < n; v++) {
        double mm[3];
        sw_fmri_grid_mm(&d->grid, v, mm);
        if (is_inside(mm))
            d->voxel[d->n_voxels++] = (uint32_t)v;
    }
}

// ---- the truth ----

// A place drawn evenly from the ellipsoid, by rejection from the box around it.
static void
draw_focus(uint64_t place, uint32_t focus, double mm[3])
{
    double u[4];
    uint32_t attempt = 0;
    do {
        sw_fmri_uniform_pair(place, SW_FMRI_FOCUS, focus, attempt, u);
        sw_fmri_uniform_pair(place, SW_FMRI_FOCUS, focus, attempt + 1, u + 2);
        attempt += 2;
        for (int d = 0; d < 3; d++)
            mm[d] = (u[d] - 0.5) * head[d];
    } while (!is_inside(mm));
}

// Distance of each voxel to its nearest focus.
static double *
distances(const sw_fmri_simulation *s, const sw_fmri_data *d)
{
    double *nearest = sw_fmri_alloc(d->n_voxels, sizeof *nearest);
    for (size_t v = 0; v < d->n_voxels; v++)
        nearest[v] = INFINITY;
    for (int f = 0; f < s->foci; f++) {
        double focus[3], mm[3];
        draw_focus(s->place, (uint32_t)f, focus);
        for (size_t v = 0; v < d->n_voxels; v++) {
            sw_fmri_grid_mm(&d->grid, d->voxel[v], mm);
            double apart = hypot(hypot(mm[0] - focus[0], mm[1] - focus[1]), mm[2] - focus[2]);
            nearest[v] = fmin(nearest[v], apart);
        }
    }
    return nearest;
}

static int
ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// The radius within which `n` of the distances lie; negative for none.
static double
radius_of(size_t n, size_t n_voxels, const double *distance)
{
    if (n == 0)
        return -1;
    double *sorted = sw_fmri_alloc(n_voxels, sizeof *sorted);
    memcpy(sorted, distance, n_voxels * sizeof *sorted);
    qsort(sorted, n_voxels, sizeof *sorted, ascending);
    double radius = sorted[n - 1];
    free(sorted);
    return radius;
}

// Sets the truth and returns the effect of every voxel.
static double *
make_truth(const sw_fmri_simulation *s, sw_fmri_data *d)
{
    double *effect = distances(s, d);
    size_t n = (size_t)llround(s->share * (double)d->n_voxels);
    double radius = radius_of(n, d->n_voxels, effect);
    d->truth = sw_fmri_alloc(d->n_voxels, 1);
    for (size_t v = 0; v < d->n_voxels; v++) {
        double r = effect[v] / fmax(radius, 1e-9);
        d->truth[v] = effect[v] <= radius;
        effect[v] = !d->truth[v] ? 0 : s->bumps ? s->effect * exp2(-r * r) : s->effect;
    }
    return effect;
}

static double *
draw_head(const sw_fmri_simulation *s, sw_fmri_data *d)
{
    make_grid(s->size, &d->grid);
    make_mask(d);
    return make_truth(s, d);
}

// ---- a truth map ----

static void *
copied(const void *from, size_t n, size_t size)
{
    return from ? memcpy(sw_fmri_alloc(n, size), from, n * size) : NULL;
}

static double *
take_map(const sw_fmri_simulation *s, const sw_fmri_data *map, sw_fmri_data *d)
{
    size_t n = map->n_voxels;
    double *effect = sw_fmri_alloc(n, sizeof *effect);
    d->grid = map->grid;
    d->n_voxels = n;
    d->voxel = copied(map->voxel, n, sizeof *d->voxel);
    d->truth = copied(map->truth, n, sizeof *d->truth);
    d->reference = copied(map->reference, n, sizeof *d->reference);
    d->region = copied(map->region, n, sizeof *d->region);
    for (size_t v = 0; v < n; v++)
        effect[v] = s->effect * map->pattern[v];
    return effect;
}

// ---- subjects ----

// Where the mask lies from bottom to top, in millimetres.
typedef struct extent {
    double middle, height;
} extent;

static extent
extent_of(const sw_fmri_data *d)
{
    double low = INFINITY, high = -INFINITY, mm[3];
    for (size_t v = 0; v < d->n_voxels; v++) {
        sw_fmri_grid_mm(&d->grid, d->voxel[v], mm);
        low = fmin(low, mm[2]);
        high = fmax(high, mm[2]);
    }
    return (extent){0.5 * (low + high), high - low};
}

// The scale that makes a normal field one of Student's law, of unit variance again.
static double
tail_scale(const sw_fmri_simulation *s, uint32_t subject)
{
    double z[2], chi2 = 0;
    if (s->tail == 0)
        return 1;
    for (int k = 0; k < s->tail; k++) {
        sw_fmri_normal_pair(s->seed, SW_FMRI_TAIL, subject, (uint32_t)k, z);
        chi2 += z[0] * z[0];
    }
    return sqrt((s->tail - 2) / chi2);
}

// Up to which height, in millimetres, nothing was measured.
static double
covered_from(const sw_fmri_simulation *s, extent e, uint32_t subject)
{
    double u[2];
    sw_fmri_uniform_pair(s->seed, SW_FMRI_COVERAGE, subject, 0, u);
    return s->lacking > 0 ? e.middle + e.height * (2 * s->lacking * u[0] - 0.5) : -INFINITY;
}

static void
draw_field(const sw_fmri_simulation *s, uint32_t subject, size_t n, sw_fmri_smoother *smoother,
           double *field)
{
    for (size_t v = 0; v < n; v += 2) {
        double z[2];
        sw_fmri_normal_pair(s->seed, SW_FMRI_NOISE, subject, (uint32_t)(v / 2), z);
        field[v] = z[0];
        if (v + 1 < n)
            field[v + 1] = z[1];
    }
    if (smoother)
        sw_fmri_make_field(smoother, field);
}

static void
make_subject(const sw_fmri_simulation *s, extent e, uint32_t subject, const double *effect,
             const double *field, sw_fmri_data *d)
{
    float *to = d->first + subject * d->n_voxels;
    double scale = tail_scale(s, subject), from = covered_from(s, e, subject), mm[3];
    for (size_t v = 0; v < d->n_voxels; v++) {
        sw_fmri_grid_mm(&d->grid, d->voxel[v], mm);
        to[v] = mm[2] < from ? NAN : (float)(effect[v] + scale * field[d->voxel[v]]);
    }
}

sw_fmri_data *
sw_fmri_simulate(const sw_fmri_simulation *s, const sw_fmri_data *map)
{
    sw_fmri_data *d = sw_fmri_alloc(1, sizeof *d);
    double *effect = map ? take_map(s, map, d) : draw_head(s, d);
    extent e = map ? extent_of(d) : (extent){0, head[2]};
    size_t n = sw_fmri_grid_count(&d->grid);
    double *field = sw_fmri_alloc(n, sizeof *field);
    sw_fmri_smoother *smoother = NULL;
    if (s->smoothness > 0)
        smoother = sw_fmri_smoother_new(&d->grid, 0, d->voxel, s->smoothness);
    d->n_subjects = s->subjects;
    d->first = sw_fmri_alloc(s->subjects * d->n_voxels, sizeof *d->first);
    for (uint32_t k = 0; k < s->subjects; k++) {
        draw_field(s, k, n, smoother, field);
        make_subject(s, e, k, effect, field, d);
    }
    sw_fmri_smoother_free(&smoother);
    free(effect);
    free(field);
    return d;
}

// ---- studies ----

// Study k of a meta analysis, as a simulation of its own.
static sw_fmri_simulation
study_of(const sw_fmri_simulation *s, uint32_t k)
{
    sw_fmri_simulation one = *s;
    uint32_t word[4];
    double z[2];
    sw_fmri_philox(s->seed, SW_FMRI_STUDY, k, 0, word);
    sw_fmri_normal_pair(s->seed, SW_FMRI_STUDY, k, 1, z);
    one.seed = (uint64_t)word[0] << 32 | word[1];
    one.effect += s->spread * z[0];
    return one;
}

// Puts the t map of a group into the place of study k.
static void
add_study(const sw_fmri_data *group, size_t k, sw_fmri_data *to)
{
    size_t n = group->n_voxels;
    const float **images = sw_fmri_alloc(group->n_subjects, sizeof *images);
    double *t = sw_fmri_alloc(n, sizeof *t);
    for (size_t s = 0; s < group->n_subjects; s++)
        images[s] = group->first + s * n;
    sw_fmri_t_one_sample(group->n_subjects, images, n, t);
    for (size_t v = 0; v < n; v++)
        to->first[k * n + v] = (float)t[v];
    double m = (double)group->n_subjects;
    to->sizes[k] = (sw_fmri_size){m, m - 1, m};
    free(images);
    free(t);
}

sw_fmri_data *
sw_fmri_simulate_studies(const sw_fmri_simulation *s)
{
    size_t k = (size_t)s->studies;
    sw_fmri_data *all = NULL;
    for (uint32_t i = 0; i < k; i++) {
        sw_fmri_simulation one = study_of(s, i);
        sw_fmri_data *group = sw_fmri_simulate(&one, NULL);
        if (!all) {
            all = sw_fmri_alloc(1, sizeof *all);
            *all = *group;
            all->n_subjects = k;
            all->first = sw_fmri_alloc(k * all->n_voxels, sizeof *all->first);
            all->sizes = sw_fmri_alloc(k, sizeof *all->sizes);
            add_study(group, i, all);
            group->voxel = NULL; // these are the whole's now
            group->truth = NULL;
        } else {
            add_study(group, i, all);
        }
        sw_fmri_data_free(&group);
    }
    return all;
}
