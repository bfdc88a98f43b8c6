// SPDX-License-Identifier: Apache-2.0
// sweep verify: studies whose answers are known, run by the real workers, and each index beside its
// exact value.
#include "cli/commands.h"
#include "lib/base/memory.h"

#include <math.h>

enum { INDICES = 10, POLL_SECONDS = 60 };

// An index that the analysis gives and what it should be. Ishigami and G: analytic. Borehole and
// wing weight: quadrature and samples of 2^26 by several programs, to the digits given.
typedef struct known {
    const char *name;
    double first, total; // NaN: not known
} known;

typedef struct check {
    const char *title, *document, *method;
    const char *first_key, *total_key;
    double tolerance; // of each index
    known indices[INDICES];
} check;

#define RANGE(name, low, high) "\"" name "\":{\"min\":" low ",\"max\":" high "}"
#define PI "3.141592653589793"
#define SOBOL(n)                                                                                   \
    "\"design\":{\"method\":\"saltelli\",\"n\":" n ",\"second_order\":false,\"seed\":1}}"

static const check checks[] = {
    {"Ishigami, Sobol' indices",
     "{\"name\":\"verify: Ishigami\",\"model\":\"testfunctions/ishigami\",\"parameters\":{" RANGE(
         "x1", "-" PI, PI) "," RANGE("x2", "-" PI, PI) "," RANGE("x3", "-" PI,
                                                                 PI) "}," SOBOL("8192"),
     "sobol",
     "S1",
     "ST",
     0.01,
     {{"x1", 0.313905191147811, 0.557588885551943},
      {"x2", 0.442411144483480, 0.442411144448057},
      {"x3", 0, 0.243683664061482}}},
    {"Sobol' G (a = 0, 1, 4.5, 9), Sobol' indices",
     "{\"name\":\"verify: G\",\"model\":\"testfunctions/sobol-g\",\"parameters\":{" RANGE(
         "x1", "0",
         "1") "," RANGE("x2", "0",
                        "1") "," RANGE("x3", "0",
                                       "1") "," RANGE("x4", "0",
                                                      "1") ",\"dimensions\":4,\"a1\":0,\"a2\":1,"
                                                           "\"a3\":4.5,\"a4\":9}," SOBOL("8192"),
     "sobol",
     "S1",
     "ST",
     0.01,
     {{"x1", 0.716493, 0.787370},
      {"x2", 0.179123, 0.242268},
      {"x3", 0.023686, 0.034327},
      {"x4", 0.007165, 0.010463}}},
    {"Borehole, Sobol' indices",
     "{\"name\":\"verify: borehole\",\"model\":\"testfunctions/borehole\",\"parameters\":{" RANGE("rw", "0.05", "0.15") "," RANGE(
         "r", "100",
         "50000") "," RANGE("Tu", "63070",
                            "115600") "," RANGE("Hu", "990",
                                                "1110") "," RANGE("Tl", "63.1",
                                                                  "116") "," RANGE("Hl", "700",
                                                                                   "820") "," RANGE("L",
                                                                                                    "1120",
                                                                                                    "1680") "," RANGE("Kw",
                                                                                                                      "9855",
                                                                                                                      "12045") "}," SOBOL("8192"),
     "sobol",
     "S1",
     "ST",
     0.01,
     {{"rw", 0.82893, 0.86685},
      {"Hu", 0.04139, 0.05411},
      {"Hl", 0.04139, 0.05412},
      {"L", 0.03934, 0.05208},
      {"Kw", 0.00952, 0.01273}}},
    {"Wing weight, Sobol' indices",
     "{\"name\":\"verify: wing "
     "weight\",\"model\":\"testfunctions/wing-weight\",\"parameters\":{" RANGE("Sw", "150", "200") "," RANGE("Wfw", "220", "300") "," RANGE(
         "A", "6",
         "10") "," RANGE("Lam", "-10",
                         "10") "," RANGE("q", "16",
                                         "45") "," RANGE("l", "0.5",
                                                         "1") "," RANGE("tc", "0.08",
                                                                        "0.18") "," RANGE("Nz",
                                                                                          "2.5",
                                                                                          "6") "," RANGE("Wdg",
                                                                                                         "1700",
                                                                                                         "2500") "," RANGE("Wp",
                                                                                                                           "0.025",
                                                                                                                           "0.08") "}," SOBOL("8192"),
     "sobol",
     "S1",
     "ST",
     0.01,
     {{"Nz", 0.41162, 0.41965},
      {"A", 0.22023, 0.22601},
      {"tc", 0.14099, 0.14507},
      {"Sw", 0.12449, 0.12790},
      {"Wdg", 0.08497, 0.08760},
      {"Wp", 0.00334, 0.00336}}},
    {"Linear, Morris' elementary effects",
     "{\"name\":\"verify: Morris\",\"model\":\"testfunctions/linear\",\"parameters\":{" RANGE(
         "x1", "0", "1") "," RANGE("x2", "0",
                                   "1") "," RANGE("x3", "0",
                                                  "1") "},\"design\":{\"method\":\"morris\",\"n\":"
                                                       "20,\"seed\":1}}",
     "morris",
     "mu_star",
     "sigma",
     1e-9,
     {{"x1", 1, 0}, {"x2", 2, 0}, {"x3", 3, 0}}},
};

