// SPDX-License-Identifier: Apache-2.0
// From files to the matrix. The check at registration and the reading of the data are the same
// steps; the check keeps one image at a time.
#include "models/fmri/folder.h"
#include "models/fmri/image/nifti.h"

#include <math.h>
#include <string.h>

enum { REGION_MAX = 1 << 24, PATTERN_MAX = 1000 };

// One image in memory, with the name that faults are told by.
typedef struct volume {
    sw_fmri_grid grid;
    double *v;
} volume;

// ---- one file ----

static bool
read_opened(sw_fmri_nifti *image, volume *to, sw_fmri_fault *why)
{
    to->grid = *sw_fmri_nifti_grid(image);
    if (sw_fmri_nifti_volumes(image) != 1)
        return sw_fmri_wrong(why, "dim[4] is %zu: one volume a file is expected",
                             sw_fmri_nifti_volumes(image));
    if (to->grid.space == 0)
        return sw_fmri_wrong(why, "neither sform_code nor qform_code is set, so nothing says where "
                                  "its voxels lie");
    to->v = sw_fmri_alloc(sw_fmri_grid_count(&to->grid), sizeof *to->v);
    return sw_fmri_nifti_read(image, to->v, why);
}

// Reads `name`. `like`: the grid it must have, NULL for any.
static bool
read_image(const char *dir, const char *name, const sw_fmri_grid *like, volume *to,
           sw_fmri_fault *fault)
{
    char path[4400];
    sw_fmri_fault why;
    *to = (volume){0};
    snprintf(path, sizeof path, "%s/%s", dir, name);
    sw_fmri_nifti *image = sw_fmri_nifti_open(path, &why);
    bool good = image && read_opened(image, to, &why);
    sw_fmri_nifti_close(&image);
    if (good && like && memcmp(like->n, to->grid.n, sizeof like->n) != 0)
        good =
            sw_fmri_wrong(&why, "dim is %d x %d x %d, that of the mask %d x %d x %d", to->grid.n[0],
                          to->grid.n[1], to->grid.n[2], like->n[0], like->n[1], like->n[2]);
    else if (good && like && !sw_fmri_grid_same(like, &to->grid))
        good = sw_fmri_wrong(&why, "its affine (sform or qform) is not that of the mask");
    if (good)
        return true;
    free(to->v);
    to->v = NULL;
    return sw_fmri_wrong(fault, "%.200s: %.270s", name, why.message);
}

// ---- the mask and the maps beside it ----

static bool
read_mask(const sw_fmri_folder *f, sw_fmri_data *d, sw_fmri_fault *fault)
{
    volume mask;
    if (!read_image(f->dir, f->map[SW_FMRI_MASK], NULL, &mask, fault) || !mask.v)
        return false;
    size_t n = sw_fmri_grid_count(&mask.grid);
    d->grid = mask.grid;
    d->voxel = sw_fmri_alloc(n, sizeof *d->voxel);
    for (size_t v = 0; v < n; v++) {
        if (mask.v[v] != 0 && !isnan(mask.v[v]))
            d->voxel[d->n_voxels++] = (uint32_t)v;
    }
    free(mask.v);
    if (d->n_voxels == 0)
        return sw_fmri_wrong(fault, "%.200s: the mask is empty", f->map[SW_FMRI_MASK]);
    double images = (double)f->people.n * (f->paired ? 2 : 1);
    if (images * (double)d->n_voxels * sizeof(float) > SW_FMRI_GB_MAX * 1e9)
        return sw_fmri_wrong(fault, "%.0f images of %zu voxels need more than %d GB", images,
                             d->n_voxels, SW_FMRI_GB_MAX);
    return true;
}

static bool
read_flags(const sw_fmri_folder *f, sw_fmri_role role, const sw_fmri_data *d, uint8_t **flags,
           sw_fmri_fault *fault)
{
    volume map;
    if (!f->map[role])
        return true;
    if (!read_image(f->dir, f->map[role], &d->grid, &map, fault) || !map.v)
        return false;
    *flags = sw_fmri_alloc(d->n_voxels, 1);
    for (size_t v = 0; v < d->n_voxels; v++) {
        double value = map.v[d->voxel[v]];
        (*flags)[v] = value != 0 && !isnan(value);
    }
    free(map.v);
    return true;
}

