// SPDX-License-Identifier: Apache-2.0
// Runs as CSV, without their numbers, sorted and hashed.
#include "tests/support/rows.h"

#include "lib/base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

char *
rows_of(const service *s, int64_t id)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/runs?format=csv", (long long)id);
    reply r = get(s, path);
    assert_int_equal(r.status, 200);
    sw_auto(free) char *file = sw_format("%s/rows.csv", s->dir);
    FILE *f = fopen(file, "w");
    fputs(r.body, f);
    fclose(f);
    reply_free(&r);
    sw_auto(free) char *command =
        sw_format("tail -n +2 %s | cut -d, -f2- | sort -t, -k2,2n -k1,1n | md5sum", file);
    FILE *p = popen(command, "r");
    char line[64] = "";
    assert_non_null(fgets(line, sizeof line, p));
    pclose(p);
    return sw_strdup(line);
}
