// SPDX-License-Identifier: Apache-2.0
// What every file of this family uses: memory, and the sentence that says what is wrong with an
// input.
#ifndef SW_FMRI_COMMON_H
#define SW_FMRI_COMMON_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

// n zeroed items. Every size was checked against a limit before it comes here, so that a request
// that can not be met ends the process, which costs the run it is on.
static inline void *
sw_fmri_alloc(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    if (!p) {
        fputs("fmri: out of memory\n", stderr);
        abort();
    }
    return p;
}

// The array with twice the room.
static inline void *
sw_fmri_grow(void *array, size_t *room, size_t size)
{
    *room = *room ? 2 * *room : 16;
    void *p = realloc(array, *room * size);
    if (!p) {
        fputs("fmri: out of memory\n", stderr);
        abort();
    }
    return p;
}

// One sentence that names the file or the field, its value and what is allowed.
typedef struct sw_fmri_fault {
    char message[480];
} sw_fmri_fault;

// Writes the sentence and returns false, so that a check ends with `return sw_fmri_wrong(...)`.
__attribute__((format(printf, 2, 3))) static inline bool
sw_fmri_wrong(sw_fmri_fault *fault, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(fault->message, sizeof fault->message, format, args);
    va_end(args);
    return false;
}

#endif
