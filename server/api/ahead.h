// SPDX-License-Identifier: Apache-2.0
// The places of a few sorted tables from some place on: the next pages of who goes through them.
#ifndef SWEEPD_API_AHEAD_H
#define SWEEPD_API_AHEAD_H

#include "server/view/pick.h"

typedef struct sw_ahead sw_ahead;

sw_ahead *sw_ahead_new(void);
void sw_ahead_free(sw_ahead **ahead);

// The places after `after` (NULL: from the beginning) of the table `key`, at most `limit`; seen is
// how many the table has. False unless all of these are known. Any thread.
bool sw_ahead_find(sw_ahead *ahead, const char *key, const sw_place *after, size_t limit,
                   sw_place *places, size_t *n, uint64_t *seen);

// Keeps what was found, in the place of what was used longest ago. Any thread.
void sw_ahead_keep(sw_ahead *ahead, const char *key, const sw_picks *found);

#endif
