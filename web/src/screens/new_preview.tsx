// SPDX-License-Identifier: Apache-2.0
// Beside the form: what the dry run says. How many runs, how long they may take by what runs of the
// model took before, where the points lie, and what three of them give.
import { useState } from "preact/hooks";
import type { Study, Submitted } from "../state/contract";
import { useData } from "../state/data";
import { ApiError, get, search, send, V1 } from "../state/http";
import { asked, hrefOf, setQuery } from "../state/route";
import { count, duration, value } from "../parts/format";
import { Figure } from "../parts/figure";
import { Copy, Fault, Select } from "../parts/ui";
import { Scatter } from "../plots/scatter";
import { asCurl, DRY_RUN } from "../state/recipes";
import type { Checked } from "./new";
import type { Document } from "./study";

interface Props {
  d: Document;
  checked: Checked;
  recipes: Record<string, () => string>;
  submit: () => void;
  busy: boolean;
  error?: ApiError;
}

type Point = Record<string, unknown>;

// Processor seconds of a run, from the last studies of the model.
function useRunSeconds(model: string): { seconds?: number; slots: number } {
  const last = useData<{ items: Study[] }>(`${V1}/studies${search({ model, limit: 20 })}`);
  const workers = useData<{ items: { slots: number; state: string }[] }>(`${V1}/workers`);
  const known = (last.data?.items ?? []).filter((s) => s.made > 0);
  const made = known.reduce((n, s) => n + s.made, 0);
  const busy = known.reduce((n, s) => n + s.busy_seconds, 0);
  const slots = (workers.data?.items ?? []).filter((w) => w.state === "up").reduce((n, w) => n + w.slots, 0);
  return { seconds: made ? busy / made : undefined, slots };
}

function varied(d: Document): string[] {
  return Object.entries(d.parameters ?? {}).filter(([, v]) => typeof v === "object" && v !== null).map(([k]) => k);
}

function DesignPicture({ d, points }: { d: Document; points: Point[] }) {
  const names = varied(d);
  const x = asked("px", names[0]);
  const y = asked("py", names[1] ?? names[0]);
  if (names.length === 0 || points.length === 0) return null;
  const of = (name: string) => points.map((p) => (typeof p[name] === "number" ? (p[name] as number) : null));
  const numeric = names.filter((n) => points.some((p) => typeof p[n] === "number"));
  if (numeric.length === 0) return null;
  const [px, py] = [numeric.includes(x) ? x : numeric[0], numeric.includes(y) ? y : (numeric[1] ?? numeric[0])];
  return (
    <Figure title="The design" curl={() => asCurl(d, location.origin, DRY_RUN)} table={() => ({ head: names, rows: points.map((p) => names.map((n) => p[n])) })} note={`The first ${count(points.length)} points.`}>
      {(width) => (
        <>
          <div class="row wrap">
            <Select label="Across" value={px} options={numeric} on={(v) => setQuery({ px: v })} />
            <Select label="Up" value={py} options={numeric} on={(v) => setQuery({ py: v })} />
          </div>
          <Scatter x={of(px)} y={of(py)} width={width} height={Math.min(300, width * 0.75)} xTitle={px} yTitle={py} title={`Points of the design in ${px} and ${py}`} />
        </>
      )}
    </Figure>
  );
}

interface Run {
  run: number;
  state: string;
  inputs: Point;
  outputs: Point;
}

// Runs the first three points as a study of their own.
function Trial({ d, points }: { d: Document; points: Point[] }) {
  const [runs, setRuns] = useState<Run[]>();
  const [error, setError] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const names = varied(d);
  const run = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const three = points.slice(0, 3).map((p) => Object.fromEntries(names.map((n) => [n, p[n]])));
      const fixed = Object.fromEntries(Object.entries(d.parameters ?? {}).filter(([k]) => !names.includes(k)));
      const trial = { name: `trial of ${d.name || d.model}`, model: d.model, parameters: fixed, outputs: d.outputs, tags: ["trial"], design: { method: "list", points: three, seed: d.design.seed }, limits: { ...d.limits, max_failed_fraction: 1 } };
      const s = await send<Submitted>("POST", `${V1}/studies`, trial);
      await get<Study>(`${V1}/studies/${s.id}?wait=60`);
      setRuns((await get<{ items: Run[] }>(`${V1}/studies/${s.id}/runs?limit=3`)).items);
    } catch (e) {
      if (e instanceof ApiError) setError(e);
    }
    setBusy(false);
  };
  const outputs = Object.keys(runs?.[0]?.outputs ?? {});
  return (
    <section class="card stack">
      <div class="row spread">
        <h2>Try three points</h2>
        <button disabled={busy || points.length === 0} onClick={() => void run()}>{busy ? "Running…" : "Run them"}</button>
      </div>
      {error && <Fault error={error} />}
      {runs && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Three runs">
          <table class="plain">
            <thead><tr>{names.map((n) => <th key={n} class="num">{n}</th>)}{outputs.map((n) => <th key={n} class="num">→ {n}</th>)}<th>state</th></tr></thead>
            <tbody>{runs.map((r) => <tr key={r.run}>{names.map((n) => <td key={n} class="num">{value(r.inputs[n])}</td>)}{outputs.map((n) => <td key={n} class="num strong">{value(r.outputs[n])}</td>)}<td class={`state-${r.state}`}>{r.state}</td></tr>)}</tbody>
          </table>
        </div>
      )}
    </section>
  );
}

export function Preview({ d, checked, recipes, submit, busy, error }: Props) {
  const { seconds, slots } = useRunSeconds(d.model);
  const answer = checked.answer;
  const points = (answer?.first_points ?? []) as Point[];
  const faults = checked.faults.length;
  const total = seconds !== undefined && answer ? (seconds * answer.runs) / Math.max(1, slots) : undefined;
  return (
    <aside class="stack" aria-label="What it would be">
      <section class="card stack">
        <dl class="facts">
          <div><dt>Runs</dt><dd data-runs={answer?.runs}>{answer && !faults ? count(answer.runs) : "–"}</dd></div>
          <div><dt>Points</dt><dd>{answer && !faults ? count(answer.points) : "–"}</dd></div>
          <div><dt>About</dt><dd title={seconds === undefined ? "No run of this model has been measured yet" : `${duration(seconds)} a run, ${slots} slots`}>{total === undefined ? "not known yet" : duration(total)}</dd></div>
        </dl>
        {faults > 0 && <p class="bad" role="status">{faults === 1 ? "One fault" : `${faults} faults`} to mend: see beside the fields.</p>}
        {checked.error && faults === 0 && <Fault error={checked.error} />}
        <div class="row wrap">
          <button class="primary" disabled={busy || faults > 0 || !answer} onClick={submit}>Submit</button>
          {Object.entries(recipes).map(([name, make]) => <Copy key={name} text={make}>Copy as {name}</Copy>)}
        </div>
        {error && <Fault error={error} />}
      </section>
      <DesignPicture d={d} points={points} />
      <Trial d={d} points={points} />
      <p class="small"><a href={hrefOf(["models", ...d.model.split("/")])}>About the model</a></p>
    </aside>
  );
}
