// SPDX-License-Identifier: Apache-2.0
// Sobol' indices of Sobol' G (8 parameters, n = 2^17) with 1,000 bootstrap resamples, beside the
// same estimators written straight in numpy (bench/sobol_numpy.py) when python3 has it.
// usage: bench_analysis [RESAMPLES]; the numpy part runs a tenth of them and is scaled.
#include "lib/analysis/analysis.h"
#include "lib/base/memory.h"
#include "lib/base/philox.h"

#include <math.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum { D = 8, N = 1 << 17, STRIDE = D + 2, POINTS = N * STRIDE, BLOCK = 1024 };

static double
now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double
sobol_g(const double *x)
{
    static const double a[D] = {0, 1, 4.5, 9, 99, 99, 99, 99};
    double y = 1;
    for (size_t j = 0; j < D; j++)
        y *= (fabs(4 * x[j] - 2) + a[j]) / (1 + a[j]);
    return y;
}

static double *
make_outputs(void)
{
    double *y = sw_malloc(POINTS * sizeof *y), x[2 * D], u[D];
    for (size_t i = 0; i < N; i++) {
        for (size_t j = 0; j < 2 * D; j++)
            x[j] = sw_unit_open(sw_philox(1, SW_STREAM_DESIGN, i, j));
        y[i * STRIDE] = sobol_g(x);
        y[i * STRIDE + D + 1] = sobol_g(x + D);
        for (size_t j = 0; j < D; j++) {
            memcpy(u, x, sizeof u);
            u[j] = x[D + j];
            y[i * STRIDE + 1 + j] = sobol_g(u);
        }
    }
    return y;
}

static double
time_ours(const double *y, int resamples, json_t **result)
{
    static const char *const names[D] = {"x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8"};
    static const uint8_t done[BLOCK];
    sw_auto(json) json_t *options = json_object();
    sw_auto(json) json_t *request =
        json_pack("{s:s, s:i}", "method", "sobol", "resamples", resamples);
    sw_frame frame = {.design = "saltelli",
                      .options = options,
                      .n_parameters = D,
                      .names = names,
                      .points = POINTS,
                      .replicates = 1,
                      .seed = 1,
                      .output = "y"};
    sw_faults faults = {0};
    double start = now();
    sw_analysis *a = sw_analysis_new(request, "", &frame, &faults);
    for (size_t first = 0; first < POINTS; first += BLOCK) {
        sw_rows rows = {.first = first, .n = BLOCK, .y = y + first, .state = done};
        sw_analysis_feed(a, &rows);
    }
    *result = sw_analysis_finish(a, &faults);
    sw_analysis_free(&a);
    return now() - start;
}

// Seconds that numpy takes, or NaN where there is no numpy.
static double
time_numpy(const double *y, int resamples)
{
    char path[] = "/tmp/sweepd-bench-XXXXXX";
    int fd = mkstemp(path);
    if (fd < 0 || write(fd, y, POINTS * sizeof *y) != (ssize_t)(POINTS * sizeof *y)) {
        perror(path);
        exit(1);
    }
    close(fd);
    sw_auto(free) char *command = sw_format("python3 -c 'import numpy' 2>/dev/null && exec python3 "
                                            "bench/sobol_numpy.py %s %d %d %d",
                                            path, N, D, resamples);
    FILE *pipe = popen(command, "r");
    double seconds = NAN;
    if (!pipe || fscanf(pipe, "%lf", &seconds) != 1)
        seconds = NAN;
    while (pipe && fgetc(pipe) != EOF)
        ;
    if (pipe)
        pclose(pipe);
    unlink(path);
    return seconds;
}

int
main(int argc, char **argv)
{
    int resamples = argc > 1 ? atoi(argv[1]) : 1000;
    int fewer = resamples >= 20 ? resamples / 10 : resamples;
    sw_auto(free) double *y = make_outputs();
    sw_auto(json) json_t *result = NULL;
    double ours = time_ours(y, resamples, &result);
    double theirs = time_numpy(y, fewer) * resamples / fewer;
    const json_t *s1 = json_object_get(result, "S1");
    printf(
        "sobol, n = %d, %d parameters, %d resamples  %8.3f s   (S1 of x1 = %.4f, exact 0.7162)\n",
        N, D, resamples, ours, json_number_value(json_array_get(s1, 0)));
    if (isnan(theirs))
        printf("the same in numpy                              skipped: python3 has no numpy\n");
    else
        printf("the same in numpy (from %d resamples)        %8.3f s   ratio %.1f\n", fewer, theirs,
               theirs / ours);
    return 0;
}
