// SPDX-License-Identifier: Apache-2.0
// The documents of docs/gallery through the whole product: each runs to its end and its analyses
// answer; those whose figures are known give them. Designs by number of points are made small here.
#include "lib/base/memory.h"
#include "tests/answers/power_cct.h"
#include "tests/support/service.h"

#include <glob.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { POINTS_MAX = 16, STEPS_MAX = 9 };

static service s;

static json_t *
document_of(const char *name)
{
    sw_auto(free) char *path = sw_format("docs/gallery/%s.json", name);
    json_error_t fault;
    json_t *document = json_load_file(path, 0, &fault);
    if (!document)
        fail_msg("%s, line %d: %s", path, fault.line, fault.text);
    return document;
}

static void
at_most(json_t *object, const char *member, int most)
{
    json_t *value = json_object_get(object, member);
    if (json_is_integer(value) && json_integer_value(value) > most)
        json_object_set_new(object, member, json_integer(most));
}

// Fewer points of the same design; replicates once.
static void
make_small(json_t *document)
{
    json_t *design = json_object_get(document, "design"), *steps = json_object_get(design, "steps");
    at_most(design, "n", POINTS_MAX);
    at_most(document, "replicates", 2);
    const char *name;
    json_t *value;
    json_object_foreach (steps, name, value) {
        if (json_integer_value(value) > STEPS_MAX)
            json_object_set_new(steps, name, json_integer(STEPS_MAX));
    }
}

static json_t *
study_after_its_end(json_t *document)
{
    sw_auto(free) char *text = json_dumps(document, 0);
    int64_t id = submit(&s, text);
    wait_for_state(&s, id, "done", 120);
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld", (long long)id);
    return get_json(&s, path);
}

static void
expect_answers(const json_t *study)
{
    sw_auto(free) char *path =
        sw_format("/api/v1/studies/%lld/analyses",
                  (long long)json_integer_value(json_object_get(study, "id")));
    sw_auto(json) json_t *answers = get_json(&s, path);
    size_t i;
    json_t *answer;
    json_array_foreach (json_object_get(answers, "items"), i, answer) {
        if (!json_object_get(answer, "method") || json_object_get(answer, "error")) {
            sw_auto(free) char *text = json_dumps(answer, 0);
            fail_msg("%s: %s", json_string_value(json_object_get(study, "name")), text);
        }
    }
}

static double
number_at(const json_t *column, size_t i)
{
    return json_number_value(json_array_get(json_object_get(column, "values"), i));
}

static json_t *
column_of(const json_t *study, const char *variable)
{
    long long id = json_integer_value(json_object_get(study, "id"));
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/columns/%s", id, variable);
    return get_json(&s, path);
}

// ---- tests ----

static void
every_document_runs_to_its_end_and_is_answered(void **state)
{
    (void)state;
    glob_t files;
    assert_int_equal(glob("docs/gallery/*.json", 0, NULL, &files), 0);
    for (size_t i = 0; i < files.gl_pathc; i++) {
        const char *name = strrchr(files.gl_pathv[i], '/') + 1;
        sw_auto(free) char *stem = sw_format("%.*s", (int)(strlen(name) - strlen(".json")), name);
        sw_auto(json) json_t *document = document_of(stem);
        make_small(document);
        sw_auto(json) json_t *study = study_after_its_end(document);
        int failed = (int)json_integer_value(json_object_get(study, "failed"));
        if (failed && strcmp(stem, "power-n-1-1") != 0)
            fail_msg("%s: %d runs failed", stem, failed);
        expect_answers(study);
    }
    assert_true(files.gl_pathc > 10);
    globfree(&files);
}

// The time of a fault at a bus cleared by a line, as independent programs found it; 0: not listed.
static double
reference_of(const char *system, int bus, const char *line)
{
    for (size_t k = 0; k < sw_countof(power_cct); k++) {
        sw_auto(free) char *a = sw_format("%d-%d", power_cct[k].from, power_cct[k].to);
        sw_auto(free) char *b = sw_format("%d-%d", power_cct[k].to, power_cct[k].from);
        if (strcmp(power_cct[k].system, system) == 0 && power_cct[k].bus == bus &&
            (strcmp(a, line) == 0 || strcmp(b, line) == 0))
            return power_cct[k].cct;
    }
    return 0;
}

