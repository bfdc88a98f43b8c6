// SPDX-License-Identifier: Apache-2.0
// MATPOWER's and PSS/E's files: the same system in each is the same case, and what is wrong is
// refused where it stands.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "models/power/cct.h"
#include "models/power/memory.h"
#include "models/power/power.h"
#include "models/power/powerflow.h"
#include "models/power/scenario.h"
#include "tests/support/model_harness.h"
#include "tests/unit/models/power/flow_of.h"

#define FOLDER "tests/answers/power/"

static char *
contents(const char *path, size_t *n)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    char *bytes = sw_power_alloc(1 << 20, 1);
    *n = fread(bytes, 1, 1 << 20, f);
    fclose(f);
    return bytes;
}

// ---- the same system ----

static double
cct_of(const sw_power_case *c, double load)
{
    sw_power_context *x = sw_power_context_new(c);
    sw_power_scenario s;
    sw_power_swing swing;
    sw_power_cct cct;
    char reason[SW_POWER_REASON];
    sw_power_scenario_init(&s);
    s.fault_bus = 7;
    s.line[0] = 5;
    s.line[1] = 7;
    s.line[2] = 1;
    s.load_level = load;
    if (!sw_power_scenario_prepare(x, &s, &swing, reason, sizeof reason))
        fail_msg("%s", reason);
    sw_power_search search = {.horizon = 2,
                              .step = 0.005,
                              .limit = 2 * M_PI,
                              .longest = 1,
                              .scan_step = 0.01,
                              .resolution = 1e-9};
    sw_power_cct_find(&swing, &search, &cct);
    sw_power_swing_fini(&swing);
    sw_power_context_free(&x);
    return cct.first_loss;
}

static void
checked(sw_power_case *c, sw_power_fault_of_case *fault)
{
    if (!c || !sw_power_case_check(c, fault))
        fail_msg("line %zu: %s", fault->line, fault->message);
}

static void
a_matpower_file_is_the_case_that_it_describes(void **state)
{
    (void)state;
    size_t n, m;
    char *bytes = contents(FOLDER "nine.m", &n), *dynamics = contents(FOLDER "nine.json", &m);
    const sw_power_case *want = sw_power_builtin_case("wscc9");
    sw_power_fault_of_case fault;
    sw_power_case *c = sw_power_case_from_matpower(bytes, n, &fault);
    if (!c || !sw_power_case_read_dynamics(c, dynamics, m, &fault))
        fail_msg("line %zu: %s", fault.line, fault.message);
    checked(c, &fault);
    assert_string_equal(c->name, "nine");
    assert_int_equal(c->n_buses, want->n_buses);
    assert_int_equal(c->n_branches, want->n_branches);
    assert_memory_equal(c->bus, want->bus, c->n_buses * sizeof *c->bus);
    assert_memory_equal(c->branch, want->branch, c->n_branches * sizeof *c->branch);
    assert_memory_equal(c->generator, want->generator, c->n_generators * sizeof *c->generator);
    assert_true(cct_of(c, 1) == cct_of(want, 1));
    sw_power_case_free(&c);
    free(bytes);
    free(dynamics);
}