static json_t *
fetch(const sw_invocation *in, const char *method, const char *path, const char *body, int *code)
{
    sw_response r = sw_client_request(&in->client, method, path, body, NULL);
    *code = sw_client_check(&in->client, &r);
    json_t *json = *code == 0 ? json_incref(r.json) : NULL;
    sw_response_fini(&r);
    return json;
}

// The result of the check's analysis; NULL with an exit code.
static json_t *
run(const sw_invocation *in, const check *c, int *code)
{
    sw_auto(json) json_t *study = fetch(in, "POST", "/api/v1/studies", c->document, code);
    if (!study)
        return NULL;
    long long id = (long long)json_integer_value(json_object_get(study, "id"));
    sw_auto(free) char *wait = sw_format("/api/v1/studies/%lld?wait=%d", id, POLL_SECONDS);
    sw_auto(free) char *analysis = sw_format("/api/v1/studies/%lld/analyses/%s", id, c->method);
    sw_auto(json) json_t *over = fetch(in, "GET", wait, NULL, code);
    return over ? fetch(in, "GET", analysis, NULL, code) : NULL;
}

static double
index_of(const json_t *result, const char *key, const char *name)
{
    const json_t *names = json_object_get(result, "names");
    for (size_t i = 0; i < json_array_size(names); i++) {
        const char *other = json_string_value(json_array_get(names, i));
        const json_t *value = json_array_get(json_object_get(result, key), i);
        if (other && strcmp(other, name) == 0 && json_is_number(value))
            return json_number_value(value);
    }
    return NAN;
}

// One line; whether both indices are within the tolerance.
static bool
compare(const check *c, const known *k, const json_t *result)
{
    double first = index_of(result, c->first_key, k->name);
    double total = index_of(result, c->total_key, k->name);
    double worst = fmax(fabs(first - k->first), fabs(total - k->total));
    bool good = worst <= c->tolerance; // false for NaN
    printf("  %-6s %-8s %9.6f exact %9.6f   %-6s %9.6f exact %9.6f   error %.1e %s\n", k->name,
           c->first_key, first, k->first, c->total_key, total, k->total, worst,
           good ? "ok" : "WRONG");
    return good;
}

int
sw_command_verify(const sw_invocation *in)
{
    size_t right = 0, wrong = 0;
    for (size_t k = 0; k < sw_countof(checks); k++) {
        const check *c = &checks[k];
        int code = 0;
        sw_auto(json) json_t *result = run(in, c, &code);
        if (!result)
            return code;
        printf("%s (tolerance %g)\n", c->title, c->tolerance);
        for (size_t i = 0; i < INDICES && c->indices[i].name; i++) {
            bool good = compare(c, &c->indices[i], result);
            right += good;
            wrong += !good;
        }
    }
    printf("%zu right, %zu wrong\n", right, wrong);
    return wrong ? 1 : 0;
}
