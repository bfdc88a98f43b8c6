// SPDX-License-Identifier: Apache-2.0
// A new study: a form made from the model's descriptor, the same document as JSON, and what the
// server says of it while it is written. The document stands in the URL.
import { useEffect, useMemo, useState } from "preact/hooks";
import type { DryRun, Model, ModelSummary, Study, Submitted } from "../state/contract";
import { useData } from "../state/data";
import { ApiError, get, send, V1 } from "../state/http";
import { asked, go, hrefOf, setQuery } from "../state/route";
import { asCli, asCurl, asPython, DESIGNS, faultsAt, outputsOf, pointerTo, type Fault } from "../state/recipes";
import { Draft, Empty, Fault as FaultBox, Show } from "../parts/ui";
import { Faults, NumberField, Parameters, type Spec } from "./new_parameters";
import { Preview } from "./new_preview";
import type { Document } from "./study";

const LIMITS: [name: string, label: string, hint: string][] = [
  ["run_seconds", "Seconds a run may take", "no limit"],
  ["memory_mb", "Memory of a run (MB)", "no limit"],
  ["retries", "Retries of a crash", "1"],
  ["max_failed_fraction", "Share of runs that may fail", "0.1"],
];

function firstDocument(model: string): Document {
  return { name: "", model, parameters: {}, design: { method: "lhs", n: 200, seed: 1 } };
}

// The document of the URL, of the study that is cloned, or of the model chosen; undefined while it
// is not known.
function useDocument(): [Document | undefined, (d: Document) => void, ApiError | undefined] {
  const [document, setDocument] = useState<Document | undefined>();
  const [error, setError] = useState<ApiError>();
  const from = asked("from");
  const model = asked("model");
  useEffect(() => {
    const text = asked("doc");
    const start = async () => {
      try {
        if (text) return setDocument(JSON.parse(text) as Document);
        if (from) {
          const s = await get<Study>(`${V1}/studies/${from}`);
          const d = s.document as unknown as Document;
          return setDocument({ ...d, name: d.name ? `${d.name} (copy)` : "" });
        }
        setDocument(model ? firstDocument(model) : undefined);
      } catch (e) {
        if (e instanceof ApiError) setError(e);
      }
    };
    void start();
  }, [from, model]);
  const change = (d: Document) => {
    setDocument(d);
    const text = JSON.stringify(d);
    setQuery({ doc: text.length < 30000 ? text : undefined });
  };
  return [document, change, error];
}

// What a dry run says, a moment after the last change.
export interface Checked {
  of?: Document;
  answer?: DryRun;
  faults: Fault[];
  error?: ApiError;
}

function useDryRun(document: Document | undefined): Checked {
  const [checked, setChecked] = useState<Checked>({ faults: [] });
  const text = JSON.stringify(document);
  useEffect(() => {
    if (!document) return;
    let late = false;
    const timer = setTimeout(() => {
      send<DryRun>("POST", `${V1}/studies?dry_run=true&points=400`, document)
        .then((answer) => !late && setChecked({ of: document, answer, faults: [] }))
        .catch((e: unknown) => {
          if (late || !(e instanceof ApiError)) return;
          setChecked((c) => ({ of: document, answer: c.answer, faults: e.problem.faults ?? [], error: e }));
        });
    }, 250);
    return () => {
      late = true;
      clearTimeout(timer);
    };
  }, [text]);
  return checked;
}

interface PartProps {
  d: Document;
  change: (d: Document) => void;
  faults: Fault[];
}