// Loads are split, impedances given on another base or behind ratios: to 1e-9 pu the same, so to
// 1e-8 s the same clearing time.
static void
a_psse_file_is_the_case_that_it_describes(void **state)
{
    (void)state;
    size_t n, m;
    char *bytes = contents(FOLDER "nine.raw", &n), *dynamics = contents(FOLDER "nine.dyr", &m);
    const sw_power_case *want = sw_power_builtin_case("wscc9");
    sw_power_fault_of_case fault;
    sw_power_case *c = sw_power_case_from_psse(bytes, n, &fault);
    if (!c || !sw_power_case_read_dyr(c, dynamics, m, &fault))
        fail_msg("line %zu: %s", fault.line, fault.message);
    checked(c, &fault);
    assert_int_equal(c->n_branches, want->n_branches);
    assert_true(c->freq_hz == 60);
    for (size_t k = 0; k < c->n_branches; k++) {
        const sw_power_branch *l = &c->branch[k];
        size_t same = sw_power_case_branch(want, l->from_number, l->to_number, 1);
        assert_true(fabs(l->x - want->branch[same].x) < 1e-9);
        assert_true(fabs((l->ratio != 0 ? l->ratio : 1) - 1) < 1e-12);
    }
    assert_true(fabs(cct_of(c, 1) - cct_of(want, 1)) < 1e-8);
    assert_true(fabs(cct_of(c, 1.05) - cct_of(want, 1.05)) < 1e-8);
    assert_int_equal(c->n_exciters, 3);
    assert_true(c->exciter[1].tc == 1 && c->exciter[1].tb == 10 && c->exciter[1].ka == 100);
    assert_true(c->governor[2].t3 == 7 && c->governor[2].vmax == 1.2);
    assert_true(c->machine[1].tq0p == want->machine[1].tq0p);
    sw_power_case_free(&c);
    free(bytes);
    free(dynamics);
}

typedef struct wrong {
    const char *find, *put, *line_and_message;
} wrong;

// The text with its first `find` replaced.
static char *
replaced(const char *bytes, size_t n, const wrong *w, size_t *length)
{
    char *text = sw_power_alloc(n + 1000, 1);
    char *copy = sw_power_alloc(n + 1, 1);
    memcpy(copy, bytes, n);
    char *at = strstr(copy, w->find);
    if (!at)
        fail_msg("\"%s\" is not in the file", w->find);
    *length = (size_t)sprintf(text, "%.*s%s", (int)(at - copy), copy, w->put);
    if (w->put[0]) // else the rest is left out: a truncated file
        *length += (size_t)sprintf(text + *length, "%s", at + strlen(w->find));
    free(copy);
    return text;
}

static sw_power_case *
read_psse(const char *raw, size_t n, const char *dyr, size_t m)
{
    sw_power_fault_of_case fault;
    sw_power_case *c = sw_power_case_from_psse(raw, n, &fault);
    if (!c || !sw_power_case_read_dyr(c, dyr, m, &fault))
        fail_msg("line %zu: %s", fault.line, fault.message);
    checked(c, &fault);
    return c;
}

// Bus 2 with three generators, of which the dynamic data know two, the later one first; its
// comments are not records.
static void
machines_of_one_bus_belong_to_the_generators_of_their_names(void **state)
{
    (void)state;
    static const wrong two = {"     2,'1 ',163,",
                              "     2,'0 ',3,0,9,-9,1.025,0,50,0.01,0.3,0,0,1,1\n"
                              "     2,'B ',60,0,9,-9,1.025,0,70,0.01,0.3,0,0,1,1\n     2,'1 ',100,",
                              NULL};
    static const char dyr[] = "/ comment\n\n1 'GENCLS' 1 23.64 0 /\n // another '\n"
                              "2 'GENCLS' 1 5 0 / the first\n2 'GENCLS' B 6 1\n / \n"
                              "3 'GENCLS' 1 3 0 /\n/ the end\n";
    size_t n, length;
    char *bytes = contents(FOLDER "nine.raw", &n), *text = replaced(bytes, n, &two, &length);
    sw_power_case *c = read_psse(text, length, dyr, strlen(dyr));
    assert_int_equal(c->n_machines, 4);
    for (size_t k = 1; k <= 2; k++) {
        const sw_power_machine *m = &c->machine[k];
        const sw_power_generator *g = &c->generator[m->generator];
        assert_int_equal(m->bus_number, 2);
        assert_true(strcmp(g->unit, m->h == 5 ? "1" : "B") == 0);
        assert_true(m->mbase == (m->h == 5 ? 100 : 70) && m->xdp == (m->h == 5 ? 0.1198 : 0.3));
    }
    assert_int_equal(c->n_simplified, 0);
    sw_power_case_free(&c);
    free(text);
    free(bytes);
}

