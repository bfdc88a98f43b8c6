// SPDX-License-Identifier: Apache-2.0
// The models that workers offer: what each takes and gives.
import type { Model, ModelSummary, Study } from "../state/contract";
import { useData } from "../state/data";
import { search, V1 } from "../state/http";
import { asked, hrefOf, setQuery } from "../state/route";
import { outputsOf, parametersOf } from "../state/recipes";
import { age, count, number, value } from "../parts/format";
import { Empty, Show, State } from "../parts/ui";

export function Models() {
  const models = useData<{ items: ModelSummary[] }>(`${V1}/models?limit=500`);
  const text = asked("q").toLowerCase();
  return (
    <>
      <h1>Models</h1>
      <input class="filter" type="search" aria-label="Filter models" placeholder="Filter" value={asked("q")} onInput={(e) => setQuery({ q: e.currentTarget.value })} />
      <Show of={models} lines={6}>
        {({ items }) => {
          const shown = items.filter((m) => `${m.name} ${m.doc}`.toLowerCase().includes(text));
          return shown.length === 0 ? (
            <Empty title={items.length ? "No model fits this filter" : "No worker has announced a model yet"}>Your own: <code>sweep data add PATH</code> uploads a NetLogo model or a data set.</Empty>
          ) : (
            <div class="scroll" tabIndex={0} role="region" aria-label="Models">
              <table class="list">
                <thead><tr><th>Model</th><th>Version</th><th class="num">Parameters</th><th class="num">Outputs</th><th class="num">Seen</th><th /></tr></thead>
                <tbody>
                  {shown.map((m) => (
                    <tr key={m.name}>
                      <td class="grow"><a class="strong" href={hrefOf(["models", ...m.name.split("/")])}>{m.name}</a><div class="small dim">{m.doc}</div></td>
                      <td class="mono">{m.version.slice(0, 12)}</td>
                      <td class="num" data-label="parameters">{m.n_parameters}</td>
                      <td class="num" data-label="outputs">{m.n_outputs}</td>
                      <td class="num" data-label="seen">{age(m.seen)}</td>
                      <td class="num"><a class="button" href={hrefOf(["new"], { model: m.name })} aria-label={`New study of ${m.name}`}>New study</a></td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          );
        }}
      </Show>
    </>
  );
}

export function ModelPage({ name }: { name: string }) {
  const model = useData<Model>(`${V1}/models/${name}`);
  const studies = useData<{ items: Study[] }>(`${V1}/studies${search({ model: name, limit: 10 })}`);
  return (
    <>
      <div class="row spread wrap">
        <h1>{name}</h1>
        <a class="button primary" href={hrefOf(["new"], { model: name })}>New study</a>
      </div>
      <Show of={model} lines={8}>
        {(m) => (
          <>
            <p>{m.doc}</p>
            <p class="small dim">Version <code>{m.version}</code>, family {m.family}, seen {age(m.seen)}.{m.any_output && " It also evaluates outputs that a study names."}</p>
            <section class="card stack">
              <h2>Parameters</h2>
              <div class="scroll" tabIndex={0} role="region" aria-label="Parameters">
                <table class="plain folds">
                  <thead><tr><th>Name</th><th>Kind</th><th>Unit</th><th class="num">Default</th><th class="num">From</th><th class="num">To</th><th>What it is</th></tr></thead>
                  <tbody>
                    {parametersOf(m).map((p) => (
                      <tr key={p.name}><th scope="row">{p.name}</th><td>{p.kind}</td><td>{p.unit}</td><td class="num" data-label="default">{value(p.default)}</td><td class="num" data-label="from">{p.min === undefined ? "" : number(p.min)}</td><td class="num" data-label="to">{p.max === undefined ? "" : number(p.max)}</td><td class="words">{p.doc} {p.choices && <span class="dim">One of {p.choices.join(", ")}.</span>}</td></tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </section>
            <section class="card stack">
              <h2>Outputs</h2>
              <div class="scroll" tabIndex={0} role="region" aria-label="Outputs">
                <table class="plain folds">
                  <thead><tr><th>Name</th><th>Kind</th><th>Unit</th><th>What it is</th></tr></thead>
                  <tbody>{outputsOf(m).map((o) => <tr key={o.name}><th scope="row">{o.name}</th><td>{o.kind}</td><td>{o.unit}</td><td class="words">{o.doc}</td></tr>)}</tbody>
                </table>
              </div>
            </section>
          </>
        )}
      </Show>
      <Show of={studies}>
        {({ items }) => (items.length === 0 ? <Empty title="No study of this model yet" /> : (
          <section class="card stack">
            <h2>Its latest studies</h2>
            <table class="plain"><tbody>{items.map((s) => <tr key={s.id}><td><a href={hrefOf(["studies", s.id])}>{s.name || `study ${s.id}`}</a></td><td><State of={s.state} /></td><td class="num">{count(s.runs)} runs</td><td class="num">{age(s.created)}</td></tr>)}</tbody></table>
          </section>
        ))}
      </Show>
    </>
  );
}
