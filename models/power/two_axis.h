// SPDX-License-Identifier: Apache-2.0
// Two-axis machines with exciters, governors and stabilisers, many simulations at once, for loads
// that are admittances. The network is then linear in the voltages for given rotor angles, and is
// solved exactly at every evaluation.
//
// Equations (Sauer and Pai, ch. 6 and 7), w in pu:
//   Td0' Eq' = -Eq - (xd - x'd) Id + Efd        Tq0' Ed' = -Ed + (xq - x'q) Iq
//   Te = Ed Id + Eq Iq + (x'q - x'd) Id Iq      2H w' = Tm - Te - D w
//   Ed - Vd = ra Id - x'q Iq                    Eq - Vq = ra Iq + x'd Id
//
// The network is reduced to inner nodes behind ra + j x'q, where a machine is the source
// Eq + (x'q - x'd) Id along its q axis and Ed along its d axis. All that depends on the angles is
// then n real equations for the Id, not 2n for the voltages; the answer is the same.
//
// Integrated with the classical Runge-Kutta method of order four, in lanes as swing.h says: same
// bits on every instruction set. Limits without wind-up: a state at its limit has no derivative
// outwards.
#ifndef SW_POWER_TWO_AXIS_H
#define SW_POWER_TWO_AXIS_H

#include "models/power/machine.h"
#include "models/power/swing.h"

// Numbers of one machine as the integrator wants them (see two_axis.c for what each is).
enum {
    SW_POWER_ACCEL,   // w0 / 2H
    SW_POWER_DAMPING, // D / 2H
    SW_POWER_RTD,     // 1 / Td0', 0 if E'q is constant
    SW_POWER_RTQ,
    SW_POWER_XD_STEP,  // xd - x'd
    SW_POWER_XQ_STEP,  // xq - x'q
    SW_POWER_SALIENCY, // x'q - x'd
    SW_POWER_RA,
    SW_POWER_XQP,
    SW_POWER_EFD0, // constant field voltage
    SW_POWER_TM0,
    SW_POWER_RTR,
    SW_POWER_RTB,
    SW_POWER_TC_TB, // TC / TB
    SW_POWER_KA,
    SW_POWER_RTA,
    SW_POWER_VRMAX,
    SW_POWER_VRMIN,
    SW_POWER_VREF,
    SW_POWER_KE,
    SW_POWER_RTE,
    SW_POWER_SAT_A,
    SW_POWER_SAT_B,
    SW_POWER_KF_TF, // KF / TF
    SW_POWER_RTF,
    SW_POWER_GAIN, // of the governor, over w0
    SW_POWER_RT1,
    SW_POWER_VALVE_MAX,
    SW_POWER_VALVE_MIN,
    SW_POWER_T2_T3, // T2 / T3; 1 without T3
    SW_POWER_RT3,
    SW_POWER_DT, // over w0
    SW_POWER_KS, // of the stabiliser, over w0
    SW_POWER_RTW,
    SW_POWER_LEAD_1, // T1 / T2; 1 without T2
    SW_POWER_RLAG_1,
    SW_POWER_LEAD_2,
    SW_POWER_RLAG_2,
    SW_POWER_VSMAX,
    SW_POWER_VSMIN,
    SW_POWER_N_FIGURES,
};

// Which blocks a machine has; what is absent costs nothing.
typedef struct sw_power_shape {
    sw_power_exciter_kind exciter;
    sw_power_saturation saturation;
    bool tr, tb, ta, kf, governor, t3, pss, lag_1, lag_2;
    // Index of each state among all of a simulation's, SIZE_MAX if it has none. The first four of a
    // machine are always delta, w, Eq, Ed.
    size_t first, vm, lead, vr, efd, vf, valve, turbine, washout, stage_1, stage_2;
} sw_power_shape;

typedef struct sw_power_two_axis {
    size_t n, n_topologies, n_states;
    double w0;
    double longest_step;   // s: what the fastest lag allows, whatever a simulation's step
    sw_power_shape *shape; // n
    double *figure;        // n of SW_POWER_N_FIGURES
    double *start;         // n_states
    double *vt;            // n: terminal voltages at the start
    double *g, *b;         // n x n a topology: admittances between the inner nodes
} sw_power_two_axis;

// Room for n machines, filled from their units and steady states; networks are set one by one.
sw_power_two_axis *sw_power_two_axis_new(size_t n, size_t n_topologies, double w0,
                                         const sw_power_unit *unit, const sw_power_start *start);
void sw_power_two_axis_free(sw_power_two_axis **d);

// The admittance behind which sw_power_reduce is to place the machine.
double complex sw_power_two_axis_source(const sw_power_unit *unit);

// Sets network k from the n x n admittances between inner nodes.
void sw_power_two_axis_network(sw_power_two_axis *d, size_t k, const double complex *y);

// Simulates all; each sim's swing has `detail`, of equal shapes.
void sw_power_two_axis_run_as(sw_power_isa isa, sw_power_sim *sims, size_t n);

// True if the two can be integrated side by side.
bool sw_power_two_axis_same_shape(const sw_power_two_axis *a, const sw_power_two_axis *b);

// What a record callback finds in sim->sample: one step's figures by machine, in pu, besides the
// angles and speeds that it is given.
typedef struct sw_power_sample {
    const double *eq, *ed, *efd, *tm, *te, *vt;
} sw_power_sample;

#endif
