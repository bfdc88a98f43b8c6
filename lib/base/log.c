// SPDX-License-Identifier: Apache-2.0
// Log lines: one write(2) each, on standard error.
#include "lib/base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *const names[] = {"debug", "info", "warn", "error"};
static sw_level threshold = SW_LOG_INFO;

void
sw_log_threshold(sw_level level)
{
    threshold = level;
}

int
sw_log_level_of(const char *name)
{
    for (int l = 0; l < 4; l++) {
        if (strcmp(names[l], name) == 0)
            return l;
    }
    return -1;
}

void
sw_log(sw_level level, const char *module, const char *format, ...)
{
    if (level < threshold)
        return;
    char line[2048];
    time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    size_t n = strftime(line, sizeof line, "%Y-%m-%dT%H:%M:%SZ ", &utc);
    n += (size_t)snprintf(line + n, sizeof line - n, "%s %s: ", names[level], module);
    size_t start = n;
    va_list args;
    va_start(args, format);
    int wrote = vsnprintf(line + n, sizeof line - n - 1, format, args);
    va_end(args);
    n += wrote < 0 ? 0 : (size_t)wrote;
    if (n > sizeof line - 2)
        n = sizeof line - 2;
    for (size_t i = start; i < n; i++) {
        if ((unsigned char)line[i] < ' ')
            line[i] = ' ';
    }
    line[n++] = '\n';
    if (write(STDERR_FILENO, line, n) < 0)
        return; // Nobody is listening; there is no better place to say so.
}
