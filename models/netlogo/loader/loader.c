// SPDX-License-Identifier: Apache-2.0
// The entry points: which of the two formats a file has, and text cleaned for the readers.
#include "models/netlogo/loader/loader.h"

#include "models/netlogo/loader/build.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

// The length of the UTF-8 sequence at s, of which n > 0 bytes are there; 0 when it is none.
static size_t
utf8_length(const unsigned char *s, size_t n)
{
    if (*s < 0x80)
        return 1;
    size_t length = *s >= 0xf0 ? 4 : *s >= 0xe0 ? 3 : 2;
    if (*s < 0xc2 || *s > 0xf4 || n < length)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((*s == 0xe0 && s[1] < 0xa0) || (*s == 0xed && s[1] > 0x9f) || (*s == 0xf0 && s[1] < 0x90) ||
        (*s == 0xf4 && s[1] > 0x8f))
        return 0;
    return length;
}

char *
nl_clean(nl_build *b, const void *bytes, size_t n)
{
    const unsigned char *s = bytes;
    size_t bad = 0;
    for (size_t i = 0, length; i < n; i += length ? length : 1) {
        length = utf8_length(s + i, n - i);
        bad += length == 0;
    }
    char *text = malloc(n + 2 * bad + 1), *to = text;
    if (!text)
        abort();
    size_t line = 1;
    for (size_t i = 0; i < n;) {
        size_t length = utf8_length(s + i, n - i);
        if (length == 0) {
            memcpy(to, "\xef\xbf\xbd", 3);
            to += 3;
            i++;
        } else if (s[i] == 0) {
            nl_fail(b, line, "the text holds a zero byte");
            break;
        } else if (s[i] == '\r') {
            *to++ = '\n';
            i += i + 1 < n && s[i + 1] == '\n' ? 2 : 1;
            line++;
        } else {
            line += s[i] == '\n';
            memcpy(to, s + i, length);
            to += length;
            i += length;
        }
    }
    *to = 0;
    return text;
}

static bool
looks_like_xml(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    return strncmp(text, "<?xml", 5) == 0 || strncmp(text, "<model", 6) == 0;
}

typedef void read_text(nl_build *b, char *text);

// Gives cleaned text to a reader, unless it is too long.
static void
with_clean(nl_build *b, const void *bytes, size_t n, const char *what, read_text *read)
{
    const unsigned char *s = bytes;
    if (n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0)
        s += 3, n -= 3;
    if (n > SW_NL_MAX_FILE_BYTES) {
        nl_fail(b, 0, "%s of %zu bytes is larger than the %u allowed", what, n,
                SW_NL_MAX_FILE_BYTES);
        return;
    }
    char *text = nl_clean(b, s, n);
    if (!b->failed)
        read(b, text);
    free(text);
}

static void
read_model(nl_build *b, char *text)
{
    b->file->xml = looks_like_xml(text);
    if (b->file->xml)
        nl_read_nlogox(b, text, strlen(text));
    else
        nl_read_nlogo(b, text);
}

static void
read_code(nl_build *b, char *text)
{
    nl_add_source(b, "", nl_copy(b, text, strlen(text)), 1);
}

static void
read_experiments(nl_build *b, char *text)
{
    nl_read_experiments(b, text, strlen(text), 1);
}

int
sw_nl_file_load(const void *bytes, size_t n, const sw_nl_includes *includes, sw_nl_file **file,
                sw_source_error *error)
{
    nl_build b;
    nl_build_init(&b, error);
    with_clean(&b, bytes, n, "a model file", read_model);
    if (!b.failed)
        nl_read_includes(&b, includes);
    return nl_build_finish(&b, file);
}

int
sw_nl_file_from_code(const char *code, size_t n, const sw_nl_view *view, sw_nl_dialect dialect,
                     sw_nl_file **file, sw_source_error *error)
{
    nl_build b;
    nl_build_init(&b, error);
    b.file->version = dialect == SW_NL_DIALECT_6 ? "NetLogo 6.4.0" : "NetLogo 7.0.4";
    b.file->dialect = dialect;
    if (view) {
        sw_nl_view copy = *view;
        copy.tick_label = nl_copy(&b, view->tick_label, strlen(view->tick_label));
        nl_set_view(&b, &copy, 0);
    }
    with_clean(&b, code, n, "code", read_code);
    return nl_build_finish(&b, file);
}

int
sw_nl_experiments_load(const void *bytes, size_t n, sw_nl_file **file, sw_source_error *error)
{
    nl_build b;
    nl_build_init(&b, error);
    with_clean(&b, bytes, n, "a file of experiments", read_experiments);
    return nl_build_finish(&b, file);
}
