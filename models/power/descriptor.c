// SPDX-License-Identifier: Apache-2.0
// The tables of parameters and outputs.
#include "models/power/descriptor.h"

#include "models/power/case.h"

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

const char *const sw_power_machine_models[] = {"classical", "two-axis", NULL};

// In the order of sw_power_exciter_choice.
const char *const sw_power_exciters[] = {"none", "listed", "static", "rotating", "sexs", NULL};

const char *const sw_power_events[] = {"fault", "line-trip", "generator-trip", "load-step", NULL};
const char *const sw_power_slack_rules[] = {"reference", "distributed", NULL};
const char *const sw_power_searches[] = {"scan", "sime", NULL};

const sw_parameter sw_power_parameters[P_COUNT] = {
    [P_SYSTEM] = {"system", "", "The power system.", SW_TEXT, 0, 0, 0, "wscc9",
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
     0, "classical", sw_power_machine_models},
    {"exciter", "", "Which of the case's exciters; sexs: a typical one everywhere.", SW_TEXT, 0, 0,
     0, "listed", sw_power_exciters},
    FLAG("governors", 1, "Two-axis machines have the case's governors."),
    FLAG("stabilisers", 1, "Two-axis machines have the case's stabilisers."),
    NUMBER("avr-gain", "", 0.01, 100, 1, "Factor on the gains of all voltage regulators."),
    NUMBER("governor-gain", "", 0, 100, 1, "Factor on 1/R of all governors."),
    NUMBER("pss-gain", "", 0, 100, 1, "Factor on the gains of all stabilisers."),
    NUMBER("load-current", "", 0, 1, 0, "Share of constant current in all loads (two-axis only)."),
    NUMBER("load-power", "", 0, 1, 0, "Share of constant power in all loads (two-axis only)."),
    NUMBER("every", "s", 0, 10, 0, "Time between the rows of series; 0: each step."),
    {"event", "",
     "What happens at time 0: a fault; line trips; trip-machine is lost; the load at step-bus "
     "changes.",
     SW_TEXT, 0, 0, 0, "fault", sw_power_events},
    NUMBER("trip-machine", "", 0, 1e4, 0, "Which machine is lost, in the order of the case's."),
    NUMBER("step-bus", "", 0, 1e6, 0, "Bus whose load changes; 0: all buses."),
    NUMBER("step-factor", "", 0, 10, 1, "Factor by which that load changes."),
    FLAG("keep-charging", 0, "Half of an opened line's charging stays at each of its ends."),
    NUMBER("area", "", 0, 1e6, 0, "Area whose loads area-load multiplies; 0: none."),
    NUMBER("area-load", "", 0, 10, 1, "Factor on the loads of the area."),
    NUMBER("bus", "", 0, 1e6, 0, "Bus whose load bus-load multiplies; 0: none."),
    NUMBER("bus-load", "", 0, 10, 1, "Factor on the load of the bus."),
    {"slack", "",
     "Who makes up the difference: the reference bus, or all generators in proportion to their "
     "powers.",
     SW_TEXT, 0, 0, 0, "reference", sw_power_slack_rules},
    NUMBER("renewable-share", "", 0, 0.95, 0,
           "Share of each machine that a static injection of the same power takes the place of."),
    {"search", "",
     "How cct is found: by a scan, or by extrapolating SIME's margins (and by the scan where they "
     "are no guide).",
     SW_TEXT, 0, 0, 0, "scan", sw_power_searches},
    NUMBER("rocof-window", "s", 0.01, 10, 0.5, "Over which rocof is taken."),
    NUMBER("low-voltage", "pu", 0, 1, 0.8, "Terminal voltages below this count as low."),
    MACHINES("inertia", "Factor on the inertia"),
    MACHINES("xdp", "Factor on the transient reactance"),
    MACHINES("dispatch", "Factor on the active power"),
};

