// SPDX-License-Identifier: Apache-2.0
// Results as tables: everything that is a number of a parameter is shown, whatever its shape.
#include "cli/commands.h"
#include "lib/base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static char *
printed(const char *result)
{
    sw_auto(json) json_t *json = json_loads(result, 0, NULL);
    assert_non_null(json);
    char *text = NULL;
    size_t n;
    FILE *usual = stdout;
    stdout = open_memstream(&text, &n);
    sw_print_analysis(json);
    fclose(stdout);
    stdout = usual;
    return text;
}

#define HEAD "{\"method\": \"m\", \"output\": \"y\", \"names\": [\"a\", \"b\"], "

static void
expect(const char *result, const char *const *lines)
{
    sw_auto(free) char *text = printed(result);
    for (size_t i = 0; lines[i]; i++) {
        if (!strstr(text, lines[i]))
            fail_msg("no \"%s\" in: %s", lines[i], text);
    }
}

static void
vectors_stand_beside_the_names(void **state)
{
    (void)state;
    expect(HEAD "\"n\": 5000000, \"S1\": [0.5, null], \"warnings\": [\"mind\"]}",
           (const char *const[]){"5000000\n", "          S1\n", "    0.500000\n",
                                 "  b                                       -\n", "warning: mind\n",
                                 NULL});
}

static void
a_matrix_is_a_table(void **state)
{
    (void)state;
    expect(HEAD "\"S2\": [[null, 0.25], [null, null]], \"ks\": [[1, 2], [3, 4], [5, 6]]}",
           (const char *const[]){"  S2                                      a            b\n",
                                 "  a                                       -     0.250000\n",
                                 "  3                                5.000000     6.000000\n",
                                 NULL});
}

static void
a_series_is_a_table_of_its_points(void **state)
{
    (void)state;
    expect(HEAD
           "\"at\": [0, 7], \"indices\": {\"a\": {\"ST\": [0.5, 0.25], \"S2\": {\"b\": [1, 1]}},"
           " \"b\": {\"ST\": [0.125, null]}}, \"values\": {\"mean\": [1.5, 2.5]}}",
           (const char *const[]){"  ST                                      a            b\n",
                                 "  0                                0.500000     0.125000\n",
                                 "  7                                0.250000            -\n",
                                 "  7                                2.500000\n", NULL});
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vectors_stand_beside_the_names),
        cmocka_unit_test(a_matrix_is_a_table),
        cmocka_unit_test(a_series_is_a_table_of_its_points),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
