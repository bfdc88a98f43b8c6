// SPDX-License-Identifier: Apache-2.0
// Log lines on standard error: `2026-01-31T12:00:00Z info sched: worker 3 joined`. One write a
// line, so that threads and processes do not mix theirs.
#ifndef SWEEPD_BASE_LOG_H
#define SWEEPD_BASE_LOG_H

typedef enum sw_level { SW_LOG_DEBUG, SW_LOG_INFO, SW_LOG_WARN, SW_LOG_ERROR } sw_level;

// Lines below this level are dropped; SW_LOG_INFO at the start. Set once, before threads start.
void sw_log_threshold(sw_level level);

// The level named "debug", "info", "warn" or "error"; -1 for another name.
int sw_log_level_of(const char *name);

// Writes one line; newlines and control characters in the text are replaced by spaces, so that
// input can not forge a line. Any thread.
void sw_log(sw_level level, const char *module, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define sw_debug(module, ...) sw_log(SW_LOG_DEBUG, module, __VA_ARGS__)
#define sw_info(module, ...) sw_log(SW_LOG_INFO, module, __VA_ARGS__)
#define sw_warn(module, ...) sw_log(SW_LOG_WARN, module, __VA_ARGS__)
#define sw_err(module, ...) sw_log(SW_LOG_ERROR, module, __VA_ARGS__)

#endif