// The values of a truth map; only where groups are simulated from it.
static bool
read_pattern(const sw_fmri_folder *f, sw_fmri_data *d, sw_fmri_fault *fault)
{
    volume map;
    bool good = true;
    if (f->people.n > 0)
        return true;
    if (!read_image(f->dir, f->map[SW_FMRI_TRUTH], &d->grid, &map, fault) || !map.v)
        return false;
    d->pattern = sw_fmri_alloc(d->n_voxels, sizeof *d->pattern);
    for (size_t v = 0; v < d->n_voxels && good; v++) {
        double value = map.v[d->voxel[v]];
        d->pattern[v] = isnan(value) ? 0 : (float)value;
        if (fabs(d->pattern[v]) > PATTERN_MAX)
            good = sw_fmri_wrong(fault, "%.200s: %g multiplies no effect: -%d to %d do",
                                 f->map[SW_FMRI_TRUTH], value, PATTERN_MAX, PATTERN_MAX);
    }
    free(map.v);
    return good;
}

static bool
read_regions(const sw_fmri_folder *f, sw_fmri_data *d, sw_fmri_fault *fault)
{
    volume map;
    if (!f->map[SW_FMRI_REGIONS])
        return true;
    if (!read_image(f->dir, f->map[SW_FMRI_REGIONS], &d->grid, &map, fault) || !map.v)
        return false;
    d->region = sw_fmri_alloc(d->n_voxels, sizeof *d->region);
    bool good = true;
    for (size_t v = 0; v < d->n_voxels && good; v++) {
        double label = map.v[d->voxel[v]];
        good = label >= 0 && label <= REGION_MAX && label == floor(label);
        d->region[v] = good ? (int32_t)label : 0;
        if (!good)
            sw_fmri_wrong(fault, "%.200s: %g is no label: whole numbers from 0 to %d are",
                          f->map[SW_FMRI_REGIONS], label, REGION_MAX);
    }
    free(map.v);
    return good;
}

// ---- subjects ----

// Reads one subject's image into n_voxels values. Infinities are missing values, as NaN is.
static bool
read_subject(const sw_fmri_folder *f, const char *name, const sw_fmri_data *d, float *to,
             sw_fmri_fault *fault)
{
    volume map;
    size_t there = 0;
    if (!read_image(f->dir, name, &d->grid, &map, fault) || !map.v)
        return false;
    for (size_t v = 0; v < d->n_voxels; v++) {
        to[v] = (float)map.v[d->voxel[v]];
        if (isfinite(to[v]))
            there++;
        else
            to[v] = NAN;
    }
    free(map.v);
    return there > 0 ||
           sw_fmri_wrong(fault, "%.200s: no voxel of the mask has a finite value", name);
}

// Reads all images; those of a check go one over the other.
static bool
read_subjects(const sw_fmri_folder *f, sw_fmri_data *d, bool keep, sw_fmri_fault *fault)
{
    size_t n = keep ? f->people.n : 1;
    bool good = true;
    d->n_subjects = f->people.n;
    d->sizes = sw_fmri_alloc(d->n_subjects, sizeof *d->sizes);
    if (!sw_fmri_people_sizes(&f->people, d->sizes)) {
        free(d->sizes);
        d->sizes = NULL;
    }
    d->first = sw_fmri_alloc(n * d->n_voxels, sizeof *d->first);
    if (f->paired)
        d->second = sw_fmri_alloc(n * d->n_voxels, sizeof *d->second);
    for (size_t s = 0; s < f->people.n && good; s++) {
        const sw_fmri_subject *subject = &f->people.v[s];
        size_t at = keep ? s * d->n_voxels : 0;
        if (f->paired && !subject->second)
            return sw_fmri_wrong(fault, "participants.tsv: %s has no second_image", subject->name);
        good = read_subject(f, subject->image, d, d->first + at, fault) &&
               (!f->paired || read_subject(f, subject->second, d, d->second + at, fault));
    }
    return good;
}

static sw_fmri_data *
read_all(const sw_fmri_folder *f, bool keep, sw_fmri_fault *fault)
{
    sw_fmri_data *d = sw_fmri_alloc(1, sizeof *d);
    if (read_mask(f, d, fault) && read_flags(f, SW_FMRI_TRUTH, d, &d->truth, fault) &&
        read_flags(f, SW_FMRI_REFERENCE, d, &d->reference, fault) && read_regions(f, d, fault) &&
        read_pattern(f, d, fault) && read_subjects(f, d, keep, fault))
        return d;
    sw_fmri_data_free(&d);
    return NULL;
}

bool
sw_fmri_folder_check(sw_fmri_folder *f, sw_fmri_fault *fault)
{
    sw_fmri_data *d = read_all(f, false, fault);
    if (!d)
        return false;
    for (size_t v = 0; d->region && v < d->n_voxels; v++)
        f->n_regions = d->region[v] > f->n_regions ? d->region[v] : f->n_regions;
    sw_fmri_data_free(&d);
    return f->people.n != 1 ||
           sw_fmri_wrong(fault, "one subject is no group: at least 2 are needed");
}

sw_fmri_data *
sw_fmri_folder_data(const sw_fmri_folder *f, sw_fmri_fault *fault)
{
    return read_all(f, true, fault);
}
