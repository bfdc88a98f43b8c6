// SPDX-License-Identifier: Apache-2.0
// Pages of sorted rows against sorting all of them.
#include "lib/base/memory.h"
#include "server/view/pick.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void
keys_are_in_the_order_of_values_and_nan_is_last(void **state)
{
    (void)state;
    const double v[] = {-INFINITY, -1e300, -1, -5e-324, 0, 5e-324, 1, 1e300, INFINITY};
    for (size_t i = 0; i + 1 < sw_countof(v); i++) {
        assert_true(sw_place_key(v[i], false) < sw_place_key(v[i + 1], false));
        assert_true(sw_place_key(v[i], true) > sw_place_key(v[i + 1], true));
        assert_true(sw_place_key(v[i], true) < sw_place_key(NAN, true));
    }
    assert_true(sw_place_key(INFINITY, false) < sw_place_key(NAN, false));
    assert_true(sw_place_key(-NAN, false) == sw_place_key(NAN, true));
    assert_true(sw_place_key(-0.0, false) == sw_place_key(0.0, false));
}

enum { ROWS = 5000 };

static sw_place rows[ROWS];

static int
compare(const void *a, const void *b)
{
    const sw_place *x = a, *y = b;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    return x->run < y->run ? -1 : x->run > y->run;
}

// Many equal values, so that pages begin in the middle of them.
static void
make_rows(void)
{
    uint64_t x = 42;
    for (size_t i = 0; i < ROWS; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        rows[i] = (sw_place){sw_place_key(i % 50 ? (double)(x >> 58) - 30 : NAN, i < 2), i};
    }
}

static void
pages_put_together_are_the_sorted_rows(void **state)
{
    (void)state;
    make_rows();
    sw_place sorted[ROWS];
    memcpy(sorted, rows, sizeof rows);
    qsort(sorted, ROWS, sizeof *sorted, compare);
    static const size_t sizes[] = {1, 7, 100, ROWS, 2 * ROWS};
    for (size_t s = 0; s < sw_countof(sizes); s++) {
        size_t at = 0;
        for (sw_picks p; at < ROWS; sw_picks_fini(&p)) {
            sw_picks_init(&p, sizes[s], at ? &sorted[at - 1] : NULL);
            for (size_t i = 0; i < ROWS; i++)
                sw_picks_add(&p, rows[i]);
            sw_picks_finish(&p);
            assert_int_equal(p.seen, ROWS);
            assert_true(p.n > 0);
            assert_memory_equal(p.places, sorted + at, p.n * sizeof *sorted);
            at += p.n;
        }
        assert_int_equal(at, ROWS);
    }
}

static void
a_page_after_the_last_row_is_empty(void **state)
{
    (void)state;
    sw_picks p;
    sw_picks_init(&p, 3, &(sw_place){5, 5});
    sw_picks_add(&p, (sw_place){5, 5});
    sw_picks_add(&p, (sw_place){4, 9});
    sw_picks_finish(&p);
    assert_int_equal(p.n, 0);
    assert_int_equal(p.seen, 2);
    sw_picks_fini(&p);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_in_the_order_of_values_and_nan_is_last),
        cmocka_unit_test(pages_put_together_are_the_sorted_rows),
        cmocka_unit_test(a_page_after_the_last_row_is_empty),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
