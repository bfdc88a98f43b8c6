// SPDX-License-Identifier: Apache-2.0
// What is known of series without looking at their values: which of them is time, where rows of
// several values end, and the lines that a model's parameters draw. Pure.
import type { Study } from "../state/contract";
import { resolvedOf } from "./study";

const TIMES = ["t", "time", "times", "ticks", "tick"];

export const isTime = (name: string): boolean => TIMES.includes(name.toLowerCase());

// The series that others run along.
export const timeOf = (names: string[], but: string): string | undefined => names.find((n) => isTime(n) && n !== but);

type Values = (number | null)[];

// A series that is a whole number of times as long as its time has a row of values for each moment:
// one line for each place in the rows.
export function rowsOf(values: Values, time?: Values): { x: Values; lines: Values[] } {
  const width = time?.length && values.length % time.length === 0 ? Math.max(1, values.length / time.length) : 1;
  const n = values.length / width;
  const x = time && time.length === n ? time : Array.from({ length: n }, (_, i) => i);
  return { x, lines: Array.from({ length: width }, (_, k) => Array.from({ length: n }, (_, i) => values[i * width + k])) };
}

// What a model's fixed parameters say of reference lines: the limit of the spread of rotor angles,
// and the moment of clearing.
export function references(s: Study): { across?: number; upright?: number } {
  const p = resolvedOf(s).parameters ?? {};
  if (!s.model.startsWith("power/")) return {};
  const of = (name: string) => (typeof p[name] === "number" ? (p[name] as number) : undefined);
  return { across: of("limit"), upright: of("clearing-time") };
}
