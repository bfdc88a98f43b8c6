// SPDX-License-Identifier: Apache-2.0
// Whether there were runs enough: each index against the size of the prefix that it is computed
// from, and a verdict in a sentence.
import type { Study } from "../state/contract";
import { useData } from "../state/data";
import { search, V1 } from "../state/http";
import type { LiveEvent } from "../state/live";
import { halvesOf, mainOf, signOf, type Analysis, type Numbers } from "../state/methods";
import { count, number } from "../parts/format";
import { Figure } from "../parts/figure";
import { Tracks, type Track } from "../plots/convergence";
import { isOver } from "./study";

interface Convergence {
  points: number[];
  results: Analysis[];
  verdict: string;
  last_change: number | null; // the largest of all indices
}

// The verdict in a sentence: since when the ranking has stood, or what to do.
export function verdictOf(c: Convergence, member: string, over = true): { stable: boolean; text: string } {
  const rank = (r: Analysis) => {
    const v = r[member] as Numbers;
    return r.names.map((_, i) => i).sort((i, j) => (v[j] ?? 0) - (v[i] ?? 0)).join(",");
  };
  const ranks = c.results.map(rank);
  let since = ranks.length - 1;
  while (since > 0 && ranks[since - 1] === ranks[ranks.length - 1]) since--;
  const stable = c.verdict === "stable";
  const standing = since < ranks.length - 1 ? `The ranking has been the same since ${count(c.points[since])} points` : "The ranking still changed at the last doubling";
  const [before, last] = c.results.slice(-2).map((r) => r[member] as Numbers);
  const changes = (last ?? []).map((v, i) => Math.abs((v ?? NaN) - (before[i] ?? NaN))).filter(Number.isFinite);
  const any = (c.last_change ?? 0) > Math.max(...changes) ? `, some other index by ${number(c.last_change, 2)}` : "";
  const change = changes.length === 0 ? "" : ` The last doubling changed ${signOf(member)} by at most ${number(Math.max(...changes), 2)}${any}.`;
  return { stable, text: `${standing}; ${stable ? "the indices are stable." : over ? "double the number of runs." : "more are under way."}${change}` };
}

// The server tells when a prefix twice as long is there, and when the study is over: nothing changes between.
const grownBy = (id: number) => (event: LiveEvent) => event.study === id && (event.kind === "analysis" || event.kind === "state");

// of: the analysis itself, which says what its main index is.
export function ConvergenceFigure({ s, of }: { s: Study; of: Analysis }) {
  const { method, output } = of;
  const member = mainOf(of);
  const url = `${V1}/studies/${s.id}/analyses/convergence${search({ output, of: JSON.stringify({ method }) })}`;
  const loaded = useData<Convergence>(s.made > 0 && member ? url : undefined, { on: grownBy(s.id) });
  const c = loaded.data;
  if (!c || !member) return null; // too few runs to halve: the indices say so themselves
  const names = c.results[c.results.length - 1].names;
  const last = c.results[c.results.length - 1][member] as Numbers;
  const top = names.map((_, i) => i).sort((i, j) => Math.abs(last[j] ?? 0) - Math.abs(last[i] ?? 0)).slice(0, 7);
  const tracks: Track[] = top.map((i) => ({
    name: names[i],
    values: c.results.map((r) => (r[member] as Numbers)[i]),
    half: c.results.map((r) => halvesOf(r, member)?.[i] ?? null),
  }));
  const { stable, text } = verdictOf(c, member, isOver(s));
  const title = `Convergence of ${signOf(member)}: ${output}`;
  return (
    <Figure title={title} url={url}
      table={() => ({ head: ["points", ...tracks.map((t) => t.name)], rows: c.points.map((n, k) => [n, ...tracks.map((t) => t.values[k])]) })}
      note={<p class={stable ? "good" : "warn"} data-verdict={stable ? "stable" : "more"}><span aria-hidden="true">{stable ? "✓" : "△"}</span> {text}</p>}>
      {(width) => <Tracks at={c.points} tracks={tracks} width={width} title={title} yTitle={signOf(member)} />}
    </Figure>
  );
}
