// SPDX-License-Identifier: Apache-2.0
// The classical swing equations, many simulations at once: d' = w0 w, 2H w' = Pm - Pe - D w with
// Pe_i = sum over j of E_i E_j (G_ij cos d_ij + B_ij sin d_ij) (Anderson and Fouad, ch. 2).
//
// Simulations lie side by side in the lanes of vector registers; each lane has its own network,
// its own step (so that every event falls on a step's end) and its own end, and takes the next
// simulation when it is through. All instruction sets do the same IEEE operations in the same
// order without contraction, so results are the same bits whatever the machine and the company.
#ifndef SW_POWER_SWING_H
#define SW_POWER_SWING_H

#include "models/power/complex.h"
#include <stdbool.h>
#include <stddef.h>

// One operating point with its networks, ready to be simulated. With `detail` (two_axis.h),
// machines have two axes and controls: self and pair are not used, and angle0 is the rotors'.
typedef struct sw_power_swing {
    size_t n, n_topologies;
    bool symmetric;  // no phase shifters: the antisymmetric parts of the matrices vanish
    double w0;       // 2 pi f, rad/s
    double *angle0;  // n: rad
    double *pm;      // n: pu
    double *accel;   // n: w0 / 2H
    double *damping; // n: D / 2H, 1/s
    double *self;    // n a topology: E_i^2 G_ii
    double *pair;    // 4 per pair i < j and topology, times E_i E_j: symmetric and antisymmetric
                     // parts of G, then of B
    struct sw_power_two_axis *detail; // owned; NULL: classical machines
    struct sw_power_dae *whole; // owned; not NULL: loads are not admittances, simulated by dae.h
} sw_power_swing;

// Room for n machines and their networks; the caller fills the arrays but for self and pair.
void sw_power_swing_init(sw_power_swing *s, size_t n, size_t n_topologies);
void sw_power_swing_fini(sw_power_swing *s);

// Sets network k from reduced admittances (n x n, row-major) and the machines' inner voltages.
void sw_power_swing_network(sw_power_swing *s, size_t k, const double complex *y, const double *e);

// Electric powers (n, pu) of classical machines at the given angles (rad) in network k.
void sw_power_swing_electric(const sw_power_swing *s, size_t k, const double *angle, double *pe);

enum { SW_POWER_MAX_PHASES = 4 };

typedef enum sw_power_verdict { SW_POWER_STABLE, SW_POWER_LOST, SW_POWER_FAILED } sw_power_verdict;

typedef struct sw_power_sim sw_power_sim;
struct sw_power_sim {
    const sw_power_swing *swing;
    size_t n_phases;
    struct {
        double end; // s, not before the previous phase's; equal ends skip the phase
        size_t topology;
    } phase[SW_POWER_MAX_PHASES];
    double step;  // s, the longest step; each phase is cut into equal steps of at most this
    double limit; // rad: synchronism is lost when the largest minus the least angle exceeds it
    // Called, if not NULL, at time 0 and after each step with the n angles (rad) and speeds
    // (rad/s, relative to synchronous).
    void (*record)(sw_power_sim *sim, double t, const double *angle, const double *speed);
    void *self;
    const struct sw_power_sample *sample; // during record, with `detail`: more of the machines
    // Answers.
    sw_power_verdict verdict;   // FAILED: an angle is no longer a number, or as `why` says
    const char *why;            // NULL, or one clause
    double end;                 // s: when synchronism was lost, or the horizon
    double largest, largest_at; // rad and s: the largest spread of angles up to the end
    size_t steps;
};

typedef enum sw_power_isa { SW_POWER_BASE, SW_POWER_AVX2, SW_POWER_AVX512 } sw_power_isa;

// Best instruction set of this machine.
sw_power_isa sw_power_isa_best(void);

// Simulates all; each swing must have the same number of machines. Neighbours of one kind
// (classical, or with the same controls) run side by side.
void sw_power_swing_run(sw_power_sim *sims, size_t n);

// The same with a given instruction set, which the machine must have. For tests and benchmarks.
void sw_power_swing_run_as(sw_power_isa isa, sw_power_sim *sims, size_t n);

#endif
