// SPDX-License-Identifier: Apache-2.0
// The pictures of one analysis: those made for a known method, and for any other what its result
// has: bars for a number an input, squares for tables, figures for the rest.
import type { ComponentChildren } from "preact";
import type { Histogram, Study } from "../state/contract";
import { useData } from "../state/data";
import { search, V1 } from "../state/http";
import { figuresOf, halvesOf, indicesOf, tablesOf, type Analysis, type Numbers } from "../state/methods";
import { asked, setQuery } from "../state/route";
import { count, number } from "../parts/format";
import { Figure, type Table } from "../parts/figure";
import { Bars, type BarSeries } from "../plots/bars";
import { HistogramPlot } from "../plots/histogram";
import { Matrix } from "../plots/matrix";
import { MorrisPlot, type Morris } from "../plots/morris";
import { Ranges, type Range } from "../plots/ranges";
import { Curves } from "../plots/xy";
import { shownOf } from "./explore";
import { histogramTable } from "./overview";
import { resolvedOf } from "./study";

// Which members of a result are bars beside each other, and what they say. {of} is the output.
const BARS: Record<string, [title: string, members: string[]][]> = {
  S1: [["Share of the variance of {of}", ["S1", "ST"]]],
  mu_star: [["Mean of absolute elementary effects on {of}", ["mu_star"]]],
  dgsm: [["Upper bound of ST of {of}", ["dgsm"]], ["Mean squared derivative of {of}", ["vi"]]],
  delta: [["Shift of the whole distribution of {of}", ["delta", "S1"]]],
  median: [["Kolmogorov–Smirnov distance over slices of {of}", ["median", "maximum"]]],
  SRC: [["Of the values: {of}", ["SRC", "PCC"]], ["Of the ranks: {of}", ["SRRC", "PRCC"]]],
  pearson: [["Correlation with {of} (Pearson)", ["pearson"]]],
  spearman: [["Correlation of ranks with {of} (Spearman)", ["spearman"]]],
  shapley: [["Shapley effects on {of} (they add up to 1)", ["shapley"]]],
};

// Shown otherwise.
const ASIDE: Record<string, string[]> = { morris: ["mu", "sigma"], prim: [], vargha_delaney: ["A", "replicates"] };

export function barsOf(a: Analysis): [title: string, members: string[]][] {
  const left = new Set(indicesOf(a).filter((m) => !ASIDE[a.method]?.includes(m)));
  const order = a.method === "delta" ? ["delta"] : Object.keys(BARS);
  const known = order.flatMap((key) => (left.has(key) ? BARS[key] : [])).flatMap(([title, members]): [string, string[]][] => {
    const there = members.filter((m) => left.delete(m));
    return there.length ? [[title.replace("{of}", a.output), there]] : [];
  });
  return [...known, ...[...left].map((m): [string, string[]] => [`${m.replace(/_/g, " ")}: ${a.output}`, [m]])];
}

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

interface Props {
  a: Analysis;
  url: string;
}

function IndexBars({ a, url }: Props) {
  const confidence = a.confidence ? `Intervals at ${number(100 * a.confidence)} %. ` : "";
  return (
    <>
      {barsOf(a).map(([title, members]) => {
        const { labels, series } = ranked(a, members);
        return (
          <Figure key={title} title={title} url={url} table={() => tableOf(labels, series)}
            note={`${members.some((m) => halvesOf(a, m)) ? confidence : ""}${a.n === undefined ? "" : `n = ${count(a.n)}.`}`}>
            {(width) => <Bars labels={labels} series={series} width={width} title={title} />}
          </Figure>
        );
      })}
    </>
  );
}

// Rows are inputs if there are as many, else ranges of the output from the lowest.
function TableFigure({ a, url, member }: Props & { member: string }) {
  const values = a[member] as Numbers[];
  const half = a[`${member}_conf`] as Numbers[] | undefined;
  const pairs = values.length === a.names.length;
  const rows = pairs ? a.names : values.map((_, i) => (i === 0 ? "lowest" : i === values.length - 1 ? "highest" : `range ${i + 1}`));
  const title = member === "S2" ? `Interactions of pairs (S2): ${a.output}` : `${member.replace(/_/g, " ")}: ${a.output}`;
  const list = values.flatMap((r, i) => r.flatMap((v, j) => (v === null ? [] : [[`${rows[i]} × ${a.names[j]}`, v, half?.[i]?.[j]]])));
  return (
    <Figure title={title} url={url} table={() => ({ head: [pairs ? "pair" : "range × parameter", member, `${member} ±`], rows: list })}
      note={member === "S2" ? "Orange adds to the variance, blue is below zero: within its interval of nothing." : pairs ? undefined : "Rows are ranges of the output, from the lowest values to the highest."}>
      {(width) => <Matrix values={values} half={half} labels={rows} columns={a.names} width={width} title={title} />}
    </Figure>
  );
}

