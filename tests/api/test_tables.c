// SPDX-License-Identifier: Apache-2.0
// Tables of runs that are sorted and filtered on the server, against all runs sorted and filtered
// here.
#include "lib/base/memory.h"
#include "tests/support/service.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static service s;
static int64_t texts, errors, waves, derived;

// ---- vocabulary ----

static json_t *
ask(int64_t id, const char *query)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/runs?%s", (long long)id, query);
    return get_json(&s, path);
}

// All items of a table, page by page; each page but the last is full.
static json_t *
pages(int64_t id, const char *query, int limit)
{
    json_t *all = json_array();
    sw_auto(free) char *after = sw_strdup("");
    for (bool more = true; more;) {
        sw_auto(free) char *q = sw_format("%s&limit=%d%s", query, limit, after);
        sw_auto(json) json_t *page = ask(id, q);
        const char *next = json_string_value(json_object_get(page, "next"));
        json_array_extend(all, json_object_get(page, "items"));
        more = next != NULL;
        assert_true(!more || json_array_size(all) % (size_t)limit == 0);
        free(after);
        after = sw_format("&after=%s", next ? next : "");
    }
    return all;
}

// Of an input or output of a run; NaN for null.
static double
value(const json_t *run, const char *name)
{
    const json_t *v = json_object_get(json_object_get(run, "outputs"), name);
    if (!v)
        v = json_object_get(json_object_get(run, "inputs"), name);
    return json_is_number(v) ? json_number_value(v) : NAN;
}

static int64_t
number(const json_t *run)
{
    return json_integer_value(json_object_get(run, "run"));
}

static void
expect_same(const json_t *a, const json_t *b)
{
    assert_int_equal(json_array_size(a), json_array_size(b));
    for (size_t i = 0; i < json_array_size(a); i++)
        assert_true(json_equal(json_array_get(a, i), json_array_get(b, i)));
}

// What stands at i comes before what stands at i + 1: by value, NaN last, then by run.
static void
expect_sorted(const json_t *items, const char *name, double sign)
{
    for (size_t i = 0; i + 1 < json_array_size(items); i++) {
        const json_t *a = json_array_get(items, i), *b = json_array_get(items, i + 1);
        double x = sign * value(a, name), y = sign * value(b, name);
        bool tie = x == y || (isnan(x) && isnan(y));
        assert_true(tie ? number(a) < number(b) : x < y || isnan(y));
    }
}

// ---- order ----

static void
pages_are_the_sorted_runs_each_once(void **state)
{
    (void)state;
    static const char *const orders[] = {"sort=length", "sort=-length", "sort=bytes"};
    for (size_t i = 0; i < sw_countof(orders); i++) {
        sw_auto(json) json_t *some = pages(texts, orders[i], 37);
        sw_auto(json) json_t *more = pages(texts, orders[i], 1000);
        assert_int_equal(json_array_size(some), 600);
        expect_same(some, more);
        expect_sorted(some, "length", i == 1 ? -1 : 1);
    }
}

static void
runs_without_a_value_come_last_in_both_orders(void **state)
{
    (void)state;
    for (int down = 0; down < 2; down++) {
        sw_auto(json) json_t *all = pages(errors, down ? "sort=-y" : "sort=y", 25);
        assert_int_equal(json_array_size(all), 200);
        expect_sorted(all, "y", down ? -1 : 1);
        assert_false(isnan(value(json_array_get(all, 0), "y")));
        assert_true(isnan(value(json_array_get(all, 199), "y")));
    }
}

static void
rows_are_the_runs_themselves(void **state)
{
    (void)state;
    sw_auto(json) json_t *all = pages(waves, "sort=-last", 7);
    assert_int_equal(json_array_size(all), 40);
    for (size_t i = 0; i < 40; i += 13) {
        const json_t *row = json_array_get(all, i);
        sw_auto(free) char *path =
            sw_format("/api/v1/studies/%lld/runs/%lld", (long long)waves, (long long)number(row));
        sw_auto(json) json_t *one = get_json(&s, path);
        const json_t *series = json_object_get(json_object_get(row, "outputs"), "y");
        assert_true(json_array_size(series) > 0);
        assert_true(json_equal(json_object_get(row, "outputs"), json_object_get(one, "outputs")));
        assert_true(json_equal(json_object_get(row, "inputs"), json_object_get(one, "inputs")));
        assert_true(json_equal(json_object_get(row, "seed"), json_object_get(one, "seed")));
    }
}

static void
what_every_run_has_sorts_too(void **state)
{
    (void)state;
    sw_auto(json) json_t *last = ask(texts, "sort=-run&limit=3");
    assert_int_equal(number(json_array_get(json_object_get(last, "items"), 0)), 599);
    sw_auto(json) json_t *second = ask(texts, "sort=replicate&where=replicate=1&limit=1");
    const json_t *row = json_array_get(json_object_get(second, "items"), 0);
    assert_int_equal(json_integer_value(json_object_get(row, "replicate")), 1);
    assert_int_equal(json_integer_value(json_object_get(row, "point")), 0);
    sw_auto(json) json_t *state_first = ask(errors, "sort=-state&limit=1");
    row = json_array_get(json_object_get(state_first, "items"), 0);
    assert_string_equal(json_string_value(json_object_get(row, "state")), "error");
}

