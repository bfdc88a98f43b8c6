// SPDX-License-Identifier: Apache-2.0
// Which inputs matter: indices with their intervals, interactions, Morris' plane, distances and
// correlations, and whether there were runs enough to say so.
import type { Study } from "../state/contract";
import { ofStudy, useData } from "../state/data";
import { search, V1 } from "../state/http";
import { asked, hrefOf, setQuery } from "../state/route";
import { count, number } from "../parts/format";
import { Figure, type Table } from "../parts/figure";
import { Empty, Fault, Select, Show } from "../parts/ui";
import { Bars, type BarSeries } from "../plots/bars";
import { Matrix } from "../plots/matrix";
import { MorrisPlot, type Morris } from "../plots/morris";
import { Tracks, type Track } from "../plots/convergence";
import { isOver, outputsOf, resolvedOf } from "./study";

export interface Analysis {
  method: string;
  output: string;
  names: string[];
  warnings?: string[];
  n?: number;
  confidence?: number;
  [member: string]: unknown;
}

type Numbers = (number | null)[];

// Which members of a result are bars, which of them have intervals, and what they say.
const METHODS: Record<string, { label: string; bars: [title: string, members: string[]][]; needs: (design: string) => boolean }> = {
  sobol: { label: "Sobol' indices", bars: [["Share of the output's variance", ["S1", "ST"]]], needs: (d) => d === "saltelli" },
  efast: { label: "eFAST", bars: [["Share of the output's variance", ["S1", "ST"]]], needs: (d) => d === "efast" },
  rbd_fast: { label: "RBD-FAST", bars: [["First-order share of the variance", ["S1"]]], needs: () => true },
  morris: { label: "Morris' elementary effects", bars: [["Mean of absolute elementary effects", ["mu_star"]]], needs: (d) => d === "morris" },
  dgsm: { label: "Derivative-based (DGSM)", bars: [["Upper bound of ST", ["dgsm"]]], needs: (d) => d === "dgsm" },
  delta: { label: "Delta (moment-independent)", bars: [["Shift of the whole distribution", ["delta", "S1"]]], needs: () => true },
  pawn: { label: "PAWN", bars: [["Kolmogorov–Smirnov distance over slices", ["median", "maximum"]]], needs: () => true },
  regression: { label: "Correlation and regression", bars: [["Of the values", ["SRC", "PCC"]], ["Of the ranks", ["SRRC", "PRCC"]]], needs: () => true },
};

const halvesOf = (a: Analysis, member: string): Numbers | undefined => a[`${member}_conf`] as Numbers | undefined;

// Rows in the order of the last series' size, largest first.
export function ranked(a: Analysis, members: string[]): { labels: string[]; series: BarSeries[] } {
  const key = a[members[members.length - 1]] as Numbers;
  const order = a.names.map((_, i) => i).sort((i, j) => Math.abs(key[j] ?? 0) - Math.abs(key[i] ?? 0));
  const pick = (v: Numbers | undefined) => (v ? order.map((i) => v[i]) : undefined);
  return {
    labels: order.map((i) => a.names[i]),
    series: members.map((m) => ({ name: m, values: pick(a[m] as Numbers) as Numbers, half: pick(halvesOf(a, m)) })),
  };
}

export function tableOf(labels: string[], series: BarSeries[]): Table {
  const head = ["parameter", ...series.flatMap((s) => (s.half ? [s.name, `${s.name} ±`] : [s.name]))];
  return { head, rows: labels.map((l, i) => [l, ...series.flatMap((s) => (s.half ? [s.values[i], s.half[i]] : [s.values[i]]))]) };
}

function IndexBars({ a, url }: { a: Analysis; url: string }) {
  const confidence = a.confidence ? `Intervals at ${number(100 * a.confidence)} %. ` : "";
  return (
    <>
      {METHODS[a.method].bars.map(([what, members]) => {
        const there = members.filter((m) => Array.isArray(a[m]));
        if (there.length === 0) return null;
        const { labels, series } = ranked(a, there);
        const title = `${what}: ${a.output}`;
        return (
          <Figure key={what} title={title} url={url} table={() => tableOf(labels, series)}
            note={`${there.some((m) => halvesOf(a, m)) ? confidence : ""}${a.n === undefined ? "" : `n = ${count(a.n)}.`}`}>
            {(width) => <Bars labels={labels} series={series} width={width} title={title} />}
          </Figure>
        );
      })}
    </>
  );
}

function Interactions({ a, url }: { a: Analysis; url: string }) {
  const s2 = a.S2 as Numbers[] | undefined;
  if (!s2) return null;
  const title = `Interactions of pairs (S2): ${a.output}`;
  const half = a.S2_conf as Numbers[] | undefined;
  const rows = s2.flatMap((r, i) => r.flatMap((v, j) => (v === null ? [] : [[`${a.names[i]} × ${a.names[j]}`, v, half?.[i]?.[j]]])));
  return (
    <Figure title={title} url={url} table={() => ({ head: ["pair", "S2", "S2 ±"], rows })} note="Orange adds to the variance, blue is below zero: within its interval of nothing.">
      {(width) => <Matrix values={s2} half={half} labels={a.names} width={width} title={title} />}
    </Figure>
  );
}

function MorrisFigure({ a, url }: { a: Analysis; url: string }) {
  const m = a as unknown as Morris & { mu: Numbers };
  const title = `Morris' plane: ${a.output}`;
  return (
    <Figure title={title} url={url}
      table={() => ({ head: ["parameter", "µ*", "µ* ±", "µ", "σ"], rows: m.names.map((n, i) => [n, m.mu_star[i], m.mu_star_conf?.[i], m.mu?.[i], m.sigma[i]]) })}
      note="Below the first ray an input acts linearly, above the last one by interaction or curvature.">
      {(width) => <MorrisPlot of={m} width={width} title={title} />}
    </Figure>
  );
}

