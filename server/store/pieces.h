// SPDX-License-Identifier: Apache-2.0
// The columns of some consecutive runs as they come out of a query, owned: what readers are made
// of.
#ifndef SWEEPD_STORE_PIECES_H
#define SWEEPD_STORE_PIECES_H

#include "server/store/columns.h"
#include "server/store/connection.h"

typedef struct sw_piece {
    uint64_t first;
    size_t n;
    sw_column *columns; // one for each variable
    void **owned;       // 3 a variable: values, lengths, texts
} sw_piece;

// Room for the columns of runs first … first+n-1.
void sw_piece_init(sw_piece *p, uint64_t first, size_t n, size_t n_variables);
void sw_piece_fini(sw_piece *p, size_t n_variables);

// Takes values, lengths and texts from fields 2, 3 and 4 of a row of a binary result. False if they
// are not n runs.
bool sw_piece_fill(sw_piece *p, size_t v, const PGresult *r, int row);

// Names the columns; a variable that was not filled becomes NaN, or 0 for _state (all done).
void sw_piece_finish(sw_piece *p, const char *const *variables, size_t n_variables);

// The index of a name among the variables; n_variables if it is not there.
size_t sw_piece_variable(const char *const *variables, size_t n_variables, const char *name);

// The names as a text[] literal; the caller frees it.
char *sw_piece_names(const char *const *names, size_t n);

#endif
