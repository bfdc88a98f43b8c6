// SPDX-License-Identifier: Apache-2.0
// Dakota's annotated tabular format, to the byte.
#include "server/view/dakota.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void
runs_are_lines_of_words(void **state)
{
    (void)state;
    static const double x[] = {0.1, -3}, on[] = {1, 0}, mode[] = {1, 0}, y[] = {NAN, 1e300};
    static const double path[] = {1, 2, 3};
    static const int32_t lengths[] = {1, 2};
    static const char *const levels[] = {"", "two words"};
    const sw_table_column inputs[] = {
        {.name = "x 1", .cell = SW_CELL_NUMBER, .values = x},
        {.name = "on?", .cell = SW_CELL_BOOLEAN, .values = on},
        {.name = "mode", .cell = SW_CELL_LEVEL, .values = mode, .levels = levels},
    };
    const sw_table_column outputs[] = {
        {.name = "path", .cell = SW_CELL_SERIES, .values = path, .lengths = lengths},
        {.name = "y", .cell = SW_CELL_NUMBER, .values = y},
    };
    const sw_table table = {
        .first = 9, .n = 2, .n_inputs = 3, .inputs = inputs, .n_outputs = 2, .outputs = outputs};
    sw_buffer b = {0};
    sw_dakota_header(&b, &table);
    sw_dakota_rows(&b, &table);
    assert_string_equal(sw_buffer_text(&b), "%eval_id interface x_1 on? mode y\n"
                                            "10 NO_ID 0.1 1 two_words nan\n"
                                            "11 NO_ID -3 0 _ 1e+300\n");
    sw_buffer_fini(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(runs_are_lines_of_words)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
