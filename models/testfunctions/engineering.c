// SPDX-License-Identifier: Apache-2.0
// Two engineering formulas that the literature uses as realistic cases: water flow through a
// borehole, and the weight of a light aircraft's wing.
#include <math.h>

#include "models/testfunctions/parts.h"

// The ranges are those of Morris, Mitchell and Ylvisaker (1993), Technometrics 35.
static const sw_parameter borehole_parameters[] = {
    {.name = "rw",
     .unit = "m",
     .doc = "Radius of the borehole.",
     .min = 0.05,
     .max = 0.15,
     .value = 0.1},
    {.name = "r",
     .unit = "m",
     .doc = "Radius of influence.",
     .min = 100,
     .max = 50000,
     .value = 25050},
    {.name = "Tu",
     .unit = "m2/yr",
     .doc = "Transmissivity of the upper aquifer.",
     .min = 63070,
     .max = 115600,
     .value = 89335},
    {.name = "Hu",
     .unit = "m",
     .doc = "Potentiometric head of the upper aquifer.",
     .min = 990,
     .max = 1110,
     .value = 1050},
    {.name = "Tl",
     .unit = "m2/yr",
     .doc = "Transmissivity of the lower aquifer.",
     .min = 63.1,
     .max = 116,
     .value = 89.55},
    {.name = "Hl",
     .unit = "m",
     .doc = "Potentiometric head of the lower aquifer.",
     .min = 700,
     .max = 820,
     .value = 760},
    {.name = "L",
     .unit = "m",
     .doc = "Length of the borehole.",
     .min = 1120,
     .max = 1680,
     .value = 1400},
    {.name = "Kw",
     .unit = "m/yr",
     .doc = "Hydraulic conductivity.",
     .min = 9855,
     .max = 12045,
     .value = 10950},
};

static const sw_output borehole_outputs[] = {
    {.name = "y", .unit = "m3/yr", .doc = "Flow of water through the borehole."}};

static double
borehole(const double *x)
{
    double rw = x[0], r = x[1], Tu = x[2], Hu = x[3], Tl = x[4], Hl = x[5], L = x[6], Kw = x[7];
    double logarithm = log(r / rw);
    double resistance = 1 + 2 * L * Tu / (logarithm * rw * rw * Kw) + Tu / Tl;
    return 2 * M_PI * Tu * (Hu - Hl) / (logarithm * resistance);
}

// Forrester, Sobester and Keane (2008), "Engineering design via surrogate modelling", section 1.2,
// after Raymer (2006).
static const sw_parameter wing_parameters[] = {
    {.name = "Sw", .unit = "ft2", .doc = "Wing area.", .min = 150, .max = 200, .value = 175},
    {.name = "Wfw",
     .unit = "lb",
     .doc = "Weight of fuel in the wing.",
     .min = 220,
     .max = 300,
     .value = 260},
    {.name = "A", .unit = "", .doc = "Aspect ratio.", .min = 6, .max = 10, .value = 8},
    {.name = "Lam",
     .unit = "deg",
     .doc = "Quarter-chord sweep.",
     .min = -10,
     .max = 10,
     .value = 0},
    {.name = "q",
     .unit = "lb/ft2",
     .doc = "Dynamic pressure at cruise.",
     .min = 16,
     .max = 45,
     .value = 30.5},
    {.name = "l", .unit = "", .doc = "Taper ratio.", .min = 0.5, .max = 1, .value = 0.75},
    {.name = "tc",
     .unit = "",
     .doc = "Aerofoil thickness to chord ratio.",
     .min = .08,
     .max = .18,
     .value = 0.13},
    {.name = "Nz", .unit = "", .doc = "Ultimate load factor.", .min = 2.5, .max = 6, .value = 4.25},
    {.name = "Wdg",
     .unit = "lb",
     .doc = "Flight design gross weight.",
     .min = 1700,
     .max = 2500,
     .value = 2100},
    {.name = "Wp",
     .unit = "lb/ft2",
     .doc = "Weight of paint.",
     .min = 0.025,
     .max = 0.08,
     .value = 0.0525},
};

static const sw_output wing_outputs[] = {{.name = "y", .unit = "lb", .doc = "Weight of the wing."}};

static double
wing_weight(const double *x)
{
    double Sw = x[0], Wfw = x[1], A = x[2], q = x[4], l = x[5], tc = x[6], Nz = x[7], Wdg = x[8];
    double Wp = x[9], cosine = cos(x[3] * M_PI / 180);
    return 0.036 * pow(Sw, 0.758) * pow(Wfw, 0.0035) * pow(A / (cosine * cosine), 0.6) *
               pow(q, 0.006) * pow(l, 0.04) * pow(100 * tc / cosine, -0.3) * pow(Nz * Wdg, 0.49) +
           Sw * Wp;
}

const sw_model sw_testfunctions_borehole = {
    .name = "testfunctions/borehole",
    .version = "1",
    .doc = "Flow of water through a borehole between two aquifers.",
    .n_parameters = sizeof borehole_parameters / sizeof *borehole_parameters,
    .parameters = borehole_parameters,
    .n_outputs = 1,
    .outputs = borehole_outputs,
    .self = &(sw_testfunction){borehole},
    .open = sw_testfunctions_open_one,
    .run = sw_testfunctions_run,
    .run_batch = sw_testfunctions_run_batch,
};

const sw_model sw_testfunctions_wing_weight = {
    .name = "testfunctions/wing-weight",
    .version = "1",
    .doc = "Weight of a light aircraft's wing.",
    .n_parameters = sizeof wing_parameters / sizeof *wing_parameters,
    .parameters = wing_parameters,
    .n_outputs = 1,
    .outputs = wing_outputs,
    .self = &(sw_testfunction){wing_weight},
    .open = sw_testfunctions_open_one,
    .run = sw_testfunctions_run,
    .run_batch = sw_testfunctions_run_batch,
};
