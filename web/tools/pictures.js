#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Takes a picture of every screen of the dashboard, light and dark, 1280 and 390 pixels wide, from a
// server of its own: `node web/tools/pictures.js [--only WORD] [FOLDER]` (build/pictures without).
import { mkdirSync } from "node:fs";
import { documents, screens, settled } from "../tests/scenes.js";
import { openBrowser, root, Service } from "../tests/support.js";

const words = process.argv.slice(2);
const at = words.indexOf("--only");
const only = at < 0 ? "" : words.splice(at, 2)[1];
const out = words[0] ?? `${root}build/pictures`;
const TALLEST = 2400;

async function submitAll(service) {
  const ids = {};
  for (const [name, document] of Object.entries(documents)) ids[name] = await service.submit(document);
  for (const id of Object.values(ids)) await service.over(id);
  return ids;
}

async function take(page, url, hash, path, width) {
  await page.setViewportSize({ width, height: 900 });
  await page.goto("about:blank");
  await page.goto(`${url}/${hash}`);
  await settled(page);
  await page.waitForTimeout(hash.includes("/brain") ? 3500 : 700);
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.screenshot({ path, fullPage: true, clip: { x: 0, y: 0, width, height: Math.min(height, TALLEST) } });
}

const service = await new Service().start();
const browser = await openBrowser();
try {
  mkdirSync(out, { recursive: true });
  const list = Object.entries(screens(await submitAll(service))).filter(([name]) => name.includes(only));
  for (const colorScheme of ["light", "dark"])
    for (const width of [1280, 390]) {
      const page = await browser.newPage({ colorScheme });
      page.on("pageerror", (e) => console.error(`${page.url()}: ${e.message}`));
      for (const [name, hash] of list)
        await take(page, service.url, hash, `${out}/${name}-${colorScheme}-${width}.png`, width).catch((e) => console.error(`${name}: ${e.message}`));
      await page.close();
    }
  console.log(`${4 * list.length} pictures in ${out}`);
} finally {
  await browser.close();
  await service.stop();
}
