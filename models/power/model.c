// SPDX-License-Identifier: Apache-2.0
// power/rotor-angle: what a study may ask of the classical model, and its answers. Everything
// numeric is in the other files; here parameters become scenarios and verdicts become outputs.
#include "models/power/power.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/power/cct.h"
#include "models/power/memory.h"
#include "models/power/recording.h"
#include "models/power/scenario.h"

#define RADIANS (M_PI / 180)

// ---- parameters ----

enum {
    SYSTEM,
    FAULT_BUS,
    LINE,
    POSITION,
    FAULT_R,
    FAULT_X,
    OPENS,
    SECOND_LINE,
    SECOND_AFTER,
    CLEARING_TIME,
    LOAD_LEVEL,
    PROPORTIONAL,
    REACTIVE_LIMITS,
    INERTIA,
    DAMPING,
    XDP,
    HORIZON,
    LIMIT,
    STEP,
    LONGEST,
    SCAN_STEP,
    RESOLUTION,
    MODEL,
    EXCITER,
    GOVERNORS,
    STABILISERS,
    AVR_GAIN,
    GOVERNOR_GAIN,
    PSS_GAIN,
    LOAD_CURRENT,
    LOAD_POWER,
    EVERY,
    INERTIA_1,
    XDP_1 = INERTIA_1 + SW_POWER_NAMED_MACHINES,
    DISPATCH_1 = XDP_1 + SW_POWER_NAMED_MACHINES,
    N_PARAMETERS = DISPATCH_1 + SW_POWER_NAMED_MACHINES,
};

#define NUMBER(name, unit, low, high, value, doc)                                                  \
    {                                                                                              \
        name, unit, doc, SW_NUMBER, low, high, value, NULL, NULL                                   \
    }
#define FLAG(name, value, doc)                                                                     \
    {                                                                                              \
        name, "", doc, SW_BOOLEAN, 0, 1, value, NULL, NULL                                         \
    }
#define MACHINE(what, k, doc) NUMBER(what "-" #k, "", 0.01, 100, 1, doc " of machine " #k)
#define MACHINES(what, doc)                                                                        \
    MACHINE(what, 1, doc), MACHINE(what, 2, doc), MACHINE(what, 3, doc), MACHINE(what, 4, doc),    \
        MACHINE(what, 5, doc), MACHINE(what, 6, doc), MACHINE(what, 7, doc),                       \
        MACHINE(what, 8, doc), MACHINE(what, 9, doc), MACHINE(what, 10, doc)

static const char *const machine_models[] = {"classical", "two-axis", NULL};

// In the order of sw_power_exciter_choice.
static const char *const exciters[] = {"none", "listed", "static", "rotating", "sexs", NULL};

static const sw_parameter parameters[N_PARAMETERS] = {
    [SYSTEM] = {"system", "", "The power system.", SW_TEXT, 0, 0, 0, "wscc9",
                sw_power_builtin_names},
    NUMBER("fault-bus", "", 0, 1e6, 7, "Number of the faulted bus; 0: on the line, at position."),
    {"line", "", "The line that clears the fault: \"5-7\", \"5-7/2\" for the second circuit.",
     SW_TEXT, 0, 0, 0, "5-7", NULL},
    NUMBER("position", "", 0, 1, 0.5, "Where on the line, from its first-named end."),
    NUMBER("fault-r", "pu", 0, 100, 0, "Resistance of the fault; both 0: solid."),
    NUMBER("fault-x", "pu", 0, 100, 0, "Reactance of the fault."),
    FLAG("opens", 1, "Clearing opens the line; otherwise the fault vanishes by itself."),
    {"second-line", "", "A further line that opens later, or \"none\".", SW_TEXT, 0, 0, 0, "none",
     NULL},
    NUMBER("second-after", "s", 0, 100, 0, "How long after clearing the second line opens."),
    NUMBER("clearing-time", "s", 0, 100, 0.1, "How long the fault lasts."),
    NUMBER("load-level", "", 0.01, 10, 1, "Factor on all loads."),
    FLAG("proportional", 1, "Generation follows the load level; otherwise the reference bus does."),
    FLAG("reactive-limits", 0, "Generators stay within their reactive limits."),
    NUMBER("inertia", "", 0.01, 100, 1, "Factor on all inertias."),
    NUMBER("damping", "pu", 0, 1000, 0, "Added to every machine's D, on its own base."),
    NUMBER("xdp", "", 0.01, 100, 1, "Factor on all transient reactances."),
    NUMBER("horizon", "s", 0.1, 60, 5, "How long is simulated, from the fault on."),
    NUMBER("limit", "degree", 90, 3600, 360, "Spread of angles beyond which synchronism is lost."),
    NUMBER("step", "s", 0.0001, 0.02, 0.005, "The longest step of integration."),
    NUMBER("longest", "s", 0.01, 10, 1, "The longest clearing time that a search tries."),
    NUMBER("scan-step", "s", 0.0001, 0.5, 0.001, "A loss narrower than this may be missed."),
    NUMBER("resolution", "s", 1e-7, 0.01, 1e-5, "Of the critical clearing time."),
    {"machines", "", "Classical machines, or two-axis ones with the controls below.", SW_TEXT, 0, 0,
     0, "classical", machine_models},
    {"exciter", "", "Which of the case's exciters; sexs: a typical one everywhere.", SW_TEXT, 0, 0,
     0, "listed", exciters},
    FLAG("governors", 1, "Two-axis machines have the case's governors."),
    FLAG("stabilisers", 1, "Two-axis machines have the case's stabilisers."),
    NUMBER("avr-gain", "", 0.01, 100, 1, "Factor on the gains of all voltage regulators."),
    NUMBER("governor-gain", "", 0, 100, 1, "Factor on 1/R of all governors."),
    NUMBER("pss-gain", "", 0, 100, 1, "Factor on the gains of all stabilisers."),
    NUMBER("load-current", "", 0, 1, 0, "Share of constant current in all loads (two-axis only)."),
    NUMBER("load-power", "", 0, 1, 0, "Share of constant power in all loads (two-axis only)."),
    NUMBER("every", "s", 0, 10, 0, "Time between the rows of series; 0: each step."),
    MACHINES("inertia", "Factor on the inertia"),
    MACHINES("xdp", "Factor on the transient reactance"),
    MACHINES("dispatch", "Factor on the active power"),
};

