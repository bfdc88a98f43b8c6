// SPDX-License-Identifier: Apache-2.0
// Values of the test functions at single points, and moments over their whole ranges.
//
// Point values follow from the formulas by exact arithmetic; tolerance 1e-12 relative, since only
// the order of a few additions is free. Moments: Ishigami in closed form; borehole and wing weight
// are the mean of 6 x 2^16 scrambled Sobol' points (error below 1e-4 relative), compared here with
// a plain Monte-Carlo mean, whose error decides the tolerance.
#ifndef SW_TESTS_ANSWERS_TESTFUNCTIONS_VALUES_H
#define SW_TESTS_ANSWERS_TESTFUNCTIONS_VALUES_H

// G(0, …, 0) with a = 0, 1, 4.5, 9, 99 x 4: 2 * 1.5 * (6.5 / 5.5) * 1.1 * 1.01^4 = 4.0583.
#define ANSWER_G_ORIGIN (2 * 1.5 * (6.5 / 5.5) * 1.1 * 1.01 * 1.01 * 1.01 * 1.01)
// G* with alpha = 2 there (SALib, tests/test_Sobol_G.py, delta = 1 has the same value).
#define ANSWER_G_STAR_ORIGIN 10.6275

// Morris (1991) with all random coefficients 0: at 0, at 1, at 0.5 and at x_i = (i - 1)/19.
static const double answer_morris[] = {-320, -120, 39.58333333333334, -74.69775519172855};
// Elementary effects on the grid of four levels, Delta = 2/3.
#define ANSWER_MORRIS_EFFECT_8_TO_10 40.0
static const double answer_morris_effect_7[] = {57.3913043478261, 9.230769230769232};

#define ANSWER_ISHIGAMI_MEAN 3.5
#define ANSWER_ISHIGAMI_VARIANCE 13.8445879407193
#define ANSWER_BOREHOLE_MEAN 77.6513
#define ANSWER_BOREHOLE_VARIANCE 2078.9
#define ANSWER_WING_MEAN 268.075
#define ANSWER_WING_VARIANCE 2311.92

#endif
