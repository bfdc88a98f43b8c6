// SPDX-License-Identifier: Apache-2.0
// The contract and the program: every route is in docs/openapi.json and every operation of it is a
// route; and the examples of the user guide do what they say.
#include "lib/base/memory.h"
#include "server/api/api.h"
#include "tests/support/service.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/wait.h>

#include <cmocka.h>

static service s;

static bool
has_route(const char *method, const char *path)
{
    for (const sw_route *r = sw_api_routes; r->method; r++) {
        if (strcasecmp(r->method, method) == 0 && strcmp(r->pattern, path) == 0)
            return true;
    }
    return false;
}

static void
routes_and_contract_are_the_same(void **state)
{
    (void)state;
    sw_auto(json) json_t *contract = get_json(&s, "/openapi.json");
    const json_t *paths = json_object_get(contract, "paths");
    for (const sw_route *r = sw_api_routes; r->method; r++) {
        sw_auto(free) char *method = sw_strdup(r->method);
        for (char *c = method; *c; c++)
            *c = (char)tolower(*c);
        if (!json_object_get(json_object_get(paths, r->pattern), method))
            fail_msg("%s %s is not in the contract", r->method, r->pattern);
    }
    const char *path, *method;
    json_t *operations, *operation;
    json_object_foreach ((json_t *)paths, path, operations) {
        json_object_foreach (operations, method, operation) {
            if (!has_route(method, path))
                fail_msg("%s %s is in the contract only", method, path);
        }
    }
}

// Each ```sh block of a page, one after another in one shell, stopping at the first failure.
static void
run_examples(const char *page)
{
    sw_auto(free) char *command = sw_format(
        "set -eu; export SWEEPD_URL=http://127.0.0.1:%d PATH=\"$PWD/${SWEEPD_BIN:-bin}:$PATH\"; "
        "sed -n '/^```sh run/,/^```$/{/^```/d;p}' docs/%s >%s/guide.sh; "
        "test -s %s/guide.sh; cd %s; bash -eux ./guide.sh >guide.log 2>&1 || "
        "{ cat guide.log; exit 1; }",
        s.port, page, s.dir, s.dir, s.dir);
    int status = system(command);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void
the_examples_of_the_guide_work(void **state)
{
    (void)state;
    run_examples("guide.md");
}

static void
the_examples_of_the_api_page_work(void **state)
{
    (void)state;
    run_examples("api.md");
}

static void
the_examples_of_the_netlogo_page_work(void **state)
{
    (void)state;
    run_examples("netlogo.md");
}

static void
the_examples_of_the_power_page_work(void **state)
{
    (void)state;
    run_examples("power.md");
}

static void
the_examples_of_the_page_on_formats_work(void **state)
{
    (void)state;
    run_examples("formats.md");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(routes_and_contract_are_the_same),
        cmocka_unit_test(the_examples_of_the_guide_work),
        cmocka_unit_test(the_examples_of_the_api_page_work),
        cmocka_unit_test(the_examples_of_the_netlogo_page_work),
        cmocka_unit_test(the_examples_of_the_power_page_work),
        cmocka_unit_test(the_examples_of_the_page_on_formats_work),
    };
    service_group(&s, 1);
    return cmocka_run_group_tests(tests, service_begin, service_end);
}
