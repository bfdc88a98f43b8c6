// SPDX-License-Identifier: Apache-2.0
// The family `testfunctions`: functions with known answers for demonstrations and tests, and models
// that misbehave on purpose for fault tests. README.md lists them with formulas and sources.
#ifndef SW_MODELS_TESTFUNCTIONS_H
#define SW_MODELS_TESTFUNCTIONS_H

#include <sweepd/model.h>

extern const sw_family sw_testfunctions_family;

#endif
