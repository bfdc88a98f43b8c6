// SPDX-License-Identifier: Apache-2.0
// Which inputs matter: indices with their intervals, interactions, Morris' plane, distances and
// correlations, and whether there were runs enough to say so (convergence.tsx).
import type { Study } from "../state/contract";
import { ofStudy, useData } from "../state/data";
import { search, V1 } from "../state/http";
import { fitting, indicesOf, labelOfAnalysis, useMethods, type Analysis } from "../state/methods";
import { asked, hrefOf, setQuery } from "../state/route";
import { count } from "../parts/format";
import { Empty, Fault, Select, Show } from "../parts/ui";
import { ConvergenceFigure } from "./convergence";
import { AnalysisFigures } from "./indices";
import { isOver, outputsOf, resolvedOf } from "./study";

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