// An input that follows from others is not stored: it comes from the plan.
static void
derived_inputs_sort_and_filter(void **state)
{
    (void)state;
    sw_auto(json) json_t *all = pages(derived, "sort=-x2&where=x2<0.5", 20);
    assert_true(json_array_size(all) > 50 && json_array_size(all) < 250);
    expect_sorted(all, "x2", -1);
    assert_true(value(json_array_get(all, 0), "x2") < 0.5);
}

// ---- conditions ----

typedef struct filter {
    const char *query;
    bool (*holds)(const json_t *run);
} filter;

static const char *
text_of(const json_t *run, const char *name)
{
    return json_string_value(json_object_get(json_object_get(run, "inputs"), name));
}

static bool
is_green(const json_t *run)
{
    return strcmp(text_of(run, "colour"), "green") == 0;
}

static bool
is_short_and_not_red(const json_t *run)
{
    return strcmp(text_of(run, "colour"), "red") != 0 && value(run, "bytes") >= 3 &&
           value(run, "length") < 9;
}

static bool
is_seven(const json_t *run)
{
    return value(run, "bytes") == 7;
}

static void
filtered_pages_are_the_runs_where_the_conditions_hold(void **state)
{
    (void)state;
    static const filter filters[] = {
        {"where=colour=green", is_green},
        {"where=colour%3D%22green%22&sort=run", is_green},
        {"where=colour!=red,%20bytes>=3,length<9", is_short_and_not_red},
        {"where=colour!=red&where=bytes>=3&where=length<9", is_short_and_not_red},
        {"where=%60bytes%60%20==%207", is_seven},
    };
    sw_auto(json) json_t *all = pages(texts, "first=0", 1000);
    for (size_t f = 0; f < sw_countof(filters); f++) {
        sw_auto(json) json_t *expected = json_array();
        for (size_t i = 0; i < json_array_size(all); i++) {
            if (filters[f].holds(json_array_get(all, i)))
                json_array_append(expected, json_array_get(all, i));
        }
        assert_true(json_array_size(expected) > 3 && json_array_size(expected) < 500);
        sw_auto(json) json_t *got = pages(texts, filters[f].query, 10);
        expect_same(got, expected);
        sw_auto(json) json_t *page = ask(texts, filters[f].query);
        assert_int_equal(json_integer_value(json_object_get(page, "matched")),
                         json_array_size(expected));
    }
}

static int64_t
matched(int64_t id, const char *query)
{
    sw_auto(json) json_t *page = ask(id, query);
    return json_integer_value(json_object_get(page, "matched"));
}

static void
failed_runs_are_found_by_their_state(void **state)
{
    (void)state;
    sw_auto(json) json_t *end = study(&s, errors);
    int64_t failed = json_integer_value(json_object_get(end, "failed"));
    assert_true(failed > 10 && failed < 190);
    assert_int_equal(matched(errors, "where=state=failed"), failed);
    assert_int_equal(matched(errors, "where=state=error"), failed);
    assert_int_equal(matched(errors, "where=state!=failed"), 200 - failed);
    assert_int_equal(matched(errors, "where=state=done"), 200 - failed);
    assert_int_equal(matched(errors, "where=y=null"), failed);
    assert_int_equal(matched(errors, "where=y!=null"), 200 - failed);
    // A value that is not there fulfils no comparison.
    assert_int_equal(matched(errors, "where=y!=17"), 200 - failed);
    assert_int_equal(matched(errors, "where=state=timeout"), 0);
}

static size_t
lines_of(const reply *r)
{
    size_t n = 0;
    for (size_t i = 0; i < r->n; i++)
        n += r->body[i] == '\n';
    return n;
}

static void
exports_hold_the_runs_where_the_conditions_hold(void **state)
{
    (void)state;
    sw_auto(free) char *path = sw_format(
        "/api/v1/studies/%lld/runs?format=ndjson&where=bytes=7,run>20&last=500", (long long)texts);
    reply r = get(&s, path);
    assert_int_equal(r.status, 200);
    size_t n = 0;
    for (char *line = strtok(r.body, "\n"); line; line = strtok(NULL, "\n"), n++) {
        sw_auto(json) json_t *run = json_loads(line, 0, NULL);
        assert_true(is_seven(run) && number(run) > 20 && number(run) <= 500);
    }
    assert_int_equal(n, matched(texts, "where=bytes=7,run>20&last=500"));
    reply_free(&r);
    sw_auto(free) char *csv = sw_format(
        "/api/v1/studies/%lld/runs?format=csv&where=state=failed,_wall_ms>=0", (long long)errors);
    r = get(&s, csv);
    assert_int_equal(lines_of(&r), 1 + matched(errors, "where=state=failed,_wall_ms>=0"));
    reply_free(&r);
}

