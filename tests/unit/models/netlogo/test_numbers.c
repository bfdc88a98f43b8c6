// SPDX-License-Identifier: Apache-2.0
// NetLogo's numbers against vectors of Java's StrictMath, random states saved by NetLogo itself,
// and the printed forms that Java and NetLogo document.
#include "models/netlogo/numbers/random.h"
#include "models/netlogo/numbers/strict.h"
#include "models/netlogo/numbers/text.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

// Opens a pipe from `command FOLDER/netlogo/name`; NULL when the reference is not there.
static FILE *
reference(const char *command, const char *name)
{
    const char *folder = getenv("SWEEPD_REFERENCE");
    char path[512], line[640];
    snprintf(path, sizeof path, "%s/netlogo/%s", folder ? folder : "../shared/data", name);
    FILE *f = fopen(path, "r");
    if (!f)
        return NULL;
    fclose(f);
    snprintf(line, sizeof line, "%s '%s'", command, path);
    return popen(line, "r");
}

// ---- Elementary functions -----------------------------------------------------------------------

typedef struct function {
    const char *name;
    double (*one)(double);
    double (*two)(double, double);
} function;

static const function functions[] = {
    {"sin", sw_nl_sin, NULL},   {"cos", sw_nl_cos, NULL},     {"tan", sw_nl_tan, NULL},
    {"asin", sw_nl_asin, NULL}, {"acos", sw_nl_acos, NULL},   {"atan", sw_nl_atan, NULL},
    {"exp", sw_nl_exp, NULL},   {"log", sw_nl_log, NULL},     {"log10", sw_nl_log10, NULL},
    {"sqrt", sw_nl_sqrt, NULL}, {"atan2", NULL, sw_nl_atan2}, {"pow", NULL, sw_nl_pow},
};

static const function *
find_function(const char *name)
{
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (strcmp(functions[i].name, name) == 0)
            return &functions[i];
    fail_msg("no function %s", name);
    return NULL;
}

static double
from_hex(const char *hex)
{
    uint64_t u = strtoull(hex, NULL, 16);
    double x;
    memcpy(&x, &u, sizeof x);
    return x;
}

static void
check_vector(char *line)
{
    const char *name = strsep(&line, ",");
    const char *x = strsep(&line, ","), *y = strsep(&line, ","), *expected = line;
    const function *f = find_function(name);
    double got = f->one ? f->one(from_hex(x)) : f->two(from_hex(x), from_hex(y));
    double want = from_hex(expected);
    if (memcmp(&got, &want, sizeof got) != 0 && !(isnan(got) && isnan(want)))
        fail_msg("%s(%a, %a) is %a, not %a", name, from_hex(x), from_hex(y), got, want);
}

static void
every_vector_of_strict_math_is_met_bit_for_bit(void **state)
{
    (void)state;
    FILE *f = reference("xz -dc", "strictmath.csv.xz");
    if (!f)
        skip();
    char line[128];
    size_t n = 0;
    assert_non_null(fgets(line, sizeof line, f));
    for (; fgets(line, sizeof line, f); n++)
        check_vector(line);
    pclose(f);
    assert_int_equal(n, 18000);
}

// The special cases that the Java SE specification of StrictMath lists.
static void
special_cases_are_as_java_specifies(void **state)
{
    (void)state;
    assert_true(sw_nl_pow(NAN, 0) == 1);
    assert_true(isnan(sw_nl_pow(1, INFINITY)));
    assert_true(isnan(sw_nl_pow(-8, 1.0 / 3)));
    assert_true(sw_nl_pow(-2, 3) == -8);
    assert_true(sw_nl_pow(-0.0, -3) == -INFINITY);
    assert_true(signbit(sw_nl_sin(-0.0)) && sw_nl_sin(-0.0) == 0);
    assert_true(isnan(sw_nl_cos(INFINITY)));
    assert_true(isnan(sw_nl_asin(1.5)) && isnan(sw_nl_acos(-1.5)));
    assert_true(sw_nl_log(0) == -INFINITY && isnan(sw_nl_log(-1)));
    assert_true(sw_nl_atan2(-0.0, -1) == -3.141592653589793);
    assert_true(sw_nl_exp(-INFINITY) == 0 && sw_nl_exp(INFINITY) == INFINITY);
}

