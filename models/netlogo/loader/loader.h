// SPDX-License-Identifier: Apache-2.0
// Reads model files: .nlogo (NetLogo up to 6.4, sections of text) and .nlogox (from 7.0, XML) into
// one struct that holds what a run without a screen needs. What only draws (positions of widgets,
// notes, the geometry of shapes, HubNet clients) is read over and left out.
//
// A file comes from the world: whatever it holds, reading it ends within the limits below, and a
// fault is reported with its line.
#ifndef SW_NETLOGO_LOADER_LOADER_H
#define SW_NETLOGO_LOADER_LOADER_H

#include <sweepd/model.h>

#include "models/netlogo/numbers/random.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Limits. A file past one of them is refused with a sentence that names it.
#define SW_NL_MAX_FILE_BYTES (64u << 20)
#define SW_NL_MAX_INCLUDE_BYTES (16u << 20) // all included files together
#define SW_NL_MAX_INCLUDES 256
#define SW_NL_MAX_CONTROLS 10000     // sliders, switches, choosers and input boxes
#define SW_NL_MAX_WORLD_SIDE 1000000 // patches along one side, as written in the file
#define SW_NL_MAX_WORLD_PATCHES 100000000

// All texts in the structs below are UTF-8, end with a zero, hold no other zero, and belong to the
// sw_nl_file that they came with. A text that may be missing is "" when it is, never NULL, unless
// said otherwise. Lines count from 1 and mean the file's own lines; 0 when unknown.

// ---- Controls: widgets that declare a global variable -------------------------------------------

typedef enum sw_nl_control_kind {
    SW_NL_SLIDER,  // a number
    SW_NL_SWITCH,  // true or false
    SW_NL_CHOOSER, // one of some constants
    SW_NL_INPUT,   // what a user would type
} sw_nl_control_kind;

typedef enum sw_nl_input_kind {
    SW_NL_INPUT_NUMBER,
    SW_NL_INPUT_STRING,
    SW_NL_INPUT_COLOR,    // a number; outside 0 … 140 it is taken modulo 140
    SW_NL_INPUT_REPORTER, // the global holds the text of a reporter
    SW_NL_INPUT_COMMAND,  // the global holds the text of commands
} sw_nl_input_kind;

// One control. Constants are given as NetLogo literals (`50`, `true`, `"a \"b\""`, `[1 2]`), as
// the engine's reader of literals takes them.
typedef struct sw_nl_control {
    sw_nl_control_kind kind;
    size_t line;
    const char *variable; // the global's name as written; NetLogo does not mind case
    const char *value;    // its default, a literal

    // Sliders: reporters, since a bound may be code (`max-pxcor`, `count turtles`). Plain numbers
    // are by far the usual case.
    const char *min, *max, *step, *units;

    // Choosers: the literals to choose from, and which one `value` is.
    const char *const *choices;
    size_t n_choices, current;

    // Input boxes.
    sw_nl_input_kind input;
    bool multiline;
} sw_nl_control;

// ---- Other widgets ------------------------------------------------------------------------------

typedef enum sw_nl_pen_mode { SW_NL_PEN_LINE, SW_NL_PEN_BAR, SW_NL_PEN_POINT } sw_nl_pen_mode;

typedef struct sw_nl_pen {
    const char *name;
    double interval;
    sw_nl_pen_mode mode;
    int32_t color; // 0xAARRGGBB as a signed integer, as the file has it
    bool in_legend;
    const char *setup, *update; // code
    size_t setup_line, update_line;
} sw_nl_pen;

typedef struct sw_nl_plot {
    size_t line;
    const char *name;
    double x_min, x_max, y_min, y_max;
    bool auto_x, auto_y, legend;
    const char *x_axis, *y_axis;
    const char *setup, *update; // code
    size_t setup_line, update_line;
    const sw_nl_pen *pens;
    size_t n_pens;
} sw_nl_plot;

typedef struct sw_nl_monitor {
    size_t line;
    const char *name;   // as displayed; the code when the file gives none
    const char *source; // a reporter
    int precision;      // decimals displayed
} sw_nl_monitor;

typedef struct sw_nl_button {
    size_t line;
    const char *name;   // as displayed; the code when the file gives none
    const char *source; // commands
    const char *agent;  // "OBSERVER", "TURTLE", "PATCH" or "LINK"
    bool forever;
} sw_nl_button;

typedef struct sw_nl_view {
    int32_t min_pxcor, max_pxcor, min_pycor, max_pycor; // min <= 0 <= max
    bool wrap_x, wrap_y;
    double patch_size; // pixels
    double frame_rate; // frames a second
    bool on_ticks;     // the view is updated on ticks, not continuously
    bool show_ticks;
    const char *tick_label;
} sw_nl_view;

