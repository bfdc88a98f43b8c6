// SPDX-License-Identifier: Apache-2.0
// The parameters of a model in the form: which vary, over what, and the value of the rest.
import { useState } from "preact/hooks";
import type { Model } from "../state/contract";
import { DISTRIBUTIONS, faultsAt, firstRange, parametersOf, pointerTo, type Fault, type Parameter } from "../state/recipes";
import { number } from "../parts/format";
import { Draft } from "../parts/ui";

export type Spec = Record<string, unknown>;

const MANY = 14;

interface Props {
  model: Model;
  specs: Spec;
  faults: Fault[];
  set: (name: string, spec: unknown) => void; // undefined: as the model has it
}

export function Faults({ of }: { of: Fault[] }) {
  return of.length ? <div class="at-fault" role="alert">{of.map((f) => f.detail).join("; ")}</div> : null;
}

// A text that may be a number: an empty one is nothing.
export function toNumber(text: string): number | string | undefined {
  const plain = text.trim().replace("\u2212", "-");
  if (plain === "") return undefined;
  const v = Number(plain);
  return Number.isFinite(v) ? v : plain;
}

export function NumberField({ label, value, on, faults = [], hide, placeholder }: { label: string; value: unknown; on: (v: number | string | undefined) => void; faults?: Fault[]; hide?: boolean; placeholder?: string }) {
  return (
    <div class="field">
      <label class="field">
        <span class={hide ? "hidden" : ""}>{label}</span>
        <Draft size={9} inputMode="decimal" aria-invalid={faults.length > 0} placeholder={placeholder} value={value === undefined ? "" : String(value)} on={(text) => on(toNumber(text))} />
      </label>
      <Faults of={faults} />
    </div>
  );
}

function Fixed({ p, value, on, faults }: { p: Parameter; value: unknown; on: (v: unknown) => void; faults: Fault[] }) {
  const label = `Value of ${p.name}`;
  const choices = p.kind === "boolean" ? ["true", "false"] : p.choices;
  if (choices)
    return (
      <label class="field">
        <span class="hidden">{label}</span>
        <select value={String(value ?? p.default)} aria-invalid={faults.length > 0} onChange={(e) => on(p.kind === "boolean" ? e.currentTarget.value === "true" : e.currentTarget.value)}>
          {choices.map((c) => <option key={c} value={c} selected={c === String(value ?? p.default)}>{c}</option>)}
        </select>
        <Faults of={faults} />
      </label>
    );
  if (p.kind === "text")
    return (
      <label class="field">
        <span class="hidden">{label}</span>
        <Draft value={String(value ?? p.default ?? "")} aria-invalid={faults.length > 0} on={on} />
        <Faults of={faults} />
      </label>
    );
  return <NumberField hide label={label} value={value ?? p.default} faults={faults} on={on} />;
}

function Listed({ p, values, on, faults }: { p: Parameter; values: unknown[]; on: (spec: Spec) => void; faults: Fault[] }) {
  const read = (text: string) =>
    text.split(",").map((t) => t.trim()).filter(Boolean).map((t) => (p.kind === "boolean" ? t === "true" : p.kind === "text" ? t : (toNumber(t) ?? t)));
  return (
    <label class="field" style={{ flex: 1 }}>
      <span>Values, with commas between</span>
      <Draft value={values.join(", ")} aria-invalid={faults.length > 0} on={(text) => on({ values: read(text) })} />
      <Faults of={faults} />
    </label>
  );
}

