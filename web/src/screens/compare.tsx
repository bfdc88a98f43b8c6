// SPDX-License-Identifier: Apache-2.0
// Two studies or more side by side: what differs in their documents, and their indices.
import { useEffect, useState } from "preact/hooks";
import type { Study } from "../state/contract";
import { useData } from "../state/data";
import { ApiError, get, search, V1 } from "../state/http";
import { asked, hrefOf, setQuery } from "../state/route";
import { count, rate } from "../parts/format";
import { Figure } from "../parts/figure";
import { broken, Empty, Fault, Select, State } from "../parts/ui";
import { Bars, type BarSeries } from "../plots/bars";
import { fitting, labelOfAnalysis, mainOf, useMethods, type Analysis } from "../state/methods";
import { tableOf } from "./indices";
import { outputsOf, resolvedOf } from "./study";

// A document as a flat list of places and values.
export function flatten(v: unknown, at = ""): Map<string, string> {
  const out = new Map<string, string>();
  if (typeof v !== "object" || v === null || (Array.isArray(v) && v.every((e) => typeof e !== "object"))) {
    out.set(at, Array.isArray(v) ? v.map(String).join(", ") : String(v));
    return out;
  }
  for (const [k, e] of Object.entries(v)) for (const [p, x] of flatten(e, at ? `${at} › ${k}` : k)) out.set(p, x);
  return out;
}

// The places where documents are not all the same, in the order of the first that has them.
export function differences(documents: unknown[]): { place: string; values: (string | undefined)[] }[] {
  const flat = documents.map((d) => flatten(d));
  const places = new Set(flat.flatMap((f) => [...f.keys()]));
  return [...places].map((place) => ({ place, values: flat.map((f) => f.get(place)) })).filter(({ values }) => new Set(values).size > 1);
}

function useStudies(ids: number[]): { studies?: Study[]; error?: ApiError } {
  const [state, setState] = useState<{ studies?: Study[]; error?: ApiError }>({});
  const key = ids.join(",");
  useEffect(() => {
    Promise.all(ids.map((id) => get<Study>(`${V1}/studies/${id}`)))
      .then((studies) => setState({ studies }))
      .catch((error: unknown) => error instanceof ApiError && setState({ error }));
  }, [key]);
  return state;
}

function Indices({ studies, output, method }: { studies: Study[]; output: string; method: string }) {
  const [found, setFound] = useState<(Analysis | undefined)[]>([]);
  const key = `${studies.map((s) => s.id).join()} ${output} ${method}`;
  const urls = studies.map((s) => `${V1}/studies/${s.id}/analyses/${method}${search({ output })}`);
  useEffect(() => {
    setFound([]);
    void Promise.all(urls.map((u) => get<Analysis>(u).catch(() => undefined))).then(setFound);
  }, [key]);
  const there = found.flatMap((a, i) => (a ? [{ a, s: studies[i] }] : []));
  if (found.length && there.length < 1) return <Empty title={`No study here has ${method} of ${output}`}>Another method may fit all of them.</Empty>;
  if (!there.length) return null;
  const member = mainOf(there[0].a);
  if (!member) return <Empty title={`${labelOfAnalysis(method)} has no index for each input`}>Another method can be compared.</Empty>;
  const names = [...new Set(there.flatMap(({ a }) => a.names))];
  const of = (a: Analysis, m: string) => names.map((n) => ((a[m] as (number | null)[] | undefined) ?? [])[a.names.indexOf(n)] ?? null);
  const order = names.map((_, i) => i).sort((i, j) => (of(there[0].a, member)[j] ?? 0) - (of(there[0].a, member)[i] ?? 0));
  const labels = order.map((i) => names[i]);
  const series: BarSeries[] = there.map(({ a, s }) => ({
    name: `#${s.id} ${s.name}`.trim(),
    values: order.map((i) => of(a, member)[i]),
    half: a[`${member}_conf`] ? order.map((i) => of(a, `${member}_conf`)[i]) : undefined,
  }));
  const title = `${member} of ${output}`;
  return (
    <Figure title={title} url={urls[0]} table={() => tableOf(labels, series)} note={there.length < studies.length ? `Without this analysis: ${studies.length - there.length} of ${studies.length}.` : undefined}>
      {(width) => <Bars labels={labels} series={series} width={width} title={title} />}
    </Figure>
  );
}

