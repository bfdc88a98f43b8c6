// SPDX-License-Identifier: Apache-2.0
// Which analysis takes which design: everything else is refused before any row is read, with a
// fault that names what is needed. The table stands in docs/methods/README.md as well.
#include "tests/unit/analysis/through.h"

static const char *const requests[][2] = {
    {"summary", "{\"method\": \"summary\"}"},
    {"sobol", "{\"method\": \"sobol\"}"},
    {"morris", "{\"method\": \"morris\"}"},
    {"efast", "{\"method\": \"efast\"}"},
    {"dgsm", "{\"method\": \"dgsm\"}"},
    {"regression", "{\"method\": \"regression\"}"},
    {"rbd_fast", "{\"method\": \"rbd_fast\"}"},
    {"rank", "{\"method\": \"rank\"}"},
    {"delta", "{\"method\": \"delta\"}"},
    {"pawn", "{\"method\": \"pawn\"}"},
    {"regional", "{\"method\": \"regional\"}"},
    {"pce", "{\"method\": \"pce\", \"degree\": 2}"},
    {"prim", "{\"method\": \"prim\", \"threshold\": 0.5}"},
    {"convergence", "{\"method\": \"convergence\", \"of\": {\"method\": \"regression\"}}"},
    {"noise", "{\"method\": \"noise\"}"},
    {"effects", "{\"method\": \"effects\"}"},
    {"hsic", "{\"method\": \"hsic\"}"},
    {"extra_trees", "{\"method\": \"extra_trees\"}"},
    {"shapley", "{\"method\": \"shapley\"}"},
    {"hdmr", "{\"method\": \"hdmr\"}"},
};
enum { METHODS = sizeof requests / sizeof *requests };

#define ANY "summary regression pce prim extra_trees hsic shapley hdmr "
#define SAMPLE ANY "rbd_fast delta pawn regional "
#define DRAWN SAMPLE "rank "

// What each takes of the methods above; those of replicates stand apart.
static const struct {
    const char *design;
    uint64_t replicates;
    const char *takes;
} cases[] = {
    {"{'method': 'random', 'n': 64}", 1, DRAWN "convergence"},
    {"{'method': 'random', 'n': 64}", 3, DRAWN "convergence noise"},
    {"{'method': 'lhs', 'n': 64}", 1, DRAWN "convergence"},
    {"{'method': 'sobol', 'n': 64}", 1, SAMPLE "convergence"},
    {"{'method': 'halton', 'n': 64}", 1, SAMPLE "convergence"},
    {"{'method': 'lattice', 'n': 64}", 1, SAMPLE "convergence"},
    {"{'method': 'rbd_fast', 'n': 64}", 1, DRAWN "convergence"},
    {"{'method': 'saltelli', 'n': 16}", 1, SAMPLE "convergence sobol"},
    {"{'method': 'radial', 'n': 16}", 1, SAMPLE "convergence"},
    {"{'method': 'dgsm', 'n': 16}", 1, SAMPLE "convergence dgsm"},
    {"{'method': 'morris', 'n': 20}", 1, ANY "convergence morris"},
    {"{'method': 'efast', 'n': 100}", 1, SAMPLE "efast"},
    {"{'method': 'factorial'}", 1, ANY "effects"},
    {"{'method': 'fractional_factorial', 'resolution': 3}", 1, ANY "effects"},
    {"{'method': 'plackett_burman'}", 1, ANY "effects"},
    {"{'method': 'central_composite'}", 1, ANY},
    {"{'method': 'box_behnken'}", 1, ANY},
};

static bool
is_among(const char *name, const char *names)
{
    size_t n = strlen(name);
    for (const char *at = names; (at = strstr(at, name)); at += n) {
        bool starts = at == names || at[-1] == ' ', ends = at[n] == ' ' || at[n] == '\0';
        if (starts && ends)
            return true;
    }
    return false;
}

