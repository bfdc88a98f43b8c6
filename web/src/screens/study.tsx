// SPDX-License-Identifier: Apache-2.0
// One study: its head with state, progress and moves, and the tabs of what can be seen of it.
import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Study } from "../state/contract";
import { ofStudy, useData, type Loaded } from "../state/data";
import { ApiError, send, V1 } from "../state/http";
import { go, hrefOf } from "../state/route";
import { duration, plural, rate } from "../parts/format";
import { broken, Confirm, Fault, later, Progress, Show, State, type Question } from "../parts/ui";
import { Brain, hasMaps } from "./brain";
import { StudyFailures } from "./failures";
import { Overview } from "./overview";
import { Runs } from "./runs";

// An output of a document: its name, or its name and kind.
export type Asked = string | { name: string; kind?: string };
export const nameOf = (o: Asked): string => (typeof o === "string" ? o : o.name);
export const namesOf = (list: Asked[]): string[] => list.map(nameOf);

const Explore = later(() => import("./explore").then((m) => m.Explore));
const Response = later(() => import("./response").then((m) => m.Response));
const RunPage = later(() => import("./run").then((m) => m.RunPage));
const Sensitivity = later(() => import("./sensitivity").then((m) => m.Sensitivity));
const Series = later(() => import("./series").then((m) => m.Series));

export interface Document {
  name?: string;
  model: string;
  model_version?: string;
  parameters?: Record<string, unknown>;
  design: Record<string, unknown> & { method: string };
  outputs?: Asked[];
  analyses?: Record<string, unknown>[];
  replicates?: number;
  limits?: Record<string, number>;
  tags?: string[];
  [more: string]: unknown;
}

export const isOver = (s: Study): boolean => ["done", "failed", "cancelled"].includes(s.state);

export const resolvedOf = (s: Study): Document => s.resolved as unknown as Document;

// The parameters that vary: those given as an object rather than a bare value.
export function variedOf(s: Study): string[] {
  return Object.entries(resolvedOf(s).parameters ?? {})
    .filter(([, v]) => typeof v === "object" && v !== null)
    .map(([name]) => name);
}

export const outputsOf = (s: Study): string[] => namesOf(resolvedOf(s).outputs ?? []);

function Moves({ s, again }: { s: Study; again: () => void }) {
  const [ask, setAsk] = useState<Question>();
  const [error, setError] = useState<ApiError>();
  const move = async (verb: string) => {
    setError(undefined);
    try {
      await send("POST", `${V1}/studies/${s.id}/${verb}`);
    } catch (e) {
      setError(e as ApiError);
    }
    again();
  };
  const remove = async () => {
    try {
      await send("DELETE", `${V1}/studies/${s.id}`);
      go(hrefOf(["studies"]));
    } catch (e) {
      setError(e as ApiError);
    }
  };
  return (
    <>
      <div class="row wrap" role="group" aria-label="Moves">
        {(s.state === "running" || s.state === "queued") && <button onClick={() => void move("pause")}>Pause</button>}
        {s.state === "paused" && <button class="primary" onClick={() => void move("resume")}>Resume</button>}
        {!isOver(s) && (
          <button onClick={() => setAsk({ title: "Cancel this study?", text: "Results so far stay; the rest is not run.", verb: "Cancel the study", danger: true, act: () => move("cancel") })}>Cancel</button>
        )}
        {isOver(s) && broken(s) > 0 && <button onClick={() => void move("retry")}>Retry {plural(broken(s), "failed run")}</button>}
        <a class="button" href={hrefOf(["new"], { from: s.id })}>Clone</a>
        <a class="button" href={hrefOf(["compare"], { ids: s.id })}>Compare</a>
        <a class="button" href={`${V1}/studies/${s.id}/runs?format=csv`} download>CSV</a>
        <a class="button" href={`${V1}/studies/${s.id}/runs?format=ndjson`} download>NDJSON</a>
        {isOver(s) && (
          <button class="danger-text" onClick={() => setAsk({ title: "Delete this study?", text: `Its ${plural(s.made, "run")} and all that was made of them go with it.`, verb: "Delete the study", danger: true, act: remove })}>Delete</button>
        )}
      </div>
      {error && <Fault error={error} />}
      {ask && <Confirm ask={ask} close={() => setAsk(undefined)} />}
    </>
  );
}

const tabs: [label: string, path: string, screen: (s: Study, rest: string[]) => ComponentChildren, when?: (s: Study) => boolean][] = [
  ["Overview", "", (s) => <Overview s={s} />],
  ["Sensitivity", "sensitivity", (s) => <Sensitivity s={s} />],
  ["Runs", "runs", (s, rest) => (rest.length ? <RunPage s={s} run={Number(rest[0])} /> : <Runs s={s} />)],
  ["Explore", "explore", (s) => <Explore s={s} />],
  ["Response", "response", (s) => <Response s={s} />],
  ["Series", "series", (s) => <Series s={s} />],
  ["Brain", "brain", (s) => <Brain s={s} />, hasMaps],
  ["Failures", "failures", (s) => <StudyFailures s={s} />],
];

function Head({ s, again }: { s: Study; again: () => void }) {
  return (
    <>
      <div class="row spread wrap">
        <div class="stack" style={{ gap: "2px" }}>
          <h1>{s.name || `Study ${s.id}`}</h1>
          <div class="small dim">#{s.id} · <a href={hrefOf(["models", ...(s.model ?? "").split("/")])}>{s.model}</a> · {s.design}</div>
        </div>
        <Moves s={s} again={again} />
      </div>
      <div class="row wrap">
        <State of={s.state} />
        <div style={{ flex: "1 1 220px" }}><Progress of={s} wide /></div>
        {s.state === "running" && <span class="num small">{rate(s.rate)} · {duration(s.eta_seconds)} left</span>}
      </div>
      {s.reason && <p class="bad">{s.reason}</p>}
    </>
  );
}

export function StudyScreen({ id, path }: { id: number; path: string[] }) {
  const study: Loaded<Study> = useData<Study>(`${V1}/studies/${id}`, { on: ofStudy(id), every: 500 });
  const at = path[0] ?? "";
  const there = study.data !== undefined;
  useEffect(() => {
    document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [at, there]);
  const tab = tabs.find((t) => t[1] === at);
  return (
    <>
      {study.data ? <Head s={study.data} again={study.again} /> : <h1>Study {id}</h1>}
      <nav class="tabs" aria-label="Study">
        {tabs.filter(([, , , when]) => !when || (study.data && when(study.data))).map(([label, p]) => <a key={p} href={hrefOf(p ? ["studies", id, p] : ["studies", id])} aria-current={p === at ? "page" : undefined}>{label}</a>)}
      </nav>
      <Show of={study} lines={6}>{(s) => (tab ? tab[2](s, path.slice(1)) : <p>There is no such view of a study.</p>)}</Show>
    </>
  );
}
