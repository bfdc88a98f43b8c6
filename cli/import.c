// SPDX-License-Identifier: Apache-2.0
// sweep import: runs that were made elsewhere, as a CSV, become a study that is done.
#include "cli/commands.h"
#include "lib/base/memory.h"

#include <errno.h>
#include <string.h>

enum { TABLE_MAX = 256 << 20 };

// The whole file, or standard input for "-"; NULL after saying why.
static char *
read_table(const char *path)
{
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    if (!f) {
        fprintf(stderr, "sweep: %s: %s\n", path, strerror(errno));
        return NULL;
    }
    sw_buffer b = {0};
    for (size_t got = 1; got && b.n <= TABLE_MAX; b.n += got)
        got = fread(sw_buffer_room(&b, 1 << 20), 1, 1 << 20, f);
    if (f != stdin)
        fclose(f);
    if (b.n <= TABLE_MAX)
        return sw_buffer_text(&b);
    fprintf(stderr, "sweep: %s: is larger than %d MB\n", path, TABLE_MAX >> 20);
    sw_buffer_fini(&b);
    return NULL;
}

static void
add_query(sw_buffer *path, const char *name, const char *value)
{
    sw_auto(free) char *escaped = value ? sw_client_escape(value) : NULL;
    if (escaped)
        sw_buffer_printf(path, "%c%s=%s", memchr(path->data, '?', path->n) ? '&' : '?', name,
                         escaped);
}

// The file's name without folders and ending.
static char *
name_of(const char *path)
{
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
    size_t n = strcspn(name, ".");
    return n ? sw_strndup(name, n) : sw_strdup("table");
}

static char *
path_of(const sw_invocation *in)
{
    const sw_options *o = &in->options;
    sw_auto(free) char *name = o->name ? sw_strdup(o->name) : name_of(in->words[0]);
    sw_buffer path = {0};
    sw_buffer_str(&path, "/api/v1/studies/import");
    add_query(&path, "outputs", o->outputs);
    add_query(&path, "inputs", o->inputs);
    add_query(&path, "name", strcmp(in->words[0], "-") == 0 && !o->name ? NULL : name);
    add_query(&path, "parameters", o->parameters);
    return sw_buffer_text(&path);
}

int
sw_command_import(const sw_invocation *in)
{
    sw_auto(free) char *table = read_table(in->words[0]);
    if (!table)
        return sw_error_about(SW_E_USAGE)->exit_code;
    sw_auto(free) char *path = path_of(in);
    sw_response r = sw_client_request(&in->client, "POST", path, table, "Content-Type: text/csv");
    int code = sw_client_check(&in->client, &r);
    if (code == 0 && in->options.json)
        sw_print_json(r.json);
    else if (code == 0)
        printf("study %lld: %lld runs imported\n",
               (long long)json_integer_value(json_object_get(r.json, "id")),
               (long long)json_integer_value(json_object_get(r.json, "runs")));
    sw_response_fini(&r);
    return code;
}
