// SPDX-License-Identifier: Apache-2.0
// The NetLogo family: any .nlogo or .nlogox file becomes a model.
//
// Parameters: each widget global with its slider's bounds or its chooser's values; `setup` and `go`
// (commands), `time-limit` (how often `go` runs, unless it stops itself or `stop-if` is true), the
// world's edges, `random-seed` (0: the run's own), and `measure-every` with `measure-if` for
// outputs that are series. Outputs: any reporter, evaluated at the end of the run, or, as a series,
// after setup and every so many steps. A run's seed seeds all random streams by its low 32 bits.
#ifndef SW_NETLOGO_NETLOGO_H
#define SW_NETLOGO_NETLOGO_H

#include <sweepd/model.h>

extern const sw_family sw_netlogo_family;

#endif
