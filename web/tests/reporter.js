// SPDX-License-Identifier: Apache-2.0
// Tells the results of node's test runner in the form that tools/run-tests counts.
export default async function* report(source) {
  const summary = [];
  let all = 0;
  for await (const { type, data } of source) {
    if (type === "test:stderr" || type === "test:stdout") yield data.message;
    if (type === "test:diagnostic" && !/^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) /.test(data.message))
      yield `${data.message}\n`;
    if (type !== "test:pass" && type !== "test:fail") continue;
    if (data.details?.type === "suite" || /\.test\.js$/.test(data.name)) {
      if (type === "test:fail" && data.details.error?.failureType !== "subtestsFailed")
        summary.push(`[  FAILED  ] ${data.name}\n${data.details.error?.stack ?? ""}\n`);
      continue;
    }
    all++;
    if (data.skip !== undefined) yield `[  SKIPPED ] ${data.name}\n`;
    else if (type === "test:pass") yield `[       OK ] ${data.name} (${Math.round(data.details.duration_ms)} ms)\n`;
    else {
      const error = data.details.error;
      yield `[  FAILED  ] ${data.name}\n${error?.cause?.stack ?? error?.stack ?? error}\n`;
    }
  }
  for (const line of summary) yield line;
  yield `[==========] ${all} test(s) run.\n`;
}