// The reference scans every 1 ms with steps of its own: both resolve 10 us, and 0.1 ms is what
// independent programs differ by.
static void
line_faults_of_new_england_have_their_clearing_times(void **state)
{
    (void)state;
    sw_auto(json) json_t *document = document_of("power-line-faults");
    sw_auto(json) json_t *study = study_after_its_end(document);
    sw_auto(json) json_t *cct = column_of(study, "cct");
    const json_t *points = json_object_get(json_object_get(document, "design"), "points");
    int compared = 0;
    for (size_t i = 0; i < json_array_size(points); i++) {
        const json_t *point = json_array_get(points, i);
        const char *line = json_string_value(json_object_get(point, "line"));
        int bus = (int)json_integer_value(json_object_get(point, "fault-bus"));
        double want = reference_of("ne39", bus, line);
        if (want > 0 && !(fabs(number_at(cct, i) - want) <= 1e-4))
            fail_msg("bus %d, line %s: %.5f s, not %.5f s", bus, line, number_at(cct, i), want);
        compared += want > 0;
    }
    assert_true(compared >= 38);
    // The map of the documents is drawn from these runs.
    sw_auto(free) char *draw = sw_format(
        "${SWEEPD_BIN:-bin}/sweep results %lld --varied --url http://127.0.0.1:%d | "
        "tools/power-map docs/gallery/ne39-map.csv | cmp - docs/images/power-line-faults.svg",
        (long long)json_integer_value(json_object_get(study, "id")), s.port);
    assert_int_equal(system(draw), 0);
}

// The diagonal of the table is no second outage, and without two lines some buses hang by nothing.
static void
second_outages_fail_only_where_they_must(void **state)
{
    (void)state;
    sw_auto(json) json_t *document = document_of("power-n-1-1");
    sw_auto(json) json_t *study = study_after_its_end(document);
    long long id = json_integer_value(json_object_get(study, "id"));
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/failures/groups?limit=100", id);
    sw_auto(json) json_t *groups = get_json(&s, path);
    size_t i;
    json_t *group;
    int same = 0, islands = 0;
    json_array_foreach (json_object_get(groups, "items"), i, group) {
        const char *message = json_string_value(json_object_get(group, "message"));
        int n = (int)json_integer_value(json_object_get(group, "count"));
        same += strstr(message, "the line that has opened already") ? n : 0;
        islands += strstr(message, "islands the network") ? n : 0;
    }
    assert_int_equal(same, 33);
    assert_int_equal(same + islands, json_integer_value(json_object_get(study, "failed")));
    assert_int_equal(islands % 2, 0); // The order of the two outages does not matter.
}

// A machine of the case swings for longer without its stabiliser than with it.
static void
stabilisers_damp(void **state)
{
    (void)state;
    sw_auto(json) json_t *document = document_of("power-stabilisers");
    make_small(document);
    sw_auto(json) json_t *study = study_after_its_end(document);
    sw_auto(json) json_t *gain = column_of(study, "pss-gain");
    sw_auto(json) json_t *swing = column_of(study, "swing");
    double with = 0, without = INFINITY;
    for (size_t i = 0; i < json_array_size(json_object_get(swing, "values")); i++) {
        if (number_at(gain, i) == 0)
            without = fmin(without, number_at(swing, i));
        if (number_at(gain, i) == 1)
            with = fmax(with, number_at(swing, i));
    }
    assert_true(with < without / 10);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_document_runs_to_its_end_and_is_answered),
        cmocka_unit_test(line_faults_of_new_england_have_their_clearing_times),
        cmocka_unit_test(second_outages_fail_only_where_they_must),
        cmocka_unit_test(stabilisers_damp),
    };
    service_group(&s, 2);
    return cmocka_run_group_tests(tests, service_begin, service_end);
}
