// SPDX-License-Identifier: Apache-2.0
// The herald: a thread that tells webhooks what happened, in order, each time until it is taken.
#ifndef SWEEPD_API_HERALD_H
#define SWEEPD_API_HERALD_H

#include "server/api/internal.h"

typedef struct sw_herald sw_herald;

sw_herald *sw_herald_start(const sw_api *api);
void sw_herald_stop(sw_herald **herald);

#endif