// ---- Random numbers -----------------------------------------------------------------------------

// The 10,000th word from the seed 5489 is 4123659995 (ISO C++, [rand.predef]).
static void
the_generator_is_the_standard_mt19937(void **state)
{
    (void)state;
    sw_nl_random r;
    sw_nl_random_seed(&r, 5489);
    uint32_t word = 0;
    for (int i = 0; i < 10000; i++)
        word = sw_nl_random_word(&r);
    assert_int_equal(word, 4123659995u);
}

// Draws position i from the end, as a shuffle from the end does.
static void
shuffle(sw_nl_random *r, int *items, int n)
{
    for (int i = n; i > 1; i--) {
        int j = sw_nl_random_int(r, i), held = items[i - 1];
        items[i - 1] = items[j];
        items[j] = held;
    }
}

// NetLogo: random-seed 2782, then shuffle [1 2 3 4 5] three times.
static void
bounded_integers_shuffle_as_in_netlogo(void **state)
{
    (void)state;
    static const int expected[3][5] = {{3, 5, 1, 2, 4}, {2, 4, 1, 3, 5}, {5, 2, 1, 3, 4}};
    sw_nl_random r;
    sw_nl_random_seed(&r, 2782);
    for (int k = 0; k < 3; k++) {
        int items[] = {1, 2, 3, 4, 5};
        shuffle(&r, items, 5);
        assert_memory_equal(items, expected[k], sizeof items);
    }
}

static void
a_power_of_two_takes_the_top_bits(void **state)
{
    (void)state;
    sw_nl_random r, copy;
    sw_nl_random_seed(&r, 7);
    copy = r;
    for (int i = 0; i < 1000; i++)
        assert_int_equal(sw_nl_random_int(&r, 16), sw_nl_random_word(&copy) >> 28);
}

// The dialects join two words differently: 6 lends the sign of the second word to the first.
static void
long_draws_differ_between_dialects_by_the_sign_of_the_low_word(void **state)
{
    (void)state;
    sw_nl_random six, seven, words;
    sw_nl_random_seed(&six, 1);
    seven = words = six;
    int differ = 0;
    for (int i = 0; i < 1000; i++) {
        uint64_t y = sw_nl_random_word(&words), z = sw_nl_random_word(&words);
        uint64_t lower = (((y - (z >> 31)) << 32) + z) >> 1, whole = ((y << 32) + z) >> 1;
        int64_t n = 1000003;
        assert_int_equal(sw_nl_random_long(&six, n, SW_NL_DIALECT_6), lower % (uint64_t)n);
        assert_int_equal(sw_nl_random_long(&seven, n, SW_NL_DIALECT_7), whole % (uint64_t)n);
        differ += lower != whole;
    }
    assert_in_range(differ, 400, 600);
}

// Calls check for every state that NetLogo saved; returns how many there were.
static size_t
each_saved_state(void (*check)(const char *text, size_t n))
{
    FILE *f = reference("tar -xJOf", "goldens.tar.xz");
    if (!f)
        return 0;
    char *line = NULL;
    size_t size = 0, count = 0;
    while (getline(&line, &size, f) > 0) {
        if (strncmp(line, "\"0 0 -1727483681 ", 17) != 0)
            continue;
        size_t length = strcspn(line + 1, "\"");
        check(line + 1, length);
        count++;
    }
    free(line);
    pclose(f);
    return count;
}

static void
check_round_trip(const char *text, size_t n)
{
    static char out[SW_NL_RANDOM_TEXT_SIZE];
    sw_nl_random r;
    assert_int_equal(sw_nl_random_import(&r, text, n), 0);
    assert_int_equal(sw_nl_random_export(&r, out), n);
    assert_memory_equal(out, text, n);
}

static void
states_saved_by_netlogo_read_and_write_unchanged(void **state)
{
    (void)state;
    size_t n = each_saved_state(check_round_trip);
    if (n == 0)
        skip();
    assert_in_range(n, 300, 400);
}

