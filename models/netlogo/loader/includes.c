// SPDX-License-Identifier: Apache-2.0
// __includes: finds the files that source texts name and adds their texts, each file once.
#include "models/netlogo/loader/build.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

// Steps over blanks and comments.
static const char *
skip_blank(const char *s, size_t *line)
{
    for (;;) {
        if (*s == ';') {
            s += strcspn(s, "\n");
        } else if (isspace((unsigned char)*s)) {
            *line += *s == '\n';
            s++;
        } else {
            return s;
        }
    }
}

// The end of the token at s: a string, a bracket, or a word.
static const char *
token_end(const char *s)
{
    if (*s == '"') {
        for (s++; *s && *s != '"' && *s != '\n'; s++)
            s += *s == '\\' && s[1] && s[1] != '\n';
        return s + (*s == '"');
    }
    if (strchr("[]()", *s))
        return s + 1;
    return s + strcspn(s, " \t\r\n\f\v\"[]();");
}

static bool
is_known(const nl_build *b, const char *name)
{
    const sw_nl_source *sources = b->sources.items;
    for (size_t i = 0; i < b->sources.n; i++)
        if (strcmp(sources[i].name, name) == 0)
            return true;
    return false;
}

typedef struct reading {
    nl_build *b;
    const sw_nl_includes *from;
    size_t bytes;
} reading;

static void
add_text(nl_build *b, const char *name, const void *bytes, size_t n)
{
    char *text = nl_clean(b, bytes, n);
    nl_add_source(b, name, nl_copy(b, text, strlen(text)), 1);
    free(text);
}

static void
add_file(reading *r, const char *name, size_t line)
{
    const void *bytes;
    size_t n;
    if (is_known(r->b, name))
        return;
    if (r->b->sources.n > SW_NL_MAX_INCLUDES)
        nl_fail(r->b, line, "more than %d files are included", SW_NL_MAX_INCLUDES);
    else if (!r->from || r->from->read(r->from->self, name, &bytes, &n) != 0)
        nl_fail(r->b, line, "the included file '%.200s' cannot be read", name);
    else if (n > SW_NL_MAX_INCLUDE_BYTES || (r->bytes += n) > SW_NL_MAX_INCLUDE_BYTES)
        nl_fail(r->b, line, "the included files are larger than the %u bytes allowed",
                SW_NL_MAX_INCLUDE_BYTES);
    else
        add_text(r->b, name, bytes, n);
}

// Adds the files of one bracketed list of names; returns where it ends.
static const char *
read_list(reading *r, const char *s, size_t *line)
{
    s = skip_blank(s, line);
    if (*s != '[')
        return s;
    for (s = skip_blank(s + 1, line); *s == '"' && !r->b->failed; s = skip_blank(s, line)) {
        const char *end = token_end(s);
        size_t n = (size_t)(end - s);
        if (n >= 2 && end[-1] == '"')
            add_file(r, nl_copy(r->b, s + 1, n - 2), *line);
        s = end;
    }
    return s;
}

static void
scan(reading *r, const char *s, size_t line)
{
    while (!r->b->failed && *(s = skip_blank(s, &line))) {
        const char *end = token_end(s);
        bool found = end - s == 10 && strncasecmp(s, "__includes", 10) == 0;
        s = found ? read_list(r, end, &line) : end;
    }
}

void
nl_read_includes(nl_build *b, const sw_nl_includes *includes)
{
    reading r = {.b = b, .from = includes};
    for (size_t i = 0; i < b->sources.n && !b->failed; i++) {
        sw_nl_source source = ((sw_nl_source *)b->sources.items)[i];
        scan(&r, source.code, source.line);
    }
}