// ---- outputs ----

enum {
    STABLE,
    SPREAD,
    SPREAD_AT,
    LOST_AT,
    STEPS,
    CCT,
    CENSORED,
    CROSSINGS,
    SWING,
    SERIES, // in the order of sw_power_trace
    N_OUTPUTS = SERIES + SW_POWER_TRACES
};

static const sw_output outputs[N_OUTPUTS] = {
    [STABLE] = {"stable", "", "1 if synchronism is kept to the horizon, 0 if it is lost.",
                SW_SCALAR, false},
    [SPREAD] = {"spread", "degree", "Largest separation of rotor angles, up to the loss.",
                SW_SCALAR, false},
    [SPREAD_AT] = {"spread-at", "s", "When it was largest.", SW_SCALAR, false},
    [LOST_AT] = {"lost-at", "s", "When synchronism was lost; NaN if it was kept.", SW_SCALAR,
                 false},
    [STEPS] = {"steps", "", "Steps of integration.", SW_SCALAR, true},
    [CCT] = {"cct", "s", "Critical clearing time: the longest below the first loss.", SW_SCALAR,
             true},
    [CENSORED] = {"cct-censored", "", "1 if no loss was found up to `longest`, which cct then is.",
                  SW_SCALAR, true},
    [CROSSINGS] = {"crossings", "s", "All clearing times at which stability changes.", SW_SERIES,
                   true},
    [SWING] =
        {"swing", "degree",
         "Largest less least separation of rotor angles in the last fifth of the horizon; NaN "
         "if synchronism is lost.",
         SW_SCALAR, true},
    [SERIES +
        SW_POWER_TIMES] = {"times", "s", "When the rows of the series below are.", SW_SERIES, true},
    [SERIES + SW_POWER_ANGLES] = {"angles", "degree",
                                  "Rotor angles to the machines' mean, machine by machine, a row "
                                  "after the other.",
                                  SW_SERIES, true},
    [SERIES + SW_POWER_SPEEDS] = {"speeds", "pu", "Speeds relative to synchronous, likewise.",
                                  SW_SERIES, true},
    [SERIES + SW_POWER_VOLTAGES] = {"voltages", "pu",
                                    "Terminal voltages, likewise; empty for classical machines.",
                                    SW_SERIES, true},
    [SERIES + SW_POWER_FIELDS] = {"fields", "pu",
                                  "Field voltages Efd, likewise; empty for classical machines.",
                                  SW_SERIES, true},
    [SERIES + SW_POWER_TORQUES] = {"torques", "pu",
                                   "Mechanical torques on the case's base, likewise; empty for "
                                   "classical machines.",
                                   SW_SERIES, true},
};

// ---- state of a study ----

typedef struct state {
    const sw_opening *opening;
    int *declared; // which of `outputs` each asked-for output is
    bool wants[N_OUTPUTS];
    sw_power_context **contexts; // one a level of `system`, made when first needed
} state;

