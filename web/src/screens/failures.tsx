// SPDX-License-Identifier: Apache-2.0
// Failures: of one study with their logs, and over all studies in groups.
import { useEffect, useState } from "preact/hooks";
import type { Failure, Study } from "../state/contract";
import { any, ofStudy, useData } from "../state/data";
import { ApiError, get, search, send, V1 } from "../state/http";
import { asked, hrefOf, setQuery } from "../state/route";
import { count, plural } from "../parts/format";
import { Empty, Fault, Select, Show, State } from "../parts/ui";
import { isOver } from "./study";

interface Group {
  kind: string;
  group: string; // the message with # for its figures
  message: string; // that of the first run
  count: number;
  first_run: number;
}

interface Page<T> {
  items: T[];
  next: string | null;
}

const KINDS = ["", "error", "crash", "timeout", "memory", "rejected"];

// The failed runs of one group are made again; the others stay.
function Retry({ g, studies, done }: { g: Group; studies: Study[]; done: (e?: ApiError) => void }) {
  const [busy, setBusy] = useState(false);
  const over = studies.filter(isOver);
  const retry = async () => {
    setBusy(true);
    let failed: ApiError | undefined;
    for (const s of over) {
      try {
        await send("POST", `${V1}/studies/${s.id}/failures/retry`, { kind: g.kind, group: g.group });
      } catch (e) {
        if (e instanceof ApiError) failed = e;
      }
    }
    setBusy(false);
    done(failed);
  };
  return <button disabled={busy || over.length === 0} title={over.length ? "Makes the runs of this group again" : "Once the study is over"} aria-label={`Retry ${plural(g.count, "run")}: ${g.message}`} onClick={() => void retry()}>Retry {count(g.count)}</button>;
}

