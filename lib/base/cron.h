// SPDX-License-Identifier: Apache-2.0
// Cron expressions: when something is due. Five fields as in crontab(5) of POSIX: minute, hour, day
// of the month, month, day of the week; each a list of numbers, ranges (1-5) and steps (*/15,
// 8-18/2); months and days also by their first three letters, Sunday as 0 or 7. If both kinds of
// days are restricted, either makes a day due. @hourly, @daily, @weekly, @monthly and @yearly stand
// for the usual five. Times are those of a wall: time zones are for others.
#ifndef SWEEPD_BASE_CRON_H
#define SWEEPD_BASE_CRON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct sw_cron {
    uint64_t minutes, hours, days, months, weekdays; // a bit for each number
    bool any_day, any_weekday;                       // the field was *
} sw_cron;

// A minute by calendar and wall clock (Gregorian; month and day from 1).
typedef struct sw_minute {
    int year, month, day, hour, minute;
} sw_minute;

// Reads an expression; false and a sentence in why if it is none.
bool sw_cron_parse(const char *text, sw_cron *cron, char *why, size_t why_size);

// The first minute after `from` that is due; false if none is within 30 years (30 February).
bool sw_cron_next(const sw_cron *cron, sw_minute from, sw_minute *next);

#endif