function DesignPart({ d, change, faults }: PartProps) {
  const about = DESIGNS[d.design.method];
  const set = (name: string, v: unknown) => {
    const design = { ...d.design, [name]: v } as Document["design"];
    if (v === undefined) delete design[name];
    change({ ...d, design });
  };
  const choose = (method: string) => {
    const next = DESIGNS[method];
    const seed = d.design.seed ?? 1;
    const design = Object.fromEntries(next.members.filter((m) => m.initial !== undefined).map((m) => [m.name, m.initial]));
    const outputs = d.outputs ?? [];
    const analyses = outputs.length ? next.analyses.filter((m) => m !== "summary").flatMap((m) => outputs.slice(0, 1).map((output) => ({ method: m, output }))) : undefined;
    change({ ...d, design: { method, ...design, seed }, analyses });
  };
  const at = (name: string) => faultsAt(faults, pointerTo("design", name));
  return (
    <fieldset class="card">
      <legend>Design</legend>
      <div class="row wrap top-align">
        <label class="field">
          <span>Method</span>
          <select value={d.design.method} onChange={(e) => choose(e.currentTarget.value)}>
            {!about && <option value={d.design.method} selected>{d.design.method}</option>}
            {Object.entries(DESIGNS).map(([m, x]) => <option key={m} value={m} selected={m === d.design.method}>{x.label}</option>)}
          </select>
          <Faults of={[...at("method"), ...faultsAt(faults, "/design", true)]} />
        </label>
        {about?.members.map((m) =>
          m.type === "boolean" ? (
            <label key={m.name} class="field check">
              <input type="checkbox" checked={Boolean(d.design[m.name] ?? m.initial)} onChange={(e) => set(m.name, e.currentTarget.checked)} />
              <span>{m.label}</span>
            </label>
          ) : (
            <NumberField key={m.name} label={m.label} value={d.design[m.name]} faults={at(m.name)} on={(v) => set(m.name, v)} />
          ),
        )}
        <NumberField label="Seed" value={d.design.seed} faults={at("seed")} on={(v) => set("seed", v)} />
        <NumberField label="Replicates of each point" value={d.replicates} placeholder="1" faults={faultsAt(faults, "/replicates")} on={(v) => change({ ...d, replicates: v as number })} />
      </div>
    </fieldset>
  );
}

function OutputsPart({ d, change, faults, model }: PartProps & { model: Model }) {
  const known = outputsOf(model);
  const chosen = d.outputs ?? [];
  const set = (outputs: string[]) => change({ ...d, outputs: outputs.length ? outputs : undefined, analyses: d.analyses?.filter((a) => outputs.length === 0 || outputs.includes(String(a.output))) });
  const others = chosen.filter((o) => !known.some((k) => k.name === o));
  return (
    <fieldset class="card">
      <legend>Outputs</legend>
      <p class="small dim">Without a choice, the study has the model's own selection.</p>
      <div class="checks">
        {known.map((o) => (
          <label key={o.name} class="field check" title={o.doc}>
            <input type="checkbox" checked={chosen.includes(o.name)} onChange={(e) => set(e.currentTarget.checked ? [...chosen, o.name] : chosen.filter((c) => c !== o.name))} />
            <span>{o.name} <span class="dim small">{o.kind === "scalar" ? "" : o.kind} {o.unit}</span></span>
          </label>
        ))}
      </div>
      {model.any_output && (
        <label class="field">
          <span>Other outputs: what the model can evaluate, one a line</span>
          <textarea rows={2} value={others.join("\n")} onChange={(e) => set([...chosen.filter((c) => !others.includes(c)), ...e.currentTarget.value.split("\n").map((l) => l.trim()).filter(Boolean)])} />
        </label>
      )}
      <Faults of={faultsAt(faults, "/outputs")} />
    </fieldset>
  );
}

