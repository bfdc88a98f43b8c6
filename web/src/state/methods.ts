// SPDX-License-Identifier: Apache-2.0
// The designs and analyses of this server, and what can be known of an analysis's result without
// knowing the analysis: a method that the server learns is in the forms and has its picture.
import type { Method } from "./contract";
import { useData, type Loaded } from "./data";
import { V1 } from "./http";

export interface Methods {
  designs: Method[];
  analyses: Method[];
}

export type Option = Method["options"][number];

export const useMethods = (): Loaded<Methods> => useData<Methods>(`${V1}/methods`);

// Words for what has a name of its own; others go by the name that the server gives them.
const LABELS: Record<string, string> = {
  saltelli: "Saltelli: Sobol' indices", morris: "Morris: screening", radial: "Radial: screening", lhs: "Latin hypercube",
  sobol: "Sobol' points", random: "Random points", halton: "Halton points", grid: "Full grid", efast: "eFAST: indices by frequencies",
  rbd_fast: "RBD-FAST", dgsm: "DGSM: derivatives", oat: "One at a time", factorial: "Two-level factorial",
  fractional_factorial: "Fractional factorial", plackett_burman: "Plackett and Burman", central_composite: "Central composite",
  box_behnken: "Box and Behnken", list: "Points given one by one",
};

const ANALYSES: Record<string, string> = {
  sobol: "Sobol' indices", efast: "eFAST", rbd_fast: "RBD-FAST", rank: "By ranks (Chatterjee)", morris: "Morris' elementary effects", dgsm: "Derivative-based (DGSM)",
  delta: "Delta (moment-independent)", pawn: "PAWN", regression: "Correlation and regression", pce: "Polynomial chaos", prim: "Scenario box (PRIM)",
  regional: "Regional: what drives which range", noise: "Noise of the seed", vargha_delaney: "How many replicates", summary: "Summary",
  effects: "Effects of two levels", shapley: "Shapley effects", hsic: "HSIC (dependence)", hdmr: "HDMR", extra_trees: "Extra trees",
};

const words = (name: string): string => name.replace(/_/g, " ");
export const labelOfDesign = (name: string): string => LABELS[name] ?? words(name);
export const labelOfAnalysis = (name: string): string => ANALYSES[name] ?? words(name);

interface Plan {
  design: { method: string };
  replicates?: number;
}

// Analyses that only some studies allow; all others take any points, or say themselves what they lack.
const NEEDS: Record<string, (d: Plan) => boolean> = {
  sobol: (d) => d.design.method === "saltelli",
  morris: (d) => d.design.method === "morris",
  efast: (d) => d.design.method === "efast",
  dgsm: (d) => d.design.method === "dgsm",
  effects: (d) => ["factorial", "fractional_factorial", "plackett_burman"].includes(d.design.method),
  noise: (d) => (d.replicates ?? 1) > 1,
  vargha_delaney: (d) => (d.replicates ?? 1) > 3,
  convergence: () => false, // is shown beside the analysis that it is of
};

// Designs that a method of samples does not take, for their points have levels, or are not drawn one by one.
const LEVELS = ["oat", "factorial", "fractional_factorial", "plackett_burman", "central_composite", "box_behnken", "morris"];
const PLANNED = [...LEVELS, "efast", "grid", "saltelli", "radial", "dgsm", "sobol", "halton", "lattice"];
const REFUSES: Record<string, string[]> = { rbd_fast: LEVELS, delta: LEVELS, pawn: LEVELS, regional: LEVELS, rank: PLANNED };

// The names of the analyses that fit, those made for the design first.
export function fitting(analyses: Method[], d: Plan): string[] {
  const names = analyses.map((a) => a.name).filter((name) => (NEEDS[name]?.(d) ?? true) && !REFUSES[name]?.includes(d.design.method));
  const rank = (name: string) => (name === "summary" ? 2 : NEEDS[name] ? 0 : 1);
  return names.sort((a, b) => rank(a) - rank(b));
}

// ---- results ----

export interface Analysis {
  method: string;
  output: string;
  names: string[];
  warnings?: string[];
  n?: number;
  confidence?: number;
  [member: string]: unknown;
}

export type Numbers = (number | null)[];

const isNumbers = (v: unknown): v is Numbers => Array.isArray(v) && v.every((e) => e === null || typeof e === "number");
const isTable = (v: unknown): v is Numbers[] => Array.isArray(v) && v.length > 0 && v.every(isNumbers);

// Members with one number for each input, without the half-widths of intervals.
export function indicesOf(a: Analysis): string[] {
  return Object.keys(a).filter((k) => !k.endsWith("_conf") && isNumbers(a[k]) && (a[k] as Numbers).length === a.names.length && a.names.length > 0);
}

// Members with a row of numbers for each of something: pairs of inputs, or ranges of the output.
export function tablesOf(a: Analysis): string[] {
  return Object.keys(a).filter((k) => !k.endsWith("_conf") && isTable(a[k]) && (a[k] as Numbers[])[0].length === a.names.length);
}

// Members that are one value.
export function figuresOf(a: Analysis): [string, number | string | boolean][] {
  const single = (v: unknown): v is number | string | boolean => ["number", "string", "boolean"].includes(typeof v);
  return Object.entries(a).filter((e): e is [string, number | string | boolean] => !["method", "output", "confidence"].includes(e[0]) && single(e[1]));
}

// By which inputs are ranked and studies compared.
const MAIN = ["ST", "mu_star", "delta", "median", "dgsm", "shapley", "S1", "SRRC"];

export function mainOf(a: Analysis): string | undefined {
  const there = indicesOf(a);
  return MAIN.find((m) => there.includes(m)) ?? there[0];
}

const SIGNS: Record<string, string> = { mu_star: "µ*", mu: "µ", sigma: "σ" };
export const signOf = (member: string): string => SIGNS[member] ?? member;

export const halvesOf = (a: Analysis, member: string): Numbers | undefined => (isNumbers(a[`${member}_conf`]) ? (a[`${member}_conf`] as Numbers) : undefined);
