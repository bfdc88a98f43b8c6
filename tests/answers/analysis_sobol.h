// SPDX-License-Identifier: Apache-2.0
// Sobol' indices of unscrambled Sobol' points (Joe and Kuo direction numbers, Gray-code order) in
// 2d dimensions, Saltelli layout, made with the estimators S1 Saltelli (2010), ST Jansen (1999), S2
// Saltelli (2002) in SALib 1.5 in double precision. They hold to about 1e-12; the tolerance of 1e-9
// leaves room for another order of summation. Values that the source prints with fewer digits carry
// their own tolerance.
#ifndef TESTS_ANSWERS_ANALYSIS_SOBOL_H
#define TESTS_ANSWERS_ANALYSIS_SOBOL_H

#include <stddef.h>
#include <stdint.h>

// Ishigami, a = 7, b = 0.1, second-order layout.
static const struct ishigami_answer {
    size_t n;
    uint64_t skip;
    double mean, variance, s1[3], st[3], s2[3]; // s2: (1,2) (1,3) (2,3)
    double tolerance;
} ishigami_answers[] = {
    {64,
     0,
     3.6014880117173975,
     13.181227763264443,
     {0.2927412857573363, 0.608943130814157, -0.02452368653312201},
     {0.5759383396698097, 0.46052746955039053, 0.19280110990916813},
     {-0.12157939222, 0.26569720746, -0.12016878526},
     1e-9},
    {1024,
     0,
     3.5028282897198944,
     13.817704457508283,
     {0.33295510535317324, 0.44131393854406703, 0.01857843792957251},
     {0.5581790457114658, 0.44328458403034815, 0.24214937335496534},
     {-4.955281413521e-05, 0.22760710553788, 0.004876551648890},
     1e-9},
    {1024,
     1024,
     3.4967135142,
     13.857065794,
     {0.316831537711, 0.443763061004, 0.0122031247376},
     {0.555860085136, 0.441898071196, 0.244675386536},
     {0.0092542930349, 0.238172109569, -0.00488770463347},
     1e-9},
    {8192,
     0,
     3.500000627604348,
     13.844475694965293,
     {0.31481863418841965, 0.44241743665406724, 0.0007583597152351851},
     {0.55864564393522, 0.442418760485645, 0.24344896729915178},
     {2.468643616e-05, 0.24272536705962827, -2.802930004e-06},
     1e-9},
};

// Ishigami, n = 1024, skip 0, by other estimators.
static const struct estimator_answer {
    const char *name;
    double s1[3], st[3]; // st of 0: the source gives none
} estimator_answers[] = {
    {"jansen",
     {0.3128447763954526, 0.42616781579360896, -0.0026240532337893363},
     {0.5581790457114658, 0.44328458403034815, 0.24214937335496534}},
    {"janon", {0.31202807037289, 0.42261603079572874, -0.0027193006174835}, {0, 0, 0}},
    {"martinez",
     {0.3120330547908984, 0.42262016207216, -0.00271670012157},
     {0.5564888580694262, 0.4441300630120193, 0.24115367078278427}},
};

// Groups {x1, x3} and {x2} of Ishigami, n = 1024, skip 1024, second-order layout (6144 rows).
static const double group_s1[2] = {0.569557274227, 0.443763061004};
static const double group_st[2] = {0.571358852482, 0.441898071196};
static const double group_s12 = 0.00360315650974;

// y = x1 + 2 x2 + 3 x3 on the unit cube, n = 1024, skip 0.
static const double linear_s1[3] = {0.0714540253371, 0.2855545566, 0.6427772783};
static const double linear_st[3] = {0.0714180629342, 0.285672251737, 0.64274049857};

// Sobol' G, a = 0, 1, 4.5, 9, 99 × 4, n = 1024, skip 0, first-order layout.
static const double g8_s1[8] = {0.693752616049945, 0.17818686750216, 0.02352592757402,
                                0.00720425247117,  4.8363e-05,       -1.6830e-04,
                                9.3687e-05,        2.5792e-04};
static const double g8_st[8] = {0.7656211637850973, 0.23464076954022, 0.03154420948345,
                                0.01047449183207,   1.01410e-04,      1.03327e-04,
                                1.02661e-04,        1.03720e-04};
// The last four S1 and ST are printed to five figures.
static const double g8_tolerance[8] = {1e-9, 1e-9, 1e-9, 1e-9, 5e-9, 5e-9, 5e-9, 5e-9};

#endif