function AnalysesPart({ d, change, faults, model }: PartProps & { model: Model }) {
  const methods = DESIGNS[d.design.method]?.analyses ?? [];
  const scalars = (d.outputs ?? outputsOf(model).filter((o) => o.kind === "scalar").map((o) => o.name)).slice(0, 12);
  const list = d.analyses ?? [];
  const has = (method: string, output: string) => list.some((a) => a.method === method && a.output === output);
  const toggle = (method: string, output: string) => {
    const next = has(method, output) ? list.filter((a) => !(a.method === method && a.output === output)) : [...list, { method, output }];
    change({ ...d, analyses: next.length ? next : undefined });
  };
  if (methods.length === 0 || scalars.length === 0) return null;
  return (
    <fieldset class="card">
      <legend>Analyses that fit this design</legend>
      <div class="checks">
        {methods.flatMap((m) => scalars.map((o) => (
          <label key={`${m} ${o}`} class="field check">
            <input type="checkbox" checked={has(m, o)} onChange={() => toggle(m, o)} />
            <span>{m} of {o}</span>
          </label>
        )))}
      </div>
      <Faults of={faultsAt(faults, "/analyses")} />
    </fieldset>
  );
}

function LimitsPart({ d, change, faults }: PartProps) {
  const set = (name: string, v: unknown) => {
    const limits: Record<string, unknown> = { ...d.limits, [name]: v };
    if (v === undefined) delete limits[name];
    change({ ...d, limits: Object.keys(limits).length ? (limits as Record<string, number>) : undefined });
  };
  return (
    <fieldset class="card">
      <legend>Limits</legend>
      <div class="row wrap top-align">
        {LIMITS.map(([name, label, hint]) => <NumberField key={name} label={label} placeholder={hint} value={d.limits?.[name]} faults={faultsAt(faults, pointerTo("limits", name))} on={(v) => set(name, v)} />)}
      </div>
    </fieldset>
  );
}

function NamePart({ d, change, faults, models }: PartProps & { models: ModelSummary[] }) {
  return (
    <fieldset class="card">
      <legend>Study</legend>
      <div class="row wrap top-align">
        <label class="field" style={{ flex: "2 1 200px" }}>
          <span>Name</span>
          <input value={d.name ?? ""} onInput={(e) => change({ ...d, name: e.currentTarget.value })} />
          <Faults of={faultsAt(faults, "/name")} />
        </label>
        <label class="field" style={{ flex: "1 1 180px" }}>
          <span>Model</span>
          <select value={d.model} onChange={(e) => change({ ...firstDocument(e.currentTarget.value), name: d.name, tags: d.tags })}>
            {models.map((m) => <option key={m.name} value={m.name} selected={m.name === d.model}>{m.name}</option>)}
          </select>
          <Faults of={[...faultsAt(faults, "/model"), ...faultsAt(faults, "/model_version")]} />
        </label>
        <label class="field" style={{ flex: "1 1 140px" }}>
          <span>Tags, with commas between</span>
          <Draft value={(d.tags ?? []).join(", ")} on={(text) => { const tags = text.split(",").map((t) => t.trim()).filter(Boolean); change({ ...d, tags: tags.length ? tags : undefined }); }} />
          <Faults of={faultsAt(faults, "/tags")} />
        </label>
      </div>
    </fieldset>
  );
}

function JsonTab({ d, change }: { d: Document; change: (d: Document) => void }) {
  const [text, setText] = useState(JSON.stringify(d, null, 2));
  const [wrong, setWrong] = useState("");
  const input = (value: string) => {
    setText(value);
    try {
      change(JSON.parse(value) as Document);
      setWrong("");
    } catch (e) {
      setWrong((e as Error).message);
    }
  };
  return (
    <div class="card stack">
      <label class="field">
        <span>The document that is sent</span>
        <textarea rows={30} spellcheck={false} aria-invalid={wrong !== ""} value={text} onInput={(e) => input(e.currentTarget.value)} />
      </label>
      {wrong && <div class="at-fault" role="alert">{wrong}</div>}
    </div>
  );
}

// Places that a field of the form shows by itself; other faults are listed.
function elsewhere(faults: Fault[], model: Model | undefined): Fault[] {
  const names = new Set((model?.parameters as { name: string }[] | undefined)?.map((p) => p.name) ?? []);
  return faults.filter((f) => {
    const [, top, name] = f.pointer.split("/");
    if (top === "parameters" && name === undefined) return false;
    if (top === "parameters") return !names.has((name ?? "").replace(/~1/g, "/").replace(/~0/g, "~"));
    return !["name", "model", "model_version", "tags", "outputs", "analyses", "limits", "replicates", "design"].includes(top);
  });
}

