// SPDX-License-Identifier: Apache-2.0
// Decoding of what stands in a URL. The library is told to leave URLs alone, so that an encoded
// slash stays within its segment and bad escapes are refused instead of guessed at.
#include "server/http/internal.h"

static int
hex(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// The length of the UTF-8 sequence at s (RFC 3629), 0 if there is none.
static size_t
sequence(const unsigned char *s)
{
    if (s[0] < 0x80)
        return 1;
    size_t n = s[0] >= 0xc2 && s[0] <= 0xdf ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : 0;
    if (s[0] >= 0xf0 && s[0] <= 0xf4)
        n = 4;
    for (size_t i = 1; i < n; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    }
    bool overlong = (s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xf0 && s[1] < 0x90);
    bool surrogate = s[0] == 0xed && s[1] >= 0xa0;
    bool beyond = s[0] == 0xf4 && s[1] >= 0x90;
    return overlong || surrogate || beyond ? 0 : n;
}

static bool
is_utf8(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;
    while (*s) {
        size_t n = sequence(s);
        if (n == 0)
            return false;
        s += n;
    }
    return true;
}

bool
sw_http_decode(char *text)
{
    char *to = text;
    for (const char *s = text; *s; s++) {
        if (*s != '%') {
            *to++ = *s;
            continue;
        }
        int high = hex(s[1]), low = high < 0 ? -1 : hex(s[2]);
        if (low < 0 || high + low == 0)
            return false;
        *to++ = (char)(high * 16 + low);
        s += 2;
    }
    *to = '\0';
    return is_utf8(text);
}
