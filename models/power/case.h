// SPDX-License-Identifier: Apache-2.0
// A power system case: buses, generators, branches and dynamic data as read from a file, every
// figure in the file's own units (see README.md). Immutable once read; shared by all runs.
#ifndef SW_POWER_CASE_H
#define SW_POWER_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// What a case may hold at most. A file beyond these is refused before anything is allocated for it.
enum {
    SW_POWER_MAX_BUSES = 50000,
    SW_POWER_MAX_BRANCHES = 100000,
    SW_POWER_MAX_GENERATORS = 20000,
    SW_POWER_MAX_MACHINES = 400, // the reduced network is dense: machines squared
    SW_POWER_MODEL_NAME = 24,
    SW_POWER_CASE_NAME = 64,
    SW_POWER_HASH_TEXT = 17,
    SW_POWER_UNIT_NAME = 8,
};

typedef enum sw_power_bus_kind {
    SW_POWER_PQ = 1,
    SW_POWER_PV = 2,
    SW_POWER_SLACK = 3,
    SW_POWER_ISOLATED = 4,
} sw_power_bus_kind;

typedef struct sw_power_bus {
    double number; // a whole number as in the file
    double kind;   // sw_power_bus_kind
    double pd, qd; // MW, MVAr
    double gs, bs; // MW and MVAr at 1 pu
    double area;
    double vm, va; // start: pu, degrees
    double base_kv;
} sw_power_bus;

typedef struct sw_power_generator {
    double bus_number;
    double pg, qg, qmax, qmin; // MW, MVAr
    double vg;                 // pu
    double mbase;              // MVA
    double status;
    double pmax, pmin;
    // Of PSS/E's, for its dynamic data: which of a bus's, impedance on mbase.
    char unit[SW_POWER_UNIT_NAME];
    double zr, zx;
    size_t bus; // index of the bus
} sw_power_generator;

typedef struct sw_power_branch {
    double from_number, to_number;
    double r, x, b;      // pu on base_mva; b is the whole line's
    double ratio, angle; // tap at the from side (0 means 1), phase shift in degrees
    double status;
    size_t from, to; // indices of the buses
} sw_power_branch;

// Figures on the machine's own mbase; NaN where the file says nothing.
typedef struct sw_power_machine {
    double bus_number, unit, mbase;
    double h, d; // s; pu torque per pu speed
    double ra, xd, xq, xdp, xqp;
    double td0p, tq0p; // s
    size_t bus, generator;
} sw_power_machine;

typedef struct sw_power_exciter {
    double bus_number;
    char model[SW_POWER_MODEL_NAME];
    double tr, ka, ta, tb, tc, vrmax, vrmin, ke, te, kf, tf;
    char saturation[SW_POWER_MODEL_NAME]; // "exp", "quad2pt" or "none"
    double aex, bex, e1, se1, e2, se2;
} sw_power_exciter;

typedef struct sw_power_governor {
    double bus_number;
    char model[SW_POWER_MODEL_NAME];
    double r, t1, t2, t3, vmax, vmin, dt;
} sw_power_governor;

typedef struct sw_power_stabiliser {
    double bus_number;
    char model[SW_POWER_MODEL_NAME];
    double ks, tw, t1, t2, t3, t4, vsmax, vsmin;
} sw_power_stabiliser;

typedef struct sw_power_case {
    char name[SW_POWER_CASE_NAME];
    char hash[SW_POWER_HASH_TEXT]; // FNV-1a of the file's bytes, 16 hexadecimal digits
    double base_mva, freq_hz;
    size_t n_buses, n_generators, n_branches;
    size_t n_machines, n_exciters, n_governors, n_stabilisers;
    sw_power_bus *bus;
    sw_power_generator *generator;
    sw_power_branch *branch;
    sw_power_machine *machine;
    sw_power_exciter *exciter;
    sw_power_governor *governor;
    sw_power_stabiliser *stabiliser;
    size_t slack;        // index of the reference bus
    size_t n_simplified; // machines whose subtransients and saturation were left out
} sw_power_case;

// Where a file is wrong. line and column are 0 when they say nothing.
typedef struct sw_power_fault_of_case {
    size_t line, column;
    char message[400];
} sw_power_fault_of_case;

// Reads sweepd's JSON (as in models/power/cases) into a checked case. Returns NULL and the first
// fault. The caller frees the case.
sw_power_case *sw_power_case_from_json(const char *bytes, size_t n, sw_power_fault_of_case *fault);

// Reads the bus, gen and branch matrices of a MATPOWER .m file (version 2), as data: nothing is
// executed, and what would have to be is refused with its line and column. Not checked yet; without
// dynamic data and without a frequency. NULL and the first fault otherwise. The caller frees it.
sw_power_case *sw_power_case_from_matpower(const char *bytes, size_t n,
                                           sw_power_fault_of_case *fault);

// Reads a PSS/E power flow (raw, revisions 32 and 33). Not checked yet. Loads of constant current,
// generators with a step-up transformer within, DC lines, FACTS and induction machines are refused;
// a three-winding transformer becomes a star with a bus of its own;
// constant-admittance loads, line shunts, magnetising admittances and switched shunts at their
// present value become shunts of the buses. NULL and the first fault otherwise. The caller frees
// it.
sw_power_case *sw_power_case_from_psse(const char *bytes, size_t n, sw_power_fault_of_case *fault);

// Reads dynamic data for a case. JSON: freq_hz, the tables machine, exciter, governor and pss, and
// machine_defaults, figures for every generator in service that the table lacks. PSS/E dyr: GENCLS,
// GENROU and GENSAL (without their subtransient windings and saturation), SEXS, IEEET1, IEEEX1,
// TGOV1, STAB1, and IEEEST of the speed without its filters; others are refused by name. False and
// the first fault.
bool sw_power_case_read_dynamics(sw_power_case *c, const char *bytes, size_t n,
                                 sw_power_fault_of_case *fault);
bool sw_power_case_read_dyr(sw_power_case *c, const char *bytes, size_t n,
                            sw_power_fault_of_case *fault);

// Links numbers to indices and checks what a later step relies on: one reference bus, unique bus
// numbers, no zero impedance, positive inertia, a network in one piece. False and a fault if not.
bool sw_power_case_check(sw_power_case *c, sw_power_fault_of_case *fault);

// Sets c->hash from the file's bytes; adds those of a further file to it.
void sw_power_case_set_hash(sw_power_case *c, const void *bytes, size_t n);
void sw_power_case_add_hash(sw_power_case *c, const void *bytes, size_t n);

// Index of the bus with this number, or SIZE_MAX.
size_t sw_power_case_bus(const sw_power_case *c, double number);

// Index of the which-th (from 1) branch in service between two bus numbers, in either direction, or
// SIZE_MAX.
size_t sw_power_case_branch(const sw_power_case *c, double a, double b, size_t which);

// True if the network stays in one piece without the n branches named by index.
bool sw_power_case_is_connected(const sw_power_case *c, size_t n, const size_t *without);

void sw_power_case_free(sw_power_case **c);

// The systems built into the product, by name: NULL if there is none of that name. Parsed once and
// kept for the life of the process.
const sw_power_case *sw_power_builtin_case(const char *name);

// Names of the built-in systems, NULL-terminated.
extern const char *const sw_power_builtin_names[];

#endif
