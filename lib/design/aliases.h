// SPDX-License-Identifier: Apache-2.0
// What a regular fraction of the corners confounds. Private to lib/design.
#ifndef SWEEPD_DESIGN_ALIASES_H
#define SWEEPD_DESIGN_ALIASES_H

#include "lib/study/study.h"

// Parameter v of the study's varied ones is the product of the base columns whose bits are set in
// word[v]; the base columns are the parameters whose word has one bit.
//
// {"resolution", "generators", "aliases"}. resolution: the length of the shortest word of the
// defining relation, 6 for six or more, null if all corners are there. generators: {"parameter",
// "product": [names]}. aliases: chains of effects that the design can not tell apart, of main
// effects and pairs, each effect a list of one name or two; all signs are plus. The caller owns the
// reference. Box and Hunter (1961), Technometrics 3.
json_t *sw_aliases_report(const sw_study *study, const uint32_t *word, int bits);

#endif
