// SPDX-License-Identifier: Apache-2.0
// Number texts: the shortest that read back as the same double.
#include "lib/base/buffer.h"
#include "lib/base/memory.h"
#include "lib/base/philox.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void
expect_text(double v, const char *text)
{
    char out[SW_NUMBER_TEXT_MAX];
    size_t n = sw_number_text(v, out);
    assert_int_equal(n, strlen(text));
    assert_memory_equal(out, text, n);
}

static void
numbers_are_written_short(void **state)
{
    (void)state;
    expect_text(0, "0");
    expect_text(-0.0, "-0");
    expect_text(0.1, "0.1");
    expect_text(3, "3");
    expect_text(-123456789012345, "-123456789012345");
    expect_text(1e300, "1e+300");
    expect_text(1.0 / 3, "0.3333333333333333");
    expect_text(0.1 + 0.2, "0.30000000000000004");
}

static void
expect_back(double v)
{
    char out[SW_NUMBER_TEXT_MAX + 1];
    size_t n = sw_number_text(v, out);
    assert_true(n <= SW_NUMBER_TEXT_MAX);
    out[n] = '\0';
    double back = strtod(out, NULL);
    assert_memory_equal(&back, &v, sizeof v);
}

static void
every_number_reads_back_as_itself(void **state)
{
    (void)state;
    static const double odd[] = {DBL_MAX, -DBL_MAX,  DBL_MIN, 0x1p-1074, -0x1p-1074,
                                 1e15,    1e15 - 1,  -1e15,   0x1p53,    0x1p63,
                                 -0x1p63, 0x1.fp-20, 5e-324,  -0.0};
    for (size_t k = 0; k < sw_countof(odd); k++)
        expect_back(odd[k]);
    for (uint64_t i = 0; i < 200000; i++) {
        uint64_t bits = sw_philox(1, SW_STREAM_ANALYSIS, i, 0);
        double v;
        memcpy(&v, &bits, sizeof v);
        if (isfinite(v))
            expect_back(v);
    }
}

static void
strings_are_escaped(void **state)
{
    (void)state;
    sw_buffer b = {0};
    sw_buffer_json_string(&b, "a\"b\\c\n\x1f", 7);
    assert_string_equal(sw_buffer_text(&b), "\"a\\\"b\\\\c\\n\\u001f\"");
    sw_buffer_fini(&b);
}

static void
a_buffer_grows_past_its_capacity(void **state)
{
    (void)state;
    sw_buffer b = {0};
    for (int i = 0; i < 10000; i++)
        sw_buffer_printf(&b, "%d,", i % 10);
    assert_int_equal(b.n, 20000);
    sw_buffer_clear(&b);
    sw_buffer_u64(&b, UINT64_MAX);
    assert_string_equal(sw_buffer_text(&b), "18446744073709551615");
    sw_buffer_fini(&b);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_written_short),
        cmocka_unit_test(every_number_reads_back_as_itself),
        cmocka_unit_test(strings_are_escaped),
        cmocka_unit_test(a_buffer_grows_past_its_capacity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
