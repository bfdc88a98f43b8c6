// SPDX-License-Identifier: Apache-2.0
// Tables of numbers: what is read, and where it is said to be wrong.
#include "lib/base/memory.h"
#include "lib/formats/csv.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const sw_csv_limits limits = {.rows = 100, .cells = 1000};

typedef struct table {
    char **names;
    size_t n_names, rows;
    sw_csv_column columns[8];
    sw_faults faults;
} table;

// All columns wanted; the last may have gaps.
static table
read_text(const char *text, const sw_csv_limits *most)
{
    table t = {0};
    t.names = sw_csv_header(text, strlen(text), &t.n_names, &t.faults);
    for (size_t k = 0; t.names && k < t.n_names; k++)
        t.columns[k] = (sw_csv_column){.at = k, .may_miss = k + 1 == t.n_names};
    if (t.names)
        t.rows = sw_csv_read(text, strlen(text), t.n_names, t.columns, t.n_names, most, &t.faults);
    return t;
}

static void
drop(table *t)
{
    for (size_t k = 0; k < 8; k++)
        free(t->columns[k].values);
    sw_csv_names_free(t->names, t->n_names);
    sw_faults_fini(&t->faults);
}

static void
expect_fault(const char *text, const char *pointer)
{
    table t = read_text(text, &limits);
    bool found = false;
    for (size_t k = 0; k < t.faults.n; k++)
        found |= strcmp(t.faults.v[k].pointer, pointer) == 0;
    if (!found || t.rows)
        fail_msg("no fault at %s of %zu in %s", pointer, t.faults.n, text);
    drop(&t);
}

static void
quotes_line_ends_and_gaps_are_read(void **state)
{
    (void)state;
    table t = read_text("\xEF\xBB\xBF\"a \"\"q\"\"\";\"b\nc\";y\r\n\"1\";2;NA\r\n\r\n3; 4e-2 ;5",
                        &limits);
    assert_int_equal(t.faults.n, 0);
    assert_int_equal(t.rows, 2);
    assert_string_equal(t.names[0], "a \"q\"");
    assert_string_equal(t.names[1], "b\nc");
    assert_true(t.columns[0].values[0] == 1 && t.columns[1].values[1] == 4e-2);
    assert_true(isnan(t.columns[2].values[0]) && t.columns[2].values[1] == 5);
    drop(&t);
}

static void
one_column_needs_no_separator(void **state)
{
    (void)state;
    table t = read_text("y\n1\n2\n\n4\n", &limits);
    assert_int_equal(t.rows, 4);
    assert_true(isnan(t.columns[0].values[2]) && t.columns[0].values[3] == 4);
    drop(&t);
}

static void
faults_are_where_they_are(void **state)
{
    (void)state;
    expect_fault("a,y\n1,2\nx,3\n", "line 3, column 1");
    expect_fault("a,y\n\"1\n\",2\n", "line 2, column 1");
    expect_fault("\"a\nb\",y\n1,2\n1,q\n", "line 4, column 2");
    expect_fault("a,y\n1\n", "line 2, column 1");
    expect_fault("a,y\n1,2,3\n", "line 2, column 3");
    expect_fault("a,y\ninf,2\n", "line 2, column 1");
    expect_fault("a,y\n0x1,2\n", "line 2, column 1");
    expect_fault("a,y\n\"1\"2,2\n", "line 2, column 1");
    expect_fault("a,y\n\"1,2\n", "line 2, column 1");
    expect_fault("a,\n1,2\n", "line 1, column 2");
    expect_fault("", "line 1, column 1");
}

static void
tables_have_limits(void **state)
{
    (void)state;
    const sw_csv_limits few = {.rows = 3, .cells = 100};
    table t = read_text("a,y\n1,2\n1,2\n1,2\n", &few);
    assert_int_equal(t.rows, 3);
    drop(&t);
    t = read_text("a,y\n1,2\n1,2\n1,2\n1,2\n1,2\n1,2\n", &few);
    assert_int_equal(t.rows, 0);
    assert_non_null(strstr(t.faults.v[0].message, "at most 3"));
    drop(&t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_line_ends_and_gaps_are_read),
        cmocka_unit_test(one_column_needs_no_separator),
        cmocka_unit_test(faults_are_where_they_are),
        cmocka_unit_test(tables_have_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
