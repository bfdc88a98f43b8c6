// SPDX-License-Identifier: Apache-2.0
// docs/errors.md is made from lib/base/errors.def: this test says when it is out of step, and
// writes it anew when SWEEPD_WRITE_DOCS is set.
#include "lib/base/buffer.h"
#include "lib/base/errors.h"
#include "lib/base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

static const char page[] = "docs/errors.md";

static const char opening[] =
    "# Errors\n\n"
    "A refused request is answered with a problem document (RFC 9457), `application/problem+json`:"
    "\n\n"
    "```json\n"
    "{\"type\": \"urn:sweepd:problem:invalid-document\", \"title\": \"The document has faults\","
    "\n \"status\": 422, \"instance\": \"/api/v1/studies\",\n \"faults\": [{\"pointer\": "
    "\"/design/n\", \"detail\": \"must be from 1 to 1e+15, not -5\"}]}\n"
    "```\n\n"
    "`faults` lists everything that is wrong at once; each `pointer` is a JSON pointer (RFC 6901) "
    "into\nthe document, or `?name` for a query parameter. Errors that may pass by themselves carry"
    "\n`Retry-After`. The client `sweep` ends with the exit code of the error.\n\n"
    "This page is made from lib/base/errors.def by `SWEEPD_WRITE_DOCS=1 make unit "
    "T=base/test_errors_page`.\n\n"
    "| type | HTTP status | exit code | may pass | title |\n"
    "| --- | --- | --- | --- | --- |\n";

static char *
expected_page(void)
{
    sw_buffer b = {0};
    sw_buffer_str(&b, opening);
    for (int e = SW_E_NONE + 1; e < SW_E_COUNT; e++) {
        const sw_error_info *info = sw_error_about((sw_error)e);
        sw_buffer_printf(&b, "| `%s` | %d | %d | %s | %s |\n", info->slug, info->status,
                         info->exit_code, info->retryable ? "yes" : "no", info->title);
    }
    return sw_buffer_text(&b);
}

static char *
present_page(void)
{
    FILE *f = fopen(page, "re");
    char *text = sw_calloc(1, 65536);
    if (f) {
        size_t n = fread(text, 1, 65535, f);
        text[n] = '\0';
        fclose(f);
    }
    return text;
}

static void
the_page_of_errors_is_up_to_date(void **state)
{
    (void)state;
    sw_auto(free) char *expected = expected_page();
    if (getenv("SWEEPD_WRITE_DOCS")) {
        FILE *f = fopen(page, "we");
        assert_non_null(f);
        assert_int_equal(fputs(expected, f) >= 0, 1);
        fclose(f);
    }
    sw_auto(free) char *present = present_page();
    assert_string_equal(present, expected);
}

static void
slugs_are_unique_and_lead_back(void **state)
{
    (void)state;
    for (int e = SW_E_NONE; e < SW_E_COUNT; e++)
        assert_int_equal(sw_error_of_slug(sw_error_about((sw_error)e)->slug), e);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_page_of_errors_is_up_to_date),
        cmocka_unit_test(slugs_are_unique_and_lead_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
