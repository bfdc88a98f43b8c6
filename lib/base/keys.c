// SPDX-License-Identifier: Apache-2.0
// Z85 and files of keys.
#include "lib/base/keys.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static const char alphabet[] =
    "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

void
sw_key_text(const unsigned char key[SW_KEY_BYTES], char text[SW_KEY_TEXT])
{
    for (size_t group = 0; group < SW_KEY_BYTES / 4; group++) {
        uint32_t value = 0;
        for (size_t i = 0; i < 4; i++)
            value = value << 8 | key[4 * group + i];
        for (size_t i = 5; i > 0; i--, value /= 85)
            text[5 * group + i - 1] = alphabet[value % 85];
    }
    text[SW_KEY_TEXT - 1] = '\0';
}

int
sw_key_of_line(const char *line, char text[SW_KEY_TEXT])
{
    size_t n = strcspn(line, " \t\r\n");
    if (n == 0 || (n == 1 && *line == '#'))
        return 0;
    if (n != SW_KEY_TEXT - 1 || strspn(line, alphabet) < n)
        return -1;
    memcpy(text, line, n);
    text[n] = '\0';
    return 1;
}

bool
sw_key_read(const char *path, char text[SW_KEY_TEXT], char *why, size_t why_size)
{
    char line[400];
    FILE *f = fopen(path, "re");
    if (!f) {
        snprintf(why, why_size, "%s: %s", path, strerror(errno));
        return false;
    }
    int found = 0;
    while (found == 0 && fgets(line, sizeof line, f))
        found = sw_key_of_line(line, text);
    fclose(f);
    if (found != 1)
        snprintf(why, why_size, "%s: holds no key of 40 characters", path);
    return found == 1;
}
