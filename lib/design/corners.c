// SPDX-License-Identifier: Apache-2.0
// Classical designs of experiments, on three places of each range (low, centre, high): `factorial`,
// `fractional_factorial`, `plackett_burman`, `central_composite`, `box_behnken`.
#include "lib/design/aliases.h"
#include "lib/design/parts.h"

enum { FACTORS_MAX = 64, FULL_MAX = 52, WORD_BITS_MAX = 16 };

typedef struct options {
    double low, high, alpha;
    int64_t resolution, centres;
} options;

#define ENDS                                                                                       \
    {"low",                                                                                        \
     SW_FIELD_NUMBER,                                                                              \
     offsetof(options, low),                                                                       \
     false,                                                                                        \
     0,                                                                                            \
     0.5,                                                                                          \
     NULL,                                                                                         \
     "place of the low level in the range, from 0 to 0.5"},                                        \
    {                                                                                              \
        "high", SW_FIELD_NUMBER, offsetof(options, high), false, 0.5, 1, NULL,                     \
            "place of the high level in the range, from 0.5 to 1"                                  \
    }
#define CENTRES                                                                                    \
    {                                                                                              \
        "centres", SW_FIELD_INTEGER, offsetof(options, centres), false, 1, 1000, NULL,             \
            "points in the centre"                                                                 \
    }

static const sw_field corner_fields[] = {ENDS, SW_DESIGN_END};
static const sw_field centre_fields[] = {ENDS, CENTRES, SW_DESIGN_END};
static const sw_field composite_fields[] = {
    ENDS,
    CENTRES,
    {"alpha", SW_FIELD_NUMBER, offsetof(options, alpha), false, 0.1, 100, NULL,
     "distance of the axial points from the centre, that of the faces being 1"},
    SW_DESIGN_END,
};
static const sw_field fraction_fields[] = {
    ENDS,
    {"resolution", SW_FIELD_INTEGER, offsetof(options, resolution), false, 3, 5, NULL,
     "3: effects clear of each other; 4: also of pairs; 5: pairs clear of pairs"},
    SW_DESIGN_END,
};

static void
defaults(void *to)
{
    *(options *)to = (options){.low = 0, .high = 1, .alpha = 1, .resolution = 4, .centres = 1};
}

static bool
fits(const sw_design *d, const char *method, size_t least, size_t most, sw_faults *faults)
{
    size_t before = faults->n + faults->dropped, n = d->study->n_varied;
    const options *o = d->options;
    if (n < least || n > most)
        sw_fault_add(faults, "/parameters", "%s takes from %zu to %zu varied parameters, not %zu",
                     method, least, most, n);
    if (o->low == 0 || o->high == 1)
        sw_design_refuse_unbounded(d->study, true,
                                   "the design stands on the ends of each range; give "
                                   "min and max, or low and high within (0, 1)",
                                   faults);
    return faults->n + faults->dropped == before;
}

// side -1, 0, 1: low, centre, high.
static double
place(const sw_design *d, int side)
{
    const options *o = d->options;
    return side < 0 ? o->low : side > 0 ? o->high : 0.5;
}

// Columns from a function that gives the side of parameter v at a point.
static void
write_sides(const sw_design *d, const sw_range *range,
            int (*side)(const sw_design *d, uint64_t point, size_t v))
{
    for (size_t v = 0; v < d->study->n_varied; v++) {
        double *u = sw_range_column(d, range, v);
        for (size_t i = 0; i < range->n; i++)
            u[i] = place(d, side(d, range->first + i, v));
    }
}

// ---- all corners ----

static uint64_t
factorial_plan(sw_design *d, sw_faults *faults)
{
    if (!fits(d, "factorial", 1, FULL_MAX, faults))
        return 0;
    return UINT64_C(1) << d->study->n_varied;
}

static int
factorial_side(const sw_design *d, uint64_t point, size_t v)
{
    (void)d;
    return point >> v & 1 ? 1 : -1;
}

static void
factorial_places(const sw_design *d, const sw_range *range)
{
    write_sides(d, range, factorial_side);
}

const sw_design_ops sw_design_factorial = {
    .name = "factorial",
    .doc = "all corners of the box, in Yates' order: the first parameter varies fastest",
    .fields = corner_fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .plan = factorial_plan,
    .places = factorial_places,
};

