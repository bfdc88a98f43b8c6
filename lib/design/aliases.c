// SPDX-License-Identifier: Apache-2.0
// Alias chains of regular fractions: effects whose columns are the same product of base columns.
#include "lib/design/aliases.h"

#include "lib/base/memory.h"

// A main effect (b = a) or a pair, and its word.
typedef struct effect {
    uint32_t word;
    uint16_t a, b;
} effect;

static const char *
name_of(const sw_study *s, size_t v)
{
    return s->parameters[s->varied[v]].declared->name;
}

static json_t *
generator(const sw_study *s, const uint32_t *word, size_t v)
{
    json_t *product = json_array();
    for (size_t w = 0; w < s->n_varied; w++) {
        if (__builtin_popcount(word[w]) == 1 && word[w] & word[v])
            json_array_append_new(product, json_string(name_of(s, w)));
    }
    return json_pack("{ss so}", "parameter", name_of(s, v), "product", product);
}

static json_t *
generators(const sw_study *s, const uint32_t *word)
{
    json_t *list = json_array();
    for (size_t v = 0; v < s->n_varied; v++) {
        if (__builtin_popcount(word[v]) > 1)
            json_array_append_new(list, generator(s, word, v));
    }
    return list;
}

static int
by_word(const void *x, const void *y)
{
    const effect *a = x, *b = y;
    if (a->word != b->word)
        return a->word < b->word ? -1 : 1;
    bool a_main = a->a == a->b, b_main = b->a == b->b;
    if (a_main != b_main)
        return a_main ? -1 : 1;
    return a->a != b->a ? (a->a < b->a ? -1 : 1) : (a->b < b->b ? -1 : a->b > b->b);
}

// Main effects and pairs by word; the caller frees them.
static effect *
effects_of(const sw_study *s, const uint32_t *word, size_t *n)
{
    size_t k = s->n_varied, at = 0;
    *n = k * (k + 1) / 2;
    effect *all = sw_calloc(*n, sizeof *all);
    for (size_t a = 0; a < k; a++) {
        all[at++] = (effect){word[a], (uint16_t)a, (uint16_t)a};
        for (size_t b = a + 1; b < k; b++)
            all[at++] = (effect){word[a] ^ word[b], (uint16_t)a, (uint16_t)b};
    }
    qsort(all, *n, sizeof *all, by_word);
    return all;
}

static json_t *
chain(const sw_study *s, const effect *first, size_t n)
{
    json_t *list = json_array();
    for (size_t k = 0; k < n; k++) {
        const effect *e = &first[k];
        json_t *names = json_pack("[s]", name_of(s, e->a));
        if (e->b != e->a)
            json_array_append_new(names, json_string(name_of(s, e->b)));
        json_array_append_new(list, names);
    }
    return list;
}

// Whether a product of three columns is that of two: a word of five letters. No shorter one is
// there when this is asked.
static bool
has_five(const sw_study *s, const uint32_t *word, int bits, const effect *all, size_t n)
{
    sw_auto(free) bool *pair = sw_calloc((size_t)1 << bits, sizeof *pair);
    bool found = false;
    for (size_t k = 0; k < n; k++)
        pair[all[k].word] |= all[k].a != all[k].b;
    for (size_t k = 0; k < n; k++) {
        for (size_t v = 0; all[k].a != all[k].b && v < s->n_varied; v++)
            found |= v != all[k].a && v != all[k].b && pair[all[k].word ^ word[v]];
    }
    return found;
}

json_t *
sw_aliases_report(const sw_study *s, const uint32_t *word, int bits)
{
    size_t n, shortest = 6;
    sw_auto(free) effect *all = effects_of(s, word, &n);
    json_t *aliases = json_array();
    for (size_t k = 0, same; k < n; k += same) {
        for (same = 1; k + same < n && all[k + same].word == all[k].word; same++)
            continue;
        if (same == 1)
            continue;
        json_array_append_new(aliases, chain(s, all + k, same));
        size_t length = all[k].a == all[k].b ? 3 : 4;
        shortest = length < shortest ? length : shortest;
    }
    if (shortest == 6 && has_five(s, word, bits, all, n))
        shortest = 5;
    json_t *length = s->n_varied == (size_t)bits ? json_null() : json_integer((json_int_t)shortest);
    return json_pack("{so so so}", "resolution", length, "generators", generators(s, word),
                     "aliases", aliases);
}
