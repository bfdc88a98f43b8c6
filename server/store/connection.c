// SPDX-License-Identifier: Apache-2.0
// One database connection: connecting, statements that prepare themselves, errors.
#include "server/store/connection.h"

#include "lib/base/log.h"

#include <stdio.h>

sw_store *
sw_store_new(const char *url, double statement_seconds)
{
    sw_store *store = sw_calloc(1, sizeof *store);
    store->url = sw_strdup(url);
    store->statement_seconds = statement_seconds;
    return store;
}

static void
disconnect(sw_store *store)
{
    PQfinish(store->conn);
    store->conn = NULL;
    store->n_prepared = 0;
}

void
sw_store_free(sw_store **store)
{
    if (!*store)
        return;
    disconnect(*store);
    free((*store)->prepared);
    free((*store)->url);
    free(*store);
    *store = NULL;
}

static void
ignore_notice(void *context, const PGresult *result)
{
    (void)context, (void)result;
}

sw_error
sw_store_connect(sw_store *store)
{
    if (store->conn && PQstatus(store->conn) == CONNECTION_OK)
        return SW_E_NONE;
    disconnect(store);
    // The URL comes last, so that what it says about these wins.
    const char *keys[] = {"connect_timeout", "application_name", "options", "dbname", NULL};
    sw_auto(free) char *options =
        sw_format("-c statement_timeout=%ld -c idle_in_transaction_session_timeout=60s "
                  "-c client_min_messages=warning",
                  (long)(store->statement_seconds * 1000));
    const char *values[] = {"5", "sweepd", options, store->url, NULL};
    store->conn = PQconnectdbParams(keys, values, 1);
    if (PQstatus(store->conn) != CONNECTION_OK) {
        sw_warn("store", "cannot connect: %s", PQerrorMessage(store->conn));
        disconnect(store);
        return SW_E_DATABASE;
    }
    PQsetNoticeReceiver(store->conn, ignore_notice, NULL);
    return SW_E_NONE;
}

// By SQLSTATE class: what the caller can do about it.
static sw_error
error_of_state(const char *state)
{
    static const struct {
        const char *prefix;
        sw_error error;
    } known[] = {
        {"23505", SW_E_CONFLICT}, {"57014", SW_E_TIMEOUT},  {"55P03", SW_E_BUSY},
        {"08", SW_E_DATABASE},    {"57P", SW_E_DATABASE},   {"53", SW_E_DATABASE},
        {"25006", SW_E_DATABASE}, {"25P03", SW_E_DATABASE}, {"40", SW_E_DATABASE},
        {"58", SW_E_DATABASE},
    };
    for (size_t i = 0; i < sw_countof(known); i++) {
        if (strncmp(state, known[i].prefix, strlen(known[i].prefix)) == 0)
            return known[i].error;
    }
    return SW_E_INTERNAL;
}

sw_error
sw_store_failed(sw_store *store, const PGresult *result, const char *what)
{
    const char *state = result ? PQresultErrorField(result, PG_DIAG_SQLSTATE) : NULL;
    sw_error error = state ? error_of_state(state) : SW_E_DATABASE;
    if (error != SW_E_CONFLICT)
        sw_warn("store", "%.60s: %s", what, PQerrorMessage(store->conn));
    if (PQstatus(store->conn) != CONNECTION_OK) {
        disconnect(store);
        return SW_E_DATABASE;
    }
    return error;
}

static bool
is_good(const PGresult *r)
{
    ExecStatusType s = PQresultStatus(r);
    return s == PGRES_COMMAND_OK || s == PGRES_TUPLES_OK;
}

// The name under which sql is prepared on this connection; prepares it if need be.
static sw_error
prepare(sw_store *store, const char *sql, int n, sw_digits *name)
{
    for (size_t i = 0; i < store->n_prepared; i++) {
        if (store->prepared[i] == sql) {
            *name = sw_digits_of((int64_t)i);
            return SW_E_NONE;
        }
    }
    *name = sw_digits_of((int64_t)store->n_prepared);
    sw_auto(pgresult) PGresult *r = PQprepare(store->conn, name->s, sql, n, NULL);
    if (!is_good(r))
        return sw_store_failed(store, r, sql);
    store->prepared = sw_grow(store->prepared, store->n_prepared, &store->prepared_capacity,
                              sizeof *store->prepared);
    store->prepared[store->n_prepared++] = sql;
    return SW_E_NONE;
}