// ---- what is refused ----

static void
refuses(const char *query, const char *pointer, const char *about)
{
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/runs?%s", (long long)texts, query);
    reply r = get(&s, path);
    assert_int_equal(r.status, 400);
    const json_t *faults = json_object_get(r.json, "faults");
    assert_int_equal(json_array_size(faults), 1);
    const json_t *fault = json_array_get(faults, 0);
    assert_string_equal(json_string_value(json_object_get(fault, "pointer")), pointer);
    if (!strstr(json_string_value(json_object_get(fault, "detail")), about))
        fail_msg("%s", json_string_value(json_object_get(fault, "detail")));
    reply_free(&r);
}

static void
faults_name_the_field(void **state)
{
    (void)state;
    refuses("sort=nope", "?sort", "\"nope\"");
    refuses("sort=label", "?sort", "\"label\"");
    refuses("sort=-", "?sort", "\"\"");
    refuses("where=nope%3E1", "?where", "\"nope\"");
    refuses("where=bytes", "?where", "column 6: one of");
    refuses("where=bytes%3E", "?where", "column 7: a value");
    refuses("where=bytes%3Ered", "?where", "not a number");
    refuses("where=bytes%3Enan", "?where", "not a number");
    refuses("where=", "?where", "the name of a variable");
    refuses("where=bytes%3E1,", "?where", "column 9");
    refuses("where=colour=pink", "?where", "no such text");
    refuses("where=colour%3Ered", "?where", "by = and != only");
    refuses("where=state=well", "?where", "a state is");
    refuses("where=%60bytes%3E1", "?where", "not closed");
    refuses("sort=bytes&after=12", "?after", "not a cursor");
    refuses("sort=bytes&format=csv", "?sort", "only pages of JSON");
}

static void
a_cursor_of_another_order_is_refused(void **state)
{
    (void)state;
    sw_auto(json) json_t *page = ask(texts, "sort=bytes&limit=5");
    sw_auto(free) char *other =
        sw_format("sort=-bytes&after=%s", json_string_value(json_object_get(page, "next")));
    refuses(other, "?after", "not a cursor of this order");
}

static int
start_all(void **state)
{
    (void)state;
    service_start(&s, 1);
    texts = submit(&s, "{\"model\":\"testfunctions/text\",\"parameters\":{"
                       "\"colour\":{\"values\":[\"red\",\"green\",\"blue\"]},"
                       "\"bytes\":{\"min\":0,\"max\":20,\"integer\":true}},"
                       "\"design\":{\"method\":\"random\",\"n\":300,\"seed\":1},\"replicates\":2}");
    errors = submit(&s, "{\"model\":\"testfunctions/error\",\"parameters\":{\"share\":0.3,"
                        "\"x\":{\"min\":0,\"max\":1}},"
                        "\"design\":{\"method\":\"random\",\"n\":200,\"seed\":1},"
                        "\"limits\":{\"max_failed_fraction\":1,\"retries\":0}}");
    waves = submit(&s, "{\"model\":\"testfunctions/series\",\"parameters\":{"
                       "\"amplitude\":{\"min\":1,\"max\":2},"
                       "\"points\":{\"min\":1,\"max\":30,\"integer\":true}},"
                       "\"outputs\":[\"y\",\"last\"],"
                       "\"design\":{\"method\":\"lhs\",\"n\":40,\"seed\":1}}");
    derived = submit(&s, "{\"model\":\"testfunctions/linear\",\"parameters\":{"
                         "\"x1\":{\"min\":0,\"max\":1},\"x2\":{\"expression\":\"x1 ^ 2\"}},"
                         "\"design\":{\"method\":\"random\",\"n\":300,\"seed\":1}}");
    wait_for_state(&s, texts, "done", 30);
    wait_for_state(&s, errors, "done", 30);
    wait_for_state(&s, waves, "done", 30);
    wait_for_state(&s, derived, "done", 30);
    return 0;
}

static int
stop_all(void **state)
{
    (void)state;
    service_stop(&s);
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_are_the_sorted_runs_each_once),
        cmocka_unit_test(runs_without_a_value_come_last_in_both_orders),
        cmocka_unit_test(rows_are_the_runs_themselves),
        cmocka_unit_test(what_every_run_has_sorts_too),
        cmocka_unit_test(derived_inputs_sort_and_filter),
        cmocka_unit_test(filtered_pages_are_the_runs_where_the_conditions_hold),
        cmocka_unit_test(failed_runs_are_found_by_their_state),
        cmocka_unit_test(exports_hold_the_runs_where_the_conditions_hold),
        cmocka_unit_test(faults_name_the_field),
        cmocka_unit_test(a_cursor_of_another_order_is_refused),
    };
    return cmocka_run_group_tests(tests, start_all, stop_all);
}