// ---- Experiments (BehaviorSpace) ----------------------------------------------------------------

// The values that an experiment gives to one variable: either a list of literals, or the steps
// first, first + step, … as far as last. The three numbers stay text, since the steps are exact
// decimals (0.1 + 0.1 + 0.1 is 0.3).
typedef struct sw_nl_value_set {
    size_t line;
    const char *variable; // a global, a world dimension, or "random-seed"
    const char *const *values;
    size_t n_values;
    const char *first, *step, *last; // NULL for a list of values
} sw_nl_value_set;

typedef struct sw_nl_sub_experiment {
    const sw_nl_value_set *sets;
    size_t n_sets;
} sw_nl_sub_experiment;

typedef struct sw_nl_experiment {
    size_t line;
    const char *name;
    int64_t repetitions;     // 1 or more
    bool sequential;         // repetitions of one setting follow each other
    bool metrics_every_step; // measure after every step, not only at the end
    int64_t time_limit;      // steps; 0 for none
    const char *pre_experiment, *setup, *go, *post_run, *post_experiment; // commands
    const char *exit_condition, *metrics_condition;                       // reporters; "" for none
    const char *const *metrics;                                           // reporters
    size_t n_metrics;
    const sw_nl_value_set *constants;
    size_t n_constants;
    const sw_nl_sub_experiment *subs;
    size_t n_subs;
} sw_nl_experiment;

// ---- The file -----------------------------------------------------------------------------------

// A source text: the model's code, or an included file.
typedef struct sw_nl_source {
    const char *name; // "" for the model's own code; otherwise as __includes names it
    const char *code;
    size_t n;    // bytes of code
    size_t line; // line of the model file on which the code starts; 1 for included files
} sw_nl_source;

typedef struct sw_nl_file {
    const char *version;   // "NetLogo 7.0.4"
    sw_nl_dialect dialect; // from the version
    bool xml;              // it was an .nlogox

    // The code of the model, then that of its system-dynamics section when it has one (named
    // "System Dynamics"), then the included files in the order in which they were met. The parser
    // reads them one after the other, as one program.
    const sw_nl_source *sources;
    size_t n_sources;

    const char *info; // documentation, Markdown
    sw_nl_view view;
    const sw_nl_control *controls; // in the file's order
    size_t n_controls;
    const sw_nl_plot *plots;
    size_t n_plots;
    const sw_nl_monitor *monitors;
    size_t n_monitors;
    const sw_nl_button *buttons;
    size_t n_buttons;
    bool has_output; // an output area exists

    const char *const *turtle_shapes; // names; "default" is always one
    size_t n_turtle_shapes;
    const char *const *link_shapes;
    size_t n_link_shapes;

    const sw_nl_experiment *experiments;
    size_t n_experiments;
    const char *preview_commands; // the usual "setup repeat 75 [ go ]" when the file has none
    double system_dynamics_dt;    // 0 when the file has no system-dynamics section

    void *memory; // the loader's own
} sw_nl_file;

// Where included files come from. `read` finds `name` (as written in __includes) and returns 0 with
// *bytes and *n, which stay valid until the loading function returns, or −1 when there is no such
// file or it may not be read. It decides what a name may reach: the loader only passes names on.
typedef struct sw_nl_includes {
    int (*read)(void *self, const char *name, const void **bytes, size_t *n);
    void *self;
} sw_nl_includes;

// Reads a model file of n bytes; whether it is .nlogo or .nlogox is seen from its first bytes.
// `includes` may be NULL: then a model that includes a file is refused. Returns 0 and *file, freed
// with sw_nl_file_free, or −1 and *error. `bytes` need not outlive the call.
__attribute__((warn_unused_result)) int sw_nl_file_load(const void *bytes, size_t n,
                                                        const sw_nl_includes *includes,
                                                        sw_nl_file **file, sw_source_error *error);

// A file made from code alone, with the world −5 … 5 square or as *view says (NULL for the
// former; strings in it are copied), no widgets and the usual shapes: for tests and sessions.
__attribute__((warn_unused_result)) int
sw_nl_file_from_code(const char *code, size_t n, const sw_nl_view *view, sw_nl_dialect dialect,
                     sw_nl_file **file, sw_source_error *error);

// Frees *file and nulls it; *file may be NULL.
void sw_nl_file_free(sw_nl_file **file);

// Experiments that stand in a file of their own (`<experiments>` as BehaviorSpace exports them, in
// the layout of 6 or 7). Only the experiments of *file are set. Returns 0, or −1 and *error.
__attribute__((warn_unused_result)) int
sw_nl_experiments_load(const void *bytes, size_t n, sw_nl_file **file, sw_source_error *error);

#endif
