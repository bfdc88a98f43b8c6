// SPDX-License-Identifier: Apache-2.0
// Any bytes as code: the lexer ends, and its tokens lie in the text one after the other.
#include "models/netlogo/lexer.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    sw_nl_arena arena = {0};
    size_t count;
    char *text = sw_nl_arena_text(&arena, (const char *)data, size);
    sw_nl_token *t = sw_nl_lex(&arena, text, size, &count);
    uint32_t last = 0;
    for (; t->kind != SW_NL_K_END; t++) {
        if (t->start < last || t->end < t->start || t->end > size)
            abort();
        last = t->end;
    }
    sw_nl_arena_free(&arena);
    return 0;
}
