// SPDX-License-Identifier: Apache-2.0
// JSON at the edge: what the parser refuses, what the field reader reports, how text is written.
#include "lib/base/json.h"
#include "lib/base/memory.h"

#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void
expect_refused(const char *bytes, size_t n)
{
    sw_faults faults = {0};
    json_t *json = sw_json_parse(bytes, n, &faults);
    assert_null(json);
    assert_int_equal(faults.n, 1);
    sw_faults_fini(&faults);
}

static json_t *
parse(const char *text)
{
    sw_faults faults = {0};
    json_t *json = sw_json_parse(text, strlen(text), &faults);
    if (!json)
        fail_msg("%s: %s", text, faults.v[0].message);
    return json;
}

static void
what_is_not_strict_json_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",        "{",   "{\"a\": 1, \"a\": 2}", "[NaN]",         "[1] 2", "[1,]", "{a: 1}",
        "[1e999]", "'a'", "[\"\x80\"]",           "[\"\\ud800\"]", "nul"};
    for (size_t k = 0; k < sw_countof(texts); k++)
        expect_refused(texts[k], strlen(texts[k]));
    expect_refused("[\0]", 3);
}

static void
nesting_beyond_256_levels_is_refused_before_parsing(void **state)
{
    (void)state;
    enum { LEVELS = 1000000 };
    sw_auto(free) char *deep = sw_malloc(LEVELS);
    memset(deep, '[', LEVELS);
    expect_refused(deep, LEVELS);
    char fine[512];
    memset(fine, '[', 256);
    memset(fine + 256, ']', 256);
    sw_faults faults = {0};
    sw_auto(json) json_t *json = sw_json_parse(fine, 512, &faults);
    assert_non_null(json);
}

static void
brackets_within_strings_do_not_count_as_nesting(void **state)
{
    (void)state;
    sw_buffer b = {0};
    sw_buffer_str(&b, "[\"\\\"");
    for (int i = 0; i < 1000; i++)
        sw_buffer_char(&b, '[');
    sw_buffer_str(&b, "\"]");
    sw_auto(json) json_t *json = parse(sw_buffer_text(&b));
    assert_non_null(json);
    sw_buffer_fini(&b);
}

static void
whole_numbers_beyond_64_bits_become_doubles(void **state)
{
    (void)state;
    sw_auto(json) json_t *json = parse("[100000000000000000000000, 7]");
    assert_true(json_number_value(json_array_get(json, 0)) == 1e23);
    assert_true(json_number_value(json_array_get(json, 1)) == 7);
}

typedef struct target {
    const char *name, *kind;
    double share;
    int64_t n;
    bool on;
    json_t *list, *object;
} target;

static const char *const kinds[] = {"a", "b", NULL};
static const sw_field fields[] = {
    {"name", SW_FIELD_STRING, offsetof(target, name), true, 1, 5, NULL, ""},
    {"kind", SW_FIELD_STRING, offsetof(target, kind), false, 0, 0, kinds, ""},
    {"share", SW_FIELD_NUMBER, offsetof(target, share), false, 0, 1, NULL, ""},
    {"n", SW_FIELD_INTEGER, offsetof(target, n), false, 1, INFINITY, NULL, ""},
    {"on", SW_FIELD_BOOLEAN, offsetof(target, on), false, 0, 0, NULL, ""},
    {"list", SW_FIELD_ARRAY, offsetof(target, list), false, 1, 2, NULL, ""},
    {"object", SW_FIELD_OBJECT, offsetof(target, object), false, 0, 0, NULL, ""},
    {NULL, 0, 0, false, 0, 0, NULL, NULL},
};

static void
fields_are_read_into_their_places(void **state)
{
    (void)state;
    sw_faults faults = {0};
    target t = {.share = 0.5, .n = 9};
    sw_auto(json) json_t *json =
        parse("{\"name\": \"xy\", \"kind\": \"b\", \"n\": 3.0, \"on\": true, \"list\": [1],"
              "\"object\": {}, \"share\": null}");
    assert_true(sw_json_read(json, "", fields, &t, &faults));
    assert_string_equal(t.name, "xy");
    assert_string_equal(t.kind, "b");
    assert_true(t.share == 0.5 && t.n == 3 && t.on && t.list && t.object);
}

static void
every_fault_of_an_object_is_reported_with_its_pointer(void **state)
{
    (void)state;
    sw_faults faults = {0};
    target t = {0};
    sw_auto(json) json_t *json =
        parse("{\"kind\": \"c\", \"share\": 2, \"n\": 1.5, \"on\": 1, \"list\": [1, 2, 3],"
              "\"object\": [], \"a/b~c\": 0}");
    assert_false(sw_json_read(json, "/at", fields, &t, &faults));
    static const char *const pointers[] = {"/at/name", "/at/kind", "/at/share",  "/at/n",
                                           "/at/on",   "/at/list", "/at/object", "/at/a~1b~0c"};
    assert_int_equal(faults.n, sw_countof(pointers));
    for (size_t k = 0; k < faults.n; k++)
        assert_string_equal(faults.v[k].pointer, pointers[k]);
    sw_faults_fini(&faults);
}

static void
texts_with_nul_are_refused(void **state)
{
    (void)state;
    sw_faults faults = {0};
    target t = {0};
    sw_auto(json) json_t *json = json_object();
    json_object_set_new(json, "name", json_stringn("a\0b", 3));
    assert_false(sw_json_read(json, "", fields, &t, &faults));
    sw_faults_fini(&faults);
}

static void
faults_beyond_a_hundred_are_counted_not_kept(void **state)
{
    (void)state;
    sw_faults faults = {0};
    for (int i = 0; i < 250; i++)
        sw_fault_add(&faults, "/x", "%d", i);
    assert_int_equal(faults.n, SW_FAULTS_MAX);
    assert_int_equal(faults.dropped, 150);
    sw_faults_fini(&faults);
}

static void
the_canonical_text_has_sorted_keys_and_shortest_numbers(void **state)
{
    (void)state;
    sw_auto(json) json_t *json = parse("{\"b\": [1.0, 0.1, 1e300, -0.5], \"a\": \"\\n\\u0001é\"}");
    sw_auto(free) char *text = sw_json_text(json, true);
    assert_string_equal(text, "{\"a\":\"\\n\\u0001é\",\"b\":[1,0.1,1e+300,-0.5]}");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_strict_json_is_refused),
        cmocka_unit_test(nesting_beyond_256_levels_is_refused_before_parsing),
        cmocka_unit_test(brackets_within_strings_do_not_count_as_nesting),
        cmocka_unit_test(whole_numbers_beyond_64_bits_become_doubles),
        cmocka_unit_test(fields_are_read_into_their_places),
        cmocka_unit_test(every_fault_of_an_object_is_reported_with_its_pointer),
        cmocka_unit_test(texts_with_nul_are_refused),
        cmocka_unit_test(faults_beyond_a_hundred_are_counted_not_kept),
        cmocka_unit_test(the_canonical_text_has_sorted_keys_and_shortest_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