// The first transformer with a third winding that feeds nothing: between the others it is the same.
// Its third winding may be out of service as well; with the second out the network falls apart.
static void
three_windings_are_a_star(void **state)
{
    (void)state;
    static const struct {
        const char *status;
        bool whole;
    } cases[] = {{"1", true}, {"3", false}, {"2", false}};
    static const wrong bus = {"0 / END OF BUS", "10,'T',13.8,1\n0 / END OF BUS", NULL};
    size_t n, m, length;
    char *raw = contents(FOLDER "nine.raw", &n), *dyr = contents(FOLDER "nine.dyr", &m);
    char *with_bus = replaced(raw, n, &bus, &length);
    for (size_t k = 0; k < 3; k++) {
        char put[300];
        sw_power_fault_of_case fault;
        snprintf(
            put, sizeof put,
            "1,4,10,'1 "
            "',1,2,1,0,0,2,'T0',%s,1,1\n0,0.023801652892561983,50,0.01,0.3,100,0.005,0.2,100,1,0\n"
            "1.1,0,0\n1.1,0,0\n1.05,0,30\n",
            cases[k].status);
        const wrong star = {"1,4,0,'1 ',1,1,1,0,0,2,'T0',1,1,1\n0,0.0576,100.0\n"
                            "1.0,0.0,0.0,0,0,0\n1.0,0.0\n",
                            put, NULL};
        char *text = replaced(with_bus, length, &star, &n);
        sw_power_case *c = sw_power_case_from_psse(text, n, &fault);
        if (!c || !sw_power_case_read_dyr(c, dyr, m, &fault))
            fail_msg("line %zu: %s", fault.line, fault.message);
        assert_int_equal(c->bus[10].number, 11);
        assert_true(sw_power_case_check(c, &fault) == cases[k].whole);
        if (cases[k].whole)
            assert_true(fabs(cct_of(c, 1) - cct_of(sw_power_builtin_case("wscc9"), 1)) < 1e-8);
        else
            assert_non_null(strstr(fault.message, "islanded"));
        sw_power_case_free(&c);
        free(text);
    }
    free(with_bus);
    free(dyr);
    free(raw);
}

// ---- there and back ----

static char *
as_matpower(const sw_power_case *c, size_t *n)
{
    char *text = NULL;
    FILE *f = open_memstream(&text, n);
    fprintf(f, "function mpc = %s\nmpc.version = '2';\nmpc.baseMVA = %.17g;\nmpc.bus = [\n",
            "again", c->base_mva);
    for (const sw_power_bus *b = c->bus; b < c->bus + c->n_buses; b++)
        fprintf(f, "%.17g %g %.17g %.17g %.17g %.17g %g %.17g %.17g %g;\n", b->number, b->kind,
                b->pd, b->qd, b->gs, b->bs, b->area, b->vm, b->va, b->base_kv);
    fprintf(f, "];\nmpc.gen = [ %% those of the case\n");
    for (const sw_power_generator *g = c->generator; g < c->generator + c->n_generators; g++)
        fprintf(f, "%g, %.17g, %.17g, %.17g, %.17g, %.17g, %.17g, %g, %.17g, %.17g\n",
                g->bus_number, g->pg, g->qg, g->qmax, g->qmin, g->vg, g->mbase, g->status, g->pmax,
                g->pmin);
    fprintf(f, "]\nmpc.branch=[");
    for (const sw_power_branch *l = c->branch; l < c->branch + c->n_branches; l++)
        fprintf(f, "\t%g\t%g\t%.17g\t%.17g\t%.17g\t0 0 0 %.17g %.17g %g;\n", l->from_number,
                l->to_number, l->r, l->x, l->b, l->ratio, l->angle, l->status);
    fprintf(f, "];\n");
    fclose(f);
    return text;
}