static const char *
text_of(const state *s, size_t j, double level)
{
    return s->opening->levels[j].texts[(size_t)level];
}

static void
power_close(void *self)
{
    state *s = self;
    for (size_t l = 0; l < s->opening->levels[SYSTEM].n; l++) {
        if (s->contexts[l])
            sw_power_context_free(&s->contexts[l]);
    }
    free(s->contexts);
    free(s->declared);
    free(s);
}

static int
power_open(const sw_opening *o, void **self)
{
    if (o->n_outputs > N_OUTPUTS) {
        snprintf(o->error, o->error_size, "an output is asked for twice");
        return -1;
    }
    state *s = sw_power_alloc(1, sizeof *s);
    s->opening = o;
    s->declared = sw_power_alloc(o->n_outputs, sizeof *s->declared);
    s->contexts = sw_power_alloc(o->levels[SYSTEM].n, sizeof(sw_power_context *));
    for (size_t k = 0; k < o->n_outputs; k++) {
        while (strcmp(outputs[s->declared[k]].name, o->outputs[k].name) != 0)
            s->declared[k]++;
        s->wants[s->declared[k]] = true;
    }
    *self = s;
    return 0;
}

// ---- one run ----

static bool
read_line(const sw_run *run, const char *what, const char *text, double line[3])
{
    if (sw_power_parse_line(text, line))
        return true;
    run->host->fail(run->host, 0,
                    "%s must be \"from-to\", \"from-to/circuit\" or \"none\", not "
                    "\"%.60s\"",
                    what, text);
    return false;
}

// Index of a text among choices; the study's check lets no other text through.
static size_t
choice(const char *const *choices, const char *text)
{
    size_t k = 0;
    while (choices[k + 1] && strcmp(choices[k], text) != 0)
        k++;
    return k;
}

static bool
read_scenario(const state *s, const sw_run *run, sw_power_scenario *to)
{
    const double *in = run->in;
    sw_power_scenario_init(to);
    to->load_level = in[LOAD_LEVEL];
    to->proportional = in[PROPORTIONAL];
    to->reactive_limits = in[REACTIVE_LIMITS];
    to->inertia = in[INERTIA];
    to->damping = in[DAMPING];
    to->xdp = in[XDP];
    to->fault_bus = in[FAULT_BUS];
    to->position = in[POSITION];
    to->fault_r = in[FAULT_R];
    to->fault_x = in[FAULT_X];
    to->opens = in[OPENS];
    to->two_axis = (double)choice(machine_models, text_of(s, MODEL, in[MODEL]));
    to->exciter = (double)choice(exciters, text_of(s, EXCITER, in[EXCITER]));
    to->governor = in[GOVERNORS];
    to->stabiliser = in[STABILISERS];
    to->avr_gain = in[AVR_GAIN];
    to->governor_gain = in[GOVERNOR_GAIN];
    to->pss_gain = in[PSS_GAIN];
    to->load_current = in[LOAD_CURRENT];
    to->load_power = in[LOAD_POWER];
    memcpy(to->machine_inertia, in + INERTIA_1, sizeof to->machine_inertia);
    memcpy(to->machine_xdp, in + XDP_1, sizeof to->machine_xdp);
    memcpy(to->machine_dispatch, in + DISPATCH_1, sizeof to->machine_dispatch);
    return read_line(run, "line", text_of(s, LINE, in[LINE]), to->line) &&
           read_line(run, "second-line", text_of(s, SECOND_LINE, in[SECOND_LINE]), to->second_line);
}

// Puts a value where the study asked for it.
static void
put(const state *s, const sw_run *run, int output, double value)
{
    for (size_t k = 0; k < s->opening->n_outputs; k++) {
        if (s->declared[k] == output)
            run->out[k] = value;
    }
}

static void
put_series(const state *s, const sw_run *run, int output, const double *v, size_t n)
{
    for (size_t k = 0; k < s->opening->n_outputs; k++) {
        if (s->declared[k] == output)
            run->host->series(run->host, 0, k, v, n);
    }
}

// The answers of one simulation into the run's outputs.
static sw_outcome
say(const state *s, const sw_run *run, const sw_power_sim *sim)
{
    if (sim->verdict == SW_POWER_FAILED) {
        run->host->fail(run->host, 0, "%s at %g s",
                        sim->why ? sim->why : "the integration broke down, take a smaller step,",
                        sim->end);
        return SW_ERROR;
    }
    put(s, run, STABLE, sim->verdict == SW_POWER_STABLE);
    put(s, run, SPREAD, sim->largest / RADIANS);
    put(s, run, SPREAD_AT, sim->largest_at);
    put(s, run, LOST_AT, sim->verdict == SW_POWER_LOST ? sim->end : NAN);
    put(s, run, STEPS, (double)sim->steps);
    return SW_DONE;
}

