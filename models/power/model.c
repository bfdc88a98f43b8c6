// SPDX-License-Identifier: Apache-2.0
// power/rotor-angle: what a study may ask of the classical model, and its answers. Everything
// numeric is in the other files; here parameters become scenarios and verdicts become outputs.
#include "models/power/model.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/power/descriptor.h"
#include "models/power/measures.h"
#include "models/power/memory.h"
#include "models/power/sime.h"

#define RADIANS (M_PI / 180)

// ---- state of a study ----

typedef struct state {
    const sw_opening *opening;
    int *declared; // which of `outputs` each asked-for output is
    bool wants[O_COUNT];
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
    for (size_t l = 0; l < s->opening->levels[P_SYSTEM].n; l++) {
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
    if (o->n_outputs > O_COUNT) {
        snprintf(o->error, o->error_size, "an output is asked for twice");
        return -1;
    }
    state *s = sw_power_alloc(1, sizeof *s);
    s->opening = o;
    s->declared = sw_power_alloc(o->n_outputs, sizeof *s->declared);
    s->contexts = sw_power_alloc(o->levels[P_SYSTEM].n, sizeof(sw_power_context *));
    for (size_t k = 0; k < o->n_outputs; k++) {
        while (strcmp(sw_power_outputs[s->declared[k]].name, o->outputs[k].name) != 0)
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
    to->event = (double)choice(sw_power_events, text_of(s, P_EVENT, in[P_EVENT]));
    to->trip = in[P_TRIP_MACHINE];
    to->step_bus = in[P_STEP_BUS];
    to->step = in[P_STEP_FACTOR];
    to->keeps_charging = in[P_KEEP_CHARGING];
    to->area = in[P_AREA];
    to->area_load = in[P_AREA_LOAD];
    to->bus = in[P_BUS];
    to->bus_load = in[P_BUS_LOAD];
    to->distributed = (double)choice(sw_power_slack_rules, text_of(s, P_SLACK, in[P_SLACK]));
    to->renewable = in[P_RENEWABLE];
    to->load_level = in[P_LOAD_LEVEL];
    to->proportional = in[P_PROPORTIONAL];
    to->reactive_limits = in[P_REACTIVE_LIMITS];
    to->inertia = in[P_INERTIA];
    to->damping = in[P_DAMPING];
    to->xdp = in[P_XDP];
    to->fault_bus = in[P_FAULT_BUS];
    to->position = in[P_POSITION];
    to->fault_r = in[P_FAULT_R];
    to->fault_x = in[P_FAULT_X];
    to->opens = in[P_OPENS];
    to->two_axis = (double)choice(sw_power_machine_models, text_of(s, P_MODEL, in[P_MODEL]));
    to->exciter = (double)choice(sw_power_exciters, text_of(s, P_EXCITER, in[P_EXCITER]));
    to->governor = in[P_GOVERNORS];
    to->stabiliser = in[P_STABILISERS];
    to->avr_gain = in[P_AVR_GAIN];
    to->governor_gain = in[P_GOVERNOR_GAIN];
    to->pss_gain = in[P_PSS_GAIN];
    to->load_current = in[P_LOAD_CURRENT];
    to->load_power = in[P_LOAD_POWER];
    memcpy(to->machine_inertia, in + P_INERTIA_1, sizeof to->machine_inertia);
    memcpy(to->machine_xdp, in + P_XDP_1, sizeof to->machine_xdp);
    memcpy(to->machine_dispatch, in + P_DISPATCH_1, sizeof to->machine_dispatch);
    return read_line(run, "line", text_of(s, P_LINE, in[P_LINE]), to->line) &&
           read_line(run, "second-line", text_of(s, P_SECOND_LINE, in[P_SECOND_LINE]),
                     to->second_line);
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

static bool
is_fault(const state *s, const double *in)
{
    return strcmp(text_of(s, P_EVENT, in[P_EVENT]), "fault") == 0;
}

static sw_power_search
search_of(const double *in)
{
    return (sw_power_search){.horizon = in[P_HORIZON],
                             .step = in[P_STEP],
                             .limit = in[P_LIMIT] * RADIANS,
                             .longest = fmin(in[P_LONGEST], in[P_HORIZON]),
                             .scan_step = in[P_SCAN_STEP],
                             .resolution = in[P_RESOLUTION],
                             .second_at = in[P_SECOND_AFTER]};
}

// The simulation that a run asks for: what is no fault has nothing to clear.
static sw_power_sim
sim_of(const state *s, const double *in, const sw_power_swing *swing, const sw_power_search *search)
{
    return sw_power_sim_of(swing, search, is_fault(s, in) ? in[P_CLEARING_TIME] : 0);
}

static void
put_text(const state *s, const sw_run *run, int output, const char *text)
{
    for (size_t k = 0; k < s->opening->n_outputs; k++) {
        if (s->declared[k] == output)
            run->host->text(run->host, 0, k, text, strlen(text));
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
    double degrees = sim->largest / RADIANS;
    put(s, run, O_STABLE, sim->verdict == SW_POWER_STABLE);
    put(s, run, O_SPREAD, degrees);
    put(s, run, O_SPREAD_AT, sim->largest_at);
    put(s, run, O_LOST_AT, sim->verdict == SW_POWER_LOST ? sim->end : NAN);
    put(s, run, O_STEPS, (double)sim->steps);
    put(s, run, O_TSI, 100 * (360 - degrees) / (360 + degrees));
    return SW_DONE;
}

// ---- what is seen step by step ----

static bool
wants_any(const state *s, int from, int to)
{
    bool any = false;
    for (int k = from; k <= to; k++)
        any |= s->wants[k];
    return any;
}

static bool
wants_rows(const state *s)
{
    return s->wants[O_SWING] || wants_any(s, O_SERIES, O_COUNT - 1);
}

static bool
wants_margin(const state *s)
{
    return wants_any(s, O_MARGIN, O_CLUSTER);
}

static bool
wants_measures(const state *s)
{
    return wants_any(s, O_FARTHEST, O_TIME_LOW);
}

// Whether each step must be looked at.
static bool
wants_steps(const state *s)
{
    return wants_rows(s) || wants_margin(s) || wants_measures(s);
}

// Who looks at the steps of one simulation.
typedef struct watch {
    const state *s;
    sw_power_recording rows;
    sw_power_trajectory trajectory;
    sw_power_measures measures;
} watch;

static void
see(sw_power_sim *sim, double t, const double *angle, const double *speed)
{
    watch *w = sim->self;
    if (wants_rows(w->s))
        sw_power_recording_add(&w->rows, sim, t, angle, speed);
    if (wants_margin(w->s))
        sw_power_trajectory_add(&w->trajectory, sim, t, angle, speed);
    if (wants_measures(w->s))
        sw_power_measures_add(&w->measures, sim, t, angle, speed);
}

static void
watch_init(watch *w, const state *s, const double *in, size_t n)
{
    *w = (watch){.s = s};
    w->rows.every = in[P_EVERY];
    w->rows.tail = 0.8 * in[P_HORIZON];
    for (int k = 0; k < SW_POWER_TRACES; k++)
        w->rows.wants[k] = s->wants[O_SERIES + k];
    sw_power_recording_init(&w->rows);
    w->measures.window = in[P_ROCOF_WINDOW];
    w->measures.low_voltage = in[P_LOW_VOLTAGE];
    sw_power_measures_init(&w->measures, n);
}

static void
watch_fini(watch *w)
{
    sw_power_recording_fini(&w->rows);
    sw_power_trajectory_fini(&w->trajectory);
    sw_power_measures_fini(&w->measures);
}

static void
put_rows(const state *s, const sw_run *run, const sw_power_sim *sim, const sw_power_recording *r)
{
    bool measured = sim->verdict == SW_POWER_STABLE && r->high >= r->low;
    put(s, run, O_SWING, measured ? (r->high - r->low) / RADIANS : NAN);
    for (int k = 0; k < SW_POWER_TRACES; k++)
        put_series(s, run, O_SERIES + k, r->v[k], r->n[k]);
}

static void
put_margin(const state *s, const sw_run *run, const sw_power_sim *sim, const watch *w)
{
    size_t n = sim->swing->n, members = 0;
    bool *critical = sw_power_alloc(n, sizeof *critical);
    double *cluster = sw_power_doubles(n);
    const sw_power_context *x = s->contexts[(size_t)run->in[P_SYSTEM]];
    sw_power_omib omib = {.critical = critical};
    double cleared = sim->phase[0].topology == SW_POWER_FAULTED ? sim->phase[0].end : 0;
    sw_power_omib_margin(&w->trajectory, sim, cleared, &omib);
    for (size_t k = 0; k < n; k++)
        if (critical[k])
            cluster[members++] = (double)x->running[k] + 1;
    put(s, run, O_MARGIN, omib.margin);
    put(s, run, O_NORMALISED_MARGIN, omib.margin / omib.mass);
    put(s, run, O_CRITICAL_MACHINES, (double)members);
    put_series(s, run, O_CLUSTER, cluster, members);
    free(cluster);
    free(critical);
}

// Without governors nothing brings a frequency back: its extremes say nothing but the horizon.
static bool
has_governors(const state *s, const sw_run *run)
{
    const sw_power_context *x = s->contexts[(size_t)run->in[P_SYSTEM]];
    return run->in[P_GOVERNORS] != 0 && x->c->n_governors > 0 &&
           strcmp(text_of(s, P_MODEL, run->in[P_MODEL]), "two-axis") == 0;
}

static void
put_measures(const state *s, const sw_run *run, const sw_power_measures *m, size_t n)
{
    bool governed = has_governors(s, run);
    for (size_t i = 0; i < n; i++)
        m->farthest[i] /= RADIANS;
    put_series(s, run, O_FARTHEST, m->farthest, n);
    put(s, run, O_FREQUENCY_LOW, governed ? m->frequency_low : NAN);
    put(s, run, O_FREQUENCY_HIGH, governed ? m->frequency_high : NAN);
    put(s, run, O_ROCOF, m->rocof);
    put(s, run, O_VOLTAGE_LOW, m->voltage_low);
    put(s, run, O_VOLTAGE_HIGH, m->voltage_high);
    put(s, run, O_TIME_LOW, m->time_low);
}

// ---- one run ----

static sw_outcome
simulate(const state *s, const sw_run *run, const sw_power_swing *swing,
         const sw_power_search *search)
{
    sw_power_sim sim = sim_of(s, run->in, swing, search);
    watch w;
    watch_init(&w, s, run->in, swing->n);
    if (wants_steps(s)) {
        sim.record = see;
        sim.self = &w;
    }
    sw_power_swing_run(&sim, 1);
    sw_outcome outcome = say(s, run, &sim);
    if (outcome == SW_DONE && wants_rows(s))
        put_rows(s, run, &sim, &w.rows);
    if (outcome == SW_DONE && wants_margin(s))
        put_margin(s, run, &sim, &w);
    if (outcome == SW_DONE && wants_measures(s))
        put_measures(s, run, &w.measures, swing->n);
    watch_fini(&w);
    return outcome;
}

static sw_outcome
search_cct(const state *s, const sw_run *run, const sw_power_swing *swing, sw_power_search *search)
{
    sw_power_sime answer = {.refused = "the scan was asked for"};
    if (!is_fault(s, run->in)) {
        run->host->fail(run->host, 0, "cct is of a fault: event is \"%s\"",
                        text_of(s, P_EVENT, run->in[P_EVENT]));
        return SW_ERROR;
    }
    search->all = s->wants[O_CROSSINGS];
    bool scan = search->all || strcmp(text_of(s, P_SEARCH, run->in[P_SEARCH]), "sime") != 0;
    if (scan)
        sw_power_cct_find(swing, search, &answer.cct);
    else
        sw_power_sime_find(swing, search, &answer);
    const sw_power_cct *cct = &answer.cct;
    if (cct->failed) {
        run->host->fail(run->host, 0, "the integration broke down for the clearing time %g s",
                        cct->failed_at);
        return SW_ERROR;
    }
    bool censored = isinf(cct->first_loss);
    put(s, run, O_CCT, censored ? search->longest : cct->first_loss);
    put(s, run, O_CENSORED, censored);
    put(s, run, O_CCT_SIMULATIONS, (double)cct->simulations);
    put(s, run, O_CCT_BY_SCAN, scan || answer.refused);
    put_series(s, run, O_CROSSINGS, cct->crossing, cct->n_crossings);
    return SW_DONE;
}

static bool
wants_cct(const state *s)
{
    return s->wants[O_CCT] || s->wants[O_CENSORED] || s->wants[O_CROSSINGS] ||
           s->wants[O_CCT_SIMULATIONS] || s->wants[O_CCT_BY_SCAN];
}

// Whether the study wants more of each run than one simulation's verdict.
static bool
wants_more(const state *s)
{
    return wants_cct(s) || wants_steps(s) || s->wants[O_CASE_HASH];
}

static sw_outcome
answer(const state *s, const sw_run *run, const sw_power_swing *swing)
{
    sw_power_search search = search_of(run->in);
    const char *hash = s->contexts[(size_t)run->in[P_SYSTEM]]->c->hash;
    put_text(s, run, O_CASE_HASH, hash);
    bool time_domain = s->wants[O_STABLE] || s->wants[O_SPREAD] || s->wants[O_SPREAD_AT] ||
                       s->wants[O_LOST_AT] || s->wants[O_STEPS] || s->wants[O_TSI] ||
                       wants_steps(s);
    sw_outcome outcome = time_domain ? simulate(s, run, swing, &search) : SW_DONE;
    return outcome == SW_DONE && wants_cct(s) ? search_cct(s, run, swing, &search) : outcome;
}

// The model's own case, if it was made from a file.
static const sw_power_case *
case_of(const state *s, double level)
{
    const sw_power_case *own = s->opening->model->self;
    return own ? own : sw_power_builtin_case(text_of(s, P_SYSTEM, level));
}

// The swing of a scenario. False after the run was told why there is none.
static bool
prepare(state *s, const sw_run *run, const sw_power_scenario *scenario, sw_power_swing *swing)
{
    size_t level = (size_t)run->in[P_SYSTEM];
    char reason[SW_POWER_REASON];
    if (!s->contexts[level])
        s->contexts[level] = sw_power_context_new(case_of(s, run->in[P_SYSTEM]));
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
    double in[P_COUNT], out[O_COUNT];
    sw_run run;
} one;

static void
one_series(const sw_host *host, size_t i, size_t k, const double *values, size_t n)
{
    const one *o = host->self;
    o->batch->host->series(o->batch->host, o->i + i, k, values, n);
}

static void
one_text(const sw_host *host, size_t i, size_t k, const char *text, size_t n)
{
    const one *o = host->self;
    o->batch->host->text(o->batch->host, o->i + i, k, text, n);
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
    *o = (one){.batch = b,
               .i = i,
               .host = {.series = one_series, .text = one_text, .fail = one_fail, .self = o}};
    for (size_t j = 0; j < P_COUNT; j++)
        o->in[j] = b->in[j][i];
    for (size_t k = 0; k < O_COUNT; k++)
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
    if (k->n == BLOCK || (k->n > 0 && b->in[P_SYSTEM][i] != k->system))
        flush(s, k);
    one *o = &k->one[k->n];
    sw_power_scenario *scenario = &k->scenario[k->n_swings];
    one_init(o, b, i);
    k->system = o->in[P_SYSTEM];
    bool ok = read_scenario(s, &o->run, scenario);
    bool known = ok && k->n_swings > 0 && memcmp(scenario, scenario - 1, sizeof *scenario) == 0;
    if (!ok || (!known && !prepare(s, &o->run, scenario, &k->swing[k->n_swings]))) {
        one_done(s, o, SW_ERROR);
        return;
    }
    k->n_swings += !known;
    sw_power_search search = search_of(o->in);
    k->sim[k->n++] = sim_of(s, o->in, &k->swing[k->n_swings - 1], &search);
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

const sw_model sw_power_rotor_angle = {
    .name = "power/rotor-angle",
    .version = SW_POWER_ALGORITHM,
    .doc = "A three-phase fault, cleared; rotor-angle stability and critical clearing time.",
    .n_parameters = P_COUNT,
    .parameters = sw_power_parameters,
    .n_outputs = O_COUNT,
    .outputs = sw_power_outputs,
    .open = power_open,
    .run = power_run,
    .run_batch = power_batch,
    .close = power_close,
};