// MATPOWER's own cases, of the data folder: the same bits of every voltage.
static void
cases_written_as_matpower_have_the_same_power_flow(void **state)
{
    (void)state;
    static const char *const names[] = {"case9", "case39", "case118", "case300", "case2383wp"};
    const char *root = getenv("SWEEPD_REFERENCE");
    for (size_t k = 0; k < 5; k++) {
        char path[300];
        size_t n;
        sw_power_fault_of_case fault;
        snprintf(path, sizeof path, "%s/power/%s.json", root ? root : "../shared/data", names[k]);
        if (access(path, R_OK) != 0)
            skip();
        char *bytes = contents(path, &n);
        sw_power_case *c = sw_power_case_from_json(bytes, n, &fault);
        assert_non_null(c);
        char *text = as_matpower(c, &n);
        sw_power_case *again = sw_power_case_from_matpower(text, n, &fault);
        if (again)
            again->freq_hz = c->freq_hz;
        checked(again, &fault);
        sw_power_solution a = flow_of(c), b = flow_of(again);
        assert_memory_equal(a.vm, b.vm, c->n_buses * sizeof(double));
        assert_memory_equal(a.va, b.va, c->n_buses * sizeof(double));
        sw_power_solution_fini(&a);
        sw_power_solution_fini(&b);
        sw_power_case_free(&again);
        sw_power_case_free(&c);
        free(text);
        free(bytes);
    }
}

// ---- registered cases ----

static sw_model *
loaded(const char *file, const char *dir, char message[600])
{
    size_t n = 0;
    char path[300];
    snprintf(path, sizeof path, "%s%s", dir, file);
    char *bytes = contents(path, &n);
    sw_source source = {.name = "power/mine", .file = file, .bytes = bytes, .n = n, .dir = dir};
    sw_source_error error;
    sw_model *model = NULL;
    message[0] = '\0';
    if (sw_power_family.load(&source, &model, &error) != 0)
        snprintf(message, 600, "%zu: %s", error.line, error.message);
    free(bytes);
    return model;
}

static void
a_registered_case_is_a_model(void **state)
{
    (void)state;
    static const char *const files[] = {"nine.m", "nine.raw"};
    char message[600];
    for (size_t k = 0; k < 2; k++) {
        sw_model *model = loaded(files[k], FOLDER, message);
        if (!model)
            fail_msg("%s", message);
        sw_harness_check_descriptor(model);
        sw_harness *h = sw_harness_open(model, "stable,cct,case-hash");
        const sw_result *r = sw_harness_run(h, 1);
        if (r->outcome != SW_DONE)
            fail_msg("%s", r->fail);
        assert_true(sw_harness_value(h, "cct") > 0.1 && sw_harness_value(h, "cct") < 0.5);
        assert_int_equal(sw_harness_kept(h, "case-hash")->n_text, 16);
        sw_harness_close(&h);
        sw_power_family.unload(model);
    }
}

static void
a_case_without_dynamics_is_refused(void **state)
{
    (void)state;
    char dir[] = "/tmp/test_readers_XXXXXX", command[200], message[600], at[60];
    assert_non_null(mkdtemp(dir));
    snprintf(command, sizeof command, "cp " FOLDER "nine.m %s", dir);
    assert_int_equal(system(command), 0);
    snprintf(at, sizeof at, "%s/", dir);
    assert_null(loaded("nine.m", at, message));
    assert_non_null(strstr(message, "no dynamic data: register a folder with a .json file"));
    snprintf(command, sizeof command,
             "echo '{\"freq_hz\": 60, \"machine_defaults\": {\"H\": 4, \"xdp\": 0.3}}' > %s/d.json",
             dir);
    assert_int_equal(system(command), 0);
    sw_model *model = loaded("nine.m", at, message);
    assert_non_null(model);
    const sw_power_case *c = model->self;
    assert_true(c->n_machines == 3 && c->machine[2].h == 4 && c->machine[2].mbase == 128);
    sw_power_family.unload(model);
    snprintf(command, sizeof command, "rm -r %s", dir);
    assert_int_equal(system(command), 0);
}

