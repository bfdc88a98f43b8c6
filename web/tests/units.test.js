#!/usr/bin/env -S node --test --test-reporter ./web/tests/reporter.js
// SPDX-License-Identifier: Apache-2.0
// The parts of the dashboard that are pure functions, and what the build promises.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { module, root } from "./support.js";

// Some modules read these when they are loaded.
globalThis.sessionStorage = { getItem: () => null, setItem: () => undefined };

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

test("ticks are round, cover the domain and no more", async () => {
  const { ticksOf, linear, logarithmic, domainOf, bands } = await module("plots/scale.ts");
  assert.deepEqual(ticksOf(0, 1, 5), [0, 0.2, 0.4, 0.6, 0.8, 1]);
  assert.deepEqual(ticksOf(-3, 3, 3), [-2, 0, 2]);
  const x = linear([10, 20], [0, 100]);
  assert.equal(x(15), 50);
  assert.equal(x.invert(50), 15);
  const l = logarithmic([1, 1000], [0, 300], 5);
  assert.equal(l(10), 100);
  assert.ok(Math.abs(l.invert(200) - 100) < 1e-9);
  assert.deepEqual(l.ticks, [1, 10, 100, 1000]);
  assert.deepEqual(domainOf([null, NaN, 4, 2]), [2, 4]);
  assert.deepEqual(domainOf([0, 0]), [-1, 1]);
  const b = bands(2, [0, 100], 0.5);
  assert.deepEqual([b.at(0), b.at(1), b.size], [12.5, 62.5, 25]);
});

test("bars begin at zero, their intervals are centred on their ends", async () => {
  const { layoutBars } = await module("plots/bars.tsx");
  const g = layoutBars(["a", "b"], [{ name: "S1", values: [0.5, -0.25], half: [0.1, null] }], 400);
  assert.equal(g.boxes.length, 2);
  assert.equal(g.boxes[0].x, g.x(0));
  assert.ok(Math.abs(g.boxes[0].x + g.boxes[0].w - g.x(0.5)) < 1e-9);
  assert.ok(Math.abs((g.boxes[0].low + g.boxes[0].high) / 2 - g.x(0.5)) < 1e-9);
  assert.equal(g.boxes[1].low, undefined);
  assert.ok(g.boxes[1].x < g.x(0) && g.rows[0].y < g.rows[1].y);
});

test("a histogram's columns stand on the axis, as high as their counts", async () => {
  const { layoutHistogram } = await module("plots/histogram.tsx");
  const h = { x: { variable: { name: "y", levels: null }, min: 0, max: 4, bins: 4 }, counts: [1, 4, 0, 2] };
  const g = layoutHistogram(h, 400, 200);
  for (const c of g.columns) assert.ok(Math.abs(c.y + c.h - g.bottom) < 1e-9);
  assert.ok(Math.abs(g.columns[1].h / g.columns[0].h - 4) < 1e-9);
  assert.ok(g.columns[0].x + g.columns[0].w < g.columns[1].x);
});

test("a matrix leaves out what is null, colours by sign", async () => {
  const { layoutMatrix } = await module("plots/matrix.tsx");
  const g = layoutMatrix([[null, 0.5], [-0.5, null]], ["a", "b"], 300);
  assert.equal(g.cells.length, 2);
  assert.notEqual(g.cells[0].colour, g.cells[1].colour);
  assert.equal(g.cells[0].x - g.cells[1].x, g.size);
});

test("a matrix may have rows of another kind than its columns", async () => {
  const { layoutMatrix } = await module("plots/matrix.tsx");
  const g = layoutMatrix([[1, 2, 3], [4, 5, 6]], ["low", "high"], 400, ["a", "b", "c"]);
  assert.equal(g.cells.length, 6);
  assert.equal(g.height, g.top + 2 * g.size + 4);
});

test("curves go through their points, their bands are as wide as the intervals", async () => {
  const { layoutCurves } = await module("plots/xy.tsx");
  const g = layoutCurves([{ name: "a", x: [0, 1, 2], y: [1, null, 3], half: [0.5, null, 0.5] }], 400, 300, { y: [0] });
  assert.deepEqual(g.lines[0].points.map((p) => p.k), [0, 2]);
  assert.ok(Math.abs(g.lines[0].points[1].y - g.y(3)) < 1e-9);
  assert.ok(g.y.domain[0] < 0 && g.y.domain[1] > 3.5);
  assert.equal(g.lines[0].band.match(/M/g).length, 2);
});

