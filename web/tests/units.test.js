#!/usr/bin/env -S node --test --test-reporter ./web/tests/reporter.js
// SPDX-License-Identifier: Apache-2.0
// The parts of the dashboard that are pure functions, and what the build promises.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { module, root } from "./support.js";

const format = await module("parts/format.ts");

test("the types fit", () => {
  execFileSync("node", ["node_modules/typescript/bin/tsc", "--noEmit"], { cwd: `${root}web`, stdio: "inherit" });
});

test("what a browser loads first is at most 80 kB gzipped", () => {
  const sizes = JSON.parse(readFileSync(`${root}build/web/sizes.json`, "utf8"));
  assert.ok(sizes.first_load <= 80000, `${sizes.first_load} bytes`);
});

test("counts have thin groups, numbers few digits, minus signs are minus signs", () => {
  assert.equal(format.count(1234567), "1\u202f234\u202f567");
  assert.equal(format.number(0.123456), "0.1235");
  assert.equal(format.number(-1200), "\u22121200");
  assert.equal(format.number(1.5e-7), "1.5e\u22127");
  assert.equal(format.number(2e9), "2e9");
  assert.equal(format.number(NaN), "–");
});

test("durations and shares say what a person would", () => {
  assert.equal(format.duration(0.0123), "12.3 ms");
  assert.equal(format.duration(301), "5 min 1 s");
  assert.equal(format.duration(7260), "2 h 1 min");
  assert.equal(format.percent(999, 1000), "> 99 %");
  assert.equal(format.percent(1, 1000), "< 1 %");
});

test("CSV quotes what needs it", () => {
  assert.equal(format.csv(["a", "b"], [["x,y", 'say "so"'], [1, null]]), 'a,b\r\n"x,y","say ""so"""\r\n1,\r\n');
});
