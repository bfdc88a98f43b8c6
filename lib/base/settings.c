// SPDX-License-Identifier: Apache-2.0
// Settings from defaults, environment and flags, in this order.
#include "lib/base/settings.h"

#include "lib/base/memory.h"

#include <errno.h>

static bool
set_number(const sw_setting *s, const char *text, const char *from, void *place)
{
    char *end;
    errno = 0;
    double v = strtod(text, &end);
    bool whole = s->type != SW_SETTING_COUNT || v == (double)(long)v;
    if (end == text || *end || errno || !whole || !(v >= s->min && v <= s->max)) {
        fprintf(stderr, "%s: must be a %snumber from %.17g to %.17g, not \"%s\"\n", from,
                s->type == SW_SETTING_COUNT ? "whole " : "", s->min, s->max, text);
        return false;
    }
    if (s->type == SW_SETTING_COUNT)
        *(long *)place = (long)v;
    else
        *(double *)place = v;
    return true;
}

static bool
set_flag(const char *text, const char *from, bool *place)
{
    static const char *const yes[] = {"1", "true", "yes"}, *const no[] = {"0", "false", "no", ""};
    for (size_t i = 0; i < sw_countof(yes); i++) {
        if (strcmp(text, yes[i]) == 0)
            return *place = true;
    }
    for (size_t i = 0; i < sw_countof(no); i++) {
        if (strcmp(text, no[i]) == 0) {
            *place = false;
            return true;
        }
    }
    fprintf(stderr, "%s: must be true or false, not \"%s\"\n", from, text);
    return false;
}

static bool
set(const sw_setting *s, const char *text, const char *from, void *target)
{
    void *place = (char *)target + s->offset;
    if (s->type == SW_SETTING_FLAG)
        return set_flag(text, from, place);
    if (s->type != SW_SETTING_TEXT)
        return set_number(s, text, from, place);
    free(*(char **)place);
    *(char **)place = sw_strdup(text);
    return true;
}

static const sw_setting *
find(const sw_setting *table, const char *key, size_t n)
{
    for (; table->key; table++) {
        if (strlen(table->key) == n && memcmp(table->key, key, n) == 0)
            return table;
    }
    return NULL;
}

static bool
defaults(const sw_setting *table, void *target)
{
    for (const sw_setting *s = table; s->key; s++) {
        const char *env = s->env ? getenv(s->env) : NULL;
        if (s->fallback && !set(s, s->fallback, s->key, target))
            return false;
        if (env && *env && !set(s, env, s->env, target))
            return false;
    }
    return true;
}

// One flag at argv[*i]; *i moves on to its value if that is an argument of its own.
static bool
read_flag(const sw_setting *table, int argc, char **argv, int *i, void *target)
{
    const char *key = argv[*i] + 2;
    const char *equals = strchr(key, '=');
    const sw_setting *s = find(table, key, equals ? (size_t)(equals - key) : strlen(key));
    if (!s) {
        fprintf(stderr, "%s: no such option; --help lists them\n", argv[*i]);
        return false;
    }
    const char *value = equals ? equals + 1 : "true";
    if (!equals && s->type != SW_SETTING_FLAG) {
        if (*i + 1 == argc) {
            fprintf(stderr, "%s: needs a value\n", argv[*i]);
            return false;
        }
        value = argv[++*i];
    }
    sw_auto(free) char *from = sw_format("--%s", s->key);
    return set(s, value, from, target);
}

int
sw_settings_read(const sw_setting *table, int argc, char **argv, void *target)
{
    if (!defaults(table, target))
        return -1;
    char **words = sw_malloc((size_t)argc * sizeof *words);
    int n_words = 0, n_flags = 1;
    bool flags = true, good = true;
    for (int i = 1; i < argc && good; i++) {
        int first = i;
        if (flags && strcmp(argv[i], "--") == 0) {
            flags = false;
            argv[n_flags++] = argv[i];
        } else if (flags && strncmp(argv[i], "--", 2) == 0) {
            good = read_flag(table, argc, argv, &i, target);
            while (first <= i)
                argv[n_flags++] = argv[first++];
        } else {
            words[n_words++] = argv[i];
        }
    }
    if (good)
        memcpy(argv + n_flags, words, (size_t)n_words * sizeof *words);
    free(words);
    return good ? n_flags : -1;
}

void
sw_settings_help(const sw_setting *table, FILE *to)
{
    for (const sw_setting *s = table; s->key; s++) {
        sw_auto(free) char *flag = sw_format("--%s%s%s", s->key, s->value_name ? " " : "",
                                             s->value_name ? s->value_name : "");
        fprintf(to, "  %-28s %s", flag, s->doc);
        if (s->fallback && *s->fallback && s->type != SW_SETTING_FLAG)
            fprintf(to, " [%s]", s->fallback);
        if (s->env)
            fprintf(to, " (%s)", s->env);
        fputc('\n', to);
    }
}

void
sw_settings_man(const sw_setting *table, FILE *to)
{
    for (const sw_setting *s = table; s->key; s++) {
        fprintf(to, ".TP\n.B \\-\\-%s", s->key);
        if (s->value_name)
            fprintf(to, " \\fI%s\\fR", s->value_name);
        fprintf(to, "\n%s", s->doc);
        if (s->fallback && *s->fallback && s->type != SW_SETTING_FLAG)
            fprintf(to, " Default: %s.", s->fallback);
        if (s->env)
            fprintf(to, " Environment: %s.", s->env);
        fputc('\n', to);
    }
}

void
sw_settings_fini(const sw_setting *table, void *target)
{
    for (const sw_setting *s = table; s->key; s++) {
        if (s->type == SW_SETTING_TEXT) {
            free(*(char **)((char *)target + s->offset));
            *(char **)((char *)target + s->offset) = NULL;
        }
    }
}