static size_t reached, deviates;

// Whether some pair of normal deviates drawn from seed 0 on the way has the saved one as its
// second.
static int
has_drawn(const sw_nl_random *saved, int refills)
{
    sw_nl_random stream;
    sw_nl_random_seed(&stream, 0);
    for (int i = 0; i < refills * SW_NL_RANDOM_WORDS; i++) {
        sw_nl_random at = stream;
        sw_nl_random_gaussian(&at);
        if (at.gaussian == saved->gaussian)
            return 1;
        sw_nl_random_word(&stream);
    }
    return 0;
}

// Runs the generator from seed 0 as far as the saved state, if it lies within a few refills.
static void
check_reachable(const char *text, size_t n)
{
    sw_nl_random saved, r;
    assert_int_equal(sw_nl_random_import(&saved, text, n), 0);
    sw_nl_random_seed(&r, 0);
    for (int k = 0; k < 400; k++) {
        if (memcmp(r.word, saved.word, sizeof r.word) == 0) {
            reached++;
            deviates += saved.gaussian != 0 && has_drawn(&saved, k);
            return;
        }
        sw_nl_random_refill(&r);
    }
}

static void
states_saved_by_netlogo_are_reached_from_their_seed(void **state)
{
    (void)state;
    if (each_saved_state(check_reachable) == 0)
        skip();
    assert_in_range(reached, 100, 400);
    assert_in_range(deviates, 5, 400);
}

static void
a_broken_state_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    static char text[SW_NL_RANDOM_TEXT_SIZE];
    sw_nl_random r, before;
    memset(&r, 0, sizeof r);
    sw_nl_random_seed(&r, 3);
    before = r;
    size_t n = sw_nl_random_export(&r, text);
    for (size_t cut = 0; cut < n - 11; cut += 7)
        assert_int_equal(sw_nl_random_import(&r, text, cut), -1);
    text[n - 1] = 'x';
    assert_int_equal(sw_nl_random_import(&r, text, n), -1);
    assert_int_equal(sw_nl_random_import(&r, "0 0 -1727483681 700 0.0 false", 29), -1);
    assert_memory_equal(&r, &before, sizeof r);
}

static void
reseeding_leaves_the_auxiliary_stream_alone(void **state)
{
    (void)state;
    sw_nl_streams s;
    sw_nl_streams_seed(&s, 1);
    sw_nl_random aux = s.aux;
    uint32_t expected = sw_nl_random_word(&aux);
    sw_nl_streams_reseed(&s, 2);
    assert_int_equal(sw_nl_random_word(&s.main), sw_nl_random_word(&s.plot));
    assert_int_equal(sw_nl_random_word(&s.aux), expected);
}

// ---- Text ---------------------------------------------------------------------------------------

static void
expect_java(double x, const char *expected)
{
    char text[SW_NL_NUMBER_TEXT_SIZE];
    assert_int_equal(sw_nl_java_text(x, text), strlen(expected));
    assert_string_equal(text, expected);
}

static void
doubles_print_as_in_java_19(void **state)
{
    (void)state;
    expect_java(0, "0.0");
    expect_java(-0.0, "-0.0");
    expect_java(1, "1.0");
    expect_java(0.1 + 0.2, "0.30000000000000004");
    expect_java(2e23, "2.0E23"); // Java before 19 printed 1.9999999999999998E23
    expect_java(2.0e-3, "0.002");
    expect_java(0.001, "0.001");
    expect_java(9.999e-4, "9.999E-4");
    expect_java(1e7, "1.0E7");
    expect_java(9999999, "9999999.0");
    expect_java(12345678.5, "1.23456785E7");
    expect_java(123456.5, "123456.5");
    expect_java(DBL_MIN, "2.2250738585072014E-308");
    expect_java(4.9e-324, "4.9E-324");
    expect_java(9.9e-324, "9.9E-324");
    expect_java(-DBL_MAX, "-1.7976931348623157E308");
    expect_java(0x1p-44, "5.684341886080802E-14");
    expect_java(NAN, "NaN");
    expect_java(-INFINITY, "-Infinity");
}

