// SPDX-License-Identifier: Apache-2.0
// A new study: a form made from the model's descriptor, the same document as JSON, and what the
// server says of it while it is written. The document stands in the URL.
import { useEffect, useMemo, useState } from "preact/hooks";
import type { DryRun, Model, ModelSummary, Study, Submitted } from "../state/contract";
import { useData } from "../state/data";
import { ApiError, get, send, V1 } from "../state/http";
import { asked, go, hrefOf, setQuery } from "../state/route";
import { fitting, labelOfAnalysis, labelOfDesign, useMethods, type Methods, type Option } from "../state/methods";
import { asCli, asCurl, asPython, DRY_RUN, faultsAt, FIRST, outputsOf, pointerTo, type Fault } from "../state/recipes";
import { Draft, Empty, Fault as FaultBox, Show } from "../parts/ui";
import { Faults, NumberField, Parameters, type Spec } from "./new_parameters";
import { Preview } from "./new_preview";
import { nameOf, namesOf, type Document } from "./study";

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
      send<DryRun>("POST", `${V1}/studies${DRY_RUN}`, document)
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

// Of a design, what a form can hold; lists and objects are in the JSON.
const SIMPLE = ["integer", "number", "boolean", "string"];

function OptionField({ o, value, faults, on }: { o: Option; value: unknown; faults: Fault[]; on: (v: unknown) => void }) {
  const label = o.name.replace(/_/g, " ");
  if (o.type === "boolean")
    return (
      <label class="field check" title={o.doc}>
        <input type="checkbox" checked={Boolean(value ?? o.default)} onChange={(e) => on(e.currentTarget.checked)} />
        <span>{label}</span>
      </label>
    );
  if (o.type === "string")
    return (
      <label class="field" title={o.doc}>
        <span>{label}</span>
        {o.choices ? (
          <select value={String(value ?? o.default ?? "")} onChange={(e) => on(e.currentTarget.value)}>
            {o.choices.map((c) => <option key={c} value={c} selected={c === String(value ?? o.default)}>{c}</option>)}
          </select>
        ) : (
          <Draft size={10} value={String(value ?? "")} placeholder={o.default === undefined ? undefined : String(o.default)} on={(text) => on(text || undefined)} />
        )}
        <Faults of={faults} />
      </label>
    );
  return <div title={o.doc}><NumberField label={label} value={value} placeholder={o.default === undefined ? undefined : String(o.default)} faults={faults} on={on} /></div>;
}

function DesignPart({ d, change, faults, methods }: PartProps & { methods: Methods }) {
  const about = methods.designs.find((m) => m.name === d.design.method);
  const set = (name: string, v: unknown) => {
    const design = { ...d.design, [name]: v } as Document["design"];
    if (v === undefined) delete design[name];
    change({ ...d, design });
  };
  // What the analyses were may not fit any more; what is made for the design is taken instead.
  const choose = (method: string) => {
    const design = { method, ...FIRST[method], seed: d.design.seed ?? 1 };
    const best = fitting(methods.analyses, { design, replicates: d.replicates })[0];
    const output = d.outputs?.[0];
    change({ ...d, design, analyses: output && best ? [{ method: best, output }] : undefined });
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
            {methods.designs.map((m) => <option key={m.name} value={m.name} selected={m.name === d.design.method}>{labelOfDesign(m.name)}</option>)}
          </select>
          <Faults of={[...at("method"), ...faultsAt(faults, "/design", true)]} />
        </label>
        {about?.options.filter((o) => SIMPLE.includes(o.type)).map((o) => <OptionField key={o.name} o={o} value={d.design[o.name]} faults={at(o.name)} on={(v) => set(o.name, v)} />)}
        <NumberField label="Seed" value={d.design.seed} faults={at("seed")} on={(v) => set("seed", v)} />
        <NumberField label="Replicates of each point" value={d.replicates} placeholder="1" faults={faultsAt(faults, "/replicates")} on={(v) => change({ ...d, replicates: v as number })} />
      </div>
      {about && <p class="small dim">{about.doc}</p>}
    </fieldset>
  );
}

function OutputsPart({ d, change, faults, model }: PartProps & { model: Model }) {
  const known = outputsOf(model);
  const given = d.outputs ?? [];
  const chosen = namesOf(given);
  const set = (names: string[]) => {
    const outputs = names.map((n) => given.find((g) => nameOf(g) === n) ?? n);
    change({ ...d, outputs: outputs.length ? outputs : undefined, analyses: d.analyses?.filter((a) => names.length === 0 || names.includes(String(a.output))) });
  };
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

function AnalysesPart({ d, change, faults, model, methods }: PartProps & { model: Model; methods: Methods }) {
  const fit = fitting(methods.analyses, d);
  const doc = (name: string) => methods.analyses.find((a) => a.name === name)?.doc;
  const outputs = namesOf(d.outputs ?? outputsOf(model).filter((o) => o.kind === "scalar").map((o) => o.name)).slice(0, 8);
  const list = d.analyses ?? [];
  const has = (method: string, output: string) => list.some((a) => a.method === method && a.output === output);
  const toggle = (method: string, output: string) => {
    const next = has(method, output) ? list.filter((a) => !(a.method === method && a.output === output)) : [...list, { method, output }];
    change({ ...d, analyses: next.length ? next : undefined });
  };
  if (fit.length === 0 || outputs.length === 0) return null;
  return (
    <fieldset class="card">
      <legend>Analyses that fit this design</legend>
      <div class="scroll" tabIndex={0} role="region" aria-label="Analyses and outputs">
        <table class="plain">
          <thead><tr><th>Method</th>{outputs.map((o) => <th key={o}>{o}</th>)}</tr></thead>
          <tbody>
            {fit.map((m) => (
              <tr key={m}>
                <td>{labelOfAnalysis(m)} <div class="small dim">{doc(m)}</div></td>
                {outputs.map((o) => <td key={o}><input type="checkbox" aria-label={`${m} of ${o}`} checked={has(m, o)} onChange={() => toggle(m, o)} /></td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="small dim">What is not chosen can still be asked for when the study is done.</p>
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
  const methods = useMethods();
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
                <Show of={methods} lines={2}>{(known) => <DesignPart d={d} change={change} faults={faults} methods={known} />}</Show>
                <OutputsPart d={d} change={change} faults={faults} model={m} />
                {methods.data && <AnalysesPart d={d} change={change} faults={faults} model={m} methods={methods.data} />}
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
