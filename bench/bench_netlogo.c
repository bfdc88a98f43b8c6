// SPDX-License-Identifier: Apache-2.0
// How fast models run: thread CPU seconds, the best of five runs of a procedure named `benchmark`,
// beside what NetLogo 4.1.3 takes on a warm virtual machine. The benchmark models of the Models
// Library are read from the folder $SWEEPD_NETLOGO_BENCHMARKS; our own are always measured. What
// memory and opening cost is measured on our own models. BENCH_RUNS changes the five.
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench/wolf_exact.h"
#include "models/netlogo/session.h"

typedef struct bytes {
    char *data;
    size_t n;
} bytes;

static const struct {
    const char *name;
    double jvm; // seconds
} library[] = {
    {"Wolf", 2.15},     {"Fire", 0.098},      {"FireBig", 2.57},
    {"Life", 1.71},     {"Heatbugs", 1.06},   {"Flocking", 0.76},
    {"GridWalk", 5.03}, {"GasLabCirc", 1.24}, {"Erosion", 1.96},
};

static const char *const ours[] = {"predator-prey", "forest-fire", "segregation", "epidemic",
                                   "flocking"};

static double
now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static bytes
read_file(const char *path)
{
    FILE *file = fopen(path, "rb");
    bytes b = {NULL, 0};
    if (file == NULL)
        return b;
    char part[65536];
    size_t got;
    while ((got = fread(part, 1, sizeof part, file)) > 0) {
        b.data = realloc(b.data, b.n + got);
        if (b.data == NULL)
            abort();
        memcpy(b.data + b.n, part, got);
        b.n += got;
    }
    fclose(file);
    return b;
}

static void
check(int status, const sw_nl_error *error)
{
    if (status == 0)
        return;
    fprintf(stderr, "%s\n", error->message);
    exit(1);
}

static sw_nl_session *
open_model(bytes file)
{
    sw_nl_error error = {0};
    sw_nl_session *s = sw_nl_session_open(file.data, file.n, NULL, NULL, &error);
    check(s == NULL ? -1 : 0, &error);
    return s;
}

static double
seconds_of(bytes file, const char *commands)
{
    sw_nl_error error = {0};
    sw_nl_session *s = open_model(file);
    double begin = now();
    check(sw_nl_session_command(s, SW_NL_O, commands, &error), &error);
    double took = now() - begin;
    sw_nl_session_close(&s);
    return took;
}

static double
best(bytes file, const char *commands, int runs)
{
    double least = 1e9;
    for (int i = 0; i < runs; i++) {
        double took = seconds_of(file, commands);
        if (took < least)
            least = took;
    }
    return least;
}

static void
of_library(const char *folder, int runs, const char *only)
{
    for (size_t i = 0; i < sizeof library / sizeof *library; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s Benchmark.nlogox", folder == NULL ? "." : folder,
                 library[i].name);
        if (only != NULL && strcmp(only, library[i].name) != 0)
            continue;
        bytes file = folder == NULL ? (bytes){NULL, 0} : read_file(path);
        if (file.data == NULL) {
            printf("netlogo %-14s absent\n", library[i].name);
            continue;
        }
        double took = best(file, "benchmark", runs);
        printf("netlogo %-14s %8.3f s   %5.2f times as fast as the virtual machine\n",
               library[i].name, took, library[i].jvm / took);
        fflush(stdout);
        free(file.data);
    }
}

// The limit: the same steps of the same model by hand.
static void
by_hand(int runs)
{
    double least = 1e9;
    bench_wolf_count count = {0};
    for (int i = 0; i < runs; i++) {
        double begin = now();
        count = bench_wolf_exact(579, 10000);
        double took = now() - begin;
        if (took < least)
            least = took;
    }
    printf("by hand Wolf           %8.3f s   %d sheep, %d wolves, %d brown patches\n", least,
           count.sheep, count.wolves, count.brown);
}

static void
of_our_own(int runs)
{
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        char path[256];
        snprintf(path, sizeof path, "models/netlogo/examples/%s.nlogox", ours[i]);
        bytes file = read_file(path);
        if (file.data == NULL) {
            printf("netlogo %-14s absent\n", ours[i]);
            continue;
        }
        double took = best(file, "setup repeat 100 [ go ]", runs);
        double open = 1e9;
        for (int k = 0; k < runs; k++) {
            double begin = now();
            sw_nl_error error = {0};
            sw_nl_session *s = open_model(file);
            check(sw_nl_session_command(s, SW_NL_O, "setup", &error), &error);
            double spent = now() - begin;
            open = spent < open ? spent : open;
            sw_nl_session_close(&s);
        }
        printf("netlogo %-14s %8.3f ms for setup and 100 ticks, %.3f ms to open and set up\n",
               ours[i], took * 1e3, open * 1e3);
        free(file.data);
    }
}

// Bytes in use by the process while one engine is open and set up, above what was before.
static void
memory(void)
{
    bytes file = read_file("models/netlogo/examples/predator-prey.nlogox");
    if (file.data == NULL)
        return;
    struct mallinfo2 before = mallinfo2();
    sw_nl_error error = {0};
    sw_nl_session *s = open_model(file);
    check(sw_nl_session_command(s, SW_NL_O, "setup repeat 100 [ go ]", &error), &error);
    struct mallinfo2 after = mallinfo2();
    printf("memory of one engine   %8.2f MB, predator-prey after 100 ticks\n",
           ((double)after.uordblks + (double)after.hblkhd - (double)before.uordblks -
            (double)before.hblkhd) /
               1e6);
    sw_nl_session_close(&s);
    free(file.data);
}

int
main(void)
{
    const char *text = getenv("BENCH_RUNS"), *only = getenv("BENCH_ONLY");
    int runs = text != NULL ? atoi(text) : 5;
    if (runs < 1)
        runs = 1;
    of_library(getenv("SWEEPD_NETLOGO_BENCHMARKS"), runs, only);
    if (only != NULL)
        return 0;
    by_hand(runs);
    of_our_own(runs);
    memory();
    return 0;
}