function MorrisFigure({ a, url }: Props) {
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

// ---- prim: the trade-off of boxes, and the one that is chosen ----

interface Box {
  coverage: number;
  density: number;
  mass: number;
  n_points: number;
  n_restricted: number;
  low: Numbers;
  high: Numbers;
}

function rangesOf(s: Study, a: Analysis, boxes: Box[], box: Box): Range[] {
  const given = (resolvedOf(s).parameters ?? {}) as Record<string, { min?: number; max?: number }>;
  return a.names.map((name, i) => {
    const met = boxes.flatMap((b) => [b.low[i], b.high[i]]).filter((v): v is number => typeof v === "number");
    const [least, most] = [Math.min(...met, 0), Math.max(...met, 1)];
    return { name, min: given[name]?.min ?? least, max: given[name]?.max ?? most, low: box.low[i], high: box.high[i] };
  });
}

function PrimFigures({ s, a, url }: Props & { s: Study }) {
  const boxes = a.trajectory as Box[] | undefined;
  if (!Array.isArray(boxes) || boxes.length === 0) return null;
  const chosen = Math.min(boxes.length - 1, Math.max(0, Number(asked("box", String(a.chosen ?? 0))) || 0));
  const box = boxes[chosen];
  const ranges = rangesOf(s, a, boxes, box);
  const restricted = ranges.filter((r) => r.low !== null || r.high !== null);
  const wanted = `${a.output} ${String(a.side)} ${number(a.threshold as number)}`;
  const boxTitle = `The box: ${wanted}`;
  const title = `Boxes: coverage against density of ${wanted}`;
  return (
    <>
      <Figure title={title} url={url} note={`${count(a.n_positive as number)} points are ${String(a.side)} the threshold. Choose a box: the more of them it covers, the less pure it is.`}
        table={() => ({ head: ["box", "coverage", "density", "mass", "points", "parameters restricted"], rows: boxes.map((b, k) => [k, b.coverage, b.density, b.mass, b.n_points, b.n_restricted]) })}>
        {(width) => (
          <Curves curves={[{ name: "boxes", x: boxes.map((b) => b.coverage), y: boxes.map((b) => b.density) }]} width={width} title={title} xTitle="coverage (share)" yTitle="density (share)"
            include={{ x: [0, 1], y: [0, 1] }} chosen={chosen} pick={(k) => setQuery({ box: k })} />
        )}
      </Figure>
      <Figure title={boxTitle} url={url} note={`Covers ${number(100 * box.coverage, 3)} % of them; ${number(100 * box.density, 3)} % of its ${count(box.n_points)} points are such.`}
        table={() => ({ head: ["parameter", "from", "to"], rows: ranges.map((r) => [r.name, r.low, r.high]) })}>
        {(width) => <Ranges ranges={restricted.length ? restricted : ranges} width={width} title={boxTitle} />}
      </Figure>
    </>
  );
}

// ---- how many replicates ----

function ReplicatesFigure({ a, url }: Props) {
  const [sizes, A] = [a.replicates as number[], a.A as Numbers];
  const needed = a.replicates_needed as number | null;
  const title = `A of two groups of replicates: ${a.output}`;
  return (
    <Figure title={title} url={url} table={() => ({ head: ["replicates", "A"], rows: sizes.map((n, i) => [n, A[i]]) })}
      note={<p class={needed ? "good" : "warn"}><span aria-hidden="true">{needed ? "✓" : "△"}</span> {needed ? `${count(needed)} replicates are enough.` : "More replicates are needed than there are here."}</p>}>
      {(width) => <Curves curves={[{ name: "A", x: sizes, y: A }]} width={width} title={title} xTitle="replicates of a group" yTitle="A (0.5: no difference)" include={{ y: [0.5] }} across={{ at: a.limit as number, label: `limit ${number(a.limit as number)}` }} />}
    </Figure>
  );
}

function Distribution({ s, output }: { s: Study; output: string }) {
  const url = `${V1}/studies/${s.id}/histogram${search({ x: output, bins: 40 })}`;
  const h = useData<Histogram>(url);
  const title = `Distribution of ${output}`;
  if (!h.data) return null;
  const data = h.data;
  return (
    <Figure title={title} url={url} note={shownOf(data)} table={() => histogramTable(data, output)}>
      {(width) => <HistogramPlot of={data} width={width} height={220} title={title} xTitle={output} />}
    </Figure>
  );
}

function Facts({ a }: { a: Analysis }) {
  const facts = figuresOf(a);
  if (facts.length === 0) return null;
  return (
    <section class="card full" aria-label="Figures">
      <dl class="facts">{facts.map(([k, v]) => <div key={k}><dt>{k.replace(/_/g, " ")}</dt><dd>{typeof v === "number" ? number(v, 5) : String(v)}</dd></div>)}</dl>
    </section>
  );
}

// Pictures that belong to one method alone.
const OWN: Record<string, (props: Props & { s: Study }) => ComponentChildren> = {
  morris: (p) => <MorrisFigure {...p} />,
  prim: (p) => <PrimFigures {...p} />,
  vargha_delaney: (p) => <ReplicatesFigure {...p} />,
  summary: ({ s, a }) => <Distribution s={s} output={a.output} />,
};

export function AnalysisFigures({ s, a, url }: Props & { s: Study }) {
  return (
    <>
      <IndexBars a={a} url={url} />
      {OWN[a.method]?.({ s, a, url })}
      {tablesOf(a).map((member) => <TableFigure key={member} a={a} url={url} member={member} />)}
      <Facts a={a} />
    </>
  );
}
