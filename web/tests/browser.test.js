#!/usr/bin/env -S node --test --test-reporter ./web/tests/reporter.js
// SPDX-License-Identifier: Apache-2.0
// The dashboard in a browser against the real server, a worker and PostgreSQL.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { openBrowser, Service, until } from "./support.js";

const axeSource = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const service = new Service();
let browser;
const ids = {};

const slow = { model: "testfunctions/sleep", parameters: { x: { min: 0, max: 1 }, seconds: 0.1 } };
const documents = {
  ishigami: {
    name: "Ishigami for the tests", model: "testfunctions/ishigami", tags: ["kept"],
    parameters: Object.fromEntries(["x1", "x2", "x3"].map((x) => [x, { min: -3.14159265, max: 3.14159265 }])),
    design: { method: "saltelli", n: 256, second_order: true, seed: 7 }, outputs: ["y"],
    analyses: [{ method: "sobol", output: "y" }],
  },
};

before(async () => {
  await service.start();
  browser = await openBrowser();
  for (const [name, document] of Object.entries(documents)) ids[name] = await service.submit(document);
  for (const id of Object.values(ids)) await service.over(id);
});

after(async () => {
  await browser?.close();
  await service.stop();
});

// A page on a screen; what it logs as an error fails the test.
async function open(t, hash, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (e) => errors.push(e.message));
  page.on("console", (m) => m.type() === "error" && !/Failed to load resource|ERR_/.test(m.text()) && errors.push(m.text()));
  page.setDefaultTimeout(10000);
  await page.goto(`${service.url}/${hash}`);
  t.after(async () => {
    await context.close();
    assert.deepEqual(errors, []);
  });
  return page;
}

async function axe(page) {
  // Evaluated by the debugger, which the page's content security policy does not bind.
  await page.evaluate(axeSource);
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  return violations
    .filter((v) => v.impact === "serious" || v.impact === "critical")
    .map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 4).join("; ")}`);
}

test("the files are immutable, compressed, and run under a policy that takes no foreign script", async () => {
  const page = await fetch(service.url, { headers: { "Accept-Encoding": "gzip" } });
  assert.match(page.headers.get("content-security-policy"), /script-src 'self'/);
  assert.equal(page.headers.get("content-encoding"), "gzip");
  const html = await page.text();
  const script = /src="(\/assets\/main-[^"]+)"/.exec(html)[1];
  const file = await fetch(service.url + script, { headers: { "Accept-Encoding": "br" } });
  assert.match(file.headers.get("cache-control"), /immutable/);
  assert.equal(file.headers.get("content-encoding"), "br");
  assert.match(file.headers.get("content-type"), /javascript/);
  assert.equal((await fetch(`${service.url}/assets/..%2findex.html`)).status, 404);
});

test("studies are listed; a new one appears and moves without a reload", async (t) => {
  const page = await open(t, "#/studies");
  await page.getByText("Ishigami for the tests").waitFor();
  await page.getByText("Live", { exact: true }).waitFor();
  const id = await service.submit({ ...slow, name: "appears by itself", design: { method: "lhs", n: 40, seed: 1 } });
  const row = page.getByRole("row", { name: /appears by itself/ });
  await row.locator(".state-running").waitFor();
  await row.locator(".state-done").waitFor();
  assert.equal((await service.over(id)).state, "done");
});

test("the filter stands in the URL and narrows the list", async (t) => {
  const page = await open(t, "#/studies");
  await page.getByLabel("Filter studies").fill("tag:kept");
  await page.waitForURL(/q=tag%3Akept/);
  await until(async () => (await page.locator("tbody tr").count()) === 1, "one study fits");
  await page.getByLabel("Filter studies").fill("nothing-is-called-so");
  await page.getByText("No study fits this filter").waitFor();
});

test("what the filter shows is paused and resumed together, after a count to confirm", async (t) => {
  const id = await service.submit({ ...slow, name: "to be paused", tags: ["bulk"], design: { method: "lhs", n: 2000, seed: 1 } });
  const page = await open(t, "#/studies?q=tag:bulk");
  await page.getByRole("button", { name: "Pause 1" }).click();
  await page.getByText("Pause 1 study?").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Pause 1" }).click();
  await page.locator("tr .state-paused").waitFor();
  await page.getByRole("button", { name: "Resume 1" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Resume 1" }).click();
  await page.locator("tr .state-running").waitFor();
  await page.getByRole("button", { name: "Cancel 1" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Cancel 1" }).click();
  await page.locator("tr .state-cancelled").waitFor();
  assert.equal((await service.get(`/api/v1/studies/${id}`)).state, "cancelled");
});

test("a lost connection shows, and heals when the server is back", async (t) => {
  const page = await open(t, "#/studies");
  await page.getByText("Live", { exact: true }).waitFor();
  await service.down();
  await page.getByText("Connection lost, trying again…").waitFor();
  await service.up();
  await page.getByText("Live", { exact: true }).waitFor();
  await service.submit({ ...slow, name: "after the restart", design: { method: "lhs", n: 4, seed: 1 } });
  await page.getByText("after the restart").waitFor();
});

const screens = ["#/studies"];

test("axe finds nothing serious on any screen, light or dark, wide or narrow", async (t) => {
  for (const [colorScheme, width] of [["light", 1280], ["dark", 390]]) {
    const page = await open(t, "#/studies", { colorScheme, viewport: { width, height: 900 } });
    for (const screen of screens) {
      await page.goto(`${service.url}/${screen}`);
      await page.locator("main[aria-busy=true], main .waiting").waitFor({ state: "detached" });
      await page.locator("h1").first().waitFor();
      assert.deepEqual(await axe(page), [], `${screen} ${colorScheme} ${width}`);
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(beyond <= 0, `${screen} is ${beyond} pixels wider than ${width}`);
    }
  }
});
