// SPDX-License-Identifier: Apache-2.0
// What the form knows of designs, distributions and analyses, and the commands that do the same as
// the form. Pure.
import type { Model } from "./contract";

export interface Parameter {
  name: string;
  kind: "number" | "integer" | "boolean" | "text";
  doc?: string;
  unit?: string;
  default?: number | boolean | string;
  min?: number;
  max?: number;
  choices?: string[];
}

export interface Output {
  name: string;
  kind: string;
  unit?: string;
  doc?: string;
}

export const parametersOf = (m: Model): Parameter[] => m.parameters as unknown as Parameter[];
export const outputsOf = (m: Model): Output[] => m.outputs as unknown as Output[];

// Sizes to begin with, where the server has no default.
export const FIRST: Record<string, Record<string, number | boolean>> = {
  saltelli: { n: 256, second_order: false }, morris: { n: 20 }, radial: { n: 20 }, lhs: { n: 200 }, sobol: { n: 256 }, random: { n: 200 },
  halton: { n: 200 }, grid: { steps: 5 }, efast: { n: 257 }, rbd_fast: { n: 500 }, dgsm: { n: 64 },
};

export const DISTRIBUTIONS: Record<string, { needs: string[]; may: string[] }> = {
  uniform: { needs: ["min", "max"], may: [] },
  loguniform: { needs: ["min", "max"], may: [] },
  triangular: { needs: ["min", "max", "mode"], may: [] },
  normal: { needs: ["mean", "sd"], may: ["min", "max"] },
  lognormal: { needs: ["mean_log", "sd_log"], may: ["min", "max"] },
  exponential: { needs: ["scale"], may: ["min", "max"] },
  weibull: { needs: ["shape", "scale"], may: ["min", "max"] },
  gumbel: { needs: ["location", "scale"], may: ["min", "max"] },
  gamma: { needs: ["shape", "scale"], may: ["min", "max"] },
  beta: { needs: ["alpha", "beta"], may: ["min", "max"] },
};

// A range to begin with: a tenth around the default, within what the model takes.
export function firstRange(p: Parameter): Record<string, unknown> {
  if (p.kind === "boolean") return { values: [true, false] };
  if (p.kind === "text") return { values: p.choices ?? [p.default ?? ""] };
  const at = typeof p.default === "number" ? p.default : 0;
  const wide = p.max !== undefined && p.min !== undefined && Math.abs(p.max - p.min) > 100 * Math.max(1, Math.abs(at));
  let min = p.min !== undefined && !wide ? p.min : at === 0 ? 0 : at - Math.abs(at) / 10;
  let max = p.max !== undefined && !wide ? p.max : at === 0 ? 1 : at + Math.abs(at) / 10;
  if (p.min !== undefined) min = Math.max(min, p.min);
  if (p.max !== undefined) max = Math.min(max, p.max);
  if (p.kind === "integer") return { min: Math.floor(min), max: Math.max(Math.floor(min) + 1, Math.ceil(max)) };
  return { min: Number(min.toPrecision(6)), max: Number(max.toPrecision(6)) };
}

export type Fault = { pointer: string; detail: string };

const escaped = (name: string) => name.replace(/~/g, "~0").replace(/\//g, "~1");
export const pointerTo = (...path: (string | number)[]): string => path.map((p) => `/${escaped(String(p))}`).join("");

// The faults at a place of the document and below it; exactly there if `exact`.
export function faultsAt(faults: Fault[], pointer: string, exact = false): Fault[] {
  return faults.filter((f) => f.pointer === pointer || (!exact && f.pointer.startsWith(`${pointer}/`)));
}

const quoted = (text: string) => `'${text.replace(/'/g, "'\\''")}'`;

export const DRY_RUN = "?dry_run=true&points=400";

export function asCurl(document: unknown, origin: string, query = ""): string {
  return `curl -sf '${origin}/api/v1/studies${query}' \\\n  -H 'Content-Type: application/json' \\\n  --data ${quoted(JSON.stringify(document))}\n`;
}

export function asCli(document: unknown, origin: string): string {
  return `cat > study.json <<'END'\n${JSON.stringify(document, null, 2)}\nEND\nSWEEPD_URL=${origin} sweep submit study.json --wait\n`;
}

function pythonValue(v: unknown, indent = ""): string {
  const inner = `${indent}    `;
  if (v === true) return "True";
  if (v === false) return "False";
  if (v === null) return "None";
  if (Array.isArray(v)) return `[${v.map((e) => pythonValue(e, indent)).join(", ")}]`;
  if (typeof v === "object") return `{\n${Object.entries(v as object).map(([k, e]) => `${inner}${JSON.stringify(k)}: ${pythonValue(e, inner)},\n`).join("")}${indent}}`;
  return JSON.stringify(v);
}

export function asPython(document: unknown, origin: string): string {
  return `import json, urllib.request

study = ${pythonValue(document)}

request = urllib.request.Request(
    "${origin}/api/v1/studies",
    data=json.dumps(study).encode(),
    headers={"Content-Type": "application/json"},
)
submitted = json.load(urllib.request.urlopen(request))
print("study", submitted["id"])
urllib.request.urlopen("${origin}/api/v1/studies/%d?wait=300" % submitted["id"])
runs = urllib.request.urlopen("${origin}/api/v1/studies/%d/runs?format=csv" % submitted["id"])
print(runs.read().decode()[:400])
`;
}
