// SPDX-License-Identifier: Apache-2.0
// A data set of images through the whole product: registered by `sweep data add`, swept, and its
// maps fetched over HTTP, which nibabel then opens (where it is installed).
#include "lib/base/memory.h"
#include "tests/support/service.h"
#include "tests/unit/models/fmri/folder_maker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <sys/wait.h>

#include <cmocka.h>

#define MAP "contrast-group_stat-t_statmap.nii.gz"

static service s;
static char dir[40];

static int
start(void **state)
{
    (void)state;
    make_folder(dir);
    write_group(dir, 6);
    service_start(&s, 2);
    return 0;
}

static int
stop(void **state)
{
    (void)state;
    service_stop(&s);
    remove_folder(dir);
    return 0;
}

static int
sweep_data_add(const char *name)
{
    sw_auto(free) char *command =
        sw_format("%s/sweep data add %s --family fmri --name %s --url http://127.0.0.1:%d "
                  ">/dev/null 2>&1",
                  getenv("SWEEPD_BIN"), dir, name, s.port);
    return system(command);
}

static void
a_registered_data_set_is_a_model_with_bounds_by_its_data(void **state)
{
    (void)state;
    assert_int_equal(sweep_data_add("small"), 0);
    json_t *model = get_json(&s, "/api/v1/models/fmri/small"), *p;
    size_t j;
    json_array_foreach (json_object_get(model, "parameters"), j, p) {
        if (strcmp(json_string_value(json_object_get(p, "name")), "subjects") == 0)
            assert_int_equal(json_number_value(json_object_get(p, "max")), 6);
    }
    json_decref(model);
}

static void
maps_come_back_where_the_images_lay(void **state)
{
    (void)state;
    int64_t id = submit(&s, "{\"model\": \"fmri/small\", \"parameters\": {\"subjects\": 5}, "
                            "\"outputs\": [\"active\", \"" MAP "\"]}");
    wait_for_state(&s, id, "done", 30);
    sw_auto(free) char *path =
        sw_format("/api/v1/studies/%lld/runs/0/artifacts/" MAP, (long long)id);
    reply r = get(&s, path);
    assert_int_equal(r.status, 200);
    sw_fmri_fault fault;
    sw_fmri_nifti *map = sw_fmri_nifti_open_bytes(r.body, r.n, &fault);
    assert_non_null(map);
    assert_true(sw_fmri_grid_same(sw_fmri_nifti_grid(map), &maker_grid));
    sw_fmri_nifti_close(&map);
    write_bytes(dir, "fetched.nii.gz", r.body, r.n);
    reply_free(&r);

    sw_auto(free) char *command =
        sw_format("/usr/bin/python3 tests/unit/models/fmri/oracle.py check %s/fetched.nii.gz", dir);
    char line[200], all[1000] = "";
    FILE *answer = popen(command, "r");
    while (fgets(line, sizeof line, answer))
        strncat(all, line, sizeof all - strlen(all) - 1);
    int status = pclose(answer);
    if (WEXITSTATUS(status) == 77)
        skip();
    assert_non_null(strstr(all, "6 5 4 float32\n"
                                "-3.000000 0.000000 0.000000 9.000000\n"
                                "0.000000 3.000000 0.000000 -6.000000\n"
                                "0.000000 0.000000 3.000000 -3.000000\n"));
}

static void
a_sweep_over_subjects_and_scale_has_sobol_indices(void **state)
{
    (void)state;
    int64_t id =
        submit(&s, "{\"model\": \"fmri/small\", \"parameters\": {"
                   "\"subjects\": {\"min\": 3, \"max\": 6, \"integer\": true}, "
                   "\"scale\": {\"distribution\": \"loguniform\", \"min\": 0.05, \"max\": 2}, "
                   "\"bf-threshold\": {\"min\": 1, \"max\": 10}}, "
                   "\"design\": {\"method\": \"saltelli\", \"n\": 64, \"second_order\": false}, "
                   "\"outputs\": [\"active-share\"], "
                   "\"analyses\": [{\"method\": \"sobol\", \"output\": \"active-share\"}]}");
    wait_for_state(&s, id, "done", 60);
    sw_auto(free) char *path = sw_format("/api/v1/studies/%lld/analyses/sobol", (long long)id);
    json_t *result = get_json(&s, path);
    assert_int_equal(json_array_size(json_object_get(result, "ST")), 3);
    json_decref(result);
}

static void
a_spoilt_data_set_is_refused_with_the_file_that_is_wrong(void **state)
{
    (void)state;
    sw_auto(free) char *path = sw_format("%s/sub-03_contrast-x_statmap.nii.gz", dir);
    assert_int_equal(truncate(path, 150), 0);
    assert_int_not_equal(sweep_data_add("spoilt"), 0);
    reply r = get(&s, "/api/v1/models/fmri/spoilt");
    assert_int_equal(r.status, 404);
    reply_free(&r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_registered_data_set_is_a_model_with_bounds_by_its_data),
        cmocka_unit_test(maps_come_back_where_the_images_lay),
        cmocka_unit_test(a_sweep_over_subjects_and_scale_has_sobol_indices),
        cmocka_unit_test(a_spoilt_data_set_is_refused_with_the_file_that_is_wrong),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
