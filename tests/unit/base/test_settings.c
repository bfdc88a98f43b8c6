// SPDX-License-Identifier: Apache-2.0
// Settings: defaults, then the environment, then flags; errors in one list; content hashes.
#include "lib/base/errors.h"
#include "lib/base/hash.h"
#include "lib/base/memory.h"
#include "lib/base/settings.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

typedef struct target {
    char *listen;
    long limit;
    double seconds;
    bool quiet;
} target;

static const sw_setting table[] = {
    {"listen", "TEST_LISTEN", SW_SETTING_TEXT, "here", 0, 0, offsetof(target, listen), "HOST", ""},
    {"limit", "TEST_LIMIT", SW_SETTING_COUNT, "5", 1, 10, offsetof(target, limit), "N", ""},
    {"seconds", NULL, SW_SETTING_REAL, "0.5", 0, 9, offsetof(target, seconds), "S", ""},
    {"quiet", NULL, SW_SETTING_FLAG, NULL, 0, 0, offsetof(target, quiet), NULL, ""},
    {NULL, NULL, 0, NULL, 0, 0, 0, NULL, NULL},
};

static void
flags_go_before_the_environment_and_that_before_defaults(void **state)
{
    (void)state;
    target t = {0};
    setenv("TEST_LISTEN", "env", 1);
    setenv("TEST_LIMIT", "7", 1);
    char *argv[] = {"p", "--limit=9", "rest", "--quiet"};
    assert_int_equal(sw_settings_read(table, 4, argv, &t), 3);
    assert_string_equal(argv[3], "rest");
    assert_string_equal(t.listen, "env");
    assert_true(t.limit == 9 && t.seconds == 0.5 && t.quiet);
    sw_settings_fini(table, &t);
    unsetenv("TEST_LISTEN");
    unsetenv("TEST_LIMIT");
}

static void
two_dashes_end_the_flags(void **state)
{
    (void)state;
    target t = {0};
    char *argv[] = {"p", "--", "--quiet"};
    assert_int_equal(sw_settings_read(table, 3, argv, &t), 2);
    assert_false(t.quiet);
    sw_settings_fini(table, &t);
}

static void
wrong_flags_and_values_are_refused(void **state)
{
    (void)state;
    static char *const wrong[][3] = {
        {"p", "--nonsense", "1"}, {"p", "--limit", "11"}, {"p", "--limit", "2.5"},
        {"p", "--limit", "x"},    {"p", "--seconds", ""}, {"p", "--quiet=maybe", ""},
    };
    for (size_t k = 0; k < sw_countof(wrong); k++) {
        target t = {0};
        char *argv[] = {wrong[k][0], wrong[k][1], wrong[k][2]};
        assert_int_equal(sw_settings_read(table, 3, argv, &t), -1);
        sw_settings_fini(table, &t);
    }
    target t = {0};
    assert_int_equal(sw_settings_read(table, 2, (char *[]){"p", "--limit"}, &t), -1);
    sw_settings_fini(table, &t);
}

static void
every_error_is_found_by_its_slug(void **state)
{
    (void)state;
    for (int e = 0; e < SW_E_COUNT; e++)
        assert_int_equal(sw_error_of_slug(sw_error_about((sw_error)e)->slug), e);
    assert_int_equal(sw_error_of_slug("nonsense"), SW_E_INTERNAL);
}

static void
hashes_are_sha256(void **state)
{
    (void)state;
    char hash[SW_HASH_TEXT];
    sw_hash("abc", 3, hash);
    assert_string_equal(hash, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flags_go_before_the_environment_and_that_before_defaults),
        cmocka_unit_test(two_dashes_end_the_flags),
        cmocka_unit_test(wrong_flags_and_values_are_refused),
        cmocka_unit_test(every_error_is_found_by_its_slug),
        cmocka_unit_test(hashes_are_sha256),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
