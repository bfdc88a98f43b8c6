// SPDX-License-Identifier: Apache-2.0
// The runs of a study as a table that scrolls through all of them: only the rows in view are drawn,
// and pages are asked for as they come near. Sorting and filtering are the server's.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Run, Study } from "../state/contract";
import { ApiError, get, search, V1 } from "../state/http";
import { asked, hrefOf, setQuery } from "../state/route";
import { count, value } from "../parts/format";
import { Draft, Empty, Fault, State } from "../parts/ui";
import { useOutputs } from "./kinds";
import { outputsOf, resolvedOf, variedOf } from "./study";

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

// Sorted or filtered, rows come by cursor: a page after the other, as far as one has scrolled.
function useSorted(s: Study, sort: string, where: string): { rows: Run[]; matched?: number; error?: ApiError; more?: () => void } {
  const [got, setGot] = useState<{ key: string; rows: Run[]; matched?: number; next?: string | null; error?: ApiError }>({ key: "", rows: [] });
  const busy = useRef(false);
  const on = sort !== "" || where !== "";
  const key = `${s.id} ${sort} ${where} ${s.made}`;
  const load = async (rows: Run[], after?: string) => {
    busy.current = true;
    try {
      const page = await get<{ items: Run[]; next: string | null; matched?: number }>(`${V1}/studies/${s.id}/runs${search({ sort, where, limit: PAGE, after })}`);
      setGot((g) => ({ key, rows: [...rows, ...page.items], matched: page.matched ?? g.matched, next: page.next }));
    } catch (e) {
      if (e instanceof ApiError) setGot({ key, rows, error: e });
    }
    busy.current = false;
  };
  useEffect(() => {
    if (on) void load([]);
  }, [key, on]);
  const next = got.key === key ? got.next : undefined;
  return { rows: on ? got.rows : [], matched: got.matched, error: got.error, more: next ? () => { if (!busy.current) void load(got.rows, next); } : undefined };
}

interface HeadProps {
  name: string;
  arrow?: boolean;
  sort: string;
}

// A column's name: pressed once it sorts upwards, twice downwards, a third time not at all.
function Heading({ name, arrow, sort }: HeadProps) {
  const down = sort === `-${name}`;
  const up = sort === name;
  const next = up ? `-${name}` : down ? undefined : name;
  return (
    <th class={name === "state" ? undefined : "num"} aria-sort={up ? "ascending" : down ? "descending" : "none"}>
      <button title={`Sort by ${name}`} onClick={() => setQuery({ sort: next, at: undefined })}>{arrow ? "→ " : ""}{name}{up ? " ▲" : down ? " ▼" : ""}</button>
    </th>
  );
}

export function Runs({ s }: { s: Study }) {
  const box = useRef<HTMLDivElement>(null);
  const [scroll, setScroll] = useState(0);
  const [height, setHeight] = useState(600);
  const all = asked("all") === "1";
  const names = Object.keys(resolvedOf(s).parameters ?? {});
  const inputs = all ? names : variedOf(s);
  const outputs = outputsOf(s);
  const kinds = useOutputs(s);
  const sortable = (name: string) => (kinds.find((k) => k.name === name)?.kind ?? "scalar") === "scalar";
  const [sort, where] = [asked("sort"), asked("where")];
  const on = sort !== "" || where !== "";
  const sorted = useSorted(s, sort, where);
  const at = Number(asked("at", "0"));
  const total = on ? sorted.rows.length : s.runs;
  const w = windowOf(total, scroll, height);
  const byNumber = useRows(s, on ? 0 : w.first, on ? 0 : w.last);
  const row = (i: number) => (on ? sorted.rows[i] : byNumber(i));
  useEffect(() => {
    if (on && w.last >= total - 20) sorted.more?.();
  }, [on, w.last, total]);
  useEffect(() => {
    if (on && box.current) box.current.scrollTop = 0;
  }, [sort, where]);
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
        <form class="row" onSubmit={(e) => { e.preventDefault(); const n = Number(new FormData(e.currentTarget).get("run")); if (Number.isInteger(n) && n >= 0 && n < s.runs) setQuery({ at: n, sort: undefined, where: undefined }); }}>
          <label class="field inline"><span>Jump to run</span><input name="run" size={10} inputMode="numeric" placeholder={`0 … ${s.runs - 1}`} /></label>
          <button>Go</button>
        </form>
        {names.length > inputs.length || all ? (
          <label class="field check"><input type="checkbox" checked={all} onChange={(e) => setQuery({ all: e.currentTarget.checked ? 1 : undefined })} /><span>Fixed parameters too</span></label>
        ) : null}
        <label class="field inline"><span>Only where</span><Draft class="where" placeholder="y > 3, state = done" aria-invalid={sorted.error !== undefined} value={where} on={(text) => setQuery({ where: text.trim(), at: undefined })} /></label>
        {on && <button onClick={() => setQuery({ sort: undefined, where: undefined })}>All, in order</button>}
        <span class="small dim right" role="status" data-matched={sorted.matched}>{on && sorted.matched !== undefined ? `${count(sorted.matched)} of ${count(s.runs)} runs${sort ? `, by ${sort.replace("-", "")}, ${sort.startsWith("-") ? "largest" : "smallest"} first` : ""}` : `${count(s.made)} of ${count(s.runs)} runs have come back`}</span>
      </div>
      {sorted.error && <Fault error={sorted.error} />}
      <div class="rows" ref={box} tabIndex={0} role="region" aria-label="Runs" onScroll={(e) => setScroll(e.currentTarget.scrollTop)}>
          <table aria-rowcount={on ? (sorted.matched ?? -1) : s.runs}>
            <thead>
              <tr>
                <Heading name="run" sort={sort} /><Heading name="state" sort={sort} />
                {inputs.map((n) => <Heading key={n} name={n} sort={sort} />)}
                {outputs.map((n) => (sortable(n) ? <Heading key={n} name={n} sort={sort} arrow /> : <th key={n} class="num">→ {n}</th>))}
              </tr>
            </thead>
            <tbody>
              <tr aria-hidden="true" style={{ height: `${w.top}px` }} />
              {Array.from({ length: w.last - w.first }, (_, k) => {
                const i = w.first + k;
                const r = row(i);
                const run = on ? (r?.run ?? 0) : i;
                return (
                  <tr key={i} aria-rowindex={i + 1}>
                    <td class="num"><a href={hrefOf(["studies", s.id, "runs", run])}>{count(run)}</a></td>
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
          {on && sorted.matched === 0 && <Empty title="No run is so"><button onClick={() => setQuery({ where: undefined })}>Show all runs</button></Empty>}
      </div>
    </>
  );
}
