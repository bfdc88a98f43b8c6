// SPDX-License-Identifier: Apache-2.0
// sweep: the client. The table of commands, and finding the one that is meant.
#include "cli/commands.h"
#include "lib/base/memory.h"

#include <curl/curl.h>

#define AT(member) offsetof(sw_options, member)
#define SERVER                                                                                     \
    {"url",   "SWEEPD_URL", SW_SETTING_TEXT, "http://127.0.0.1:8070", 0, 0,                        \
     AT(url), "URL",        "the server"},                                                         \
        {"token",                                                                                  \
         "SWEEPD_TOKEN",                                                                           \
         SW_SETTING_TEXT,                                                                          \
         NULL,                                                                                     \
         0,                                                                                        \
         0,                                                                                        \
         AT(token),                                                                                \
         "TOKEN",                                                                                  \
         "bearer token, where the server wants one"},                                              \
    {                                                                                              \
        "json", NULL, SW_SETTING_FLAG, "false", 0, 0, AT(json), NULL, "print JSON"                 \
    }
#define HELP                                                                                       \
    {"help", NULL, SW_SETTING_FLAG, "false", 0, 0, AT(help), NULL, "print this and exit"},         \
    {                                                                                              \
        NULL, NULL, SW_SETTING_TEXT, NULL, 0, 0, 0, NULL, NULL                                     \
    }

static const sw_setting plain_table[] = {SERVER, HELP};
static const sw_setting up_table[] = {
    {"listen", "SWEEPD_LISTEN", SW_SETTING_TEXT, "127.0.0.1:8070", 0, 0, AT(listen), "HOST:PORT",
     "where the API is served"},
    {"state", "SWEEPD_STATE", SW_SETTING_TEXT, "", 0, 0, AT(state), "DIR",
     "holds the database, logs and sockets; /var/lib/sweepd for root, ~/.local/state/sweepd else"},
    {"workers", "SWEEPD_SLOTS", SW_SETTING_COUNT, "0", 0, 1024, AT(workers), "N",
     "executor processes; 0: one a core"},
    {"models", "SWEEPD_MODELS", SW_SETTING_TEXT, NULL, 0, 0, AT(models), "DIR",
     "folder of model files; DIR/models of the state when not given"},
    HELP};
#define FOREIGN                                                                                    \
    {"from",   NULL,     SW_SETTING_TEXT,                                                          \
     NULL,     0,        0,                                                                        \
     AT(from), "FORMAT", "the file is another tool's: salib, behaviorspace or wandb"},             \
        {"model",   NULL,    SW_SETTING_TEXT,                                                      \
         NULL,      0,       0,                                                                    \
         AT(model), "MODEL", "the model of such a file's study"},                                  \
        {"design",   NULL,     SW_SETTING_TEXT,                                                    \
         NULL,       0,        0,                                                                  \
         AT(design), "DESIGN", "its design: METHOD,NAME=VALUE,... or JSON"},                       \
    {                                                                                              \
        "experiment", NULL, SW_SETTING_TEXT, NULL, 0, 0, AT(experiment), "NAME",                   \
            "which experiment of the file"                                                         \
    }
static const sw_setting convert_table[] = {SERVER, FOREIGN, HELP};
static const sw_setting import_table[] = {
    SERVER,
    {"outputs", NULL, SW_SETTING_TEXT, NULL, 0, 0, AT(outputs), "NAMES",
     "columns that are outputs, with commas"},
    {"inputs", NULL, SW_SETTING_TEXT, NULL, 0, 0, AT(inputs), "NAMES",
     "columns that are inputs; all others when not given"},
    {"parameters", NULL, SW_SETTING_TEXT, NULL, 0, 0, AT(parameters), "JSON",
     "distributions of inputs by name; uniform over the data when not given"},
    {"name", NULL, SW_SETTING_TEXT, NULL, 0, 0, AT(name), "NAME",
     "of the study; the file's name when not given"},
    HELP};