export function Compare() {
  const ids = asked("ids").split(",").map(Number).filter((n) => Number.isInteger(n) && n > 0);
  const { studies, error } = useStudies(ids);
  const all = useData<{ items: Study[] }>(`${V1}/studies?limit=100`);
  const rest = (all.data?.items ?? []).filter((s) => !ids.includes(s.id));
  const outputs = [...new Set((studies ?? []).flatMap(outputsOf))];
  const output = outputs.includes(asked("output")) ? asked("output") : outputs[0];
  const first = studies?.[0];
  const known = useMethods().data?.analyses ?? [];
  // What any of the studies allows; without a choice what the first one names.
  const methods = [...new Set((studies ?? []).flatMap((s) => fitting(known, resolvedOf(s))))].filter((m) => m !== "summary");
  const method = asked("method", String((first ? resolvedOf(first).analyses?.[0]?.method : undefined) ?? methods[0] ?? ""));
  const changed = differences((studies ?? []).map((s) => ({ ...resolvedOf(s), tags: undefined })));
  return (
    <>
      <h1>Compare</h1>
      <div class="row wrap">
        {(studies ?? []).map((s) => (
          <span key={s.id} class="chip"><a href={hrefOf(["studies", s.id])}>#{s.id} {s.name}</a><button class="quiet" aria-label={`Leave out study ${s.id}`} onClick={() => setQuery({ ids: ids.filter((i) => i !== s.id).join(",") })}>✕</button></span>
        ))}
        <Select label="Add" value="" options={[{ value: "", label: "a study…" }, ...rest.map((s) => ({ value: String(s.id), label: `#${s.id} ${s.name}` }))]} on={(v) => v && setQuery({ ids: [...ids, v].join(",") })} />
      </div>
      {error && <Fault error={error} />}
      {ids.length < 2 && <Empty title="Choose two studies or more">Their documents and their indices are put side by side.</Empty>}
      {studies && studies.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label="Studies side by side">
          <table>
            <thead><tr><th />{studies.map((s) => <th key={s.id}>#{s.id} {s.name}</th>)}</tr></thead>
            <tbody>
              <tr><th scope="row">state</th>{studies.map((s) => <td key={s.id}><State of={s.state} /></td>)}</tr>
              <tr><th scope="row">runs</th>{studies.map((s) => <td key={s.id}>{count(s.made)} of {count(s.runs)}, {count(broken(s))} failed</td>)}</tr>
              <tr><th scope="row">rate</th>{studies.map((s) => <td key={s.id}>{rate(s.rate)}</td>)}</tr>
              {studies.length > 1 && changed.map(({ place, values }) => <tr key={place}><th scope="row">{place}</th>{values.map((v, i) => <td key={studies[i].id} class={v === undefined ? "dim" : ""}>{v ?? "not there"}</td>)}</tr>)}
            </tbody>
          </table>
        </div>
      )}
      {studies && studies.length > 1 && changed.length === 0 && <p>Their documents are the same.</p>}
      {studies && studies.length > 0 && output && (
        <>
          <div class="row wrap">
            <Select label="Output" value={output} options={outputs} on={(v) => setQuery({ output: v })} />
            <Select label="Method" value={method} options={methods.map((value) => ({ value, label: labelOfAnalysis(value) }))} on={(v) => setQuery({ method: v })} />
          </div>
          {method && <Indices studies={studies} output={output} method={method} />}
        </>
      )}
    </>
  );
}