function Varied({ p, spec, on, faults }: { p: Parameter; spec: Spec; on: (spec: Spec) => void; faults: Fault[] }) {
  const at = (member: string) => faultsAt(faults, pointerTo("parameters", p.name, member));
  const own = faultsAt(faults, pointerTo("parameters", p.name), true);
  const numeric = p.kind === "number" || p.kind === "integer";
  if (Array.isArray(spec.values) || !numeric)
    return (
      <div class="row wrap top-align">
        {numeric && <Law value="values" on={(law) => on(law === "values" ? spec : { ...firstRange(p), distribution: law })} name={p.name} />}
        <Listed p={p} values={(spec.values as unknown[]) ?? []} on={on} faults={[...own, ...at("values")]} />
      </div>
    );
  const law = String(spec.distribution ?? "uniform");
  const members = DISTRIBUTIONS[law] ?? { needs: [], may: [] };
  const change = (member: string, v: unknown) => {
    const next: Spec = { ...spec, [member]: v };
    if (v === undefined) delete next[member];
    on(next);
  };
  const choose = (next: string) => {
    if (next === "values") return on({ values: [spec.min ?? p.default ?? 0, spec.max ?? 1] });
    const kept = Object.fromEntries(Object.entries(spec).filter(([k]) => [...DISTRIBUTIONS[next].needs, ...DISTRIBUTIONS[next].may].includes(k)));
    on(next === "uniform" ? kept : { distribution: next, ...kept });
  };
  return (
    <div class="row wrap top-align">
      <Law value={law} on={choose} name={p.name} />
      {[...members.needs, ...members.may].map((m) => (
        <NumberField key={m} label={members.may.includes(m) ? `${m} (may be left out)` : m} value={spec[m]} faults={at(m)} on={(v) => change(m, v)} />
      ))}
      <Faults of={[...own, ...at("distribution")]} />
    </div>
  );
}

function Law({ value, on, name }: { value: string; on: (law: string) => void; name: string }) {
  return (
    <label class="field">
      <span>Distribution</span>
      <select aria-label={`Distribution of ${name}`} value={value} onChange={(e) => on(e.currentTarget.value)}>
        {[...Object.keys(DISTRIBUTIONS), "values"].map((d) => <option key={d} value={d} selected={d === value}>{d === "values" ? "list of values" : d}</option>)}
      </select>
    </label>
  );
}

function bounds(p: Parameter): string {
  if (p.min !== undefined && p.max !== undefined) return `${number(p.min)} to ${number(p.max)}`;
  return p.min !== undefined ? `at least ${number(p.min)}` : p.max !== undefined ? `at most ${number(p.max)}` : "";
}

export function Parameters({ model, specs, faults, set }: Props) {
  const [filter, setFilter] = useState("");
  const varies = (p: Parameter) => typeof specs[p.name] === "object" && specs[p.name] !== null;
  const declared = parametersOf(model);
  // Of very many, those that vary come first, as they were when the form was opened.
  const [first] = useState(() => new Set(declared.filter(varies).map((p) => p.name)));
  const all = declared.length > MANY ? [...declared].sort((a, b) => Number(first.has(b.name)) - Number(first.has(a.name))) : declared;
  const shown = all.filter((p) => varies(p) || p.name.toLowerCase().includes(filter.toLowerCase()) || faultsAt(faults, pointerTo("parameters", p.name)).length > 0);
  return (
    <fieldset class="card">
      <legend>Parameters: {all.filter(varies).length} of {all.length} vary</legend>
      {all.length > MANY && <input type="search" class="filter" aria-label="Find parameters" placeholder="Find a parameter" value={filter} onInput={(e) => setFilter(e.currentTarget.value)} />}
      <Faults of={faultsAt(faults, "/parameters", true)} />
      <div class="parameters">
        {shown.map((p) => {
          const own = faultsAt(faults, pointerTo("parameters", p.name));
          return (
            <div key={p.name} class="parameter">
              <label class="field check" title={p.doc}>
                <input type="checkbox" checked={varies(p)} onChange={(e) => set(p.name, e.currentTarget.checked ? firstRange(p) : undefined)} aria-label={`Vary ${p.name}`} />
                <span class="strong">{p.name}</span>{p.unit && <span class="dim small">{p.unit}</span>}
              </label>
              <div class="small dim help">{p.doc} {bounds(p) && <span class="bounds">({bounds(p)})</span>}</div>
              {varies(p) ? (
                <Varied p={p} spec={specs[p.name] as Spec} faults={own} on={(s) => set(p.name, s)} />
              ) : (
                <Fixed p={p} value={specs[p.name]} faults={own} on={(v) => set(p.name, v === p.default ? undefined : v)} />
              )}
            </div>
          );
        })}
      </div>
    </fieldset>
  );
}
