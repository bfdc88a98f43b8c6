// SPDX-License-Identifier: Apache-2.0
// The one-machine equivalent of SIME: how far a simulated trajectory is from losing, or from
// keeping, synchronism (Zhang, Wehenkel, Rousseaux and Pavella 1997; Pavella, Ernst and Ruiz-Vega
// 2000, ch. 2 to 4).
//
// The machines are parted into a critical cluster C and the rest N; with M_i = 2 H_i / w0,
//   delta = sum_C M_i delta_i / M_C - sum_N M_i delta_i / M_N,   M = M_C M_N / (M_C + M_N),
//   Pa = M (sum_C Pa_i / M_C - sum_N Pa_i / M_N),                M delta'' = Pa.
#ifndef SW_POWER_OMIB_H
#define SW_POWER_OMIB_H

#include <stdint.h>

#include "models/power/swing.h"

// All steps of one simulation.
typedef struct sw_power_trajectory {
    size_t n, rows, capacity; // machines; rows kept
    double *v;                // a row: time (s), n angles (rad), n speeds (rad/s), n accelerating
                              // powers (pu): mechanical less electrical
    bool full;                // there were more steps than are kept: nothing can be said
} sw_power_trajectory;

// More steps times machines than this are not kept (some 100 MB).
enum { SW_POWER_TRAJECTORY_MAX = 1 << 22 };

// Adds a step: to be called by the simulation's record.
void sw_power_trajectory_add(sw_power_trajectory *trajectory, const sw_power_sim *sim, double t,
                             const double *angle, const double *speed);
void sw_power_trajectory_fini(sw_power_trajectory *trajectory);

// Where a trajectory stands. Angles and powers are the equivalent's.
typedef struct sw_power_omib {
    // pu rad: the area under Pa that is left (positive: stable) or lacks (negative: unstable); NaN:
    // see why.
    double margin;
    const char *why; // the reason where there is no margin, else NULL
    double mass;     // M, pu s2/rad: margin / mass is the normalised margin
    double at;       // s: when it turns back (stable) or passes the unstable equilibrium
    double angle;    // rad: there
    double beyond;   // rad: the unstable equilibrium; extrapolated where the trajectory is stable
    double triangle; // pu rad: a stable margin by the triangle rule, else NaN
    bool *critical;  // n: whether a machine is of C; the caller's array
} sw_power_omib;

// The margin of a finished simulation. Only what comes after `cleared` (s), the end of the fault,
// is looked at.
//
// Lost: C are the machines above the largest gap between angles when their spread first exceeds 180
// degrees. The margin is -M w^2 / 2 at the last passing of Pa = 0 upwards before it exceeds 360.
// There is none where the machines accelerate from the clearing on.
//
// Stable: C likewise, when the spread was largest. The margin is the integral of -Pa from where the
// equivalent turns back (where its angle was largest) to its next equilibrium, by a parabola in
// delta fitted to the last half of the forward swing (least squares, the last points weighing
// more). There is none where the parabola has no zero ahead.
void sw_power_omib_margin(const sw_power_trajectory *trajectory, const sw_power_sim *sim,
                          double cleared, sw_power_omib *answer);

// Whether two trajectories have the same critical cluster.
bool sw_power_omib_same(const sw_power_omib *a, const sw_power_omib *b, size_t n);

#endif