static const sw_setting submit_table[] = {
    SERVER,
    FOREIGN,
    {"wait", NULL, SW_SETTING_FLAG, "false", 0, 0, AT(wait), NULL,
     "wait for the end, showing progress; the exit code is 8 if the study failed"},
    {"dry-run", NULL, SW_SETTING_FLAG, "false", 0, 0, AT(dry_run), NULL, "check and count only"},
    {"key", NULL, SW_SETTING_TEXT, NULL, 0, 0, AT(key), "KEY",
     "Idempotency-Key: the same key never makes a second study"},
    HELP};
static const sw_setting results_table[] = {SERVER,
                                           {"format", NULL, SW_SETTING_TEXT, "csv", 0, 0,
                                            AT(format), "FORMAT", "csv, ndjson, dakota or json"},
                                           {"output", NULL, SW_SETTING_TEXT, NULL, 0, 0, AT(output),
                                            "FILE", "write here instead of standard output"},
                                           {"varied", NULL, SW_SETTING_FLAG, "false", 0, 0,
                                            AT(varied), NULL,
                                            "without the inputs that are the same in all runs"},
                                           HELP};
static const sw_setting failures_table[] = {
    SERVER,
    {"retry", NULL, SW_SETTING_FLAG, "false", 0, 0, AT(retry), NULL,
     "make these runs again: all, or those of --kind and --group"},
    {"groups", NULL, SW_SETTING_FLAG, "false", 0, 0, AT(groups), NULL,
     "count failures by kind and by what their messages have in common"},
    {"kind", NULL, SW_SETTING_TEXT, NULL, 0, 0, AT(kind), "KIND",
     "error, crash, timeout, memory or rejected"},
    {"group", NULL, SW_SETTING_TEXT, NULL, 0, 0, AT(group), "GROUP",
     "a message with # for its figures, as --groups shows it"},
    {"limit", NULL, SW_SETTING_COUNT, "50", 1, 1000, AT(limit), "N", "how many to show"},
    HELP};

static const sw_setting run_table[] = {
    SERVER,
    {"models", "SWEEPD_MODELS", SW_SETTING_TEXT, NULL, 0, 0, AT(models), "DIR",
     "folder of model files, as the workers have it"},
    {"data", "SWEEPD_DATA", SW_SETTING_TEXT, NULL, 0, 0, AT(data), "DIR",
     "folder of registered data sets, as the workers have it"},
    HELP};
static const sw_setting data_table[] = {
    SERVER,
    {"family", NULL, SW_SETTING_TEXT, NULL, 0, 0, AT(family), "FAMILY",
     "netlogo, power or fmri; told by the file's ending when not given"},
    {"name", NULL, SW_SETTING_TEXT, NULL, 0, 0, AT(name), "NAME",
     "the model is FAMILY/NAME; the file's name when not given"},
    HELP};

static const sw_setting tokens_table[] = {SERVER,
                                          {"scopes", NULL, SW_SETTING_TEXT, "read,submit", 0, 0,
                                           AT(scopes), "LIST", "of read, submit, models, admin"},
                                          {"days", NULL, SW_SETTING_COUNT, "0", 0, 36500, AT(days),
                                           "N", "until it expires; 0: it does not"},
                                          HELP};

