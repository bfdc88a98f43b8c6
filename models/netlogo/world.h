// SPDX-License-Identifier: Apache-2.0
// What the files about the world use among themselves.
#ifndef SW_NETLOGO_WORLD_H
#define SW_NETLOGO_WORLD_H

#include "models/netlogo/engine.h"

// A slot for a new turtle or link, marked alive. May collect garbage.
int32_t sw_nl_slot_new(sw_nl_engine *e, unsigned kind);
void sw_nl_order_remove(sw_nl_engine *e, unsigned kind, int32_t breed, int32_t id);
void sw_nl_order_note_death(sw_nl_engine *e, unsigned kind, int32_t breed);

// The name of a shape in its own letters, or SW_NL_NOTHING when there is none such.
sw_nl_v sw_nl_known_shape(sw_nl_engine *e, const sw_nl_string *name, bool link);
sw_nl_v sw_nl_default_shape(sw_nl_engine *e, int32_t breed);

// Moves and turns what is tied to a turtle that moved to (x, y), unwrapped, or turned.
void sw_nl_tie_moved(sw_nl_engine *e, int32_t slot, double x, double y, double old_x, double old_y);
void sw_nl_tie_turned(sw_nl_engine *e, int32_t slot, double heading, double old);

// One field of an exported world: as it is, or a value in the form that names agents.
void sw_nl_export_field(sw_nl_text *t, const char *text, bool first);
void sw_nl_export_value(sw_nl_text *t, sw_nl_v v, bool first);

#endif