static void
check_one(through *t, const char *name, const char *request, bool takes)
{
    sw_faults faults = {0};
    sw_auto(json) json_t *document = json_loads(request, 0, NULL);
    sw_analysis *a = sw_analysis_new(document, "", &t->frame, &faults);
    if (!a != !takes)
        fail_msg("%s %s %s: %s", name, takes ? "refuses" : "takes", t->frame.design,
                 faults.n ? faults.v[0].message : "");
    // A refusal says what the method needs.
    if (!a)
        assert_true(
            faults.n == 1 && strlen(faults.v[0].message) > 20 &&
            (strstr(faults.v[0].message, name) || strstr(faults.v[0].message, "replicate")));
    sw_analysis_free(&a);
    sw_faults_fini(&faults);
}

static void
every_method_takes_the_designs_that_it_understands_and_no_other(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sw_countof(cases); i++) {
        through t = through_make(3, cases[i].design, 1, cases[i].replicates);
        for (size_t m = 0; m < METHODS; m++)
            check_one(&t, requests[m][0], requests[m][1], is_among(requests[m][0], cases[i].takes));
        through_drop(&t);
    }
}

// Whether growing prefixes of a design lead anywhere: the last change falls, and with enough points
// the verdict is "stable", with few it is not.
static void
every_method_of_samples_converges(void **unused)
{
    (void)unused;
    static const struct {
        const char *of, *few, *many, *tolerance;
    } methods[] = {
        {"{\"method\": \"sobol\", \"resamples\": 2}", "{'method': 'saltelli', 'n': 16}",
         "{'method': 'saltelli', 'n': 4096}", "0.02"},
        {"{\"method\": \"morris\", \"resamples\": 2}", "{'method': 'morris', 'n': 8}",
         "{'method': 'morris', 'n': 4096}", "0.25"},
        {"{\"method\": \"regression\"}", "{'method': 'random', 'n': 32}",
         "{'method': 'random', 'n': 16384}", "0.03"},
        {"{\"method\": \"rbd_fast\", \"resamples\": 2}", "{'method': 'random', 'n': 1000}",
         "{'method': 'random', 'n': 16384}", "0.03"},
        {"{\"method\": \"rank\"}", "{'method': 'random', 'n': 64}",
         "{'method': 'random', 'n': 16384}", "0.03"},
        {"{\"method\": \"delta\"}", "{'method': 'lhs', 'n': 128}", "{'method': 'lhs', 'n': 8192}",
         "0.03"},
        {"{\"method\": \"pawn\"}", "{'method': 'lhs', 'n': 128}", "{'method': 'lhs', 'n': 16384}",
         "0.05"},
        {"{\"method\": \"dgsm\", \"resamples\": 2}", "{'method': 'dgsm', 'n': 16}",
         "{'method': 'dgsm', 'n': 8192}", "20"},
        {"{\"method\": \"pce\", \"degree\": 4}", "{'method': 'sobol', 'n': 128}",
         "{'method': 'sobol', 'n': 2048}", "0.02"},
    };
    for (size_t m = 0; m < sw_countof(methods); m++) {
        sw_auto(free) char *request =
            sw_format("{\"method\": \"convergence\", \"steps\": 2, \"tolerance\": %s, \"of\": %s}",
                      methods[m].tolerance, methods[m].of);
        for (int many = 0; many < 2; many++) {
            through t = through_make(3, many ? methods[m].many : methods[m].few, 2, 1);
            through_run(&t, f_ishigami);
            sw_auto(json) json_t *r = through_analyse(&t, request);
            if (!r)
                fail_msg("%s has no result", methods[m].of);
            const char *verdict = json_string_value(json_object_get(r, "verdict"));
            if (strcmp(verdict, many ? "stable" : "more runs needed") != 0)
                fail_msg("%s, %s: %s, last change %g", methods[m].of,
                         many ? methods[m].many : methods[m].few, verdict,
                         number(r, "last_change"));
            through_drop(&t);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_method_takes_the_designs_that_it_understands_and_no_other),
        cmocka_unit_test(every_method_of_samples_converges),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