// ---- a fraction of the corners ----

// Parameter v is the product of the base columns whose bits are set in word[v].
typedef struct fraction {
    int bits;
    uint32_t word[FACTORS_MAX];
} fraction;

static void
mark_sums(bool *reached, const bool *smaller, uint32_t word, size_t n)
{
    for (size_t w = 0; w < n; w++) {
        if (smaller[w])
            reached[w ^ word] = true;
    }
}

// Takes words in ascending order unless one is a product of fewer than resolution - 1 taken ones:
// the shortest word of the defining relation then has at least `resolution` letters (Box and
// Hunter 1961). True if enough words were found in this many bits.
static bool
choose_words(fraction *f, size_t factors, int64_t resolution)
{
    size_t n = (size_t)1 << f->bits, found = 0;
    bool *products[4]; // of exactly 0, 1, 2, 3 words
    for (int k = 0; k < 4; k++)
        products[k] = sw_calloc(n, sizeof(bool));
    products[0][0] = true;
    for (uint32_t word = 1; word < n && found < factors; word++) {
        bool clear = true;
        for (int k = 1; k <= resolution - 2; k++)
            clear &= !products[k][word];
        if (!clear)
            continue;
        for (int k = 3; k > 0; k--)
            mark_sums(products[k], products[k - 1], word, n);
        f->word[found++] = word;
    }
    for (int k = 0; k < 4; k++)
        free(products[k]);
    return found == factors;
}

static uint64_t
fraction_plan(sw_design *d, sw_faults *faults)
{
    const options *o = d->options;
    if (!fits(d, "fractional_factorial", 1, FACTORS_MAX, faults))
        return 0;
    fraction *f = sw_calloc(1, sizeof *f);
    d->state = f;
    for (f->bits = 1; f->bits <= WORD_BITS_MAX; f->bits++) {
        if (choose_words(f, d->study->n_varied, o->resolution))
            return UINT64_C(1) << f->bits;
    }
    sw_fault_add(faults, "/design/resolution", "needs more than 2^%d points", WORD_BITS_MAX);
    return 0;
}

// The sign of a product of columns: minus if an odd number of them is low.
static int
fraction_side(const sw_design *d, uint64_t point, size_t v)
{
    uint64_t low = ((const fraction *)d->state)->word[v] & ~point;
    return __builtin_parityll(low) ? -1 : 1;
}

static void
fraction_places(const sw_design *d, const sw_range *range)
{
    write_sides(d, range, fraction_side);
}

static json_t *
fraction_report(const sw_design *d)
{
    const fraction *f = d->state;
    return sw_aliases_report(d->study, f->word, f->bits);
}

const sw_design_ops sw_design_fractional_factorial = {
    .name = "fractional_factorial",
    .doc = "the smallest regular fraction of the corners that has the resolution asked for",
    .fields = fraction_fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .plan = fraction_plan,
    .places = fraction_places,
    .report = fraction_report,
    .free_state = free,
};

// ---- Plackett and Burman ----

// Quadratic residues of a prime q = 3 mod 4: the Hadamard matrix of order q + 1 after Paley (1933),
// which for q = 11, 19, 23 is the design of Plackett and Burman (1946).
typedef struct paley {
    uint64_t q;
    bool *residue;
} paley;

static bool
is_prime(uint64_t q)
{
    for (uint64_t k = 2; k * k <= q; k++) {
        if (q % k == 0)
            return false;
    }
    return q > 1;
}

static uint64_t
paley_plan(sw_design *d, sw_faults *faults)
{
    enum { MOST = 1000 };
    if (!fits(d, "plackett_burman", 1, MOST, faults))
        return 0;
    uint64_t q = d->study->n_varied;
    while (q % 4 != 3 || !is_prime(q))
        q++;
    paley *s = sw_calloc(1, sizeof *s);
    s->q = q;
    s->residue = sw_calloc(q, sizeof *s->residue);
    for (uint64_t k = 1; k < q; k++)
        s->residue[k * k % q] = true;
    d->state = s;
    return q + 1;
}