function Form({ d, change, models, checked }: { d: Document; change: (d: Document) => void; models: ModelSummary[]; checked: Checked }) {
  const tab = asked("tab", "form");
  const model = useData<Model>(`${V1}/models/${d.model}`);
  const { faults } = checked;
  const set = (name: string, spec: unknown) => {
    const parameters: Spec = { ...d.parameters, [name]: spec };
    if (spec === undefined) delete parameters[name];
    change({ ...d, parameters });
  };
  return (
    <div class="stack">
      <div class="row" role="group" aria-label="How it is written">
        <button aria-pressed={tab === "form"} onClick={() => setQuery({ tab: undefined })}>Form</button>
        <button aria-pressed={tab === "json"} onClick={() => setQuery({ tab: "json" })}>JSON</button>
      </div>
      {tab === "json" ? (
        <>
          <JsonTab d={d} change={change} />
          {faults.length > 0 && <ul class="at-fault">{faults.map((f) => <li key={f.pointer}><code>{f.pointer}</code> {f.detail}</li>)}</ul>}
        </>
      ) : (
        <>
          <NamePart d={d} change={change} faults={faults} models={models} />
          <Show of={model} lines={8}>
            {(m) => (
              <>
                <p class="small dim">{m.doc}</p>
                <Parameters model={m} specs={d.parameters ?? {}} faults={faults} set={set} />
                <DesignPart d={d} change={change} faults={faults} />
                <OutputsPart d={d} change={change} faults={faults} model={m} />
                <AnalysesPart d={d} change={change} faults={faults} model={m} />
                <LimitsPart d={d} change={change} faults={faults} />
                {elsewhere(faults, m).map((f) => <p key={f.pointer} class="at-fault"><code>{f.pointer}</code> {f.detail}</p>)}
              </>
            )}
          </Show>
        </>
      )}
    </div>
  );
}

// Not randomUUID, which browsers keep from pages that came without TLS.
const key = (): string => [...crypto.getRandomValues(new Uint32Array(4))].map((v) => v.toString(16)).join("-");

export function NewStudy() {
  const [document, change, missing] = useDocument();
  const models = useData<{ items: ModelSummary[] }>(`${V1}/models?limit=500`);
  const checked = useDryRun(document);
  const [error, setError] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const recipes = useMemo(() => ({ curl: () => asCurl(document, location.origin), Python: () => asPython(document, location.origin), CLI: () => asCli(document, location.origin) }), [document]);
  const submit = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const s = await send<Submitted>("POST", `${V1}/studies`, document, { "Idempotency-Key": key() });
      go(hrefOf(["studies", s.id]));
    } catch (e) {
      if (e instanceof ApiError) setError(e);
    }
    setBusy(false);
  };
  return (
    <>
      <h1>New study</h1>
      {missing && <FaultBox error={missing} />}
      <Show of={models} lines={5}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No worker has announced a model yet">Start one: <code>sweep-worker</code>, or everything with <code>sweep up</code>.</Empty>
          ) : !document ? (
            <section class="card stack">
              <h2>Which model?</h2>
              <ul class="choices">
                {items.map((m) => (
                  <li key={m.name}><a href={hrefOf(["new"], { model: m.name })}>{m.name}</a> <span class="small dim">{m.doc}</span></li>
                ))}
              </ul>
            </section>
          ) : (
            <div class="form-columns">
              <Form d={document} change={change} models={items} checked={checked} />
              <Preview d={document} checked={checked} recipes={recipes} submit={() => void submit()} busy={busy} error={error} />
            </div>
          )
        }
      </Show>
    </>
  );
}
