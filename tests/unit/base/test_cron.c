// SPDX-License-Identifier: Apache-2.0
// Cron expressions against what the calendar says, and against counting every minute.
#include "lib/base/cron.h"
#include "lib/base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

#include <cmocka.h>

static sw_minute
minute(const char *text)
{
    sw_minute m;
    assert_int_equal(sscanf(text, "%d-%d-%d %d:%d", &m.year, &m.month, &m.day, &m.hour, &m.minute),
                     5);
    return m;
}

static void
expect_next(const char *expression, const char *from, const char *next)
{
    sw_cron c;
    char why[200] = "", text[100];
    sw_minute m;
    if (!sw_cron_parse(expression, &c, why, sizeof why))
        fail_msg("%s: %s", expression, why);
    assert_true(sw_cron_next(&c, minute(from), &m));
    snprintf(text, sizeof text, "%04d-%02d-%02d %02d:%02d", m.year, m.month, m.day, m.hour,
             m.minute);
    assert_string_equal(text, next);
}

static void
the_next_minute_is_the_one_the_calendar_says(void **state)
{
    (void)state;
    expect_next("* * * * *", "2024-02-28 23:59", "2024-02-29 00:00");
    expect_next("*/15 * * * *", "2025-12-31 23:45", "2026-01-01 00:00");
    expect_next("30 2 * * *", "2025-03-01 02:30", "2025-03-02 02:30");
    expect_next("0 9-17/4 * * mon-fri", "2025-01-03 17:00", "2025-01-06 09:00"); // a Friday
    expect_next("0 0 29 feb *", "2025-01-01 00:00", "2028-02-29 00:00");
    expect_next("0 12 * * 7", "2025-01-01 00:00", "2025-01-05 12:00");
    expect_next("0 12 * * SUN", "2025-01-01 00:00", "2025-01-05 12:00");
    expect_next("5,10,15 8 1,15 * *", "2025-01-01 08:10", "2025-01-01 08:15");
    expect_next("5/20 * * * *", "2025-01-01 08:06", "2025-01-01 08:25");
    expect_next("@weekly", "2025-01-01 08:10", "2025-01-05 00:00");
    expect_next("@yearly", "2025-01-01 00:00", "2026-01-01 00:00");
    expect_next("0 0 31 * *", "2025-03-31 00:00", "2025-05-31 00:00");
}

static void
two_kinds_of_days_are_due_on_either(void **state)
{
    (void)state;
    expect_next("0 0 13 * fri", "2025-01-01 00:00", "2025-01-03 00:00");
    expect_next("0 0 13 * fri", "2025-01-10 00:00", "2025-01-13 00:00");
    expect_next("0 0 13 * *", "2025-01-03 00:00", "2025-01-13 00:00");
}

static void
a_day_that_never_comes_is_never_due(void **state)
{
    (void)state;
    sw_cron c;
    char why[200];
    sw_minute m;
    assert_true(sw_cron_parse("0 0 30 2 *", &c, why, sizeof why));
    assert_false(sw_cron_next(&c, minute("2025-01-01 00:00"), &m));
}

static void
what_is_no_expression_is_refused_with_the_field(void **state)
{
    (void)state;
    static const struct {
        const char *text, *about;
    } wrong[] = {
        {"", "0 fields"},
        {"* * * *", "4 fields"},
        {"* * * * * *", "more than five"},
        {"60 * * * *", "minute"},
        {"* 24 * * *", "hour"},
        {"* * 0 * *", "day of the month"},
        {"* * * 13 *", "month"},
        {"* * * * 8", "the week"},
        {"*/0 * * * *", "minute"},
        {"5-1 * * * *", "minute"},
        {"1,,2 * * * *", "minute"},
        {"1- * * * *", "minute"},
        {"* * * foo *", "month"},
        {"-1 * * * *", "minute"},
        {"@sometimes", "minute"},
        {"1x * * * *", "minute"},
        {"99999999999 * * * *", "minute"},
    };
    for (size_t i = 0; i < sw_countof(wrong); i++) {
        sw_cron c;
        char why[200] = "";
        assert_false(sw_cron_parse(wrong[i].text, &c, why, sizeof why));
        if (!strstr(why, wrong[i].about))
            fail_msg("%s: %s", wrong[i].text, why);
    }
}

// Every minute of two years by the C library's calendar.
static void
no_due_minute_is_left_out(void **state)
{
    (void)state;
    sw_cron c;
    char why[200];
    assert_true(sw_cron_parse("7,37 3-5 */9 * tue", &c, why, sizeof why));
    sw_minute at = {2023, 12, 31, 23, 59};
    struct tm tm = {.tm_year = 124, .tm_mday = 1};
    int due = 0;
    for (time_t t = timegm(&tm), end = t + 731 * 86400L; t < end; t += 60) {
        gmtime_r(&t, &tm);
        bool day = (tm.tm_mday - 1) % 9 == 0, tuesday = tm.tm_wday == 2;
        bool now = (tm.tm_min == 7 || tm.tm_min == 37) && tm.tm_hour >= 3 && tm.tm_hour <= 5 &&
                   (day || tuesday);
        if (!now)
            continue;
        due++;
        assert_true(sw_cron_next(&c, at, &at));
        assert_int_equal(at.year, tm.tm_year + 1900);
        assert_int_equal(at.month, tm.tm_mon + 1);
        assert_int_equal(at.day, tm.tm_mday);
        assert_int_equal(at.hour, tm.tm_hour);
        assert_int_equal(at.minute, tm.tm_min);
    }
    assert_true(due > 500);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_next_minute_is_the_one_the_calendar_says),
        cmocka_unit_test(two_kinds_of_days_are_due_on_either),
        cmocka_unit_test(a_day_that_never_comes_is_never_due),
        cmocka_unit_test(what_is_no_expression_is_refused_with_the_field),
        cmocka_unit_test(no_due_minute_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
