// SPDX-License-Identifier: Apache-2.0
// Commands about studies: submit and watch, status, results, failures, moves.
#include "cli/commands.h"
#include "cli/live.h"
#include "lib/base/memory.h"

#include <errno.h>
#include <unistd.h>

enum { DOCUMENT_MAX = 64 << 20, BAR = 30, LISTEN_MS = 300 };

void
sw_print_json(const json_t *json)
{
    sw_auto(free) char *text = json_dumps(json, JSON_INDENT(2) | JSON_REAL_PRECISION(15));
    puts(text ? text : "null");
}

static const char *
text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "";
}

static double
number_of(const json_t *object, const char *name)
{
    return json_number_value(json_object_get(object, name));
}

// Checks a response, prints it as JSON or by `show`, frees it; the exit code.
static int
finish(const sw_invocation *in, sw_response *r, void (*show)(const json_t *json))
{
    int code = sw_client_check(&in->client, r);
    if (code == 0 && r->json) {
        if (in->options.json || !show)
            sw_print_json(r->json);
        else
            show(r->json);
    }
    sw_response_fini(r);
    return code;
}

static char *
study_path(const sw_invocation *in, const char *rest)
{
    sw_auto(free) char *id = sw_client_escape(in->words[0]);
    return sw_format("/api/v1/studies/%s%s", id, rest);
}

// ---- submit ----

char *
sw_read_document(const char *path)
{
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    if (!f) {
        fprintf(stderr, "sweep: %s: %s\n", path, strerror(errno));
        return NULL;
    }
    sw_buffer b = {0};
    for (size_t got; b.n < DOCUMENT_MAX; b.n += got) {
        got = fread(sw_buffer_room(&b, 65536), 1, 65536, f);
        if (got == 0)
            break;
    }
    if (f != stdin)
        fclose(f);
    return sw_buffer_text(&b);
}

// "3 failed", and what the study's constraints rejected where there is such.
static char *
losses_of(const json_t *study)
{
    double rejected = number_of(study, "rejected"), failed = number_of(study, "failed") - rejected;
    return rejected > 0 ? sw_format("%.0f failed, %.0f rejected", failed, rejected)
                        : sw_format("%.0f failed", failed);
}

static void
draw_progress(const json_t *study)
{
    double runs = number_of(study, "runs"), made = number_of(study, "made");
    const json_t *eta = json_object_get(study, "eta_seconds");
    int filled = runs > 0 ? (int)(BAR * made / runs) : 0;
    fprintf(stderr, "\r%-9s [", text_of(study, "state"));
    for (int i = 0; i < BAR; i++)
        fputc(i < filled ? '#' : '.', stderr);
    sw_auto(free) char *losses = losses_of(study);
    fprintf(stderr, "] %.0f/%.0f done, %s, %.3g runs/s", made, runs, losses,
            number_of(study, "rate"));
    if (json_is_number(eta))
        fprintf(stderr, ", %.0f s left", json_number_value(eta));
    fputs("   ", stderr);
}

static bool
is_over(const json_t *study)
{
    const char *state = text_of(study, "state");
    return strcmp(state, "done") == 0 || strcmp(state, "failed") == 0 ||
           strcmp(state, "cancelled") == 0;
}

// Watches a study to its end; *end is its last state. On a terminal with progress, and the leading
// indices each time that they are told.
static int
watch(const sw_invocation *in, int64_t id, json_t **end)
{
    bool bar = isatty(STDERR_FILENO) && !in->options.json;
    sw_live_tail tail = {0};
    sw_auto(free) char *path =
        sw_format("/api/v1/studies/%lld%s", (long long)id, bar ? "" : "?wait=60");
    for (;;) {
        sw_response r = sw_client_request(&in->client, "GET", path, NULL, NULL);
        int code = sw_client_check(&in->client, &r);
        if (code == 0 && bar) {
            sw_live_listen(&in->client, id, &tail, LISTEN_MS, stderr);
            draw_progress(r.json);
        }
        if (code == 0 && is_over(r.json))
            *end = json_incref(r.json);
        sw_response_fini(&r);
        if (code || *end) {
            if (bar)
                fputc('\n', stderr);
            return code;
        }
    }
}

static int
wait_for_end(const sw_invocation *in, int64_t id)
{
    sw_auto(json) json_t *end = NULL;
    int code = watch(in, id, &end);
    if (code)
        return code;
    sw_auto(free) char *losses = losses_of(end);
    if (in->options.json)
        sw_print_json(end);
    else
        printf("study %lld is %s: %.0f of %.0f runs, %s\n", (long long)id, text_of(end, "state"),
               number_of(end, "made"), number_of(end, "runs"), losses);
    if (strcmp(text_of(end, "state"), "done") == 0)
        return 0;
    fprintf(stderr, "sweep: %s\n", text_of(end, "reason"));
    return sw_error_about(SW_E_STUDY_FAILED)->exit_code;
}

