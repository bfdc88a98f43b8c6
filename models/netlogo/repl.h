// SPDX-License-Identifier: Apache-2.0
// The command-line tool of the engine.
#ifndef SW_NETLOGO_REPL_H
#define SW_NETLOGO_REPL_H

// Without arguments reads JSON lines from standard input, {"open": path or text},
// {"command": text, "agent": "observer"}, {"report": text}, {"seed": n}, {"dialect": 6|7}, and
// answers each with one line. `--tests FILE.jsonl` runs language tests;
// `--goldens FILE.jsonl --worlds DIR --models DIR` compares exported worlds. Returns the exit
// status.
int sw_netlogo_main(int argc, char **argv);

#endif
