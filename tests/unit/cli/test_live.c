// SPDX-License-Identifier: Apache-2.0
// The lines that tell of a running study's results.
#include "cli/live.h"
#include "lib/base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define EVENT(method, result)                                                                      \
    "{\"method\": \"" method "\", \"output\": \"y\", \"runs\": 4096, \"result\": " result "}"

static void
expect_line(const char *event, const char *line)
{
    sw_auto(json) json_t *json = json_loads(event, 0, NULL);
    assert_non_null(json);
    sw_auto(free) char *told = sw_live_line(json);
    if (!line)
        assert_null(told);
    else
        assert_string_equal(told, line);
}

static void
the_largest_indices_come_first(void **state)
{
    (void)state;
    expect_line(EVENT("sobol",
                      "{\"names\": [\"a\", \"b\", \"c\", \"d\", \"e\"], \"S1\": [9, 9, 9, 9, 9],"
                      "\"ST\": [0.1, 0.5, 0.25, 0.5, 0.01], \"ST_conf\": [0.01, 0.02,"
                      " 0.03, null, 0.05]}"),
                "4096 runs: sobol of y: ST b 0.5 ± 0.02, d 0.5, c 0.25 ± 0.03, a 0.1 ± 0.01");
    expect_line(EVENT("regression", "{\"names\": [\"a\", \"b\"], \"SRC\": [0.5, -0.75]}"),
                "4096 runs: regression of y: SRC b -0.75, a 0.5");
    expect_line(EVENT("morris", "{\"names\": [\"a\", \"b\"], \"mu_star\": [1, null]}"),
                "4096 runs: morris of y: mu_star a 1, b nan");
}

static void
a_result_without_indices_tells_its_mean(void **state)
{
    (void)state;
    expect_line(EVENT("summary", "{\"names\": [\"a\"], \"mean\": 2.5, \"sem\": 0.1}"),
                "4096 runs: summary of y: mean 2.5 ± 0.2");
}

static void
what_has_nothing_to_tell_has_no_line(void **state)
{
    (void)state;
    expect_line(EVENT("prim", "null"), NULL);
    expect_line(EVENT("prim", "{\"names\": [\"a\"]}"), NULL);
    expect_line("{}", NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_largest_indices_come_first),
        cmocka_unit_test(a_result_without_indices_tells_its_mean),
        cmocka_unit_test(what_has_nothing_to_tell_has_no_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
