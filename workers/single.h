// SPDX-License-Identifier: Apache-2.0
// One run by itself, from its inputs and its seed: how a run of a study is reproduced.
#ifndef SWEEPD_WORKERS_SINGLE_H
#define SWEEPD_WORKERS_SINGLE_H

// The life of a process that makes one run. `scratch` is a folder of its own, with a file run.json:
//
//     {"model": text, "version": text, "seed": decimal text, "inputs": {name: value, …},
//      "outputs": [name, …], "limits": {"run_seconds": number, "memory_mb": number},
//      "source": {"file": text, "path": text}}   ; of an uploaded model: its name and where it lies
//
// All but the model may be left out. The file result.json that it leaves there: "state" as of a run
// of a study, "inputs", "outputs", "artifacts" (name, media type, size, SHA-256), and of a failed
// run "message" and "log". models and data: folders as a worker's, or ""; scratch: an empty folder,
// which the caller removes. Returns 0 if there was a run, 1 after a message on standard error, 3 if
// the model is not there.
int sw_single_main(const char *models, const char *data, const char *scratch);

#endif
