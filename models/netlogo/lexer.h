// SPDX-License-Identifier: Apache-2.0
// Splits NetLogo code into tokens.
#ifndef SW_NETLOGO_LEXER_H
#define SW_NETLOGO_LEXER_H

#include "models/netlogo/program.h"

typedef enum sw_nl_token_kind {
    SW_NL_K_END,
    SW_NL_K_OPEN,  // [
    SW_NL_K_CLOSE, // ]
    SW_NL_K_LEFT,  // (
    SW_NL_K_RIGHT, // )
    SW_NL_K_NUMBER,
    SW_NL_K_STRING,
    SW_NL_K_WORD,
    SW_NL_K_COMMA,
    SW_NL_K_EXTENSION, // {{name: …}}
    SW_NL_K_BAD,       // text says why
} sw_nl_token_kind;

typedef struct sw_nl_token {
    sw_nl_token_kind kind;
    uint32_t start, end; // bytes of the source
    const char *text;    // words in lower case; strings with escapes resolved; faults
    uint32_t n;          // bytes of a string
    double number;
    const char *source;
} sw_nl_token;

// Splits n bytes of source into tokens in the arena, closed by one of kind END. Faults become BAD
// tokens, which the parser reports when it meets them.
sw_nl_token *sw_nl_lex(sw_nl_arena *a, const char *source, size_t n, size_t *count);

#endif