static void
show_dry_run(const json_t *json)
{
    printf("%.0f points, %.0f runs of %s\nfirst points:\n", number_of(json, "points"),
           number_of(json, "runs"), text_of(json, "model"));
    size_t i;
    const json_t *point;
    json_array_foreach (json_object_get(json, "first_points"), i, point) {
        sw_auto(free) char *text = sw_json_text(point, false);
        printf("  %s\n", text);
    }
}

static void
show_submitted(const json_t *json)
{
    printf("study %.0f: %.0f runs of %s\n", number_of(json, "id"), number_of(json, "runs"),
           text_of(json, "model"));
}

// What is to be submitted: the file, or the study that the server makes of another tool's.
static char *
document_of(const sw_invocation *in, int *code)
{
    char *text = sw_read_document(in->words[0]);
    *code = sw_error_about(SW_E_USAGE)->exit_code;
    if (!text || !sw_is_foreign(in))
        return text;
    sw_auto(json) json_t *study = sw_convert(in, text, false, code);
    free(text);
    return study ? sw_json_text(study, false) : NULL;
}

int
sw_command_submit(const sw_invocation *in)
{
    int code = 0;
    sw_auto(free) char *document = document_of(in, &code);
    if (!document)
        return code;
    sw_auto(free) char *key =
        in->options.key ? sw_format("Idempotency-Key: %s", in->options.key) : NULL;
    bool dry = in->options.dry_run;
    sw_response r =
        sw_client_request(&in->client, "POST",
                          dry ? "/api/v1/studies?dry_run=true" : "/api/v1/studies", document, key);
    int64_t id = (int64_t)number_of(r.json, "id");
    if (!in->options.wait || dry || r.status >= 300 || r.status == 0)
        return finish(in, &r, dry ? show_dry_run : show_submitted);
    if (!in->options.json)
        show_submitted(r.json);
    fflush(stdout);
    sw_response_fini(&r);
    return wait_for_end(in, id);
}

// ---- status ----

static void
show_study(const json_t *j)
{
    printf("study    %.0f %s\nmodel    %s %s\ndesign   %s, %.0f points\nstate    %s %s\n",
           number_of(j, "id"), text_of(j, "name"), text_of(j, "model"), text_of(j, "model_version"),
           text_of(j, "design"), number_of(j, "points"), text_of(j, "state"), text_of(j, "reason"));
    sw_auto(free) char *losses = losses_of(j);
    printf("runs     %.0f of %.0f, %s, %.3g a second\ncreated  %s\nfinished %s\n",
           number_of(j, "made"), number_of(j, "runs"), losses, number_of(j, "rate"),
           text_of(j, "created"), text_of(j, "finished"));
}

static void
show_studies(const json_t *json)
{
    printf("%6s %-10s %12s %12s %8s  %s\n", "id", "state", "made", "runs", "failed", "name");
    size_t i;
    const json_t *j;
    json_array_foreach (json_object_get(json, "items"), i, j)
        printf("%6.0f %-10s %12.0f %12.0f %8.0f  %s\n", number_of(j, "id"), text_of(j, "state"),
               number_of(j, "made"), number_of(j, "runs"),
               number_of(j, "failed") - number_of(j, "rejected"), text_of(j, "name"));
}

int
sw_command_status(const sw_invocation *in)
{
    sw_auto(free) char *path =
        in->n_words ? study_path(in, "") : sw_strdup("/api/v1/studies?limit=20");
    sw_response r = sw_client_request(&in->client, "GET", path, NULL, NULL);
    return finish(in, &r, in->n_words ? show_study : show_studies);
}

// ---- results, failures, moves ----

int
sw_command_results(const sw_invocation *in)
{
    static const struct {
        const char *name, *type, *rest;
    } formats[] = {{"csv", "text/csv", "/runs?format=csv"},
                   {"ndjson", "application/x-ndjson", "/runs?format=ndjson"},
                   {"dakota", "text/x-dakota", "/runs?format=dakota"},
                   {"json", "application/json", "/runs?format=json&limit=10000"}};
    for (size_t f = 0; f < sw_countof(formats); f++) {
        if (strcmp(formats[f].name, in->options.format) != 0)
            continue;
        FILE *to = in->options.output ? fopen(in->options.output, "we") : stdout;
        if (!to) {
            fprintf(stderr, "sweep: %s: %s\n", in->options.output, strerror(errno));
            return sw_error_about(SW_E_SYSTEM)->exit_code;
        }
        sw_auto(free) char *rest =
            sw_format("%s%s", formats[f].rest, in->options.varied ? "&varied=true" : "");
        sw_auto(free) char *path = study_path(in, rest);
        sw_response r = sw_client_stream(&in->client, path, formats[f].type, to);
        int code = sw_client_check(&in->client, &r);
        sw_response_fini(&r);
        bool written = to == stdout ? fflush(to) == 0 : fclose(to) == 0;
        return code ? code : written ? 0 : sw_error_about(SW_E_SYSTEM)->exit_code;
    }
    fprintf(stderr, "--format: must be csv, ndjson, dakota or json, not \"%s\"\n",
            in->options.format);
    return sw_error_about(SW_E_USAGE)->exit_code;
}

