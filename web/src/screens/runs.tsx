// SPDX-License-Identifier: Apache-2.0
// The runs of a study as a table that scrolls through all of them: only the rows in view are drawn,
// and pages are asked for as they come near. And one run with all that is known of it.
import { useEffect, useRef, useState } from "preact/hooks";
import type { OneRun, Run, Study } from "../state/contract";
import { useData } from "../state/data";
import { get, search, V1 } from "../state/http";
import { asked, go, hrefOf, setQuery } from "../state/route";
import { bytes, count, value } from "../parts/format";
import { Copy, Empty, Show, State } from "../parts/ui";
import { TimeLine } from "../plots/timeline";
import { resolvedOf, variedOf } from "./study";

export const ROW = 31;
const PAGE = 100;
// Browsers can not make an element taller than this; beyond it, rows are mapped by share.
const TALLEST = 8_000_000;

export interface Window {
  first: number;
  last: number; // not included
  height: number; // of all rows
  top: number; // where the first row is drawn
}

// Which rows are in view. Above the tallest element a scroll position stands for a share of all rows.
export function windowOf(total: number, scrollTop: number, viewHeight: number, over = 10): Window {
  const full = total * ROW;
  const height = Math.min(full, TALLEST);
  const visible = Math.ceil(viewHeight / ROW) + 1;
  const at = full <= TALLEST ? Math.floor(scrollTop / ROW) : Math.floor((scrollTop / Math.max(1, height - viewHeight)) * Math.max(0, total - visible + 1));
  const first = Math.max(0, Math.min(at, total - 1) - over);
  const last = Math.min(total, at + visible + over);
  const top = full <= TALLEST ? first * ROW : Math.max(0, scrollTop - (at - first) * ROW);
  return { first, last, height, top };
}

// Rows by number, page by page; a page that is under way is not asked for again.
function useRows(s: Study, first: number, last: number): (i: number) => Run | undefined | null {
  const pages = useRef(new Map<number, Map<number, Run> | "asked">());
  const [, redraw] = useState(0);
  const made = s.made;
  useEffect(() => {
    // Of a study under way, pages with gaps are stale.
    for (const [k, p] of pages.current) if (p !== "asked" && p.size < PAGE) pages.current.delete(k);
  }, [made]);
  useEffect(() => {
    const timer = setTimeout(() => {
      for (let k = Math.floor(first / PAGE); k * PAGE < last; k++) {
        if (pages.current.has(k)) continue;
        pages.current.set(k, "asked");
        if (pages.current.size > 100) pages.current.delete(pages.current.keys().next().value as number);
        const end = Math.min(s.runs - 1, (k + 1) * PAGE - 1);
        get<{ items: Run[] }>(`${V1}/studies/${s.id}/runs${search({ first: k * PAGE, last: end, limit: PAGE })}`)
          .then(({ items }) => pages.current.set(k, new Map(items.map((r) => [r.run, r]))))
          .catch(() => pages.current.delete(k))
          .finally(() => redraw((n) => n + 1));
      }
    }, 60);
    return () => clearTimeout(timer);
  }, [first, last, made]);
  return (i) => {
    const page = pages.current.get(Math.floor(i / PAGE));
    return page === undefined || page === "asked" ? undefined : (page.get(i) ?? null);
  };
}

export function Runs({ s }: { s: Study }) {
  const box = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState(0);
  const [height, setHeight] = useState(600);
  const all = asked("all") === "1";
  const names = Object.keys(resolvedOf(s).parameters ?? {});
  const inputs = all ? names : variedOf(s);
  const outputs = resolvedOf(s).outputs ?? [];
  const at = Number(asked("at", "0"));
  const w = windowOf(s.runs, scroll, height);
  const row = useRows(s, w.first, w.last);
  useEffect(() => {
    const e = box.current;
    if (!e) return;
    setHeight(e.clientHeight);
    const full = s.runs * ROW;
    e.scrollTop = full <= TALLEST ? at * ROW - 12 : (at / s.runs) * (TALLEST - e.clientHeight);
  }, [at]);
  return (
    <>
      <div class="row wrap">
        <form class="row" onSubmit={(e) => { e.preventDefault(); const n = Number(new FormData(e.currentTarget).get("run")); if (Number.isInteger(n) && n >= 0 && n < s.runs) setQuery({ at: n }); }}>
          <label class="field inline"><span>Jump to run</span><input name="run" size={10} inputMode="numeric" placeholder={`0 … ${s.runs - 1}`} /></label>
          <button>Go</button>
        </form>
        {names.length > inputs.length || all ? (
          <label class="field check"><input type="checkbox" checked={all} onChange={(e) => setQuery({ all: e.currentTarget.checked ? 1 : undefined })} /><span>Fixed parameters too</span></label>
        ) : null}
        <span class="small dim right">{count(s.made)} of {count(s.runs)} runs have come back</span>
      </div>
      <div class="rows" ref={box} tabIndex={0} role="region" aria-label="Runs" onScroll={(e) => setScroll(e.currentTarget.scrollTop)}>
          <table aria-rowcount={s.runs}>
            <thead>
              <tr><th class="num">run</th><th>state</th>{inputs.map((n) => <th key={n} class="num">{n}</th>)}{outputs.map((n) => <th key={n} class="num">→ {n}</th>)}</tr>
            </thead>
            <tbody>
              <tr aria-hidden="true" style={{ height: `${w.top}px` }} />
              {Array.from({ length: w.last - w.first }, (_, k) => {
                const i = w.first + k;
                const r = row(i);
                return (
                  <tr key={i} aria-rowindex={i + 1}>
                    <td class="num"><a href={hrefOf(["studies", s.id, "runs", i])}>{count(i)}</a></td>
                    {r ? (
                      <>
                        <td><State of={r.state} /></td>
                        {inputs.map((n) => <td key={n} class="num">{value(r.inputs?.[n])}</td>)}
                        {outputs.map((n) => <td key={n} class="num strong">{value(r.outputs?.[n])}</td>)}
                      </>
                    ) : (
                      <td class="dim" colSpan={1 + inputs.length + outputs.length}>{r === null ? "not yet" : "…"}</td>
                    )}
                  </tr>
                );
              })}
              <tr aria-hidden="true" style={{ height: `${Math.max(0, w.height - w.top - (w.last - w.first) * ROW)}px` }} />
            </tbody>
          </table>
      </div>
    </>
  );
}