// Whether the study wants series or the swing at the end: each step must be looked at.
static bool
wants_steps(const state *s)
{
    bool any = s->wants[SWING];
    for (int k = SERIES; k < N_OUTPUTS; k++)
        any |= s->wants[k];
    return any;
}

static void
put_recording(const state *s, const sw_run *run, const sw_power_sim *sim,
              const sw_power_recording *r)
{
    bool measured = sim->verdict == SW_POWER_STABLE && r->high >= r->low;
    put(s, run, SWING, measured ? (r->high - r->low) / RADIANS : NAN);
    for (int k = 0; k < SW_POWER_TRACES; k++)
        put_series(s, run, SERIES + k, r->v[k], r->n[k]);
}

static sw_outcome
simulate(const state *s, const sw_run *run, const sw_power_swing *swing,
         const sw_power_search *search)
{
    sw_power_sim sim = sw_power_sim_of(swing, search, run->in[CLEARING_TIME]);
    sw_power_recording r = {.every = run->in[EVERY], .tail = 0.8 * search->horizon};
    for (int k = 0; k < SW_POWER_TRACES; k++)
        r.wants[k] = s->wants[SERIES + k];
    if (wants_steps(s))
        sw_power_record(&sim, &r);
    sw_power_swing_run(&sim, 1);
    sw_outcome outcome = say(s, run, &sim);
    if (outcome == SW_DONE && wants_steps(s))
        put_recording(s, run, &sim, &r);
    sw_power_recording_fini(&r);
    return outcome;
}

static sw_outcome
search_cct(const state *s, const sw_run *run, const sw_power_swing *swing, sw_power_search *search)
{
    sw_power_cct answer;
    search->all = s->wants[CROSSINGS];
    sw_power_cct_find(swing, search, &answer);
    if (answer.failed) {
        run->host->fail(run->host, 0, "the integration broke down for the clearing time %g s",
                        answer.failed_at);
        return SW_ERROR;
    }
    bool censored = isinf(answer.first_loss);
    put(s, run, CCT, censored ? search->longest : answer.first_loss);
    put(s, run, CENSORED, censored);
    put_series(s, run, CROSSINGS, answer.crossing, answer.n_crossings);
    return SW_DONE;
}

static sw_power_search
search_of(const double *in)
{
    return (sw_power_search){.horizon = in[HORIZON],
                             .step = in[STEP],
                             .limit = in[LIMIT] * RADIANS,
                             .longest = fmin(in[LONGEST], in[HORIZON]),
                             .scan_step = in[SCAN_STEP],
                             .resolution = in[RESOLUTION],
                             .second_at = in[SECOND_AFTER]};
}

// Whether the study wants more of each run than one simulation's verdict.
static bool
wants_more(const state *s)
{
    return s->wants[CCT] || s->wants[CENSORED] || s->wants[CROSSINGS] || wants_steps(s);
}

static sw_outcome
answer(const state *s, const sw_run *run, const sw_power_swing *swing)
{
    sw_power_search search = search_of(run->in);
    bool time_domain = s->wants[STABLE] || s->wants[SPREAD] || s->wants[SPREAD_AT] ||
                       s->wants[LOST_AT] || s->wants[STEPS] || wants_steps(s);
    sw_outcome outcome = time_domain ? simulate(s, run, swing, &search) : SW_DONE;
    bool cct = s->wants[CCT] || s->wants[CENSORED] || s->wants[CROSSINGS];
    return outcome == SW_DONE && cct ? search_cct(s, run, swing, &search) : outcome;
}

// The swing of a scenario. False after the run was told why there is none.
static bool
prepare(state *s, const sw_run *run, const sw_power_scenario *scenario, sw_power_swing *swing)
{
    size_t level = (size_t)run->in[SYSTEM];
    char reason[SW_POWER_REASON];
    if (!s->contexts[level])
        s->contexts[level] =
            sw_power_context_new(sw_power_builtin_case(text_of(s, SYSTEM, run->in[SYSTEM])));
    if (sw_power_scenario_prepare(s->contexts[level], scenario, swing, reason, sizeof reason))
        return true;
    run->host->fail(run->host, 0, "%s", reason);
    return false;
}

