// SPDX-License-Identifier: Apache-2.0
// Maps of Bayes factors on one core, warm, beside what merely reading the images takes, and beside
// R's BayesFactor package where that is installed.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "models/fmri/bayes/columns.h"
#include "models/fmri/bayes/table.h"
#include "models/fmri/philox.h"

enum { VOXELS = 230000, SUBJECTS = 20, ROUNDS = 9, R_VOXELS = 2000 };

static float *images;
static const float *columns[SUBJECTS];
static double t[VOXELS], logbf_of[VOXELS];
static volatile double sink;

static double
now(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return (double)at.tv_sec + 1e-9 * (double)at.tv_nsec;
}

static void
make_images(void)
{
    images = malloc(sizeof *images * VOXELS * SUBJECTS);
    if (!images)
        abort();
    for (uint32_t s = 0; s < SUBJECTS; s++) {
        columns[s] = images + (size_t)s * VOXELS;
        for (uint32_t v = 0; v < VOXELS; v += 2) {
            double z[2];
            sw_fmri_normal_pair(1, SW_FMRI_NOISE, s, v / 2, z);
            images[(size_t)s * VOXELS + v] = (float)(z[0] + (v % 10 == 0 ? 0.8 : 0));
            images[(size_t)s * VOXELS + v + 1] = (float)z[1];
        }
    }
}

static void
from_t(void)
{
    sw_fmri_test test = sw_fmri_one_sample(SUBJECTS, M_SQRT1_2, SW_FMRI_TWO_SIDED);
    sw_fmri_logbf_batch(&test, VOXELS, t, logbf_of);
}

static void
from_images(void)
{
    sw_fmri_t_one_sample(SUBJECTS, columns, VOXELS, t);
    from_t();
}

// The limit: every value is read once and used.
static void
read_images(void)
{
    float sum[16] = {0};
    for (size_t i = 0; i < (size_t)VOXELS * SUBJECTS; i += 16) {
        for (int lane = 0; lane < 16; lane++)
            sum[lane] += images[i + lane];
    }
    for (int lane = 0; lane < 16; lane++)
        sink = sink + sum[lane];
}

static void
directly(void)
{
    sw_fmri_test test = sw_fmri_one_sample(SUBJECTS, M_SQRT1_2, SW_FMRI_TWO_SIDED);
    for (int v = 0; v < R_VOXELS; v++)
        logbf_of[v] = sw_fmri_logbf(&test, t[v]);
}

// The best of some rounds, in seconds.
static double
best_of(void (*f)(void))
{
    double best = INFINITY;
    for (int round = 0; round < ROUNDS; round++) {
        double start = now();
        f();
        best = fmin(best, now() - start);
    }
    return best;
}

// Seconds that R takes for one voxel; NaN without R or its package.
static double
seconds_of_r(void)
{
    double seconds = NAN;
    FILE *r = popen("Rscript -e 'suppressMessages(library(BayesFactor)); x <- rt(2000, 19); "
                    "s <- system.time(for (t in x) ttest.tstat(t, 20, rscale = sqrt(0.5))); "
                    "cat(s[3])' 2>/dev/null",
                    "r");
    if (r && fscanf(r, "%lf", &seconds) != 1)
        seconds = NAN;
    if (r)
        pclose(r);
    return seconds / R_VOXELS;
}

int
main(void)
{
    make_images();
    double images_s = best_of(from_images), t_s = best_of(from_t), read_s = best_of(read_images);
    double direct = best_of(directly) / R_VOXELS, r = seconds_of_r();
    printf("log BF of %d voxels from t             %8.2f ms\n", VOXELS, 1e3 * t_s);
    printf("log BF of %d voxels from %d images     %8.2f ms\n", VOXELS, SUBJECTS, 1e3 * images_s);
    printf("reading the images, and no more            %8.2f ms   ratio %.1f\n", 1e3 * read_s,
           images_s / read_s);
    printf("one voxel without a table                  %8.2f us   ratio %.0f to the table\n",
           1e6 * direct, direct / (t_s / VOXELS));
    if (isnan(r))
        printf("R's BayesFactor is not installed here\n");
    else
        printf("one voxel by R's BayesFactor               %8.2f us   ratio %.0f to the table\n",
               1e6 * r, r / (t_s / VOXELS));
    free(images);
    return 0;
}
