// SPDX-License-Identifier: Apache-2.0
// The lexer: names, numbers, strings, brackets. Names may hold almost any character, so white
// space is what separates them.
#include "models/netlogo/lexer.h"

#include "models/netlogo/numbers/text.h"

#include <ctype.h>
#include <stdio.h>

typedef struct lexer {
    sw_nl_arena *a;
    const char *s;
    size_t n, at;
    sw_nl_token *token;
    size_t count, capacity;
} lexer;

static bool
is_name_byte(unsigned char c)
{
    return isalnum(c) || c >= 0x80 || (c != 0 && strchr("_.?=*!<>:#+/%$^'&-@\\|~`", c) != NULL);
}

static sw_nl_token *
add(lexer *l, sw_nl_token_kind kind, size_t start, size_t end)
{
    if (l->count == l->capacity) {
        size_t capacity = l->capacity ? l->capacity * 2 : 64;
        sw_nl_token *grown = sw_nl_arena_alloc(l->a, capacity * sizeof *grown);
        if (l->count > 0)
            memcpy(grown, l->token, l->count * sizeof *grown);
        l->token = grown;
        l->capacity = capacity;
    }
    sw_nl_token *t = &l->token[l->count++];
    *t =
        (sw_nl_token){.kind = kind, .start = (uint32_t)start, .end = (uint32_t)end, .source = l->s};
    return t;
}

static void
bad(lexer *l, size_t start, size_t end, const char *why)
{
    add(l, SW_NL_K_BAD, start, end)->text = sw_nl_arena_text(l->a, why, strlen(why));
}

static char
unescape(char c)
{
    switch (c) {
    case 'n':
        return '\n';
    case 't':
        return '\t';
    case 'r':
        return '\r';
    case '\\':
    case '"':
        return c;
    default:
        return 0;
    }
}

static void
lex_string(lexer *l)
{
    size_t start = l->at++;
    char *text = sw_nl_arena_alloc(l->a, l->n - start + 1);
    size_t used = 0;
    for (; l->at < l->n && l->s[l->at] != '"'; l->at++) {
        char c = l->s[l->at];
        if (c == '\n' || c == '\r')
            break;
        if (c == '\\' && l->at + 1 < l->n) {
            c = unescape(l->s[++l->at]);
            if (c == 0) {
                char why[64];
                snprintf(why, sizeof why, "Illegal character after backslash");
                bad(l, start, l->at, why);
                while (l->at < l->n && l->s[l->at] != '"' && l->s[l->at] != '\n')
                    l->at++;
                l->at += l->at < l->n;
                return;
            }
        }
        text[used++] = c;
    }
    if (l->at >= l->n || l->s[l->at] != '"') {
        bad(l, start, l->at, "Closing double quote is missing");
        return;
    }
    l->at++;
    sw_nl_token *t = add(l, SW_NL_K_STRING, start, l->at);
    text[used] = 0;
    t->text = text;
    t->n = (uint32_t)used;
}

static void
lex_extension(lexer *l)
{
    size_t start = l->at;
    int depth = 0;
    while (l->at + 1 < l->n) {
        if (l->s[l->at] == '{' && l->s[l->at + 1] == '{')
            depth++, l->at += 2;
        else if (l->s[l->at] == '}' && l->s[l->at + 1] == '}')
            depth--, l->at += 2;
        else
            l->at++;
        if (depth == 0) {
            sw_nl_token *t = add(l, SW_NL_K_EXTENSION, start, l->at);
            t->text = sw_nl_arena_text(l->a, l->s + start, l->at - start);
            return;
        }
    }
    l->at = l->n;
    bad(l, start, l->n, "End of file reached unexpectedly");
}

static bool
looks_like_number(const char *s, size_t n)
{
    size_t i = n > 1 && (s[0] == '-' || s[0] == '+') ? 1 : 0;
    if (i < n && s[i] == '.')
        i++;
    return i < n && isdigit((unsigned char)s[i]) && s[0] != '+';
}

static void
lex_word(lexer *l)
{
    size_t start = l->at;
    while (l->at < l->n && is_name_byte((unsigned char)l->s[l->at]))
        l->at++;
    size_t n = l->at - start;
    if (looks_like_number(l->s + start, n)) {
        double value = 0;
        sw_nl_number_error err = sw_nl_number_read(l->s + start, n, &value);
        if (err == SW_NL_NUMBER_OK) {
            add(l, SW_NL_K_NUMBER, start, l->at)->number = value;
            return;
        }
        char why[160];
        if (err == SW_NL_NUMBER_TOO_LARGE)
            snprintf(why, sizeof why,
                     "%.*s is too large to be represented exactly as an integer in NetLogo",
                     (int)(n < 80 ? n : 80), l->s + start);
        else
            snprintf(why, sizeof why, "Illegal number format");
        bad(l, start, l->at, why);
        return;
    }
    sw_nl_token *t = add(l, SW_NL_K_WORD, start, l->at);
    char *lower = sw_nl_arena_text(l->a, l->s + start, n);
    for (size_t i = 0; i < n; i++)
        if (lower[i] >= 'A' && lower[i] <= 'Z')
            lower[i] += 'a' - 'A';
    t->text = lower;
    t->n = (uint32_t)n;
}

static void
lex_one(lexer *l)
{
    static const struct {
        char c;
        sw_nl_token_kind kind;
    } single[] = {{'[', SW_NL_K_OPEN},
                  {']', SW_NL_K_CLOSE},
                  {'(', SW_NL_K_LEFT},
                  {')', SW_NL_K_RIGHT},
                  {',', SW_NL_K_COMMA}};
    char c = l->s[l->at];
    for (size_t i = 0; i < sizeof single / sizeof single[0]; i++)
        if (c == single[i].c) {
            add(l, single[i].kind, l->at, l->at + 1);
            l->at++;
            return;
        }
    if (c == '"')
        lex_string(l);
    else if (c == '{' && l->at + 1 < l->n && l->s[l->at + 1] == '{')
        lex_extension(l);
    else if (is_name_byte((unsigned char)c))
        lex_word(l);
    else {
        bad(l, l->at, l->at + 1, "This non-standard character is not allowed.");
        l->at++;
    }
}

sw_nl_token *
sw_nl_lex(sw_nl_arena *a, const char *source, size_t n, size_t *count)
{
    lexer l = {.a = a, .s = source, .n = n};
    while (l.at < n) {
        char c = source[l.at];
        if (isspace((unsigned char)c))
            l.at++;
        else if (c == ';')
            while (l.at < n && source[l.at] != '\n')
                l.at++;
        else
            lex_one(&l);
    }
    add(&l, SW_NL_K_END, n, n);
    *count = l.count;
    return l.token;
}
