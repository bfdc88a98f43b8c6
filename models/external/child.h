// SPDX-License-Identifier: Apache-2.0
// A child process under limits: its own process group, few rights, three pipes, and an end that
// leaves neither a zombie nor an open descriptor. For processes with one thread only, since it
// forks.
#ifndef SW_MODELS_EXTERNAL_CHILD_H
#define SW_MODELS_EXTERNAL_CHILD_H

#include <sweepd/model.h>
#include <sys/types.h>

#include "models/external/bytes.h"

typedef struct sw_external_child_setup {
    const char *const *argv; // NULL-terminated; argv[0] is searched in PATH unless it has a slash
    const char *const *env;  // NULL-terminated "NAME=value"
    const char *folder;      // where it works
    bool talks;              // it gets a pipe as stdin; else stdin is empty
    bool network;            // false: it gets an empty network of its own where the system allows
    size_t memory_bytes;     // 0 for no limit
    size_t file_bytes;       // largest file it may write; 0 for no limit
} sw_external_child_setup;

typedef struct sw_external_child {
    pid_t pid; // 0 when there is none
    int in, out, err;
    size_t memory_kb; // the limit
    long rss_floor_kb;
    long peak_kb;          // largest resident memory seen
    double next_look;      // when memory is looked at again
    int status;            // of waitpid, once ended
    double cpu_ms;         // once ended
    sw_external_tail tail; // of stderr
} sw_external_child;

// Starts it. -1 and a reason when the program cannot be run.
int sw_external_child_start(sw_external_child *c, const sw_external_child_setup *setup, char *error,
                            size_t error_size);

// Kills the whole group, collects the child, closes the pipes. May be called when there is none.
void sw_external_child_kill(sw_external_child *c);

// Collects the child if it has ended (its group is killed then): true if it has.
bool sw_external_child_has_ended(sw_external_child *c);

// What one wait may see.
typedef struct sw_external_child_watch {
    double deadline; // in seconds of sw_external_child_now; 0 for none
    size_t most_output;
    const sw_run *run;
    const char *input; // still to be written, advanced as the child takes it
    size_t n_input;
} sw_external_child_watch;

// Moves bytes for at most 20 ms, less if something happens: input to the
// child, its output to *out, its stderr to the tail. SW_DONE to go on; otherwise the reason was
// said to the host and the child is dead: SW_TIMEOUT, SW_MEMORY, or SW_ERROR for too much output
// and for a cancelled study.
sw_outcome sw_external_child_pump(sw_external_child *c, sw_external_child_watch *w,
                                  sw_external_bytes *out);

// Says to the host how a child that ended badly ended: SW_MEMORY if it was above its limit, else
// SW_CRASH.
sw_outcome sw_external_child_post_mortem(const sw_external_child *c, const sw_run *run);

// The tail of stderr to the host's log, a line at a time, as printable UTF-8.
void sw_external_child_log(const sw_external_child *c, const sw_run *run);

// So far: processor time of a living child, and its peak memory, which restart_peak sets back.
double sw_external_child_cpu_ms(const sw_external_child *c);
void sw_external_child_look_at_memory(sw_external_child *c);
void sw_external_child_restart_peak(sw_external_child *c);

double sw_external_child_now(void);

#endif
