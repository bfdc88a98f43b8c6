// SPDX-License-Identifier: Apache-2.0
// The real thing for tests: `sweep up` in a folder of its own on a free port, and a browser.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, chmodSync, mkdirSync } from "node:fs";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";

export const root = fileURLToPath(new URL("../..", import.meta.url));
const bin = resolve(root, process.env.SWEEPD_BIN ?? "bin");

// Below the ports that the kernel gives to connections: nothing takes it before the server does.
function freePort() {
  const port = 20000 + Math.floor(Math.random() * 12000);
  return new Promise((give) => {
    const s = createServer();
    s.once("error", () => give(freePort()));
    s.listen(port, "127.0.0.1", () => s.close(() => give(port)));
  });
}

export class Service {
  async start() {
    this.dir = mkdtempSync("/tmp/sweepd-web-");
    chmodSync(this.dir, 0o755);
    this.port = await freePort();
    this.url = `http://127.0.0.1:${this.port}`;
    await this.up();
    return this;
  }
  async up() {
    this.process = spawn(`${bin}/sweep`, ["up", "--listen", `127.0.0.1:${this.port}`, "--state", this.dir]);
    await new Promise((ready, fail) => {
      let said = "";
      const hear = (text) => { said += text; if (said.includes("sweepd is up")) ready(); };
      this.process.stdout.on("data", hear);
      this.process.stderr.on("data", hear);
      this.process.on("exit", (code) => fail(new Error(`sweep up ended with ${code}: ${said}`)));
    });
    // Models are announced one after the other.
    await until(async () => (await this.get("/api/v1/models?limit=500")).items.length >= 25, "the worker's models are there");
  }
  async down() {
    this.process.removeAllListeners("exit");
    const gone = new Promise((done) => this.process.once("exit", done));
    this.process.kill("SIGTERM");
    await gone;
  }
  async stop() {
    await this.down();
    rmSync(this.dir, { recursive: true, force: true });
  }
  async get(path) {
    const r = await fetch(this.url + path);
    if (!r.ok) throw new Error(`GET ${path}: ${r.status} ${await r.text()}`);
    return r.json();
  }
  async submit(document) {
    const r = await fetch(`${this.url}/api/v1/studies`, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(document),
    });
    const answer = await r.json();
    if (!r.ok) throw new Error(JSON.stringify(answer));
    return answer.id;
  }
  over(id) {
    return this.get(`/api/v1/studies/${id}?wait=60`);
  }
}

export async function until(condition, what, seconds = 20) {
  for (const end = Date.now() + 1000 * seconds; ; await new Promise((r) => setTimeout(r, 50))) {
    if (await condition()) return;
    if (Date.now() > end) throw new Error(`after ${seconds} s still not: ${what}`);
  }
}

export function openBrowser() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: ["--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader"],
  });
}

// A module of the dashboard, without a browser.
export async function module(path) {
  const out = `${root}build/web-tests/${path.replace(/[/.]/g, "-")}.mjs`;
  mkdirSync(`${root}build/web-tests`, { recursive: true });
  await build({
    entryPoints: [`${root}web/src/${path}`], outfile: out, bundle: true, format: "esm", platform: "neutral",
    mainFields: ["module", "main"], jsx: "automatic", jsxImportSource: "preact", logLevel: "error", external: ["@niivue/niivue"],
  });
  return import(pathToFileURL(out).href);
}
