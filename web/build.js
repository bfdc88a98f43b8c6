// SPDX-License-Identifier: Apache-2.0
// Bundles the dashboard into a folder (default ../build/web): index.html and assets/, whose names
// have the hash of their content, each also compressed. Prints what a browser loads first.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gunzipSync, gzipSync } from "node:zlib";
import "./types.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = process.argv[2] ?? `${here}../build/web`;

// The brain under the maps: a single subject's in MNI space, from Debian's mricron-data. Without it
// maps lie over their own grey picture.
const TEMPLATE = "/usr/share/mricron/templates/ch2bet.nii.gz";

// Its asset's name, or none.
function addTemplate(folder) {
  if (!existsSync(TEMPLATE)) return "";
  const bytes = gunzipSync(readFileSync(TEMPLATE));
  const name = `template-${createHash("sha256").update(bytes).digest("hex").slice(0, 8)}.nii`;
  writeFileSync(`${folder}/${name}`, bytes);
  return `/assets/${name}`;
}

// Redoc asks another host for a logo and puts a style into the page that our policy forbids (of
// scroll bars that we do not use). Both are taken out; a Redoc without them stops the build.
const quietRedoc = {
  name: "quiet-redoc",
  setup: (b) =>
    b.onLoad({ filter: /redoc\.standalone\.js$/ }, ({ path }) => {
      let contents = readFileSync(path, "utf8");
      for (const [from, to] of [
        ['require("null")', "null"],
        ["https://cdn.redoc.ly/redoc/logo-mini.svg", "data:,"],
        ['var t=document.createElement("style");return e.setAttributes(t,e.attributes),e.insert(t,e.options),t', 'return document.createElement("style")'],
      ]) {
        if (!contents.includes(from)) throw new Error(`redoc has changed: ${from} is not in it`);
        contents = contents.replaceAll(from, to);
      }
      return { contents, loader: "js" };
    }),
};

rmSync(out, { recursive: true, force: true });
mkdirSync(`${out}/assets`, { recursive: true });
const { metafile } = await build({
  absWorkingDir: here,
  entryPoints: ["src/main.tsx"],
  outdir: `${out}/assets`,
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  assetNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: "es2021",
  jsx: "automatic",
  jsxImportSource: "preact",
  plugins: [quietRedoc],
  minify: true,
  metafile: true,
  legalComments: "none",
  loader: { ".svg": "text" },
  define: { "process.env.NODE_ENV": '"production"', TEMPLATE_URL: JSON.stringify(addTemplate(`${out}/assets`)) },
});

const [entryPath, entry] = Object.entries(metafile.outputs).find(
  ([, o]) => o.entryPoint === "src/main.tsx",
);
const first = [entryPath, entry.cssBundle].filter(Boolean);
for (const i of entry.imports) if (i.kind === "import-statement") first.push(i.path);

const page = readFileSync(`${here}src/index.html`, "utf8")
  .replace("{{script}}", `/assets/${basename(entryPath)}`)
  .replace("{{style}}", `/assets/${basename(entry.cssBundle)}`);
writeFileSync(`${out}/index.html`, page);

const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: 10 } };
const sizes = new Map();
for (const name of ["index.html", ...readdirSync(`${out}/assets`).map((n) => `assets/${n}`)]) {
  const bytes = readFileSync(`${out}/${name}`);
  const gz = gzipSync(bytes, { level: 9 });
  writeFileSync(`${out}/${name}.gz`, gz);
  if (!name.endsWith(".nii")) writeFileSync(`${out}/${name}.br`, brotliCompressSync(bytes, brotli));
  sizes.set(basename(name), gz.length);
}

let load = sizes.get("index.html");
for (const path of first) load += sizes.get(basename(path));
writeFileSync(`${out}/sizes.json`, JSON.stringify({ first_load: load, files: Object.fromEntries(sizes) }));
const kb = (n) => `${(n / 1000).toFixed(1)} kB`;
console.log(`dashboard: first load ${kb(load)} gzipped`);
for (const [name, n] of [...sizes].sort((a, b) => b[1] - a[1]).slice(0, 5))
  console.log(`  ${kb(n).padStart(9)}  ${name}`);
