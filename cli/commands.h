// SPDX-License-Identifier: Apache-2.0
// The commands of `sweep`: one table, one function each.
#ifndef SWEEPD_CLI_COMMANDS_H
#define SWEEPD_CLI_COMMANDS_H

#include "cli/client.h"
#include "lib/base/settings.h"

// All options of all commands: each command's table fills its own members.
typedef struct sw_options {
    char *url, *token, *format, *output, *key, *listen, *state, *models, *data, *kind, *group,
        *family, *name, *from, *model, *design, *experiment, *scopes, *inputs, *outputs,
        *parameters;
    long workers, limit, days;
    bool json, help, wait, dry_run, retry, groups, varied, man;
} sw_options;

// A command line under way.
typedef struct sw_invocation {
    sw_client client;
    sw_options options;
    int n_words; // what is not an option
    char **words;
} sw_invocation;

typedef struct sw_command_row {
    const char *name;
    const char *words; // "ID METHOD [OPTION=VALUE...]"
    const char *doc;
    const sw_setting *table;
    int min_words, max_words;            // max -1: any number
    int (*run)(const sw_invocation *in); // the exit code
} sw_command_row;

extern const sw_command_row sw_commands[]; // ends with a row whose name is NULL

int sw_command_up(const sw_invocation *in);
int sw_command_submit(const sw_invocation *in);
int sw_command_convert(const sw_invocation *in);
int sw_command_import(const sw_invocation *in);
int sw_command_status(const sw_invocation *in);
int sw_command_run(const sw_invocation *in);
int sw_command_results(const sw_invocation *in);
int sw_command_analyse(const sw_invocation *in);
int sw_command_failures(const sw_invocation *in);
int sw_command_move(const sw_invocation *in); // pause, resume, cancel; words[-1] is the name
int sw_command_extend(const sw_invocation *in);
int sw_command_delete(const sw_invocation *in);
int sw_command_models(const sw_invocation *in);
int sw_command_data(const sw_invocation *in);
// Takes the rest of the command line as it is.
int sw_command_netlogo(int argc, char **argv);
int sw_command_schedules(const sw_invocation *in);
int sw_command_tokens(const sw_invocation *in);
int sw_command_keys(const sw_invocation *in);
int sw_command_verify(const sw_invocation *in);
int sw_command_workers(const sw_invocation *in);

// The text of a file, or of standard input for "-"; NULL after saying why.
char *sw_read_document(const char *path);

// The study document of a file of another tool, by way of the server; NULL after saying why, with
// the exit code. If the file holds several studies, `all` says whether to give them as an array.
json_t *sw_convert(const sw_invocation *in, const char *text, bool all, int *code);

// True if the options say that the file is another tool's.
bool sw_is_foreign(const sw_invocation *in);

// Prints JSON, indented, with a newline.
void sw_print_json(const json_t *json);

// Prints the result of an analysis: its numbers, then as tables what has a value a name, a matrix,
// or a series (at most 24 points of it).
void sw_print_analysis(const json_t *result);

#endif
