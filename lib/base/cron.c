// SPDX-License-Identifier: Apache-2.0
// Cron expressions as sets of bits, and the next minute in all of them.
#include "lib/base/cron.h"

#include "lib/base/memory.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <strings.h>

enum { TEXT_MAX = 400, YEARS = 30 };

typedef struct field {
    const char *name;
    unsigned min, max;
    const char *const *names; // of its numbers from `min` on, or NULL
} field;

static const char *const month_names[] = {"jan", "feb", "mar", "apr", "may", "jun", "jul",
                                          "aug", "sep", "oct", "nov", "dec", NULL};
static const char *const weekday_names[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat", NULL};

enum { MINUTE, HOUR, DAY, MONTH, WEEKDAY, FIELDS };

static const field fields[FIELDS] = {
    [MINUTE] = {"minute", 0, 59, NULL},
    [HOUR] = {"hour", 0, 23, NULL},
    [DAY] = {"day of the month", 1, 31, NULL},
    [MONTH] = {"month", 1, 12, month_names},
    [WEEKDAY] = {"day of the week", 0, 7, weekday_names},
};

static const struct {
    const char *name, *text;
} shorthands[] = {
    {"@hourly", "0 * * * *"},   {"@daily", "0 0 * * *"},   {"@midnight", "0 0 * * *"},
    {"@weekly", "0 0 * * 0"},   {"@monthly", "0 0 1 * *"}, {"@yearly", "0 0 1 1 *"},
    {"@annually", "0 0 1 1 *"},
};

// ---- reading ----

static bool
read_number(const char **at, const field *f, unsigned *value)
{
    if (isdigit((unsigned char)**at)) {
        for (*value = 0; isdigit((unsigned char)**at) && *value < 1000; ++*at)
            *value = 10 * *value + (unsigned)(**at - '0');
        return *value >= f->min && *value <= f->max;
    }
    for (unsigned i = 0; f->names && f->names[i]; i++) {
        if (strncasecmp(*at, f->names[i], 3) == 0) {
            *at += 3;
            *value = f->min + i;
            return true;
        }
    }
    return false;
}

// "*", "7", "1-5", each perhaps with "/step".
static bool
read_range(const char **at, const field *f, uint64_t *bits)
{
    unsigned low = f->min, high = f->max, step = 1;
    if (**at == '*') {
        ++*at;
    } else {
        if (!read_number(at, f, &low))
            return false;
        high = low;
        if (**at == '-') {
            ++*at;
            if (!read_number(at, f, &high) || high < low)
                return false;
        } else if (**at == '/') {
            high = f->max;
        }
    }
    if (**at == '/') {
        static const field steps = {"step", 1, 999, NULL};
        ++*at;
        if (!read_number(at, &steps, &step))
            return false;
    }
    for (unsigned v = low; v <= high; v += step)
        *bits |= UINT64_C(1) << v;
    return true;
}

static bool
read_field(const char *text, const field *f, uint64_t *bits)
{
    *bits = 0;
    for (;;) {
        if (!read_range(&text, f, bits))
            return false;
        if (*text != ',')
            return *text == 0;
        text++;
    }
}

static const char *
expanded(const char *text)
{
    for (size_t i = 0; i < sw_countof(shorthands); i++) {
        if (strcasecmp(shorthands[i].name, text) == 0)
            return shorthands[i].text;
    }
    return text;
}

bool
sw_cron_parse(const char *text, sw_cron *cron, char *why, size_t why_size)
{
    if (strlen(text) > TEXT_MAX) {
        snprintf(why, why_size, "must be at most %d bytes long", TEXT_MAX);
        return false;
    }
    uint64_t bits[FIELDS];
    bool any[FIELDS];
    char *rest = NULL;
    sw_auto(free) char *copy = sw_strdup(expanded(text));
    char *part = strtok_r(copy, " \t", &rest);
    for (size_t i = 0; i < FIELDS; i++, part = strtok_r(NULL, " \t", &rest)) {
        if (!part) {
            snprintf(why, why_size, "has %zu fields; minute, hour, day, month, weekday are wanted",
                     i);
            return false;
        }
        any[i] = strcmp(part, "*") == 0;
        if (!read_field(part, &fields[i], &bits[i])) {
            snprintf(why, why_size, "the %s is \"%.40s\"; numbers from %u to %u are wanted",
                     fields[i].name, part, fields[i].min, fields[i].max);
            return false;
        }
    }
    if (part) {
        snprintf(why, why_size, "has more than five fields");
        return false;
    }
    uint64_t sunday = bits[WEEKDAY] >> 7 & 1;
    *cron = (sw_cron){bits[MINUTE],           bits[HOUR], bits[DAY],   bits[MONTH],
                      bits[WEEKDAY] | sunday, any[DAY],   any[WEEKDAY]};
    return true;
}

// ---- the calendar ----

static int
days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

// Sakamoto's method: 0 is Sunday.
static int
weekday_of(int year, int month, int day)
{
    static const int shift[] = {0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4};
    assert(month >= 1 && month <= 12);
    int y = year - (month < 3);
    return (y + y / 4 - y / 100 + y / 400 + shift[month - 1] + day) % 7;
}

static bool
has(uint64_t bits, int value)
{
    return bits >> value & 1;
}

static bool
day_is_due(const sw_cron *c, const sw_minute *m)
{
    bool day = has(c->days, m->day);
    bool weekday = has(c->weekdays, weekday_of(m->year, m->month, m->day));
    if (!has(c->months, m->month))
        return false;
    return c->any_day || c->any_weekday ? day && weekday : day || weekday;
}

// To the beginning of the next day.
static void
next_day(sw_minute *m)
{
    m->hour = m->minute = 0;
    if (++m->day <= days_of(m->year, m->month))
        return;
    m->day = 1;
    if (++m->month > 12) {
        m->month = 1;
        m->year++;
    }
}

// The first minute of this day from m on that is due; false if none is.
static bool
within_day(const sw_cron *c, sw_minute *m)
{
    for (; m->hour < 24; m->hour++, m->minute = 0) {
        if (!has(c->hours, m->hour))
            continue;
        for (; m->minute < 60; m->minute++) {
            if (has(c->minutes, m->minute))
                return true;
        }
    }
    return false;
}

bool
sw_cron_next(const sw_cron *c, sw_minute from, sw_minute *next)
{
    sw_minute m = from;
    m.minute++;
    while (m.year <= from.year + YEARS) {
        if (day_is_due(c, &m) && within_day(c, &m)) {
            *next = m;
            return true;
        }
        next_day(&m);
    }
    return false;
}
