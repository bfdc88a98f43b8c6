// SPDX-License-Identifier: Apache-2.0
// The self-check: studies whose answers are known, run by the real workers, each index beside its
// exact value and its error. The studies' ids stand in the URL, so that a check can be shown on.
import { useState } from "preact/hooks";
import { ofStudy, useData } from "../state/data";
import { ApiError, send, V1 } from "../state/http";
import { asked, hrefOf, setQuery } from "../state/route";
import type { Check, Study } from "../state/contract";
import { number, plural } from "../parts/format";
import { Fault, Progress, Show } from "../parts/ui";

type Result = { names: string[] } & Record<string, (number | null)[]>;

export interface Compared {
  name: string;
  first: number | null;
  total: number | null;
  error: number | null;
  right: boolean;
}

// Each known index beside what the analysis found. Pure.
export function compare(check: Check, result: Result): Compared[] {
  return check.indices.map((known) => {
    const at = result.names.indexOf(known.name);
    const first = result[check.first]?.[at] ?? null;
    const total = result[check.total]?.[at] ?? null;
    const error = first === null || total === null ? null : Math.max(Math.abs(first - known.first), Math.abs(total - known.total));
    return { name: known.name, first, total, error, right: error !== null && error <= check.tolerance };
  });
}

function Found({ check, id }: { check: Check; id: number }) {
  const study = useData<Study>(`${V1}/studies/${id}`, { on: ofStudy(id) });
  const over = study.data && ["done", "failed", "cancelled"].includes(study.data.state);
  const result = useData<Result>(over ? `${V1}/studies/${id}/analyses/${check.method}` : undefined);
  if (!over) return <Show of={study}>{(s) => <Progress of={s} wide />}</Show>;
  return (
    <Show of={result}>
      {(found) => {
        const rows = compare(check, found);
        const wrong = rows.filter((r) => !r.right).length;
        return (
          <>
            <p class={`state state-${wrong ? "failed" : "done"}`} role="status">
              <span class="mark" aria-hidden="true">{wrong ? "✕" : "✓"}</span>
              {wrong ? `${wrong} of ${rows.length} are wrong` : `All ${rows.length} are right`}: largest error {number(Math.max(...rows.map((r) => r.error ?? Infinity)), 2)}
            </p>
            <div class="scroll" tabIndex={0} role="region" aria-label={check.title}>
              <table class="plain">
                <thead>
                  <tr><th>Input</th><th class="num">{check.first}</th><th class="num">exact</th><th class="num">{check.total}</th><th class="num">exact</th><th class="num">error</th><th /></tr>
                </thead>
                <tbody>
                  {rows.map((r, i) => (
                    <tr key={r.name}>
                      <th scope="row">{r.name}</th>
                      <td class="num">{number(r.first, 5)}</td><td class="num dim">{number(check.indices[i].first, 5)}</td>
                      <td class="num">{number(r.total, 5)}</td><td class="num dim">{number(check.indices[i].total, 5)}</td>
                      <td class="num">{number(r.error, 2)}</td><td class="num">{r.right ? "✓ right" : "✕ wrong"}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          </>
        );
      }}
    </Show>
  );
}

export function Verify() {
  const checks = useData<{ checks: Check[] }>(`${V1}/checks`);
  const [error, setError] = useState<ApiError>();
  const [busy, setBusy] = useState(false);
  const ids = asked("studies").split(",").map(Number);
  const run = async (all: Check[]) => {
    setBusy(true);
    setError(undefined);
    try {
      const made: number[] = [];
      for (const check of all) made.push((await send<{ id: number }>("POST", `${V1}/studies`, check.study)).id);
      setQuery({ studies: made.join(",") });
    } catch (e) {
      if (e instanceof ApiError) setError(e);
    }
    setBusy(false);
  };
  return (
    <>
      <h1>Self-check</h1>
      <p class="dim">Studies whose answers are known, run by your own server and workers: each index beside its exact value. The same as <code>sweep verify</code>.</p>
      {error && <Fault error={error} />}
      <Show of={checks}>
        {({ checks: all }) => (
          <>
            <p>
              <button class="primary" disabled={busy} onClick={() => void run(all)}>
                {ids[0] ? "Run again" : `Run ${plural(all.length, "study", "studies")}`}
              </button>
            </p>
            {all.map((check, i) => (
              <section class="card" key={check.title}>
                <h2>{check.title}</h2>
                <p class="small dim">
                  Exact values: {check.source}. Right is an error of at most {number(check.tolerance)}.
                  {ids[i] ? <> <a href={hrefOf(["studies", ids[i]])}>Study {ids[i]}</a></> : null}
                </p>
                {ids[i] ? <Found check={check} id={ids[i]} /> : null}
              </section>
            ))}
          </>
        )}
      </Show>
    </>
  );
}