const sw_command_row sw_commands[] = {
    {"up", "", "Run everything here: a private database, the server, workers.", up_table, 0, 0,
     sw_command_up},
    {"submit", "FILE", "Submit a study (- is standard input).", submit_table, 1, 1,
     sw_command_submit},
    {"convert", "FILE", "Another tool's file as a study document: SALib, BehaviorSpace, W&B.",
     convert_table, 1, 1, sw_command_convert},
    {"import", "FILE", "Runs made elsewhere, as CSV: a study to analyse (- is standard input).",
     import_table, 1, 1, sw_command_import},
    {"status", "[ID]", "Show one study, or the latest ones.", plain_table, 0, 1, sw_command_status},
    {"results", "ID", "All runs of a study: inputs and outputs.", results_table, 1, 1,
     sw_command_results},
    {"run", "JSON | FILE | ID RUN",
     "One run by itself, here; of a study: whether it gives what is stored.", run_table, 1, 2,
     sw_command_run},
    {"analyse", "ID [METHOD [OPTION=VALUE...]]",
     "An analysis of a study, or all that its document names.", plain_table, 1, -1,
     sw_command_analyse},
    {"failures", "ID", "Failed runs: what, why, the end of their log.", failures_table, 1, 1,
     sw_command_failures},
    {"pause", "ID", "Give out no more runs of a study.", plain_table, 1, 1, sw_command_move},
    {"resume", "ID", "Go on with a paused study.", plain_table, 1, 1, sw_command_move},
    {"cancel", "ID", "End a study; its results so far stay.", plain_table, 1, 1, sw_command_move},
    {"extend", "ID NAME=NUMBER...", "More points (n=2048) or replicates of a study that is done.",
     plain_table, 2, -1, sw_command_extend},
    {"delete", "ID", "Delete a study that is over.", plain_table, 1, 1, sw_command_delete},
    {"models", "[NAME]", "List models, or show one.", plain_table, 0, 1, sw_command_models},
    {"data", "add PATH | delete NAME",
     "Register a model or data set from a file or folder, or remove it.", data_table, 2, 2,
     sw_command_data},
    {"schedules", "[add FILE | run ID | pause ID | resume ID | delete ID]",
     "Studies that are submitted by the clock.", plain_table, 0, 2, sw_command_schedules},
    {"tokens", "[add NAME | delete ID]", "Tokens with scopes: who may ask for what.", tokens_table,
     0, 2, sw_command_tokens},
    {"keys", "NAME", "A pair of keys for workers on other machines: NAME.key and NAME.pub.",
     plain_table, 1, 1, sw_command_keys},
    {"verify", "", "Studies whose answers are known, each index beside its exact value.",
     plain_table, 0, 0, sw_command_verify},
    {"workers", "", "List workers.", plain_table, 0, 0, sw_command_workers},
    {NULL, NULL, NULL, NULL, 0, 0, NULL},
};

static void
help(FILE *to)
{
    fputs("usage: sweep COMMAND [options]\n\n", to);
    for (const sw_command_row *c = sw_commands; c->name; c++) {
        sw_auto(free) char *usage = sw_format("%s %s", c->name, c->words);
        fprintf(to, "  %-40s %s\n", usage, c->doc);
    }
    fprintf(to, "  %-40s %s\n", "netlogo [--tests FILE | --goldens FILE...]",
            "The NetLogo engine by itself: JSON lines on standard input.");
    fputs("\n`sweep COMMAND --help` lists the options of a command.\n", to);
}

static void
help_command(const sw_command_row *c, FILE *to)
{
    fprintf(to, "usage: sweep %s %s\n%s\n\n", c->name, c->words, c->doc);
    sw_settings_help(c->table, to);
}

// The manual's list of commands with their options, in roff.
static void
man(void)
{
    for (const sw_command_row *c = sw_commands; c->name; c++) {
        printf(".SS sweep %s %s\n%s\n", c->name, c->words, c->doc);
        sw_settings_man(c->table, stdout);
    }
}

static int
run(const sw_command_row *c, int argc, char **argv)
{
    sw_invocation in = {0};
    int first = sw_settings_read(c->table, argc, argv, &in.options);
    int code = 64;
    in.n_words = argc - first;
    in.words = argv + first;
    bool count = in.n_words >= c->min_words && (c->max_words < 0 || in.n_words <= c->max_words);
    if (first >= 0 && in.options.help) {
        help_command(c, stdout);
        code = 0;
    } else if (first >= 0 && !count) {
        help_command(c, stderr);
    } else if (first >= 0) {
        in.client = (sw_client){in.options.url, in.options.token, false};
        in.words[-1] = (char *)c->name;
        code = c->run(&in);
    }
    sw_settings_fini(c->table, &in.options);
    return code;
}

int
main(int argc, char **argv)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
    if (argc >= 2 && strcmp(argv[1], "--man") == 0) {
        man();
        return 0;
    }
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
        help(argc < 2 ? stderr : stdout);
        return argc < 2 ? 64 : 0;
    }
    if (strcmp(argv[1], "netlogo") == 0)
        return sw_command_netlogo(argc - 1, argv + 1);
    for (const sw_command_row *c = sw_commands; c->name; c++) {
        if (strcmp(c->name, argv[1]) == 0)
            return run(c, argc - 1, argv + 1);
    }
    fprintf(stderr, "sweep: there is no command \"%s\"; --help lists them\n", argv[1]);
    return 64;
}
