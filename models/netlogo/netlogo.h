// SPDX-License-Identifier: Apache-2.0
// The NetLogo family: any .nlogo or .nlogox file becomes a model.
//
// Parameters: each widget global with its slider's bounds or its chooser's values; `setup` and `go`
// (commands, texts) and `ticks` (how often `go` runs, unless it stops itself). Outputs: any
// reporter of a number, evaluated at the end of the run. A run's seed seeds all random streams by
// its low 32 bits.
#ifndef SW_NETLOGO_NETLOGO_H
#define SW_NETLOGO_NETLOGO_H

#include <sweepd/model.h>

extern const sw_family sw_netlogo_family;

#endif
