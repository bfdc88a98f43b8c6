// SPDX-License-Identifier: Apache-2.0
// Exact Sobol' indices of functions on independent inputs. From closed forms (given to 12 digits),
// but for the two engineering functions, which are the mean of 6 x 2^16 scrambled Sobol' points
// with an error below 1e-4. Ranges of the borehole function are those of Morris, Mitchell and
// Ylvisaker (1993): Hu to 1110 m, Kw from 9855 m/yr; a table of its indices is worth nothing
// without them.
//
// Not here, because they are wrong: Ishigami's V13 as some textbooks print it; beta of "Morris
// (2006)" as its paper prints it (it is 12 / sqrt(10 (p - 1))); 0.643 and 0.286 for x1 + x2/2 + x1
// x2, an arithmetic slip in the test suite of another tool (42 for 40).
#ifndef TESTS_ANSWERS_SENSITIVITY_EXACT_H
#define TESTS_ANSWERS_SENSITIVITY_EXACT_H

#include <stddef.h>

enum { EXACT_D = 10 };

typedef struct exact_indices {
    const char *name;
    size_t d;
    double s1[EXACT_D], st[EXACT_D];
    double error; // of the figures themselves
} exact_indices;

// In the order of the functions in tests/unit/analysis/functions.h.
static const exact_indices exact_answers[] = {
    {"ishigami b=0.1",
     3,
     {.313905191147811, .442411144790041, 0},
     {.557588855209959, .442411144790041, .243683664062148},
     1e-12},
    {"ishigami b=0.05",
     3,
     {.218518564427013, .686894643648693, 0},
     {.313105356351307, .686894643648693, .0945867919242938},
     1e-12},
    {"g",
     8,
     {.716192168879, .179048042220, .0236757741778, .00716192168879, 7.16192168879e-5,
      7.16192168879e-5, 7.16192168879e-5, 7.16192168879e-5},
     {.787144126659, .242198192818, .0343169101541, .0104603870652, 1.0494905192e-4,
      1.0494905192e-4, 1.0494905192e-4, 1.0494905192e-4},
     1e-11},
    {"g of six",
     6,
     {2.76065038e-4, .0101948041626, .765743068216, .191435767054, 1.79396283e-4, 1.49041687e-3},
     {3.29457686e-4, .0121432395875, .795969769091, .220313061088, 2.14096613e-4, 1.77825475e-3},
     1e-11},
    {"g* alpha=1",
     10,
     {.403677351675, .403677351675, .00403677351675, .00403677351675, .00403677351675,
      .00403677351675, .00403677351675, .00403677351675, .00403677351675, .00403677351675},
     {.552758013757, .552758013757, .00734562144527, .00734562144527, .00734562144527,
      .00734562144527, .00734562144527, .00734562144527, .00734562144527, .00734562144527},
     1e-11},
    {"g* alpha=0.5",
     10,
     {.449096267836, .449096267836, .00449096267836, .00449096267836, .00449096267836,
      .00449096267836, .00449096267836, .00449096267836, .00449096267836, .00449096267836},
     {.510307793632, .510307793632, .00573379543407, .00573379543407, .00573379543407,
      .00573379543407, .00573379543407, .00573379543407, .00573379543407, .00573379543407},
     1e-11},
    {"linear", 3, {1 / 14., 4 / 14., 9 / 14.}, {1 / 14., 4 / 14., 9 / 14.}, 1e-15},
    {"interaction", 2, {.675, .3}, {.7, .325}, 1e-15},
    {"product", 2, {3 / 7., 3 / 7.}, {4 / 7., 4 / 7.}, 1e-15},
    {"morris 2006, p=5",
     7,
     {.190476190476, .190476190476, .190476190476, .190476190476, .190476190476, 0, 0},
     {.209523809524, .209523809524, .209523809524, .209523809524, .209523809524, 0, 0},
     1e-11},
    {"borehole",
     8,
     {.82893, 2e-5, 2e-5, .04139, 2e-5, .04139, .03934, .00952},
     {.86685, 2e-5, 2e-5, .05411, 2e-5, .05412, .05208, .01273},
     1e-4},
    {"wing weight",
     10,
     {.12449, 0, .22023, .00049, .00009, .00180, .14099, .41162, .08497, .00334},
     {.12790, 0, .22601, .00051, .00009, .00187, .14507, .41965, .08760, .00336},
     1e-4},
};

#endif
