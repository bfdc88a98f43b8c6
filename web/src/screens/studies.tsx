// SPDX-License-Identifier: Apache-2.0
// Home: all studies, live; one box filters them; what the filter shows can be moved together.
import { useEffect, useRef, useState } from "preact/hooks";
import type { Study } from "../state/contract";
import { any, useData } from "../state/data";
import { ApiError, get, search, send, V1 } from "../state/http";
import { asked, hrefOf, setQuery } from "../state/route";
import { age, count, duration, plural, rate } from "../parts/format";
import { broken, Confirm, Empty, Fault, Progress, Show, State, type Question } from "../parts/ui";
import { Strip } from "./strip";

interface Page {
  items: Study[];
  next: string | null;
}

const STATES = ["queued", "running", "paused", "done", "failed", "cancelled"];

// "ishigami state:done tag:demo" as the API's parameters; what has no known key is text.
export function parseFilter(text: string): Record<string, string> {
  const out: Record<string, string> = {};
  const words: string[] = [];
  for (const word of text.trim().split(/\s+/)) {
    const [, key, value] = /^(state|model|tag):(.+)$/.exec(word) ?? [];
    if (key === "state" && !STATES.includes(value)) continue;
    if (key) out[key] = value;
    else if (word) words.push(word);
  }
  if (words.length) out.text = words.join(" ");
  return out;
}

type Verb = "pause" | "resume" | "cancel" | "delete";

const over = (s: Study) => ["done", "failed", "cancelled"].includes(s.state);
const allowed: Record<Verb, (s: Study) => boolean> = {
  pause: (s) => s.state === "running" || s.state === "queued",
  resume: (s) => s.state === "paused",
  cancel: (s) => !over(s),
  delete: over,
};

async function move(verb: Verb, studies: Study[]): Promise<ApiError | undefined> {
  let failed: ApiError | undefined;
  for (const s of studies) {
    try {
      if (verb === "delete") await send("DELETE", `${V1}/studies/${s.id}`);
      else await send("POST", `${V1}/studies/${s.id}/${verb}`);
    } catch (e) {
      failed = e as ApiError;
    }
  }
  return failed;
}

function Bulk({ shown, again }: { shown: Study[]; again: () => void }) {
  const [ask, setAsk] = useState<Question>();
  const [error, setError] = useState<ApiError>();
  const offer = (verb: Verb) => {
    const those = shown.filter(allowed[verb]);
    const name = verb[0].toUpperCase() + verb.slice(1);
    return (
      <button key={verb} disabled={those.length === 0} class={verb === "delete" ? "danger-text" : ""}
        onClick={() => setAsk({
          title: `${name} ${plural(those.length, "study", "studies")}?`,
          text: `Of the ${shown.length} that the filter shows, ${those.length} can be ${verb === "pause" ? "paused" : verb === "resume" ? "resumed" : verb === "cancel" ? "cancelled" : "deleted, with all their results"}.`,
          verb: `${name} ${those.length}`,
          danger: verb === "delete" || verb === "cancel",
          act: async () => {
            setError(await move(verb, those));
            again();
          },
        })}>
        {name} {those.length || ""}
      </button>
    );
  };
  return (
    <div class="row wrap" role="group" aria-label="All that the filter shows">
      {(Object.keys(allowed) as Verb[]).map(offer)}
      {ask && <Confirm ask={ask} close={() => setAsk(undefined)} />}
      {error && <Fault error={error} />}
    </div>
  );
}

function Row({ s }: { s: Study }) {
  const running = s.state === "running";
  return (
    <tr>
      <td class="grow">
        <a class="strong" href={hrefOf(["studies", s.id])}>{s.name || `study ${s.id}`}</a>
        <div class="small dim">
          #{s.id} · {s.model} · {s.design}
          {(s.tags ?? []).map((t) => <button key={t} class="tag" onClick={() => setQuery({ q: `tag:${t}` })}>{t}</button>)}
        </div>
      </td>
      <td><State of={s.state} /></td>
      <td class="bar"><Progress of={s} /></td>
      <td class="num" data-label="runs">{count(s.runs)}</td>
      <td class="num" data-label="failed">{broken(s) ? <a class="bad" href={hrefOf(["studies", s.id, "failures"])}>{count(broken(s))}</a> : "0"}</td>
      <td class="num" data-label="rate">{rate(running ? s.rate : null)}</td>
      <td class="num" data-label="left">{running ? duration(s.eta_seconds) : "–"}</td>
      <td class="num" data-label="age" title={s.created}>{age(s.created)}</td>
    </tr>
  );
}

function More({ from, filter }: { from: string; filter: Record<string, string> }) {
  const [pages, setPages] = useState<Study[]>([]);
  const [next, setNext] = useState<string | null>(from);
  useEffect(() => { setPages([]); setNext(from); }, [from]);
  const load = async () => {
    const page = await get<Page>(`${V1}/studies${search({ ...filter, after: next })}`);
    setPages([...pages, ...page.items]);
    setNext(page.next);
  };
  return (
    <>
      {pages.map((s) => <Row key={s.id} s={s} />)}
      {next && <tr><td colSpan={8}><button onClick={() => void load()}>Show older studies</button></td></tr>}
    </>
  );
}

function Filter({ text }: { text: string }) {
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const key = (e: KeyboardEvent) => {
      if (e.key !== "/" || (e.target as HTMLElement).matches("input, textarea, select")) return;
      e.preventDefault();
      box.current?.focus();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);
  return (
    <input ref={box} class="filter" type="search" aria-label="Filter studies" value={text}
      placeholder="Filter: words, state:running, model:…, tag:…" onInput={(e) => setQuery({ q: e.currentTarget.value })} />
  );
}

export function Studies() {
  const text = asked("q");
  const filter = parseFilter(text);
  const page = useData<Page>(`${V1}/studies${search(filter)}`, { on: any, every: 700 });
  return (
    <>
      <div class="row spread wrap">
        <h1>Studies</h1>
        <Strip />
      </div>
      <div class="row wrap">
        <Filter text={text} />
        <Bulk shown={page.data?.items ?? []} again={page.again} />
        <a class="button primary right" href={hrefOf(["new"])}>New study</a>
      </div>
      <Show of={page} lines={6}>
        {({ items, next }) =>
          items.length === 0 ? (
            text ? (
              <Empty title="No study fits this filter"><button onClick={() => setQuery({ q: undefined })}>Show all</button></Empty>
            ) : (
              <Empty title="No studies yet">
                A study is one question to a model: which parameters vary, how, and what to make of the results.{" "}
                <a href={hrefOf(["new"])}>Make the first one</a>.
              </Empty>
            )
          ) : (
            <div class="scroll" tabIndex={0} role="region" aria-label="Studies">
              <table class="list">
                <thead>
                  <tr><th>Study</th><th>State</th><th>Progress</th><th class="num">Runs</th><th class="num">Failed</th><th class="num">Rate</th><th class="num">Time left</th><th class="num">Age</th></tr>
                </thead>
                <tbody>
                  {items.map((s) => <Row key={s.id} s={s} />)}
                  {next && <More from={next} filter={filter} />}
                </tbody>
              </table>
            </div>
          )
        }
      </Show>
    </>
  );
}
