// SPDX-License-Identifier: Apache-2.0
// Child processes: started with what they need, as somebody else where that must be, watched,
// stopped. Used by `sweep up` and by the tests.
#ifndef SWEEPD_CLI_PROCESS_H
#define SWEEPD_CLI_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

typedef struct sw_process {
    pid_t pid;  // 0: not running
    int output; // read end of its standard output, -1 if not asked for
} sw_process;

typedef struct sw_process_settings {
    const char *const *argv; // NULL-terminated; argv[0] is a path
    const char *const *env;  // "NAME=value" beside this process's own, NULL-terminated; or NULL
    const char *user;        // run as this user; NULL: as this one
    const char *log;         // file that standard error (and output, unless read) is appended to;
                             // NULL: inherited
    bool read_output;
    bool own_group; // out of reach of the terminal's Ctrl-C
} sw_process_settings;

// The path from the root: children begin there, whatever this process's folder is. Free it.
char *sw_absolute_path(const char *path);

// Starts a process that dies with this one. False with a message on standard error.
bool sw_process_start(sw_process *p, const sw_process_settings *settings);

// Whether it has ended; then *status as of waitpid, and p is as never started.
bool sw_process_ended(sw_process *p, int *status);

// Sends a signal and waits at most `seconds` for the end; SIGKILL after that. Returns the status.
int sw_process_stop(sw_process *p, int signal, double seconds);

// Reads one line of its output within `seconds`, without the newline. False at the end or too late.
bool sw_process_line(sw_process *p, char *line, size_t size, double seconds);

// Runs a process to its end; its exit code, or 128 + signal.
int sw_process_run(const sw_process_settings *settings);

#endif
