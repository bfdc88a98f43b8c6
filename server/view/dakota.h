// SPDX-License-Identifier: Apache-2.0
// Runs in Dakota's annotated tabular format, which its own tools and many others read.
#ifndef SWEEPD_VIEW_DAKOTA_H
#define SWEEPD_VIEW_DAKOTA_H

#include "server/view/table.h"

// "%eval_id interface", then inputs and outputs by name; series and texts among the outputs have no
// place in the format and are left out. Needs names and kinds of cells only.
void sw_dakota_header(sw_buffer *b, const sw_table *table);

// A line a run: its number counted from 1, NO_ID, then values. NaN and infinities are "nan" and
// "inf". White space in names and texts becomes _, since it parts the columns.
void sw_dakota_rows(sw_buffer *b, const sw_table *table);

#endif