interface Convergence {
  points: number[];
  results: Analysis[];
  verdict: string;
  last_change: number | null;
}

// The verdict in a sentence: since when the ranking has stood, or what to do.
export function verdictOf(c: Convergence, member: string): { stable: boolean; text: string } {
  const rank = (r: Analysis) => {
    const v = r[member] as Numbers;
    return r.names.map((_, i) => i).sort((i, j) => (v[j] ?? 0) - (v[i] ?? 0)).join(",");
  };
  const ranks = c.results.map(rank);
  let since = ranks.length - 1;
  while (since > 0 && ranks[since - 1] === ranks[ranks.length - 1]) since--;
  const stable = c.verdict === "stable";
  const standing = since < ranks.length - 1 ? `The ranking has been the same since ${count(c.points[since])} runs` : "The ranking still changed at the last doubling";
  const change = c.last_change === null ? "" : ` The last doubling changed ${member} by at most ${number(c.last_change, 2)}.`;
  return { stable, text: `${standing}; ${stable ? "the indices are stable." : "double the number of runs."}${change}` };
}

function ConvergenceFigure({ s, method, output }: { s: Study; method: string; output: string }) {
  const member = ({ morris: "mu_star", delta: "delta", pawn: "median", rbd_fast: "S1", dgsm: "dgsm", regression: "SRRC" } as Record<string, string>)[method] ?? "ST";
  const url = `${V1}/studies/${s.id}/analyses/convergence${search({ output, of: JSON.stringify({ method }) })}`;
  const loaded = useData<Convergence>(s.made > 0 ? url : undefined, { on: ofStudy(s.id), every: 3000 });
  const c = loaded.data;
  if (!c) return null; // too few runs to halve: the indices say so themselves
  const names = c.results[c.results.length - 1].names;
  const last = c.results[c.results.length - 1][member] as Numbers;
  const top = names.map((_, i) => i).sort((i, j) => Math.abs(last[j] ?? 0) - Math.abs(last[i] ?? 0)).slice(0, 7);
  const tracks: Track[] = top.map((i) => ({
    name: names[i],
    values: c.results.map((r) => (r[member] as Numbers)[i]),
    half: c.results.map((r) => halvesOf(r, member)?.[i] ?? null),
  }));
  const { stable, text } = verdictOf(c, member);
  const title = `Convergence of ${member}: ${output}`;
  return (
    <Figure title={title} url={url}
      table={() => ({ head: ["runs", ...tracks.map((t) => t.name)], rows: c.points.map((n, k) => [n, ...tracks.map((t) => t.values[k])]) })}
      note={<p class={stable ? "good" : "warn"} data-verdict={stable ? "stable" : "more"}><span aria-hidden="true">{stable ? "✓" : "△"}</span> {text}</p>}>
      {(width) => <Tracks at={c.points} tracks={tracks} width={width} title={title} yTitle={member} />}
    </Figure>
  );
}

const MANY = 500000;

export function Sensitivity({ s }: { s: Study }) {
  const document = resolvedOf(s);
  const outputs = outputsOf(s);
  const possible = Object.keys(METHODS).filter((m) => METHODS[m].needs(document.design.method));
  const named = document.analyses?.map((a) => String(a.method)).find((m) => possible.includes(m));
  // Of very many runs, what is quick first.
  const method = asked("method", named ?? (s.runs > MANY && possible.includes("regression") ? "regression" : possible[0]));
  const output = asked("output", String(document.analyses?.[0]?.output ?? outputs[0]));
  const url = `${V1}/studies/${s.id}/analyses/${method}${search({ output })}`;
  const found = useData<Analysis>(s.made > 0 ? url : undefined, { on: ofStudy(s.id), every: 1500 });
  if (s.made === 0)
    return <Empty title="No run has come back yet">Indices are shown as soon as there are enough runs for them, and change while more come in.</Empty>;
  return (
    <>
      <div class="row wrap">
        <Select label="Output" value={output} options={outputs} on={(v) => setQuery({ output: v })} />
        <Select label="Method" value={method} options={possible.map((value) => ({ value, label: METHODS[value].label }))} on={(v) => setQuery({ method: v })} />
        {!isOver(s) && <span class="small dim">Preliminary: {count(s.made)} of {count(s.runs)} runs.</span>}
      </div>
      {found.error && !found.data ? (
        <>
          <Fault error={found.error} again={found.again} />
          {!isOver(s) && <p class="dim">The study is under way: this is tried again as runs come in.</p>}
          {isOver(s) && <p>Another method may fit this design; or <a href={hrefOf(["new"], { from: s.id })}>clone the study</a> with more runs.</p>}
        </>
      ) : (
        <>
          {!found.data && <p class="dim" role="status">The server computes {METHODS[method]?.label ?? method} of {output} over {count(s.made)} runs{s.made > MANY ? "; this may take a while" : ""}.</p>}
          <Show of={found} lines={8}>
            {(a) => (
              <>
                {(a.warnings ?? []).map((w) => <p key={w} class="warn">△ {w}</p>)}
                <div class="grid">
                  {METHODS[a.method] && <IndexBars a={a} url={url} />}
                  {a.method === "morris" && <MorrisFigure a={a} url={url} />}
                  <Interactions a={a} url={url} />
                  <ConvergenceFigure s={s} method={method} output={output} />
                </div>
              </>
            )}
          </Show>
        </>
      )}
    </>
  );
}
