// SPDX-License-Identifier: Apache-2.0
// Which inputs matter: indices with their intervals, interactions, Morris' plane, distances and
// correlations, and whether there were runs enough to say so.
import type { Study } from "../state/contract";
import { ofStudy, useData } from "../state/data";
import { search, V1 } from "../state/http";
import { fitting, halvesOf, indicesOf, labelOfAnalysis, mainOf, signOf, useMethods, type Analysis, type Numbers } from "../state/methods";
import { asked, hrefOf, setQuery } from "../state/route";
import { count, number } from "../parts/format";
import { Figure } from "../parts/figure";
import { Empty, Fault, Select, Show } from "../parts/ui";
import { Tracks, type Track } from "../plots/convergence";
import { AnalysisFigures } from "./indices";
import { isOver, outputsOf, resolvedOf } from "./study";

interface Convergence {
  points: number[];
  results: Analysis[];
  verdict: string;
  last_change: number | null;
}

// The verdict in a sentence: since when the ranking has stood, or what to do.
export function verdictOf(c: Convergence, member: string): { stable: boolean; text: string } {
  const rank = (r: Analysis) => {
    const v = r[member] as Numbers;
    return r.names.map((_, i) => i).sort((i, j) => (v[j] ?? 0) - (v[i] ?? 0)).join(",");
  };
  const ranks = c.results.map(rank);
  let since = ranks.length - 1;
  while (since > 0 && ranks[since - 1] === ranks[ranks.length - 1]) since--;
  const stable = c.verdict === "stable";
  const standing = since < ranks.length - 1 ? `The ranking has been the same since ${count(c.points[since])} runs` : "The ranking still changed at the last doubling";
  const change = c.last_change === null ? "" : ` The last doubling changed ${signOf(member)} by at most ${number(c.last_change, 2)}.`;
  return { stable, text: `${standing}; ${stable ? "the indices are stable." : "double the number of runs."}${change}` };
}

// of: the analysis itself, which says what its main index is.
function ConvergenceFigure({ s, of }: { s: Study; of: Analysis }) {
  const { method, output } = of;
  const member = mainOf(of);
  const url = `${V1}/studies/${s.id}/analyses/convergence${search({ output, of: JSON.stringify({ method }) })}`;
  const loaded = useData<Convergence>(s.made > 0 && member ? url : undefined, { on: ofStudy(s.id), every: 3000 });
  const c = loaded.data;
  if (!c || !member) return null; // too few runs to halve: the indices say so themselves
  const names = c.results[c.results.length - 1].names;
  const last = c.results[c.results.length - 1][member] as Numbers;
  const top = names.map((_, i) => i).sort((i, j) => Math.abs(last[j] ?? 0) - Math.abs(last[i] ?? 0)).slice(0, 7);
  const tracks: Track[] = top.map((i) => ({
    name: names[i],
    values: c.results.map((r) => (r[member] as Numbers)[i]),
    half: c.results.map((r) => halvesOf(r, member)?.[i] ?? null),
  }));
  const { stable, text } = verdictOf(c, member);
  const title = `Convergence of ${signOf(member)}: ${output}`;
  return (
    <Figure title={title} url={url}
      table={() => ({ head: ["runs", ...tracks.map((t) => t.name)], rows: c.points.map((n, k) => [n, ...tracks.map((t) => t.values[k])]) })}
      note={<p class={stable ? "good" : "warn"} data-verdict={stable ? "stable" : "more"}><span aria-hidden="true">{stable ? "✓" : "△"}</span> {text}</p>}>
      {(width) => <Tracks at={c.points} tracks={tracks} width={width} title={title} yTitle={signOf(member)} />}
    </Figure>
  );
}

const MANY = 500000;

export function Sensitivity({ s }: { s: Study }) {
  const document = resolvedOf(s);
  const outputs = outputsOf(s);
  const methods = useMethods();
  const possible = fitting(methods.data?.analyses ?? [], document);
  const named = document.analyses?.map((a) => String(a.method)).find((m) => possible.includes(m));
  // Of very many runs, what is quick first.
  const method = asked("method", named ?? (s.runs > MANY && possible.includes("regression") ? "regression" : (possible[0] ?? "")));
  const output = asked("output", String(document.analyses?.[0]?.output ?? outputs[0]));
  const url = `${V1}/studies/${s.id}/analyses/${method}${search({ output })}`;
  const found = useData<Analysis>(s.made > 0 && method ? url : undefined, { on: ofStudy(s.id), every: 1500 });
  if (s.made === 0)
    return <Empty title="No run has come back yet">Indices are shown as soon as there are enough runs for them, and change while more come in.</Empty>;
  const offered = possible.includes(method) || !method ? possible : [method, ...possible];
  const doc = methods.data?.analyses.find((a) => a.name === method)?.doc;
  return (
    <>
      <div class="row wrap">
        <Select label="Output" value={output} options={outputs} on={(v) => setQuery({ output: v })} />
        <Select label="Method" value={method} options={offered.map((value) => ({ value, label: labelOfAnalysis(value) }))} on={(v) => setQuery({ method: v, box: undefined })} />
        {!isOver(s) && <span class="small dim">Preliminary: {count(s.made)} of {count(s.runs)} runs.</span>}
      </div>
      {doc && <p class="small dim">{labelOfAnalysis(method)}: {doc}</p>}
      {found.error && !found.data ? (
        <>
          <Fault error={found.error} again={found.again} />
          {!isOver(s) && <p class="dim">The study is under way: this is tried again as runs come in.</p>}
          {isOver(s) && <p>Another method may fit this design; or <a href={hrefOf(["new"], { from: s.id })}>clone the study</a> with more runs.</p>}
        </>
      ) : (
        <>
          {!found.data && <p class="dim" role="status">The server computes {labelOfAnalysis(method)} of {output} over {count(s.made)} runs{s.made > MANY ? "; this may take a while" : ""}.</p>}
          <Show of={found} lines={8}>
            {(a) => (
              <>
                {(a.warnings ?? []).map((w) => <p key={w} class="warn">△ {w}</p>)}
                <div class="grid">
                  <AnalysisFigures s={s} a={a} url={url} />
                  {indicesOf(a).length > 0 && <ConvergenceFigure s={s} of={a} />}
                </div>
              </>
            )}
          </Show>
        </>
      )}
    </>
  );
}