const sw_output sw_power_outputs[O_COUNT] = {
    [O_STABLE] = {"stable", "", "1 if synchronism is kept to the horizon, 0 if it is lost.",
                  SW_SCALAR, false},
    [O_SPREAD] = {"spread", "degree", "Largest separation of rotor angles, up to the loss.",
                  SW_SCALAR, false},
    [O_SPREAD_AT] = {"spread-at", "s", "When it was largest.", SW_SCALAR, false},
    [O_LOST_AT] = {"lost-at", "s", "When synchronism was lost; NaN if it was kept.", SW_SCALAR,
                   false},
    [O_STEPS] = {"steps", "", "Steps of integration.", SW_SCALAR, true},
    [O_CCT] = {"cct", "s", "Critical clearing time: the longest below the first loss.", SW_SCALAR,
               true},
    [O_CENSORED] = {"cct-censored", "",
                    "1 if no loss was found up to `longest`, which cct then is.", SW_SCALAR, true},
    [O_CROSSINGS] = {"crossings", "s", "All clearing times at which stability changes.", SW_SERIES,
                     true},
    [O_SWING] =
        {"swing", "degree",
         "Largest less least separation of rotor angles in the last fifth of the horizon; NaN "
         "if synchronism is lost.",
         SW_SCALAR, true},
    [O_TSI] = {"tsi", "percent", "Transient stability index: (360 - spread) / (360 + spread).",
               SW_SCALAR, true},
    [O_MARGIN] = {"margin", "pu rad",
                  "Area that is left (or lacks, negative) by the one-machine equivalent; NaN where "
                  "it has none.",
                  SW_SCALAR, true},
    [O_NORMALISED_MARGIN] = {"normalised-margin", "rad2/s2",
                             "The margin over the equivalent's inertia M = 2H / w0.", SW_SCALAR,
                             true},
    [O_CRITICAL_MACHINES] = {"critical-machines", "", "Number of machines in the critical cluster.",
                             SW_SCALAR, true},
    [O_CLUSTER] = {"critical-cluster", "", "Their numbers, in the order of the case's.", SW_SERIES,
                   true},
    [O_FARTHEST] = {"farthest", "degree",
                    "Largest angle of each machine away from the centre of inertia.", SW_SERIES,
                    true},
    [O_FREQUENCY_LOW] = {"frequency-low", "Hz",
                         "Lowest frequency of the centre of inertia; NaN without governors, which "
                         "alone stop its fall.",
                         SW_SCALAR, true},
    [O_FREQUENCY_HIGH] = {"frequency-high", "Hz", "Highest frequency, likewise.", SW_SCALAR, true},
    [O_ROCOF] = {"rocof", "Hz/s",
                 "Largest change of that frequency within rocof-window, over the window.",
                 SW_SCALAR, true},
    [O_VOLTAGE_LOW] = {"voltage-low", "pu",
                       "Lowest terminal voltage of any machine; NaN for classical ones.", SW_SCALAR,
                       true},
    [O_VOLTAGE_HIGH] = {"voltage-high", "pu", "Highest terminal voltage, likewise.", SW_SCALAR,
                        true},
    [O_TIME_LOW] = {"time-low", "s", "How long any terminal was below low-voltage, likewise.",
                    SW_SCALAR, true},
    [O_CCT_SIMULATIONS] = {"cct-simulations", "", "Simulations that the search for cct took.",
                           SW_SCALAR, true},
    [O_CCT_BY_SCAN] = {"cct-by-scan", "",
                       "1 if the scan found cct: asked for, or where SIME's margins are no guide.",
                       SW_SCALAR, true},
    [O_CASE_HASH] = {"case-hash", "", "Hash of the case's file.", SW_OUTPUT_TEXT, true},
    [O_SERIES +
        SW_POWER_TIMES] = {"times", "s", "When the rows of the series below are.", SW_SERIES, true},
    [O_SERIES + SW_POWER_ANGLES] = {"angles", "degree",
                                    "Rotor angles to the machines' mean, machine by machine, a row "
                                    "after the other.",
                                    SW_SERIES, true},
    [O_SERIES + SW_POWER_SPEEDS] = {"speeds", "pu", "Speeds relative to synchronous, likewise.",
                                    SW_SERIES, true},
    [O_SERIES + SW_POWER_VOLTAGES] = {"voltages", "pu",
                                      "Terminal voltages, likewise; empty for classical machines.",
                                      SW_SERIES, true},
    [O_SERIES + SW_POWER_FIELDS] = {"fields", "pu",
                                    "Field voltages Efd, likewise; empty for classical machines.",
                                    SW_SERIES, true},
    [O_SERIES + SW_POWER_TORQUES] = {"torques", "pu",
                                     "Mechanical torques on the case's base, likewise; empty for "
                                     "classical machines.",
                                     SW_SERIES, true},
};