// ---- what is wrong ----

static const wrong in_matpower[] = {
    {"mpc.baseMVA = 100;", "mpc.baseMVA = 10*10;", "9: \"10*10\" would have to be executed"},
    {"mpc.baseMVA = 100;", "mpc.baseMVA = 100; system('rm -rf /');",
     "9: \"system('rm\" would have to be executed"},
    {"mpc.version = '2';", "mpc.version = '1';", "8: the case has version '1'; '2' is read"},
    {"function mpc = nine", "function [baseMVA, bus] = nine", "1: this is a case of version 1"},
    {"mpc.gencost = [", "for i=1:3\nmpc.gencost = [", "44: \"for\" would have to be executed"},
    {"mpc.branch = [", "mpc.branch = loadcase('x').branch; %", "32: mpc.branch must be a matrix"},
    {"\t-360\t360\n];", "\t-360\n];", "41: this row has 12 columns, the one before 13"},
    {"0.0576", "0.0576-1", "33: \"0.0576-1\" would have to be executed"},
    {"0.0576", "0.05x6", "33: \"0.05x6\" would have to be executed"},
    {"0.0576", "0", "0: branch 1-4 has zero impedance"},
    {"0.0576", "NaN", "0: branch 1-4 has a figure that is not a number"},
    {"];\n\nmpc.gencost", "", "42: the file ends within a matrix"},
    {"\t1\t3\t0\t0", "\t1\t1\t0\t0", "0: no reference bus (type 3)"},
    {"\t3\t2\t0\t0", "\t9\t2\t0\t0", "0: bus 9 appears twice"},
    {"\t3\t9\t0\t0.0586", "\t2\t7\t0\t0.0586",
     "0: the network is islanded: bus 3 is not connected"},
    {"'one'", "one", "49: \"one\" would have to be executed"},
    {"'one'", "'one", "49: \"two'\" would have to be executed"},
    {"mpc.gencost", "mpc.bus", "44: mpc.bus is given twice"},
    {"mpc.baseMVA = 100;", "mpc.mva = 100;", "50: the file ends without mpc.baseMVA"},
    {"mpc.baseMVA = 100;", "mpc.baseMVA = -100;", "9: mpc.baseMVA is -100; it must be positive"},
    {"mpc.baseMVA = 100;", "mpc.baseMVA = 100; return;", "9: \"return\" would have to be"},
    {"1\t1.04\t0", "1\tInf\t0", "0: bus 1 has a load, shunt or voltage that is not a number"},
    {"71.641", "-Inf", "0: the generator at bus 1 has a figure that is not a number"},
    {"0.0576", "1e999", "0: branch 1-4 has a figure that is not a number"},
    {"\t8\t9\t0.0119", "\t8\t19\t0.0119", "0: branch 9 joins 8 and 19, which are not two buses"},
};

static void
expect(const sw_power_fault_of_case *fault, const wrong *w)
{
    char got[500];
    snprintf(got, sizeof got, "%zu: %s", fault->line, fault->message);
    if (strncmp(got, w->line_and_message, strlen(w->line_and_message)) != 0)
        fail_msg("\"%s\" instead of \"%s\": said \"%s\", not \"%s\"", w->put, w->find, got,
                 w->line_and_message);
}

static void
faults_of_matpower_files_are_named(void **state)
{
    (void)state;
    size_t n, length;
    char *bytes = contents(FOLDER "nine.m", &n);
    for (size_t k = 0; k < sizeof in_matpower / sizeof *in_matpower; k++) {
        sw_power_fault_of_case fault;
        char *text = replaced(bytes, n, &in_matpower[k], &length);
        sw_power_case *c = sw_power_case_from_matpower(text, length, &fault);
        if (c) {
            c->freq_hz = 60;
            assert_false(sw_power_case_check(c, &fault));
        }
        expect(&fault, &in_matpower[k]);
        sw_power_case_free(&c);
        free(text);
    }
    free(bytes);
}