static sw_outcome
power_run(void *self, const sw_run *run)
{
    state *s = self;
    sw_power_scenario scenario;
    sw_power_swing swing = {0};
    if (!read_scenario(s, run, &scenario) || !prepare(s, run, &scenario, &swing))
        return SW_ERROR;
    sw_outcome outcome = answer(s, run, &swing);
    sw_power_swing_fini(&swing);
    return outcome;
}

// ---- many runs side by side ----

// One run of a batch seen as a run of its own: the host's index 0 is the batch's i.
typedef struct one {
    const sw_batch *batch;
    size_t i;
    sw_host host;
    double in[N_PARAMETERS], out[N_OUTPUTS];
    sw_run run;
} one;

static void
one_series(const sw_host *host, size_t i, size_t k, const double *values, size_t n)
{
    const one *o = host->self;
    o->batch->host->series(o->batch->host, o->i + i, k, values, n);
}

static void
one_fail(const sw_host *host, size_t i, const char *format, ...)
{
    const one *o = host->self;
    char text[512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    o->batch->host->fail(o->batch->host, o->i + i, "%s", text);
}

static void
one_init(one *o, const sw_batch *b, size_t i)
{
    *o = (one){.batch = b, .i = i, .host = {.series = one_series, .fail = one_fail, .self = o}};
    for (size_t j = 0; j < N_PARAMETERS; j++)
        o->in[j] = b->in[j][i];
    for (size_t k = 0; k < N_OUTPUTS; k++)
        o->out[k] = NAN;
    o->run = (sw_run){.run = b->first_run + i, .in = o->in, .out = o->out, .host = &o->host};
}

static void
one_done(const state *s, const one *o, sw_outcome outcome)
{
    o->batch->outcome[o->i] = (uint8_t)outcome;
    for (size_t k = 0; k < s->opening->n_outputs; k++)
        o->batch->out[k][o->i] = o->out[k];
}

enum { BLOCK = 64 };

// Simulations to be integrated together. Runs that share a scenario share its swing.
typedef struct block {
    size_t n, n_swings;
    double system;
    one one[BLOCK];
    sw_power_sim sim[BLOCK];
    sw_power_scenario scenario[BLOCK];
    sw_power_swing swing[BLOCK];
} block;

static void
flush(const state *s, block *k)
{
    sw_power_swing_run(k->sim, k->n);
    for (size_t m = 0; m < k->n; m++)
        one_done(s, &k->one[m], say(s, &k->one[m].run, &k->sim[m]));
    for (size_t m = 0; m < k->n_swings; m++)
        sw_power_swing_fini(&k->swing[m]);
    k->n = k->n_swings = 0;
}

// Adds run i to the block, or books its failure.
static void
add(state *s, block *k, const sw_batch *b, size_t i)
{
    if (k->n == BLOCK || (k->n > 0 && b->in[SYSTEM][i] != k->system))
        flush(s, k);
    one *o = &k->one[k->n];
    sw_power_scenario *scenario = &k->scenario[k->n_swings];
    one_init(o, b, i);
    k->system = o->in[SYSTEM];
    bool ok = read_scenario(s, &o->run, scenario);
    bool known = ok && k->n_swings > 0 && memcmp(scenario, scenario - 1, sizeof *scenario) == 0;
    if (!ok || (!known && !prepare(s, &o->run, scenario, &k->swing[k->n_swings]))) {
        one_done(s, o, SW_ERROR);
        return;
    }
    k->n_swings += !known;
    sw_power_search search = search_of(o->in);
    k->sim[k->n++] = sw_power_sim_of(&k->swing[k->n_swings - 1], &search, o->in[CLEARING_TIME]);
}

static void
power_batch(void *self, const sw_batch *b)
{
    state *s = self;
    block *k = sw_power_alloc(1, sizeof *k);
    for (size_t i = 0; i < b->n; i++) {
        b->host->mark(b->host, i);
        if (!wants_more(s)) {
            add(s, k, b, i);
        } else {
            one_init(&k->one[0], b, i);
            one_done(s, &k->one[0], power_run(s, &k->one[0].run));
        }
    }
    flush(s, k);
    free(k);
}

static const sw_model rotor_angle = {
    .name = "power/rotor-angle",
    .version = "3",
    .doc = "A three-phase fault, cleared; rotor-angle stability and critical clearing time.",
    .n_parameters = N_PARAMETERS,
    .parameters = parameters,
    .n_outputs = N_OUTPUTS,
    .outputs = outputs,
    .open = power_open,
    .run = power_run,
    .run_batch = power_batch,
    .close = power_close,
};

static const sw_model *const models[] = {&rotor_angle, NULL};

const sw_family sw_power_family = {
    .name = "power",
    .doc = "Transient rotor-angle stability of power systems.",
    .models = models,
};
