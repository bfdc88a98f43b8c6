// SPDX-License-Identifier: Apache-2.0
// What a study may ask of the power models, and their answers: the tables, and the places in them.
// All models have the same; only `system`, fault and line differ in their defaults.
#ifndef SW_POWER_DESCRIPTOR_H
#define SW_POWER_DESCRIPTOR_H

#include <sweepd/model.h>

#include "models/power/recording.h"
#include "models/power/scenario.h"

// Places of the parameters.
enum {
    P_SYSTEM,
    P_FAULT_BUS,
    P_LINE,
    P_POSITION,
    P_FAULT_R,
    P_FAULT_X,
    P_OPENS,
    P_SECOND_LINE,
    P_SECOND_AFTER,
    P_CLEARING_TIME,
    P_LOAD_LEVEL,
    P_PROPORTIONAL,
    P_REACTIVE_LIMITS,
    P_INERTIA,
    P_DAMPING,
    P_XDP,
    P_HORIZON,
    P_LIMIT,
    P_STEP,
    P_LONGEST,
    P_SCAN_STEP,
    P_RESOLUTION,
    P_MODEL,
    P_EXCITER,
    P_GOVERNORS,
    P_STABILISERS,
    P_AVR_GAIN,
    P_GOVERNOR_GAIN,
    P_PSS_GAIN,
    P_LOAD_CURRENT,
    P_LOAD_POWER,
    P_EVERY,
    P_EVENT,
    P_TRIP_MACHINE,
    P_STEP_BUS,
    P_STEP_FACTOR,
    P_KEEP_CHARGING,
    P_AREA,
    P_AREA_LOAD,
    P_BUS,
    P_BUS_LOAD,
    P_SLACK,
    P_RENEWABLE,
    P_SEARCH,
    P_ROCOF_WINDOW,
    P_LOW_VOLTAGE,
    P_INERTIA_1,
    P_XDP_1 = P_INERTIA_1 + SW_POWER_NAMED_MACHINES,
    P_DISPATCH_1 = P_XDP_1 + SW_POWER_NAMED_MACHINES,
    P_COUNT = P_DISPATCH_1 + SW_POWER_NAMED_MACHINES,
};

// Places of the outputs.
enum {
    O_STABLE,
    O_SPREAD,
    O_SPREAD_AT,
    O_LOST_AT,
    O_STEPS,
    O_CCT,
    O_CENSORED,
    O_CROSSINGS,
    O_SWING,
    O_TSI,
    O_MARGIN,
    O_NORMALISED_MARGIN,
    O_CRITICAL_MACHINES,
    O_CLUSTER,
    O_FARTHEST,
    O_FREQUENCY_LOW,
    O_FREQUENCY_HIGH,
    O_ROCOF,
    O_VOLTAGE_LOW,
    O_VOLTAGE_HIGH,
    O_TIME_LOW,
    O_CCT_SIMULATIONS,
    O_CCT_BY_SCAN,
    O_CASE_HASH,
    O_SERIES, // in the order of sw_power_trace
    O_COUNT = O_SERIES + SW_POWER_TRACES
};

extern const sw_parameter sw_power_parameters[P_COUNT];
extern const sw_output sw_power_outputs[O_COUNT];

// Choices of text parameters, NULL-terminated; each in the order of the enum named.
extern const char *const sw_power_machine_models[]; // 0: classical, 1: two-axis
extern const char *const sw_power_exciters[];       // sw_power_exciter_choice
extern const char *const sw_power_events[];         // sw_power_event
extern const char *const sw_power_slack_rules[];    // 0: reference, 1: distributed
extern const char *const sw_power_searches[];       // 0: scan, 1: sime

#endif