static void
show_failures(const json_t *json)
{
    size_t i;
    const json_t *j;
    json_array_foreach (json_object_get(json, "items"), i, j) {
        double attempts = number_of(j, "attempts");
        sw_auto(free) char *after =
            attempts > 1 ? sw_format(" after %.0f attempts", attempts) : sw_strdup("");
        printf("run %.0f: %s%s: %s\n", number_of(j, "run"), text_of(j, "kind"), after,
               text_of(j, "message"));
        if (*text_of(j, "log"))
            printf("%s\n", text_of(j, "log"));
    }
}

static void
show_retried(const json_t *json)
{
    printf("%.0f runs will be made again\n", number_of(json, "runs"));
}

static void
show_groups(const json_t *json)
{
    size_t i;
    const json_t *j;
    json_array_foreach (json_object_get(json, "items"), i, j)
        printf("%8.0f  %-8s  %s\n", number_of(j, "count"), text_of(j, "kind"), text_of(j, "group"));
}

// All failed runs, or those that the options name.
static int
retry(const sw_invocation *in)
{
    const sw_options *o = &in->options;
    sw_auto(json) json_t *body = json_pack("{ss* ss*}", "kind", o->kind, "group", o->group);
    sw_auto(free) char *text = sw_json_text(body, false);
    bool some = o->kind || o->group;
    sw_auto(free) char *path = study_path(in, some ? "/failures/retry" : "/retry");
    sw_response r = sw_client_request(&in->client, "POST", path, some ? text : NULL, NULL);
    return finish(in, &r, show_retried);
}

int
sw_command_failures(const sw_invocation *in)
{
    const sw_options *o = &in->options;
    if (o->retry)
        return retry(in);
    sw_auto(free) char *kind = sw_client_escape(o->kind ? o->kind : "");
    sw_auto(free) char *group = sw_client_escape(o->group ? o->group : "");
    sw_auto(free) char *list =
        sw_format("/failures?limit=%ld%s%s%s%s", o->limit, *kind ? "&kind=" : "", kind,
                  *group ? "&group=" : "", group);
    sw_auto(free) char *path = study_path(in, o->groups ? "/failures/groups" : list);
    sw_response r = sw_client_request(&in->client, "GET", path, NULL, NULL);
    return finish(in, &r, o->groups ? show_groups : show_failures);
}

static void
show_moved(const json_t *json)
{
    printf("study %.0f is %s\n", number_of(json, "id"), text_of(json, "state"));
}

int
sw_command_move(const sw_invocation *in)
{
    sw_auto(free) char *rest = sw_format("/%s", in->words[-1]);
    sw_auto(free) char *path = study_path(in, rest);
    sw_response r = sw_client_request(&in->client, "POST", path, NULL, NULL);
    return finish(in, &r, show_moved);
}

// NAME=NUMBER words: replicates, or an option of the design.
static json_t *
growth_of(const sw_invocation *in)
{
    json_t *body = json_object(), *design = json_object();
    for (int i = 1; i < in->n_words; i++) {
        const char *equals = strchr(in->words[i], '=');
        sw_auto(free) char *name = sw_strndup(in->words[i], strcspn(in->words[i], "="));
        json_t *value = json_integer(equals ? strtoll(equals + 1, NULL, 10) : 0);
        json_object_set_new(strcmp(name, "replicates") == 0 ? body : design, name, value);
    }
    if (json_object_size(design))
        json_object_set(body, "design", design);
    json_decref(design);
    return body;
}

static void
show_growth(const json_t *json)
{
    printf("study %.0f has %.0f runs now, %.0f of them made\n", number_of(json, "id"),
           number_of(json, "runs"), number_of(json, "made"));
}

int
sw_command_extend(const sw_invocation *in)
{
    sw_auto(json) json_t *body = growth_of(in);
    sw_auto(free) char *text = sw_json_text(body, false);
    sw_auto(free) char *path = study_path(in, "/extend");
    sw_response r = sw_client_request(&in->client, "POST", path, text, NULL);
    return finish(in, &r, show_growth);
}

int
sw_command_delete(const sw_invocation *in)
{
    sw_auto(free) char *path = study_path(in, "");
    sw_response r = sw_client_request(&in->client, "DELETE", path, NULL, NULL);
    return finish(in, &r, NULL);
}
