// SPDX-License-Identifier: Apache-2.0
// A folder of files over HTTP: the form that the client takes, what browsers keep, what is not
// there.
#include "lib/base/memory.h"
#include "server/http/static.h"

#include <curl/curl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static sw_static *files;

static void
index_page(sw_request *r)
{
    assert_true(sw_static_answer(files, r, "index.html"));
}

static void
asset(sw_request *r)
{
    sw_auto(free) char *name = sw_format("assets/%s", sw_request_path(r, "file"));
    if (!sw_static_answer(files, r, name))
        sw_problem(r, SW_E_NOT_FOUND, NULL, NULL);
}

static const sw_route routes[] = {
    {"GET", "/", SW_SCOPE_OPEN, index_page, 0, NULL, ""},
    {"GET", "/assets/{file}", SW_SCOPE_OPEN, asset, 0, NULL, ""},
    {0},
};

typedef struct service {
    char dir[32];
    sw_http *http;
} service;

static void
put_file(const service *s, const char *name, const char *text)
{
    sw_auto(free) char *path = sw_format("%s/%s", s->dir, name);
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static int
start(void **state)
{
    service *s = *state = sw_calloc(1, sizeof *s);
    strcpy(s->dir, "/tmp/sweepd-static-XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    sw_auto(free) char *assets = sw_format("%s/assets", s->dir);
    mkdir(assets, 0755);
    put_file(s, "index.html", "<p>plain");
    put_file(s, "index.html.gz", "gzipped");
    put_file(s, "assets/a.js", "plain script");
    put_file(s, "assets/a.js.br", "small script");
    put_file(s, "assets/.hidden", "not for the world");
    files = sw_static_load(s->dir);
    assert_non_null(files);
    sw_http_settings settings = sw_http_settings_default;
    settings.host = "127.0.0.1";
    settings.port = 0;
    settings.threads = 1;
    settings.routes = routes;
    s->http = sw_http_start(&settings);
    return s->http ? 0 : -1;
}

static int
stop(void **state)
{
    service *s = *state;
    static const char *const names[] = {"index.html",
                                        "index.html.gz",
                                        "assets/a.js",
                                        "assets/a.js.br",
                                        "assets/.hidden",
                                        "assets",
                                        ""};
    sw_http_stop(&s->http);
    sw_static_free(&files);
    for (size_t i = 0; i < sw_countof(names); i++) {
        sw_auto(free) char *path = sw_format("%s/%s", s->dir, names[i]);
        remove(path);
    }
    free(s);
    return 0;
}

static size_t
take(char *bytes, size_t size, size_t n, void *context)
{
    strncat(context, bytes, n * size < 500 ? n * size : 500);
    return n * size;
}

// Status; body and headers (2000 bytes each) are emptied and filled.
static long
ask(const service *s, const char *path, const char *header, char *body, char *headers)
{
    CURL *curl = curl_easy_init();
    sw_auto(free) char *url = sw_format("http://127.0.0.1:%d%s", sw_http_port(s->http), path);
    struct curl_slist *list = header ? curl_slist_append(NULL, header) : NULL;
    *body = *headers = '\0';
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, body);
    curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_HEADERDATA, headers);
    long status = 0;
    assert_int_equal(curl_easy_perform(curl), CURLE_OK);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(list);
    curl_easy_cleanup(curl);
    return status;
}

static void
a_client_gets_the_form_that_it_takes(void **state)
{
    const service *s = *state;
    char body[2000], headers[2000];
    assert_int_equal(ask(s, "/", NULL, body, headers), 200);
    assert_string_equal(body, "<p>plain");
    ask(s, "/", "Accept-Encoding: br, gzip", body, headers);
    assert_string_equal(body, "gzipped");
    assert_non_null(strstr(headers, "Content-Encoding: gzip"));
    assert_non_null(strstr(headers, "text/html"));
    ask(s, "/", "Accept-Encoding: gzip;q=0", body, headers);
    assert_string_equal(body, "<p>plain");
}

static void
assets_are_kept_for_good_and_the_page_is_asked_for_again(void **state)
{
    const service *s = *state;
    char body[2000], headers[2000];
    ask(s, "/assets/a.js", "Accept-Encoding: br", body, headers);
    assert_string_equal(body, "small script");
    assert_non_null(strstr(headers, "immutable"));
    ask(s, "/", NULL, body, headers);
    assert_null(strstr(headers, "immutable"));
    char *etag = strstr(headers, "ETag: ");
    assert_non_null(etag);
    sw_auto(free) char *known = sw_format("If-None-Match: %.66s", etag + 6);
    assert_int_equal(ask(s, "/", known, body, headers), 304);
}

static void
nothing_else_is_served(void **state)
{
    const service *s = *state;
    char body[2000], headers[2000];
    static const char *const paths[] = {"/assets/b.js", "/assets/.hidden",
                                        "/assets/..%2findex.html", "/assets/%2e%2e%2findex.html"};
    for (size_t i = 0; i < sw_countof(paths); i++)
        assert_int_equal(ask(s, paths[i], NULL, body, headers), 404);
}

static void
a_folder_without_a_page_is_none(void **state)
{
    (void)state;
    assert_null(sw_static_load("/nonexistent"));
    assert_false(sw_static_answer(NULL, NULL, "index.html"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_client_gets_the_form_that_it_takes),
        cmocka_unit_test(assets_are_kept_for_good_and_the_page_is_asked_for_again),
        cmocka_unit_test(nothing_else_is_served),
        cmocka_unit_test(a_folder_without_a_page_is_none),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