// Row q is all low; row r < q is the first shifted cyclically by r.
static int
paley_side(const sw_design *d, uint64_t point, size_t v)
{
    const paley *s = d->state;
    if (point == s->q)
        return -1;
    uint64_t k = (v + s->q - point) % s->q;
    return k == 0 || s->residue[k] ? 1 : -1;
}

static void
paley_places(const sw_design *d, const sw_range *range)
{
    write_sides(d, range, paley_side);
}

static void
paley_free(void *state)
{
    paley *s = state;
    if (s)
        free(s->residue);
    free(s);
}

const sw_design_ops sw_design_plackett_burman = {
    .name = "plackett_burman",
    .doc = "main effects of D parameters from little more than D points (Paley's construction)",
    .fields = corner_fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .plan = paley_plan,
    .places = paley_places,
    .free_state = paley_free,
};

// ---- centre, faces and edges ----

static double
axial(const options *o, int side)
{
    double u = side > 0 ? 0.5 + o->alpha * (o->high - 0.5) : 0.5 - o->alpha * (0.5 - o->low);
    return o->alpha == 1 ? (side > 0 ? o->high : o->low) : u;
}

static uint64_t
composite_plan(sw_design *d, sw_faults *faults)
{
    const options *o = d->options;
    if (!fits(d, "central_composite", 2, 30, faults))
        return 0;
    if (axial(o, -1) < 0 || axial(o, 1) > 1) {
        sw_fault_add(faults, "/design/alpha",
                     "puts the axial points at %g and %g of the range; give low and high nearer to "
                     "0.5",
                     axial(o, -1), axial(o, 1));
        return 0;
    }
    if (axial(o, -1) == 0 || axial(o, 1) == 1)
        sw_design_refuse_unbounded(d->study, true, "the axial points are the ends of each range",
                                   faults);
    size_t n = d->study->n_varied;
    return (UINT64_C(1) << n) + 2 * n + (uint64_t)o->centres;
}

// The corners, then both axial points of each parameter, then the centre.
static double
composite_place(const sw_design *d, uint64_t point, size_t v)
{
    size_t n = d->study->n_varied;
    uint64_t corners = UINT64_C(1) << n, face = point - corners;
    if (point < corners)
        return place(d, factorial_side(d, point, v));
    return face < 2 * n && face / 2 == v ? axial(d->options, face & 1 ? 1 : -1) : 0.5;
}

static void
composite_places(const sw_design *d, const sw_range *range)
{
    for (size_t v = 0; v < d->study->n_varied; v++) {
        double *u = sw_range_column(d, range, v);
        for (size_t i = 0; i < range->n; i++)
            u[i] = composite_place(d, range->first + i, v);
    }
}

const sw_design_ops sw_design_central_composite = {
    .name = "central_composite",
    .doc = "corners, two axial points of each parameter, and the centre",
    .fields = composite_fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .plan = composite_plan,
    .places = composite_places,
};

static uint64_t
box_plan(sw_design *d, sw_faults *faults)
{
    if (!fits(d, "box_behnken", 3, 1000, faults))
        return 0;
    uint64_t n = d->study->n_varied;
    return 2 * n * (n - 1) + (uint64_t)((const options *)d->options)->centres;
}

// Four points for each pair (a, b), a < b, with the others in the centre; pairs in lexical order.
// The pairs before those that start with a are a n - a (a + 1) / 2.
static int
box_side(const sw_design *d, uint64_t point, size_t v)
{
    uint64_t n = d->study->n_varied, pair = point / 4, a = 0;
    if (pair >= n * (n - 1) / 2)
        return 0;
    while ((a + 1) * n - (a + 1) * (a + 2) / 2 <= pair)
        a++;
    uint64_t b = a + 1 + pair - (a * n - a * (a + 1) / 2);
    if (v == a)
        return point & 1 ? 1 : -1;
    return v == b ? (point & 2 ? 1 : -1) : 0;
}

static void
box_places(const sw_design *d, const sw_range *range)
{
    write_sides(d, range, box_side);
}

const sw_design_ops sw_design_box_behnken = {
    .name = "box_behnken",
    .doc = "the middles of the edges in every plane of two parameters, and the centre",
    .fields = centre_fields,
    .options_size = sizeof(options),
    .defaults = defaults,
    .plan = box_plan,
    .places = box_places,
};
