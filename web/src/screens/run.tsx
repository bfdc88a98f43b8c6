// SPDX-License-Identifier: Apache-2.0
// One run with all that is known of it: inputs, outputs, series, log, artifacts, and the command that
// makes it again.
import type { OneRun, Study } from "../state/contract";
import { useData } from "../state/data";
import { V1 } from "../state/http";
import { go, hrefOf } from "../state/route";
import { bytes, count, value } from "../parts/format";
import { Figure } from "../parts/figure";
import { Copy, Empty, Show, State } from "../parts/ui";
import { Legend } from "../plots/bars";
import { category } from "../plots/colour";
import { Fan } from "../plots/fan";
import { useOutputs } from "./kinds";
import { references, rowsOf, timeOf } from "./series_parts";
import { resolvedOf } from "./study";

function Values({ title, of }: { title: string; of: Record<string, unknown> }) {
  const plain = Object.entries(of).filter(([, v]) => !Array.isArray(v));
  if (plain.length === 0) return null;
  return (
    <section class="card stack">
      <h2>{title}</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label={title} style={{ maxHeight: "460px" }}>
        <table class="plain"><tbody>{plain.map(([n, v]) => <tr key={n}><th scope="row">{n}</th><td class="num">{value(v)}</td></tr>)}</tbody></table>
      </div>
    </section>
  );
}

const LEGEND_MOST = 12;

// A series over its time, each value of its rows as a line of its own.
export function SeriesOf({ s, r, name, url }: { s: Study; r: OneRun; name: string; url: string }) {
  const outputs = useOutputs(s);
  const all = (r.outputs ?? {}) as Record<string, unknown>;
  const values = all[name] as (number | null)[];
  const time = timeOf(Object.keys(all).filter((k) => Array.isArray(all[k])), name);
  const { x, lines } = rowsOf(values, time ? (all[time] as (number | null)[]) : undefined);
  const unit = (n: string) => { const u = outputs.find((o) => o.name === n)?.unit; return u ? ` (${u})` : ""; };
  const names = lines.map((_, k) => (lines.length > 1 ? `${name} ${k + 1}` : name));
  const title = `${name}${unit(name)} of run ${r.run}`;
  const xTitle = time ? `${time}${unit(time)}` : "place in the series";
  return (
    <Figure title={title} url={url} table={() => ({ head: [xTitle, ...names], rows: x.map((u, i) => [u, ...lines.map((l) => l[i])]) })}>
      {(width) => (
        <>
          {lines.length > 1 && lines.length <= LEGEND_MOST && <Legend names={names} />}
          <Fan of={{ x: [], levels: null, quantiles: [], lines: lines.map((y, k) => ({ name: names[k], x, y })), lineColour: category, upright: references(s).upright }} width={width} height={Math.min(300, Math.max(220, width * 0.45))} title={title} xTitle={xTitle} yTitle={`${name}${unit(name)}`} />
        </>
      )}
    </Figure>
  );
}

// The study of this one run: the same inputs, and the numbers of its point and replicate, from which
// its seed is made.
export function reproduce(s: Study, r: OneRun): Record<string, unknown> {
  const d = resolvedOf(s);
  const design: Record<string, unknown> = { method: "list", seed: d.design.seed };
  if (r.point) design.first_point = r.point;
  if (r.replicate) design.first_replicate = r.replicate;
  const common = d.common_random_numbers ? { common_random_numbers: true } : {};
  return { name: `run ${r.run} of study ${s.id}`, model: d.model, model_version: d.model_version, parameters: r.inputs, outputs: d.outputs, design, ...common };
}

const command = (document: unknown): string => `echo '${JSON.stringify(document).replace(/'/g, "'\\''")}' | SWEEPD_URL=${location.origin} sweep submit - --wait`;

export function RunPage({ s, run }: { s: Study; run: number }) {
  const url = `${V1}/studies/${s.id}/runs/${run}`;
  const one = useData<OneRun>(url);
  const step = (by: number) => go(hrefOf(["studies", s.id, "runs", run + by]));
  return (
    <>
      <div class="row wrap">
        <h2>Run {count(run)}</h2>
        <button disabled={run === 0} onClick={() => step(-1)}>Previous</button>
        <button disabled={run >= s.runs - 1} onClick={() => step(1)}>Next</button>
        <a class="right" href={hrefOf(["studies", s.id, "runs"], { at: run })}>In the table</a>
      </div>
      {one.error?.problem.status === 404 ? (
        <Empty title="This run has not come back yet" />
      ) : (
        <Show of={one} lines={6}>
          {(r) => (
            <>
              <dl class="facts card">
                <div><dt>State</dt><dd><State of={r.state} /></dd></div>
                <div><dt>Point</dt><dd>{count(r.point)}</dd></div>
                <div><dt>Replicate</dt><dd>{count(r.replicate)}</dd></div>
                <div class="wide-fact"><dt>Seed</dt><dd class="mono">{r.seed}</dd></div>
              </dl>
              {r.failure && (
                <section class="fault">
                  <p class="strong">{String(r.failure.kind)}: {String(r.failure.message)}</p>
                  <p class="small">Attempts: {String(r.failure.attempts)}</p>
                  {r.failure.log ? <pre tabIndex={0}>{String(r.failure.log)}</pre> : <p class="small dim">It logged nothing.</p>}
                </section>
              )}
              <div class="grid">
                <Values title="Outputs" of={(r.outputs ?? {}) as Record<string, unknown>} />
                {Object.entries(r.outputs ?? {}).filter(([, v]) => Array.isArray(v)).map(([n]) => <SeriesOf key={n} s={s} r={r} name={n} url={url} />)}
                <Values title="Inputs" of={(r.inputs ?? {}) as Record<string, unknown>} />
                {r.artifacts.length > 0 && (
                  <section class="card stack">
                    <h2>Artifacts</h2>
                    <ul>{r.artifacts.map((a) => <li key={a.name}><a href={`${url}/artifacts/${encodeURIComponent(a.name)}`} download={a.name}>{a.name}</a> <span class="small dim">{a.media_type}, {bytes(a.size)}</span></li>)}</ul>
                  </section>
                )}
              </div>
              <section class="card stack">
                <div class="row spread"><h2>Make it again</h2><Copy text={() => command(reproduce(s, r))}>Copy the command</Copy></div>
                <pre tabIndex={0}>{command(reproduce(s, r))}</pre>
                <p class="small dim">The same inputs, the same seed, the same version of the model: the same results.</p>
              </section>
            </>
          )}
        </Show>
      )}
    </>
  );
}
