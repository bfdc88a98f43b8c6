// SPDX-License-Identifier: Apache-2.0
// Unscrambled Sobol' points (Joe and Kuo's new-joe-kuo-6, Gray-code order, index 0 the origin) and
// the discrepancies of the first 64 in three dimensions, from scipy. The points are exact; the
// discrepancies hold to rounding, for which 1e-12 is left.
#ifndef TESTS_ANSWERS_SENSITIVITY_POINTS_H
#define TESTS_ANSWERS_SENSITIVITY_POINTS_H

#include <stdint.h>

static const struct {
    uint64_t index;
    double x[8];
} points_of_8[] = {
    {2, {.75, .25, .25, .25, .75, .75, .25, .75}},
    {3, {.25, .75, .75, .75, .25, .25, .75, .25}},
    {4, {.375, .375, .625, .875, .375, .125, .375, .875}},
    {5, {.875, .875, .125, .375, .875, .625, .875, .375}},
    {6, {.625, .125, .875, .625, .625, .875, .125, .125}},
    {7, {.125, .625, .375, .125, .125, .375, .625, .625}},
    {8, {.1875, .3125, .9375, .4375, .5625, .3125, .4375, .9375}},
    {9, {.6875, .8125, .4375, .9375, .0625, .8125, .9375, .4375}},
    {10, {.9375, .0625, .6875, .1875, .3125, .5625, .1875, .1875}},
    {15, {.0625, .9375, .5625, .3125, .6875, .1875, .8125, .3125}},
};

static const double point_7_of_21[21] = {.125, .625, .375, .125, .125, .375, .625,
                                         .625, .625, .875, .625, .125, .625, .375,
                                         .125, .125, .125, .125, .625, .875, .875};

#define ANSWER_CENTRED 0.0005947820123695102
#define ANSWER_WRAP_AROUND 0.0009953553690817962
#define ANSWER_MIXTURE 0.0011209690804729888
#define ANSWER_STAR 0.013868227195862197

#endif
