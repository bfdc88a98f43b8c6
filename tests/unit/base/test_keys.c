// SPDX-License-Identifier: Apache-2.0
// Keys as texts and in files.
#include "lib/base/keys.h"
#include "lib/base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

#include <cmocka.h>
#include <zmq.h>

static void
the_text_of_a_key_is_that_of_the_library(void **state)
{
    (void)state;
    unsigned char key[SW_KEY_BYTES];
    char ours[SW_KEY_TEXT], theirs[SW_KEY_TEXT];
    for (int round = 0; round < 100; round++) {
        for (size_t i = 0; i < sizeof key; i++)
            key[i] = (unsigned char)(round * 73 + (int)i * (round + 5) * 31);
        sw_key_text(key, ours);
        assert_non_null(zmq_z85_encode(theirs, key, sizeof key));
        assert_string_equal(ours, theirs);
    }
}

#define KEY "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"

static void
lines_hold_a_key_and_perhaps_a_name(void **state)
{
    (void)state;
    char text[SW_KEY_TEXT];
    assert_int_equal(sw_key_of_line(KEY "\n", text), 1);
    assert_string_equal(text, KEY);
    assert_int_equal(sw_key_of_line(KEY " lab-7, bench\n", text), 1);
    assert_int_equal(sw_key_of_line("# " KEY "\n", text), 0);
    assert_int_equal(sw_key_of_line("\n", text), 0);
    assert_int_equal(sw_key_of_line("", text), 0);
    assert_int_equal(sw_key_of_line(KEY "x\n", text), -1);
    assert_int_equal(sw_key_of_line("not-a-key\n", text), -1);
    assert_int_equal(sw_key_of_line("\"ne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID", text), -1);
}

static void
a_file_without_a_key_is_refused_with_its_name(void **state)
{
    (void)state;
    char path[] = "/tmp/sweepd-keys-XXXXXX", text[SW_KEY_TEXT], why[300] = "";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_false(sw_key_read(path, text, why, sizeof why));
    assert_non_null(strstr(why, path));
    assert_int_equal(write(fd, "# mine\n\n" KEY "\n", 8 + 41), 8 + 41);
    close(fd);
    assert_true(sw_key_read(path, text, why, sizeof why));
    assert_string_equal(text, KEY);
    unlink(path);
    assert_false(sw_key_read(path, text, why, sizeof why));
    assert_non_null(strstr(why, "No such file"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_text_of_a_key_is_that_of_the_library),
        cmocka_unit_test(lines_hold_a_key_and_perhaps_a_name),
        cmocka_unit_test(a_file_without_a_key_is_refused_with_its_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