static const wrong in_psse[] = {
    {", 33,", ", 35,", "1: the revision (third figure) is 35; 32 and 33 are read"},
    {"0 / END OF GENERATOR", "", "23: the file ends in the section \"generator\""},
    {"55.0,11.0", "55.0,11.0,'", "16: a text does not end on its line"},
    {"     6,'1 ',1,1,1", "     66,'1 ',1,1,1", "17: load: there is no bus 66"},
    {"90,30,0,0", "90,30,1,0", "17: load at bus 6: parts of constant current"},
    {"0.0608,0,0,1", "0.0608,0,0.1,1", "21: generator at bus 1: a step-up transformer within it"},
    {"300,-300,1.04,0,", "300,-300,1.04,4,", "21: generator at bus 1: it holds the voltage of"},
    {"1.0,0.0,0.0,0,0,0", "1.0,0.0,0.0,0,0,0,0,0,1,1,1,1,33,7",
     "34: transformer 1-4: the impedance correction TAB 7"},
    {"1,4,0,'1 ',1,1,1,0,0", "1,4,55,'1 ',1,1,1,0,0", "32: transformer: there is no bus 55"},
    {"0,0.0576,100.0\n1.0,0.0,0.0,0,0,0\n1.0,0.0\n2,7,0,'1 ',2",
     "0,0.0576,100.0\n1.0,0.0\n1.0,0.0\n2,7,0,'1 ',4", "36: transformer 2-7: CW 4"},
    {"2,'T0',1,1,1", "2,'T0',2,1,1", "32: transformer 1-4: STAT 2 is not read"},
    {"1,4,0,'1 ',1,1,1,0,0", "1,4,0,'1 ',7,1,1,0,0", "32: transformer 1-4: CW 7 is not read"},
    {"1,1,0,10,'AREA'\n0 /", "1,1,0,10,'AREA'\n0 /\n1,2,3",
     "47: a record of the section \"two-terminal DC\""},
};

static void
faults_of_psse_files_are_named(void **state)
{
    (void)state;
    size_t n, length;
    char *bytes = contents(FOLDER "nine.raw", &n);
    for (size_t k = 0; k < sizeof in_psse / sizeof *in_psse; k++) {
        sw_power_fault_of_case fault;
        char *text = replaced(bytes, n, &in_psse[k], &length);
        sw_power_case *c = sw_power_case_from_psse(text, length, &fault);
        assert_null(c);
        expect(&fault, &in_psse[k]);
        free(text);
    }
    free(bytes);
}

static const wrong in_dyr[] = {
    {"'TGOV1'", "'GAST'", "4: bus 1 has the model 'GAST', which is not known"},
    {"10, 100,", "10, x,", "3: SEXS at bus 1: figure 3 of 6 is missing or no number"},
    {"1, 'SEXS', 1,", "1, 'SEXS', 2,", "3: SEXS: bus 1 has no generator '2'"},
    {"1, 'SEXS', 1,", "4, 'SEXS', 1,", "3: SEXS: bus 4 has no generator '1'"},
    {"23.64", "-23.64", "0: the machine at bus 1 has H = -23.64 s"},
    {"/ an exciter", "", "3: the file ends within a record"},
    {"2 'GENROU' 1", "1 'GENROU' 1", "5: GENROU: generator '1' at bus 1 has a machine already"},
    {"2, 'SEXS', 1,", "1, 'SEXS', 1,", "0: the machines at bus 1 have different exciters, or some"},
    {"0.05 0.5 1.2 0 2.1 7 0", "inf 0.5 1.2 0 2.1 7 0", "4: TGOV1 at bus 1: figure 1 of 7 is"},
    {"1 'TGOV1' '1' 0.05 0.5 1.2 0 2.1 7 0 /", "1 'IEEET1' 1 0 20 .2 0 0 1 .3 .06 .4 0 3 .1 4 .3 /",
     "4: IEEET1 at bus 1: VRMAX is 0"},
    {"1 'TGOV1' '1' 0.05 0.5 1.2 0 2.1 7 0 /",
     "1 'IEEEST' 1 3 0 0 0 0 0 0 0 1 1 1 1 10 10 20 .1 -.1 0 0 /",
     "4: IEEEST at bus 1 is read for input 1"},
    {"1 'TGOV1' '1' 0.05 0.5 1.2 0 2.1 7 0 /", "1 'TGOV1' '1' 0.05 0.5 1.2 0 2.1 7 0",
     "4: TGOV1 at bus 1 has more than 7 figures; is a \"/\" missing?"},
};

