// SPDX-License-Identifier: Apache-2.0
// Migrations: the files of sql/, built into the program in order, each applied once in a
// transaction of its own.
#include "lib/base/log.h"
#include "server/store/connection.h"

static const struct {
    int number;
    const char *name;
    const char *text;
} files[] = {
#include "migrations.inc"
};

// Any constant will do, as long as every sweepd uses the same.
#define MIGRATION_LOCK "SELECT pg_advisory_xact_lock(5793364101)"

static sw_error
apply(sw_store *store, size_t i)
{
    sw_error e = sw_store_script(store, "BEGIN; " MIGRATION_LOCK);
    if (e)
        return e;
    sw_digits number = sw_digits_of(files[i].number);
    int64_t fresh = 0;
    e = sw_store_do(store, &fresh,
                    "INSERT INTO migrations (number, name) VALUES ($1, $2)"
                    " ON CONFLICT DO NOTHING",
                    2, (const char *[]){number.s, files[i].name});
    if (!e && fresh) {
        sw_info("store", "applying %s", files[i].name);
        e = sw_store_script(store, files[i].text);
    }
    return sw_store_end(store, e);
}

sw_error
sw_store_migrate(sw_store *store)
{
    sw_error e = sw_store_script(store, "BEGIN; " MIGRATION_LOCK
                                        "; CREATE TABLE IF NOT EXISTS migrations (number integer"
                                        " PRIMARY KEY, name text NOT NULL, applied timestamptz"
                                        " NOT NULL DEFAULT now()); COMMIT");
    for (size_t i = 0; i < sw_countof(files) && !e; i++)
        e = apply(store, i);
    if (e)
        return e;
    sw_auto(pgresult) PGresult *r = NULL;
    e = sw_store_query(store, &r, false, "SELECT max(number) FROM migrations", 0, NULL);
    if (e)
        return e;
    int last = files[sw_countof(files) - 1].number;
    if (sw_store_integer(r, 0, 0) > last) {
        sw_err("store", "the database has schema %s, this sweepd knows %d: it is too old",
               PQgetvalue(r, 0, 0), last);
        return SW_E_CONFLICT;
    }
    return SW_E_NONE;
}
