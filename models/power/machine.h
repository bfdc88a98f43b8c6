// SPDX-License-Identifier: Apache-2.0
// Machines with their controls, ready to be simulated: what a case's tables machine, exciter,
// governor and pss say (case.h holds them as read, NaN where the file says nothing), on the
// system's base, with every absent figure decided. Shared by the fast path (two_axis.h) and the
// differential-algebraic one (dae.h).
//
// Rows are matched by bus. A bus may have several exciter rows: sets to choose from. The models:
//
//   table     model                      reads
//   exciter   SEXS                       KA, TC and TB (lead and lag), TE (lag), VRmax and VRmin
//   (Efd)
//             ESST1A*, EXST1, ST_*       TR, TC, TB, KA, TA, VRmax, VRmin
//             IEEET1, IEEEX1, EXDC*,     TR, TC, TB, KA, TA, VRmax, VRmin, KE, TE, KF, TF,
//             saturation DC_*
//   governor  TGOV1                      R, T1, T2, T3, Vmax, Vmin, Dt, on the generator's mBase
//   pss       any                        Ks, Tw, T1 to T4, Vsmax, Vsmin; input: speed in pu
//
// A machine without xd or Td0p is classical (constant E'); one without Tq0p or xqp has no transient
// winding on its q axis (x'q = xq, E'd = 0). Absent limits do not limit. A governor without Vmax is
// on the generator's Pmax instead, limited to it or to where it starts.
#ifndef SW_POWER_MACHINE_H
#define SW_POWER_MACHINE_H

#include "models/power/complex.h"

#include "models/power/case.h"

typedef enum sw_power_exciter_kind {
    SW_POWER_NO_EXCITER,
    SW_POWER_STATIC,  // Efd is the limited output of the regulator
    SW_POWER_ROTATING // an exciter TE Efd' = VR - (KE + SE) Efd behind the regulator
} sw_power_exciter_kind;

// SE(Efd): a exp(b |Efd|), or b (|Efd| - a)^2 / |Efd| above a.
typedef enum sw_power_saturation {
    SW_POWER_UNSATURATED,
    SW_POWER_EXPONENTIAL,
    SW_POWER_QUADRATIC
} sw_power_saturation;

// e = Vref - V/(1 + TR s) + Vs - KF s Efd / (1 + TF s); VR = KA / (1 + TA s) of
// (1 + TC s) / (1 + TB s) e, without wind-up. A time constant of 0 makes its block algebraic.
typedef struct sw_power_avr {
    sw_power_exciter_kind kind;
    double tr, tc, tb, ka, ta, vrmax, vrmin;
    double ke, te, kf, tf; // ke NaN: such that VR starts at 0 (self-excited)
    sw_power_saturation saturation;
    double a, b;
} sw_power_avr;

// Tm = (1 + T2 s) / (1 + T3 s) of a valve (limited, without wind-up) that follows
// Pref - gain w with the lag T1, less dt w. Torques in pu of base_mva, w in pu.
typedef struct sw_power_gov {
    bool present, vmax_moves; // vmax_moves: up to where the valve starts
    double gain, t1, t2, t3, vmax, vmin, dt;
} sw_power_gov;

// Vs = Ks s Tw / (1 + s Tw) (1 + s T1) / (1 + s T2) (1 + s T3) / (1 + s T4) w, limited.
typedef struct sw_power_pss {
    bool present;
    double ks, tw, t[4], vsmax, vsmin;
} sw_power_pss;

// One machine; reactances, H and D on the system's base.
typedef struct sw_power_unit {
    size_t bus, generator;
    double h, d, ra, xd, xq, xdp, xqp;
    double td0p, tq0p; // s; INFINITY: E'q or E'd is constant
    sw_power_avr avr;
    sw_power_gov gov;
    sw_power_pss pss;
} sw_power_unit;

typedef enum sw_power_exciter_choice {
    SW_POWER_EXCITER_NONE,     // constant field voltage
    SW_POWER_EXCITER_LISTED,   // the first row of the machine's bus
    SW_POWER_EXCITER_STATIC,   // its first row of that kind
    SW_POWER_EXCITER_ROTATING, // likewise
    // Everywhere SEXS with typical figures: K 200, TA/TB 0.1, TB 10 s, TE 0.05 s, Efd within +-5.
    SW_POWER_EXCITER_SEXS,
} sw_power_exciter_choice;

// Which controls are simulated, and factors on their gains.
typedef struct sw_power_controls {
    sw_power_exciter_choice exciter;
    bool governor, pss;
    double avr_gain, governor_gain, pss_gain; // on KA, 1/R and Ks
} sw_power_controls;

// Fills one unit a machine of the case. False and a reason if the machine's data cannot be
// simulated (an unknown model, a lead without a lag, a time constant that is negative ...).
bool sw_power_units(const sw_power_case *c, const sw_power_controls *controls, sw_power_unit *unit,
                    char *reason, size_t size);

// Multiplies the inertia, adds to D (pu on base_mva), multiplies x'd.
void sw_power_unit_scale(sw_power_unit *unit, double inertia, double damping, double xdp);

// The machine at `share` of its size, so that all its figures but the exciter's are: what is in pu
// of the system's base scales, impedances inversely.
void sw_power_unit_resize(sw_power_unit *unit, double share);

// SE(efd) of the exciter.
double sw_power_saturation_at(const sw_power_avr *avr, double efd);

// Where a machine stands in the steady state of the power flow.
typedef struct sw_power_start {
    double delta, eq, ed;     // rad; pu
    double efd, vr, vref, vm; // pu; vref is what holds vm there
    double tm;                // pu of base_mva
    double ke;                // the exciter's KE, decided if it was NaN
    double vmax, vmin;        // the valve's limits, moved to tm where they were a default
} sw_power_start;

// The steady state at terminal voltage v (pu) and injected power p + jq (pu of base_mva). False and
// a reason if it lies beyond a limit of the exciter or governor.
bool sw_power_unit_start(const sw_power_unit *unit, double complex v, double p, double q,
                         sw_power_start *start, char *reason, size_t size);

#endif