static bool
in_transaction(const sw_store *store)
{
    return store->conn && PQtransactionStatus(store->conn) != PQTRANS_IDLE;
}

static sw_error
query_once(sw_store *store, PGresult **result, bool binary, const char *sql, int n,
           const char *const *params)
{
    sw_digits name;
    sw_error e = prepare(store, sql, n, &name);
    if (e)
        return e;
    PGresult *r = PQexecPrepared(store->conn, name.s, n, params, NULL, NULL, binary);
    if (!is_good(r)) {
        e = sw_store_failed(store, r, sql);
        PQclear(r);
        return e;
    }
    *result = r;
    return SW_E_NONE;
}

sw_error
sw_store_query(sw_store *store, PGresult **result, bool binary, const char *sql, int n,
               const char *const *params)
{
    *result = NULL;
    bool inside = in_transaction(store);
    bool was_connected = store->conn != NULL;
    sw_error e = sw_store_connect(store);
    if (!e)
        e = query_once(store, result, binary, sql, n, params);
    // A connection that died while idle (the database was restarted) shows only when it is used.
    if (e == SW_E_DATABASE && was_connected && !inside && !store->conn) {
        e = sw_store_connect(store);
        if (!e)
            e = query_once(store, result, binary, sql, n, params);
    }
    return e;
}

sw_error
sw_store_do(sw_store *store, int64_t *changed, const char *sql, int n, const char *const *params)
{
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false, sql, n, params);
    if (!e && changed)
        *changed = strtoll(PQcmdTuples(r), NULL, 10);
    return e;
}

sw_error
sw_store_one_text(sw_store *store, char **text, const char *sql, int n, const char *const *params)
{
    sw_auto(pgresult) PGresult *r = NULL;
    sw_error e = sw_store_query(store, &r, false, sql, n, params);
    if (e)
        return e;
    if (PQntuples(r) == 0)
        return SW_E_NOT_FOUND;
    *text = sw_store_text(r, 0, 0);
    return SW_E_NONE;
}

sw_error
sw_store_change(sw_store *store, const char *sql, int n, const char *const *params)
{
    int64_t changed = 0;
    sw_error e = sw_store_do(store, &changed, sql, n, params);
    return !e && changed == 0 ? SW_E_NOT_FOUND : e;
}

sw_error
sw_store_script(sw_store *store, const char *sql)
{
    sw_error e = sw_store_connect(store);
    if (e)
        return e;
    sw_auto(pgresult) PGresult *r = PQexec(store->conn, sql);
    return is_good(r) ? SW_E_NONE : sw_store_failed(store, r, sql);
}

sw_error
sw_store_end(sw_store *store, sw_error so_far)
{
    if (!store->conn)
        return so_far ? so_far : SW_E_DATABASE;
    sw_error e = sw_store_script(store, so_far ? "ROLLBACK" : "COMMIT");
    return so_far ? so_far : e;
}

sw_error
sw_store_ping(sw_store *store)
{
    return sw_store_do(store, NULL, "SELECT 1", 0, NULL);
}

sw_digits
sw_digits_of(int64_t v)
{
    sw_digits d;
    snprintf(d.s, sizeof d.s, "%lld", (long long)v);
    return d;
}

char *
sw_store_text(const PGresult *r, int row, int column)
{
    return PQgetisnull(r, row, column) ? NULL : sw_strdup(PQgetvalue(r, row, column));
}

int64_t
sw_store_integer(const PGresult *r, int row, int column)
{
    return strtoll(PQgetvalue(r, row, column), NULL, 10);
}

double
sw_store_real(const PGresult *r, int row, int column)
{
    return strtod(PQgetvalue(r, row, column), NULL);
}
