// SPDX-License-Identifier: Apache-2.0
// Inside the store: one database connection that heals itself, statements that prepare themselves,
// and PostgreSQL's errors as ours.
#ifndef SWEEPD_STORE_CONNECTION_H
#define SWEEPD_STORE_CONNECTION_H

#include "lib/base/memory.h"
#include "server/store/store.h"

#include <libpq-fe.h>

struct sw_store {
    char *url;
    double statement_seconds;
    PGconn *conn; // NULL when not connected
    // Statements prepared on this connection, by the address of their SQL text; index is the name.
    const char **prepared;
    size_t n_prepared, prepared_capacity;
};

// Connects if there is no healthy connection.
sw_error sw_store_connect(sw_store *store);

// Runs one statement with n text parameters (NULL is SQL NULL). sql must be a string literal: it
// is prepared once a connection under its address. On SW_E_NONE the caller clears *result.
// binary: the result comes in binary format.
sw_error sw_store_query(sw_store *store, PGresult **result, bool binary, const char *sql, int n,
                        const char *const *params);

// As sw_store_query for statements whose rows nobody wants; *changed (may be NULL): rows changed.
sw_error sw_store_do(sw_store *store, int64_t *changed, const char *sql, int n,
                     const char *const *params);

// *text: the first field of the one row, which the caller frees; SW_E_NOT_FOUND without a row.
sw_error sw_store_one_text(sw_store *store, char **text, const char *sql, int n,
                           const char *const *params);

// As sw_store_do; SW_E_NOT_FOUND if no row was changed.
sw_error sw_store_change(sw_store *store, const char *sql, int n, const char *const *params);

// Runs a script, or a statement that cannot be prepared, without parameters.
sw_error sw_store_script(sw_store *store, const char *sql);

// Maps a failed result (or connection) to an error, logs it, and drops a dead connection.
sw_error sw_store_failed(sw_store *store, const PGresult *result, const char *what);

// Ends the transaction: commit, or roll back what is still possible.
sw_error sw_store_end(sw_store *store, sw_error so_far);

static inline void
sw_cleanup_pgresult(PGresult **r)
{
    PQclear(*r);
}

// Decimal text of a number, for parameters.
typedef struct sw_digits {
    char s[24];
} sw_digits;
sw_digits sw_digits_of(int64_t v);

// A copy of a text field, or NULL for SQL NULL.
char *sw_store_text(const PGresult *r, int row, int column);
int64_t sw_store_integer(const PGresult *r, int row, int column);
double sw_store_real(const PGresult *r, int row, int column);

// The form of times in results: RFC 3339 in UTC with milliseconds.
#define SW_TIME(column)                                                                            \
    "to_char(" column " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')"

#endif
