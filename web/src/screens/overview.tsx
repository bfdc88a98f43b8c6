// SPDX-License-Identifier: Apache-2.0
// A study at a glance: counts and times, throughput, how long runs took, what failed and why, the
// indices as they stand, and where all of it comes from.
import { useEffect, useState } from "preact/hooks";
import type { Histogram, Study } from "../state/contract";
import { ofStudy, useData } from "../state/data";
import { headers, search, V1 } from "../state/http";
import { takeEvents, listen, type LiveEvent } from "../state/live";
import { hrefOf } from "../state/route";
import { count, duration, moment, number, rate } from "../parts/format";
import { Figure } from "../parts/figure";
import { broken, Copy, Show } from "../parts/ui";
import { Bars } from "../plots/bars";
import { HistogramPlot } from "../plots/histogram";
import { TimeLine } from "../plots/timeline";
import { ConvergenceFigure } from "./convergence";
import { barsOf, ranked, tableOf } from "./indices";
import { indicesOf, type Analysis } from "../state/methods";
import { isOver, resolvedOf, type Document } from "./study";

interface Mark {
  at: number; // seconds since 1970
  made: number;
}

const markOf = (e: LiveEvent): Mark[] => (e.data.made === undefined ? [] : [{ at: Date.parse(e.at) / 1000, made: e.data.made }]);

// How far the study was when: its events so far, then those that come.
function useMarks(s: Study): Mark[] {
  const [marks, setMarks] = useState<Mark[]>([]);
  useEffect(() => {
    const stop = new AbortController();
    const leave = listen((e) => e.study === s.id && setMarks((m) => [...m, ...markOf(e)]));
    const read = async () => {
      const r = await fetch(`${V1}/studies/${s.id}/events`, { headers: headers(), signal: stop.signal });
      if (!r.ok || !r.body) return;
      const reader = r.body.pipeThrough(new TextDecoderStream()).getReader();
      // The history comes at once; the first pause is its end, and what follows comes by the page's
      // own stream.
      for (let text = ""; ; ) {
        const idle = new Promise<undefined>((give) => setTimeout(() => give(undefined), 400));
        const piece = await Promise.race([reader.read(), idle]);
        if (!piece || piece.done) break;
        const { events, rest } = takeEvents(text + piece.value);
        text = rest;
        setMarks((m) => [...m, ...events.flatMap(markOf)]);
      }
      stop.abort();
    };
    void read().catch(() => undefined);
    return () => {
      stop.abort();
      leave();
    };
  }, [s.id]);
  return marks;
}

// Runs a second between marks, over seconds since the start.
export function ratesOf(marks: Mark[], started: number): { x: number[]; y: number[] } {
  const sorted = [...marks].sort((a, b) => a.at - b.at);
  const x = [0];
  const y: number[] = [];
  let last: Mark = { at: started, made: 0 };
  for (const m of sorted) {
    if (m.at - last.at < 0.2 || m.made < last.made) continue;
    y.push((m.made - last.made) / (m.at - last.at));
    x.push(m.at - started);
    last = m;
  }
  return { x, y: y.length ? [y[0], ...y] : [0] };
}

function Throughput({ s }: { s: Study }) {
  const marks = useMarks(s);
  const { x, y } = ratesOf(marks, Date.parse(s.started ?? s.created) / 1000);
  return (
    <Figure title="Throughput (runs per second)" url={`${V1}/studies/${s.id}/events`}
      table={() => ({ head: ["seconds since the start", "runs per second"], rows: x.map((t, i) => [t, y[i]]) })}
    >
      {(width) => x.length < 2 ? <p class="dim">{s.started ? "Over too soon for a line: progress is told once a second." : "Not started yet."}</p> : <TimeLine x={x} lines={[{ name: "runs per second", values: y }]} width={width} height={190} xTitle="seconds since the start" />}
    </Figure>
  );
}

function RunTimes({ s }: { s: Study }) {
  const url = `${V1}/studies/${s.id}/histogram${search({ x: "_wall_ms", bins: 30 })}`;
  const h = useData<Histogram>(s.made > 0 ? url : undefined, { on: ofStudy(s.id), every: 2000 });
  if (s.made === 0) return null;
  return (
    <Show of={h} lines={5}>
      {(data) => (
        <Figure title="How long a run takes (ms)" url={url} table={() => histogramTable(data, "milliseconds")}
          note={`${count(data.shown)} runs shown of ${count(data.runs)}.`}>
          {(width) => <HistogramPlot of={data} width={width} height={190} title="Histogram of run times" xTitle="milliseconds" />}
        </Figure>
      )}
    </Show>
  );
}

export function histogramTable(h: Histogram, name: string) {
  const step = (h.x.max - h.x.min) / h.x.bins;
  return { head: [`${name} from`, "to", "runs"], rows: h.counts.map((c, i) => [h.x.min + i * step, h.x.min + (i + 1) * step, c]) };
}

interface Group {
  kind: string;
  group: string;
  message: string;
  count: number;
  first_run: number;
}