test("a box covers its part of each range", async () => {
  const { layoutRanges } = await module("plots/ranges.tsx");
  const range = { name: "x", min: 0, max: 10 };
  const g = layoutRanges([{ ...range, low: 5, high: null }, { ...range, low: null, high: null }], 400);
  assert.ok(Math.abs(g.rows[0].from - (g.left + g.right) / 2) < 1e-9 && g.rows[0].to === g.right);
  assert.ok(g.rows[1].free && g.rows[1].from === g.left);
});

test("series of several values a moment are parted into lines", async () => {
  const { rowsOf, timeOf } = await module("screens/series_parts.ts");
  const { x, lines } = rowsOf([1, 10, 2, 20, 3, 30], [0, 0.5, 1]);
  assert.deepEqual([x, lines], [[0, 0.5, 1], [[1, 2, 3], [10, 20, 30]]]);
  assert.deepEqual(rowsOf([1, 2, 3]).lines, [[1, 2, 3]]);
  assert.equal(timeOf(["angles", "times"], "angles"), "times");
  assert.equal(timeOf(["times"], "times"), undefined);
});

test("of a method that nobody told the dashboard of, every index has its bars", async () => {
  const { barsOf } = await module("screens/indices.tsx");
  const { figuresOf, fitting, mainOf, tablesOf } = await module("state/methods.ts");
  const a = { method: "new", output: "y", names: ["a", "b"], worth: [1, 2], worth_conf: [0.1, 0.1], pairs: [[null, 1], [null, null]], error: 0.5, S1: [0, 1] };
  assert.deepEqual(barsOf(a).map((b) => b[1]), [["S1"], ["worth"]]);
  assert.deepEqual([mainOf(a), tablesOf(a), figuresOf(a)], ["S1", ["pairs"], [["error", 0.5]]]);
  const methods = ["summary", "new", "sobol", "morris", "convergence", "noise"].map((name) => ({ name }));
  assert.deepEqual(fitting(methods, { design: { method: "saltelli" } }), ["sobol", "new", "summary"]);
  const samples = ["rank", "delta", "hdmr"].map((name) => ({ name }));
  const fits = (method) => fitting(samples, { design: { method } });
  assert.deepEqual([fits("lhs"), fits("sobol"), fits("oat")], [["rank", "delta", "hdmr"], ["delta", "hdmr"], ["hdmr"]]);
});

test("a run's document has the numbers that its seed is made from", async () => {
  const { reproduce } = await module("screens/run.tsx");
  const s = { id: 3, resolved: { model: "m", design: { method: "lhs", n: 9, seed: 4 }, outputs: ["y"] } };
  assert.deepEqual(reproduce(s, { run: 12, point: 3, replicate: 1, inputs: { x: 1 } }).design, { method: "list", seed: 4, first_point: 3, first_replicate: 1 });
});

test("Morris' rays have their slopes and stay inside", async () => {
  const { layoutMorris } = await module("plots/morris.tsx");
  const g = layoutMorris({ names: ["a", "b"], mu_star: [10, 2], sigma: [1, 4] }, 500, 300);
  for (const r of g.rays) {
    assert.ok(Math.abs(g.y.invert(r.y) / g.x.invert(r.x) - r.slope) < 1e-9);
    assert.ok(r.x <= 480.001 && r.y >= 11.999);
  }
  assert.ok(g.points[0].x > g.points[1].x && g.points[0].y > g.points[1].y);
});

test("bands close on themselves and break where there is nothing", async () => {
  const { bandPath } = await module("plots/fan.tsx");
  const { linear } = await module("plots/scale.ts");
  const [x, y] = [linear([0, 3], [0, 30]), linear([0, 1], [10, 0])];
  const path = bandPath([0, 1, 2, 3], [0, 0, null, 0], [1, 1, 1, 1], x, y);
  assert.equal(path.match(/M/g).length, 2);
  assert.match(path, /^M0.0,0.0L10.0,0.0L10.0,10.0L0.0,10.0Z/);
});

test("cells of a heat map tile the plane; empty ones are left out", async () => {
  const { layoutHeat } = await module("plots/heat.tsx");
  const axis = (name) => ({ variable: { name, levels: null }, min: 0, max: 1, bins: 2 });
  const g = layoutHeat(axis("a"), axis("b"), [1, 2, null, 4], 400, 300);
  assert.equal(g.cells.length, 3);
  assert.ok(Math.abs(g.cells[0].x + g.cells[0].w - g.cells[1].x) < 1e-9);
  assert.ok(g.cells[2].y < g.cells[0].y); // the second row is above
  assert.deepEqual([g.low, g.high], [1, 4]);
});

