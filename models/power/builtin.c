// SPDX-License-Identifier: Apache-2.0
// The systems that ship with the product, built into the binary from models/power/cases, so that a
// run never looks for a file.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "models/power/case.h"

// The bytes of one file, between two symbols.
#define EMBED(symbol, file)                                                                        \
    __asm__(".section .rodata\n" #symbol "_bytes:\n.incbin \"models/power/cases/" file             \
            "\"\n" #symbol "_end:\n.byte 0\n.previous\n");                                         \
    extern const char symbol##_bytes[], symbol##_end[];

EMBED(sw_power_wscc9, "wscc9.json")
EMBED(sw_power_ne39, "ne39.json")
EMBED(sw_power_ne39_pai, "ne39_pai.json")
EMBED(sw_power_kundur, "kundur_2area.json")
EMBED(sw_power_smib1, "smib_kundur_13_1.json")
EMBED(sw_power_smib2, "smib_kundur_13_2.json")
EMBED(sw_power_ieee145, "ieee145.json")

static const struct embedded {
    const char *name, *bytes, *end;
} embedded[] = {
    {"wscc9", sw_power_wscc9_bytes, sw_power_wscc9_end},
    {"ne39", sw_power_ne39_bytes, sw_power_ne39_end},
    {"ne39_pai", sw_power_ne39_pai_bytes, sw_power_ne39_pai_end},
    {"kundur_2area", sw_power_kundur_bytes, sw_power_kundur_end},
    {"smib_kundur_13_1", sw_power_smib1_bytes, sw_power_smib1_end},
    {"smib_kundur_13_2", sw_power_smib2_bytes, sw_power_smib2_end},
    {"ieee145", sw_power_ieee145_bytes, sw_power_ieee145_end},
};

enum { N_EMBEDDED = sizeof embedded / sizeof *embedded };

const char *const sw_power_builtin_names[] = {
    "wscc9",   "ne39", "ne39_pai", "kundur_2area", "smib_kundur_13_1", "smib_kundur_13_2",
    "ieee145", NULL,
};

static sw_power_case *parsed[N_EMBEDDED];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
parse_all(void)
{
    for (size_t i = 0; i < N_EMBEDDED; i++) {
        sw_power_fault_of_case fault;
        parsed[i] = sw_power_case_from_json(embedded[i].bytes,
                                            (size_t)(embedded[i].end - embedded[i].bytes), &fault);
        if (!parsed[i]) {
            fprintf(stderr, "power: built-in case %s: %s\n", embedded[i].name, fault.message);
            abort();
        }
    }
}

const sw_power_case *
sw_power_builtin_case(const char *name)
{
    pthread_once(&once, parse_all);
    for (size_t i = 0; i < N_EMBEDDED; i++)
        if (strcmp(embedded[i].name, name) == 0)
            return parsed[i];
    return NULL;
}