static void
expect_number(double x, const char *expected)
{
    char text[SW_NL_NUMBER_TEXT_SIZE];
    assert_int_equal(sw_nl_number_text(x, text), strlen(expected));
    assert_string_equal(text, expected);
}

static void
whole_numbers_print_without_a_point_up_to_two_to_the_53rd(void **state)
{
    (void)state;
    expect_number(3, "3");
    expect_number(-0.0, "0");
    expect_number(1e15, "1000000000000000");
    expect_number(9007199254740992.0, "9007199254740992");
    expect_number(-9007199254740992.0, "-9007199254740992");
    expect_number(9007199254740994.0, "9.007199254740994E15");
    expect_number(0.5, "0.5");
    expect_number(1e-5, "1.0E-5");
}

static double
next_random_double(sw_nl_random *r)
{
    double x;
    do {
        uint64_t u = (uint64_t)sw_nl_random_word(r) << 32;
        u |= sw_nl_random_word(r);
        memcpy(&x, &u, sizeof x);
    } while (!isfinite(x));
    return x;
}

// Against the C library: the text reads back, and one digit fewer would not.
static void
the_shortest_digits_read_back_and_are_the_fewest(void **state)
{
    (void)state;
    sw_nl_random r;
    sw_nl_random_seed(&r, 20);
    for (int i = 0; i < 50000; i++) {
        double x = next_random_double(&r), back;
        char text[SW_NL_NUMBER_TEXT_SIZE], fewer[40], digits[24];
        size_t n = sw_nl_java_text(x, text);
        assert_true(strtod(text, NULL) == x);
        assert_int_equal(sw_nl_number_read(text, n, &back), SW_NL_NUMBER_OK);
        assert_true(back == x && sw_nl_decimal_value(sw_nl_shortest(x)) == x);
        sw_nl_decimal d = sw_nl_shortest(x);
        int count = snprintf(digits, sizeof digits, "%llu", (unsigned long long)d.digits);
        snprintf(fewer, sizeof fewer, "%.*e", count > 2 ? count - 2 : 0, x);
        if (count > 2)
            assert_true(strtod(fewer, NULL) != x);
    }
}

static sw_nl_number_error
read_text(const char *text, double *x)
{
    return sw_nl_number_read(text, strlen(text), x);
}

static void
numbers_are_read_as_netlogo_reads_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double value;
    } cases[] = {{"3", 3},       {"-3.5", -3.5},   {".5", 0.5},
                 {"-.5", -0.5},  {"5.", 5},        {"1e3", 1000},
                 {"1E-5", 1e-5}, {"1.0E16", 1e16}, {"9007199254740992", 9007199254740992.0},
                 {"007", 7},     {"0.1", 0.1},     {"1e-400", 0}};
    double x;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(read_text(cases[i].text, &x), SW_NL_NUMBER_OK);
        assert_true(x == cases[i].value);
    }
}

static void
what_is_no_number_or_too_large_is_said_so(void **state)
{
    (void)state;
    static const char *const illegal[] = {"",      "-",   ".",   "1e",   "1e+",
                                          "1.2.3", "12x", "--1", "1e5.0"};
    static const char *const large[] = {"9007199254740993", "-99999999999999999999", "1e400",
                                        "598745879457894578945789457894578945789"};
    double x = 42;
    for (size_t i = 0; i < sizeof illegal / sizeof *illegal; i++)
        assert_int_equal(read_text(illegal[i], &x), SW_NL_NUMBER_ILLEGAL);
    for (size_t i = 0; i < sizeof large / sizeof *large; i++)
        assert_int_equal(read_text(large[i], &x), SW_NL_NUMBER_TOO_LARGE);
    assert_true(x == 42);
}

static void
very_long_numbers_are_read_exactly(void **state)
{
    (void)state;
    char text[4000];
    memset(text, '0', sizeof text);
    memcpy(text, "1.00000000000000011102230246251565404236316680908203125", 55);
    text[sizeof text - 1] = '1'; // just above half way between two doubles
    double x;
    assert_int_equal(sw_nl_number_read(text, sizeof text, &x), SW_NL_NUMBER_OK);
    assert_true(x == 1 + DBL_EPSILON);
    assert_int_equal(sw_nl_number_read(text, 55, &x), SW_NL_NUMBER_OK);
    assert_true(x == 1);
}