test("brushes keep the rows inside all of them", async () => {
  const { inside, layoutParallel } = await module("plots/parallel.tsx");
  const axes = [{ name: "a", values: [1, 2, 3] }, { name: "b", values: [5, null, 7], flip: true }];
  assert.deepEqual([0, 1, 2].filter((i) => inside(axes, { a: [1.5, 3], b: [6, 8] }, i)), [2]);
  const [a, b] = layoutParallel(axes, 500, 300);
  assert.ok(a.y(3) < a.y(1) && b.y(7) > b.y(5));
  assert.ok(a.x < b.x);
});

test("the window of a table of ten million rows reaches first and last", async () => {
  const { windowOf, ROW } = await module("screens/runs.tsx");
  const total = 1e7;
  const top = windowOf(total, 0, 600);
  assert.equal(top.first, 0);
  const end = windowOf(total, top.height - 600, 600);
  assert.equal(end.last, total);
  assert.ok(end.last - end.first < 60);
  const small = windowOf(100, 10 * ROW, 310);
  assert.ok(small.first <= 10 && small.last >= 20 && small.height === 100 * ROW);
});

test("the filter box knows its keys", async () => {
  const { parseFilter } = await module("screens/studies.tsx");
  assert.deepEqual(parseFilter("wolf  state:done tag:a sheep"), { state: "done", tag: "a", text: "wolf sheep" });
  assert.deepEqual(parseFilter("state:dancing"), {});
});

test("routes are read as they are written", async () => {
  const { hrefOf, parseRoute } = await module("state/route.ts");
  const r = parseRoute(hrefOf(["models", "a/b", 3], { q: "x y", none: undefined }));
  assert.deepEqual(r.path, ["models", "a/b", "3"]);
  assert.equal(r.query.get("q"), "x y");
});

test("a place in the API reference opens the API screen", async () => {
  const { parseRoute } = await module("state/route.ts");
  for (const place of ["#tag/Results", "#operation/get__studies", "#tag/Results/operation/get__studies"]) assert.deepEqual(parseRoute(place).path, ["api"]);
  assert.deepEqual(parseRoute("#/studies/3").path, ["studies", "3"]);
});

test("events are taken off the stream whole, the rest is kept", async () => {
  const { takeEvents } = await module("state/live.ts");
  const one = 'id: 7\nevent: state\ndata: {"study":3,"at":"t","data":{"made":5}}\n\n';
  const { events, rest } = takeEvents(`:\n\n${one}id: 8\nev`);
  assert.equal(events.length, 1);
  assert.deepEqual([events[0].id, events[0].kind, events[0].study, events[0].data.made], ["7", "state", 3, 5]);
  assert.equal(rest, "id: 8\nev");
});

test("a document becomes a command that quotes it", async () => {
  const { asCurl, asPython, faultsAt, pointerTo, firstRange } = await module("state/recipes.ts");
  assert.ok(asCurl({ name: "Sobol'" }, "http://h").includes(`'{"name":"Sobol'\\''"}'`));
  assert.match(asPython({ a: true, b: [1, null] }, "http://h"), /"a": True,\n {4}"b": \[1, None\]/);
  const faults = [{ pointer: "/parameters/a~1b/min", detail: "x" }];
  assert.equal(faultsAt(faults, pointerTo("parameters", "a/b")).length, 1);
  assert.equal(faultsAt(faults, pointerTo("parameters", "a"), true).length, 0);
  assert.deepEqual(firstRange({ name: "x", kind: "number", default: 10 }), { min: 9, max: 11 });
});

test("differences of documents are named by their place", async () => {
  const { differences } = await module("screens/compare.tsx");
  const d = differences([{ a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 }, d: [1, 2] }]);
  assert.deepEqual(d, [{ place: "a › c", values: ["2", "3"] }, { place: "d", values: [undefined, "1, 2"] }]);
});

test("the verdict on convergence says since when, or what to do", async () => {
  const { verdictOf } = await module("screens/convergence.tsx");
  const r = (...ST) => ({ names: ["a", "b"], ST });
  const c = { points: [100, 200, 400], results: [r(0.4, 0.5), r(0.6, 0.3), r(0.62, 0.3)], verdict: "stable", last_change: 0.02 };
  assert.match(verdictOf(c, "ST").text, /same since 200 points; the indices are stable\. The last doubling changed ST by at most 0\.02\.$/);
  assert.match(verdictOf({ ...c, last_change: 0.3 }, "ST").text, /ST by at most 0\.02, some other index by 0\.3\.$/);
  assert.match(verdictOf({ ...c, results: [r(0.6, 0.3), r(0.6, 0.3), r(0.2, 0.3)], verdict: "more" }, "ST").text, /still changed at the last doubling; double/);
});