// ---- one run ----

function Values({ title, of }: { title: string; of: Record<string, unknown> }) {
  const plain = Object.entries(of).filter(([, v]) => !Array.isArray(v));
  if (plain.length === 0) return null;
  return (
    <section class="card stack">
      <h2>{title}</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label={title} style={{ maxHeight: "460px" }}>
        <table class="plain"><tbody>{plain.map(([n, v]) => <tr key={n}><th scope="row">{n}</th><td class="num">{value(v)}</td></tr>)}</tbody></table>
      </div>
    </section>
  );
}

function SeriesOf({ of }: { of: Record<string, unknown> }) {
  const series = Object.entries(of).filter((e): e is [string, number[]] => Array.isArray(e[1]));
  return (
    <>
      {series.map(([name, values]) => (
        <section key={name} class="card figure">
          <h2>{name}</h2>
          <TimeLine x={values.map((_, i) => i)} lines={[{ name, values }]} width={560} height={220} xTitle="place in the series" />
        </section>
      ))}
    </>
  );
}

// The study of this one run, as a document that submits itself.
function reproduce(s: Study, r: OneRun): string {
  const d = resolvedOf(s);
  const document = { name: `run ${r.run} of study ${s.id}`, model: d.model, model_version: d.model_version, parameters: r.inputs, outputs: d.outputs, design: { method: "list", points: [{}], seed: d.design.seed } };
  return `echo '${JSON.stringify(document).replace(/'/g, "'\\''")}' | SWEEPD_URL=${location.origin} sweep submit - --wait`;
}

export function RunPage({ s, run }: { s: Study; run: number }) {
  const url = `${V1}/studies/${s.id}/runs/${run}`;
  const one = useData<OneRun>(url);
  const step = (by: number) => go(hrefOf(["studies", s.id, "runs", run + by]));
  return (
    <>
      <div class="row wrap">
        <h2>Run {count(run)}</h2>
        <button disabled={run === 0} onClick={() => step(-1)}>Previous</button>
        <button disabled={run >= s.runs - 1} onClick={() => step(1)}>Next</button>
        <a class="right" href={hrefOf(["studies", s.id, "runs"], { at: run })}>In the table</a>
      </div>
      {one.error?.problem.status === 404 ? (
        <Empty title="This run has not come back yet" />
      ) : (
        <Show of={one} lines={6}>
          {(r) => (
            <>
              <dl class="facts card">
                <div><dt>State</dt><dd><State of={r.state} /></dd></div>
                <div><dt>Point</dt><dd>{count(r.point)}</dd></div>
                <div><dt>Replicate</dt><dd>{count(r.replicate)}</dd></div>
                <div><dt>Seed</dt><dd class="mono">{r.seed}</dd></div>
              </dl>
              {r.failure && (
                <section class="fault">
                  <p class="strong">{String(r.failure.kind)}: {String(r.failure.message)}</p>
                  <p class="small">Attempts: {String(r.failure.attempts)}</p>
                  {r.failure.log ? <pre tabIndex={0}>{String(r.failure.log)}</pre> : <p class="small dim">It logged nothing.</p>}
                </section>
              )}
              <div class="grid">
                <Values title="Outputs" of={(r.outputs ?? {}) as Record<string, unknown>} />
                <SeriesOf of={(r.outputs ?? {}) as Record<string, unknown>} />
                <Values title="Inputs" of={(r.inputs ?? {}) as Record<string, unknown>} />
                {r.artifacts.length > 0 && (
                  <section class="card stack">
                    <h2>Artifacts</h2>
                    <ul>{r.artifacts.map((a) => <li key={a.name}><a href={`${url}/artifacts/${encodeURIComponent(a.name)}`} download={a.name}>{a.name}</a> <span class="small dim">{a.media_type}, {bytes(a.size)}</span></li>)}</ul>
                  </section>
                )}
              </div>
              <section class="card stack">
                <div class="row spread"><h2>Make it again</h2><Copy text={reproduce(s, r)}>Copy the command</Copy></div>
                <pre tabIndex={0}>{reproduce(s, r)}</pre>
                <p class="small dim">The same inputs; a model that draws random numbers gets a seed of its own there.</p>
              </section>
            </>
          )}
        </Show>
      )}
    </>
  );
}