function Failures({ s }: { s: Study }) {
  const groups = useData<{ items: Group[] }>(s.failed > 0 ? `${V1}/studies/${s.id}/failures/groups?limit=5` : undefined, { on: ofStudy(s.id), every: 2000 });
  if (s.failed === 0) return null;
  return (
    <section class="card stack">
      <h2>Failures</h2>
      <Show of={groups}>
        {({ items }) => (
          <table class="plain">
            <thead><tr><th>Kind</th><th>Message</th><th class="num">Runs</th></tr></thead>
            <tbody>
              {items.map((g) => (
                <tr key={g.kind + g.group}><td class={`state-${g.kind}`}>{g.kind}</td><td>{g.count > 1 ? g.group : g.message}</td><td class="num"><a href={hrefOf(["studies", s.id, "runs", g.first_run])}>{count(g.count)}</a></td></tr>
              ))}
            </tbody>
          </table>
        )}
      </Show>
      <a href={hrefOf(["studies", s.id, "failures"])}>All failures</a>
    </section>
  );
}

// The first analysis with bars that the document names, as it stands.
function Indices({ s }: { s: Study }) {
  const asked = (resolvedOf(s).analyses ?? []).find((a) => !["summary", "noise", "convergence", "prim", "regional", "vargha_delaney"].includes(String(a.method)));
  const url = asked ? `${V1}/studies/${s.id}/analyses/${String(asked.method)}${search({ output: String(asked.output) })}` : undefined;
  const found = useData<Analysis>(s.made > 0 ? url : undefined, { on: ofStudy(s.id), every: 1500 });
  const a = found.data;
  if (!a || !url) return null;
  const members = barsOf(a)[0]?.[1];
  if (!members) return null;
  const { labels, series } = ranked(a, members);
  const title = `Sensitivity${isOver(s) ? "" : " so far"}: ${a.output}`;
  return (
    <>
      <Figure title={title} url={url} table={() => tableOf(labels, series)} note={<a href={hrefOf(["studies", s.id, "sensitivity"])}>Intervals, interactions and the rest</a>}>
        {(width) => <Bars labels={labels.slice(0, 8)} series={series.map((x) => ({ ...x, values: x.values.slice(0, 8), half: x.half?.slice(0, 8) }))} width={width} title={title} />}
      </Figure>
      {indicesOf(a).length > 0 && <ConvergenceFigure s={s} of={a} />}
    </>
  );
}

function Facts({ s }: { s: Study }) {
  const spent = s.started ? (Date.parse(s.finished ?? new Date().toISOString()) - Date.parse(s.started)) / 1000 : null;
  const facts: [string, string][] = [
    ["Runs", count(s.runs)], ["Points", count(s.points)], ["Done", count(s.made - s.failed)], ["Failed", count(broken(s))],
    ...(s.rejected ? [["Rejected", count(s.rejected)] as [string, string]] : []),
    ["Rate", rate(s.rate)], ["Time left", duration(s.eta_seconds)], ["Took", duration(spent)], ["Processor time", duration(s.busy_seconds)],
    ["Submitted", moment(s.created)], ["Finished", moment(s.finished)],
  ];
  return (
    <section class="card" aria-label="Figures">
      <dl class="facts">{facts.map(([k, v]) => <div key={k}><dt>{k}</dt><dd>{v}</dd></div>)}</dl>
    </section>
  );
}

function Provenance({ s }: { s: Study }) {
  const document = s.document as unknown as Document;
  const text = JSON.stringify(document, null, 2);
  const about = useData<{ version: string }>("/healthz");
  return (
    <section class="card stack">
      <h2>Where it comes from</h2>
      <dl class="facts">
        <div class="wide-fact"><dt>Model</dt><dd>{s.model} @ {(s.model_version ?? "").slice(0, 12)}</dd></div>
        <div><dt>Design</dt><dd>{s.design}, seed {number(Number(resolvedOf(s).design.seed ?? 0), 12)}</dd></div>
        <div><dt>sweepd</dt><dd>{about.data?.version ?? "–"}</dd></div>
        <div style={{ gridColumn: "1 / -1" }}><dt>Hash: equal hashes mean equal bits</dt><dd class="mono">{s.hash}</dd></div>
      </dl>
      <details>
        <summary>The document as submitted</summary>
        <pre tabIndex={0}>{text}</pre>
      </details>
      <div class="row wrap"><Copy text={text}>Copy the document</Copy></div>
    </section>
  );
}

export function Overview({ s }: { s: Study }) {
  return (
    <>
      <Facts s={s} />
      <div class="grid">
        <Failures s={s} />
        <Indices s={s} />
        <Throughput s={s} />
        <RunTimes s={s} />
        <Provenance s={s} />
      </div>
      {!isOver(s) && s.made === 0 && <p class="dim">Nothing has come back yet. {s.state === "queued" ? "The study waits for a free worker." : ""}</p>}
    </>
  );
}