// ---- Rounding -----------------------------------------------------------------------------------

static void
precision_rounds_the_decimal_text(void **state)
{
    (void)state;
    static const struct {
        double x;
        int places;
        double expected;
    } cases[] = {{375, -3, 0},         {375, -1, 380},
                 {-375, -1, -370},     {-375, -2, -400},
                 {375.124, 2, 375.12}, {1.005, 2, 1.01},
                 {-1.005, 2, -1},      {2.5, 0, 3},
                 {-2.5, 0, -2},        {0.1 + 0.2, 17, 0.30000000000000004},
                 {1e-7, 3, 0},         {10194983333333 * 1.1, -5, 11214481700000.0}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double got = sw_nl_precision(cases[i].x, cases[i].places, SW_NL_DIALECT_7);
        if (got != cases[i].expected)
            fail_msg("precision %.17g %d is %.17g", cases[i].x, cases[i].places, got);
    }
    // The older rounding works on the double, of which 1.005 is a little less than it says.
    assert_true(sw_nl_precision(1.005, 2, SW_NL_DIALECT_6) == 1.0);
    assert_true(sw_nl_precision(1e308, INT64_MAX, SW_NL_DIALECT_7) == 1e308);
    assert_true(sw_nl_precision(1e308, INT64_MIN, SW_NL_DIALECT_7) == 0);
}

static void
round_takes_ties_upwards_and_nothing_else(void **state)
{
    (void)state;
    assert_true(sw_nl_round(0.49999999999999994, SW_NL_DIALECT_7) == 0);
    assert_true(sw_nl_round(0.49999999999999994, SW_NL_DIALECT_6) == 1);
    assert_true(sw_nl_round(-2.5, SW_NL_DIALECT_7) == -2);
    assert_true(sw_nl_round(-2.6, SW_NL_DIALECT_7) == -3);
    assert_false(signbit(sw_nl_round(-0.2, SW_NL_DIALECT_7)));
    sw_nl_random r;
    sw_nl_random_seed(&r, 5);
    for (int i = 0; i < 20000; i++) {
        double x = (sw_nl_random_double(&r) - 0.5) * sw_nl_pow(10, sw_nl_random_int(&r, 20));
        assert_true(sw_nl_round(x, SW_NL_DIALECT_7) == sw_nl_precision(x, 0, SW_NL_DIALECT_7));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_vector_of_strict_math_is_met_bit_for_bit),
        cmocka_unit_test(special_cases_are_as_java_specifies),
        cmocka_unit_test(the_generator_is_the_standard_mt19937),
        cmocka_unit_test(bounded_integers_shuffle_as_in_netlogo),
        cmocka_unit_test(a_power_of_two_takes_the_top_bits),
        cmocka_unit_test(long_draws_differ_between_dialects_by_the_sign_of_the_low_word),
        cmocka_unit_test(states_saved_by_netlogo_read_and_write_unchanged),
        cmocka_unit_test(states_saved_by_netlogo_are_reached_from_their_seed),
        cmocka_unit_test(a_broken_state_is_refused_and_changes_nothing),
        cmocka_unit_test(reseeding_leaves_the_auxiliary_stream_alone),
        cmocka_unit_test(doubles_print_as_in_java_19),
        cmocka_unit_test(whole_numbers_print_without_a_point_up_to_two_to_the_53rd),
        cmocka_unit_test(the_shortest_digits_read_back_and_are_the_fewest),
        cmocka_unit_test(numbers_are_read_as_netlogo_reads_them),
        cmocka_unit_test(what_is_no_number_or_too_large_is_said_so),
        cmocka_unit_test(very_long_numbers_are_read_exactly),
        cmocka_unit_test(precision_rounds_the_decimal_text),
        cmocka_unit_test(round_takes_ties_upwards_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