static void
faults_of_dynamic_data_are_named(void **state)
{
    (void)state;
    size_t n, m, length;
    char *bytes = contents(FOLDER "nine.raw", &n), *dynamics = contents(FOLDER "nine.dyr", &m);
    for (size_t k = 0; k < sizeof in_dyr / sizeof *in_dyr; k++) {
        sw_power_fault_of_case fault;
        char *text = replaced(dynamics, m, &in_dyr[k], &length);
        sw_power_case *c = sw_power_case_from_psse(bytes, n, &fault);
        assert_false(sw_power_case_read_dyr(c, text, length, &fault) &&
                     sw_power_case_check(c, &fault));
        expect(&fault, &in_dyr[k]);
        sw_power_case_free(&c);
        free(text);
    }
    free(bytes);
    free(dynamics);
}

// A matrix of n rows, or a row of n columns, without end.
static void
expect_too_many(const char *before, const char *each, size_t n, const char *said)
{
    size_t size = strlen(before) + n * strlen(each) + 1;
    char *text = sw_power_alloc(size, 1), *at = text + sprintf(text, "%s", before);
    sw_power_fault_of_case fault;
    for (size_t k = 0; k < n; k++)
        at += sprintf(at, "%s", each);
    assert_null(sw_power_case_from_matpower(text, (size_t)(at - text), &fault));
    if (!strstr(fault.message, said))
        fail_msg("\"%s\" does not say \"%s\"", fault.message, said);
    free(text);
}

static void
absurd_sizes_are_refused(void **state)
{
    (void)state;
    expect_too_many("mpc.bus = [", "1 1 0 0 0 0 1 1 0\n", SW_POWER_MAX_BUSES + 1,
                    "mpc.bus has more rows than are allowed");
    expect_too_many("mpc.gen = [", "1 1 0 0 0 1 9 1\n", SW_POWER_MAX_GENERATORS + 1,
                    "mpc.gen has more rows than are allowed");
    expect_too_many("mpc.bus = [", "1 ", 1000, "a row has more than 64 columns");
    expect_too_many("mpc.bus = [", "1", 1000, "would have to be executed");
    expect_too_many("mpc.", "a", 100000, "would have to be executed");
    expect_too_many("% {", "%{\n", 100000, "the file ends without mpc.bus");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_matpower_file_is_the_case_that_it_describes),
        cmocka_unit_test(a_psse_file_is_the_case_that_it_describes),
        cmocka_unit_test(machines_of_one_bus_belong_to_the_generators_of_their_names),
        cmocka_unit_test(three_windings_are_a_star),
        cmocka_unit_test(cases_written_as_matpower_have_the_same_power_flow),
        cmocka_unit_test(a_registered_case_is_a_model),
        cmocka_unit_test(a_case_without_dynamics_is_refused),
        cmocka_unit_test(faults_of_matpower_files_are_named),
        cmocka_unit_test(faults_of_psse_files_are_named),
        cmocka_unit_test(faults_of_dynamic_data_are_named),
        cmocka_unit_test(absurd_sizes_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