export function StudyFailures({ s }: { s: Study }) {
  const kind = asked("kind");
  const group = asked("group");
  const [error, setError] = useState<ApiError>();
  const groups = useData<Page<Group>>(`${V1}/studies/${s.id}/failures/groups`, { on: ofStudy(s.id), every: 1500 });
  const url = `${V1}/studies/${s.id}/failures${search({ kind, group, limit: 50 })}`;
  const first = useData<Page<Failure>>(url, { on: ofStudy(s.id), every: 1500 });
  const [more, setMore] = useState<Page<Failure>>();
  useEffect(() => setMore(undefined), [url, first.data]);
  if (s.failed === 0) return <Empty title="Nothing has failed">A crash, a hang or too much memory costs only the run that did it, and would be listed here with the end of its log.</Empty>;
  const next = more ? more.next : first.data?.next;
  const items = [...(first.data?.items ?? []), ...(more?.items ?? [])];
  const load = async () => {
    const page = await get<Page<Failure>>(`${url}&after=${String(next)}`);
    setMore({ items: [...(more?.items ?? []), ...page.items], next: page.next });
  };
  return (
    <>
      <section class="card stack">
        <h2>By message</h2>
        {error && <Fault error={error} />}
        <Show of={groups}>
          {(g) => (
            <div class="scroll" tabIndex={0} role="region" aria-label="Failures by message">
              <table class="list">
                <thead><tr><th>Kind</th><th>Message</th><th class="num">First</th><th class="num">Runs</th><th /></tr></thead>
                <tbody>
                  {g.items.map((x) => (
                    <tr key={x.kind + x.group}>
                      <td><State of={x.kind} /></td>
                      <td class="grow"><button class="link" aria-pressed={group === x.group} title="Only these below" onClick={() => setQuery({ group: group === x.group ? undefined : x.group, kind: undefined })}>{x.count > 1 ? x.group : x.message}</button></td>
                      <td class="num"><a href={hrefOf(["studies", s.id, "runs", x.first_run])}>run {count(x.first_run)}</a></td>
                      <td class="num" data-label="runs">{count(x.count)}</td>
                      <td class="num"><Retry g={x} studies={[s]} done={(e) => { setError(e); groups.again(); first.again(); }} /></td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </Show>
      </section>
      <div class="row wrap">
        <Select label="Kind" value={kind} options={KINDS.map((value) => ({ value, label: value || "all" }))} on={(v) => setQuery({ kind: v })} />
        {group && <span class="chip">{group}<button class="quiet" aria-label="All groups" onClick={() => setQuery({ group: undefined })}>✕</button></span>}
      </div>
      <Show of={first}>
        {() => (
          <div class="stack">
            {items.map((f) => (
              <details key={f.run} class="card">
                <summary>Run {count(f.run)} <State of={f.kind} /> {f.message} {(f.attempts ?? 1) > 1 && <span class="small dim">{f.attempts} attempts</span>}</summary>
                {f.log ? <pre tabIndex={0}>{f.log}</pre> : <p class="dim">It logged nothing.</p>}
                <p><a href={hrefOf(["studies", s.id, "runs", f.run])}>Everything of run {count(f.run)}</a></p>
              </details>
            ))}
            {next && <div><button onClick={() => void load()}>Show more</button></div>}
          </div>
        )}
      </Show>
    </>
  );
}

// ---- over all studies ----

interface Met extends Group {
  studies: Study[];
}

// One row for each kind and message, with the studies where it happened.
export function merge(groups: { study: Study; groups: Group[] }[]): Met[] {
  const met = new Map<string, Met>();
  for (const { study, groups: of } of groups)
    for (const g of of) {
      const key = `${g.kind}\n${g.group}`;
      const m = met.get(key);
      if (m) {
        m.count += g.count;
        m.studies.push(study);
      } else met.set(key, { ...g, studies: [study] });
    }
  return [...met.values()].sort((a, b) => b.count - a.count);
}

export function Failures() {
  const studies = useData<Page<Study>>(`${V1}/studies?limit=200`, { on: any, every: 2000 });
  const [met, setMet] = useState<Met[]>();
  const [error, setError] = useState<ApiError>();
  const failing = (studies.data?.items ?? []).filter((s) => s.failed > 0);
  const key = failing.map((s) => `${s.id}:${s.failed}`).join(",");
  useEffect(() => {
    if (!studies.data) return;
    const load = async () => {
      const all: { study: Study; groups: Group[] }[] = [];
      for (const study of failing.slice(0, 50)) all.push({ study, groups: (await get<Page<Group>>(`${V1}/studies/${study.id}/failures/groups`)).items });
      setMet(merge(all));
    };
    void load().catch((e: unknown) => e instanceof ApiError && setError(e));
  }, [key, studies.data === undefined]);
  return (
    <>
      <h1>Failures</h1>
      {error && <Fault error={error} />}
      {!met ? (
        <Show of={studies}>{() => <p class="dim">Looking through {plural(failing.length, "study", "studies")}…</p>}</Show>
      ) : met.length === 0 ? (
        <Empty title="Nothing has failed">Of the latest 200 studies no run did.</Empty>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Failures by message">
          <table class="list">
            <thead><tr><th>Kind</th><th>Message</th><th class="num">Runs</th><th>Studies</th><th /></tr></thead>
            <tbody>
              {met.map((m) => (
                <tr key={m.kind + m.group}>
                  <td><State of={m.kind} /></td>
                  <td class="grow">{m.count > 1 ? m.group : m.message}</td>
                  <td class="num" data-label="runs">{count(m.count)}</td>
                  <td>{m.studies.slice(0, 6).map((s) => <span key={s.id}><a href={hrefOf(["studies", s.id, "failures"])}>{s.name || `#${s.id}`}</a> </span>)}{m.studies.length > 6 && `and ${m.studies.length - 6} more`}</td>
                  <td class="num"><Retry g={m} studies={m.studies} done={(e) => { setError(e); studies.again(); }} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}
