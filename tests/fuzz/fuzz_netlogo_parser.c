// SPDX-License-Identifier: Apache-2.0
// Any bytes as the code of a model, and as commands and a reporter given to it: compiling ends with
// a program or with a fault that says why.
#include "models/netlogo/session.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const sw_nl_limits limits = {.instructions = 4000, .memory = 64u << 20, .seconds = 2};

static void
check(int status, const sw_nl_error *error)
{
    if (status != 0 && error->message[0] == 0)
        abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sw_nl_error error = {0};
    const char *value;
    if (size > 20000)
        return 0;
    char *text = calloc(1, size + 1);
    if (text == NULL)
        abort();
    memcpy(text, data, size);
    sw_nl_session *s = sw_nl_session_open_code(text, SW_NL_DIALECT_7, &limits, &error);
    check(s == NULL ? -1 : 0, &error);
    if (s == NULL)
        s = sw_nl_session_open_code("globals [a] breed [wolves wolf] turtles-own [b]",
                                    SW_NL_DIALECT_7, &limits, &error);
    check(sw_nl_session_command(s, SW_NL_O, text, &error), &error);
    check(sw_nl_session_command(s, SW_NL_P, text, &error), &error);
    check(sw_nl_session_report(s, text, &value, &error), &error);
    sw_nl_session_close(&s);
    free(text);
    return 0;
}
