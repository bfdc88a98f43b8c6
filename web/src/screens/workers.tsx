// SPDX-License-Identifier: Apache-2.0
// The workers as last heard of: where, how busy, what they offer.
import { useEffect } from "preact/hooks";
import { any, useData } from "../state/data";
import { V1 } from "../state/http";
import { age, count, plural } from "../parts/format";
import { Empty, Show, State } from "../parts/ui";

interface Worker {
  id: string;
  host: string;
  pid: number;
  slots: number;
  busy: number;
  state: string;
  chunks: number;
  runs: number;
  models: string[];
  joined: string;
  heard: string;
}

export function Workers() {
  const workers = useData<{ items: Worker[] }>(`${V1}/workers`, { on: any, every: 2000 });
  useEffect(() => {
    const timer = setInterval(() => !document.hidden && workers.again(), 5000);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <h1>Workers</h1>
      <Show of={workers}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title="No worker is up">Studies wait until one is: <code>sweep-worker --connect ENDPOINT</code> on any machine that reaches this server.</Empty>
          ) : (
            <div class="scroll" tabIndex={0} role="region" aria-label="Workers">
              <table class="list">
                <thead><tr><th>Worker</th><th>State</th><th>Busy slots</th><th class="num">Runs</th><th class="num">Chunks</th><th>Models</th><th class="num">Heard</th></tr></thead>
                <tbody>
                  {items.map((w) => (
                    <tr key={w.id}>
                      <td class="grow"><span class="strong">{w.id}</span><div class="small dim">{w.host}, process {w.pid}, since {age(w.joined)}</div></td>
                      <td><State of={w.state} /></td>
                      <td class="bar">
                        <div class="progress">
                          <div class="track" role="img" aria-label={`${w.busy} of ${w.slots} slots busy`}><div class="seg done" style={{ width: `${(100 * Math.min(w.busy, w.slots)) / Math.max(1, w.slots)}%` }} /></div>
                          <span class="num small" aria-hidden="true">{w.busy} / {w.slots}</span>
                        </div>
                      </td>
                      <td class="num" data-label="runs">{count(w.runs)}</td>
                      <td class="num" data-label="chunks">{count(w.chunks)}</td>
                      <td><details><summary>{plural(w.models.length, "model")}</summary><ul class="small">{w.models.map((m) => <li key={m}>{m}</li>)}</ul></details></td>
                      <td class="num" data-label="heard">{age(w.heard)}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Show>
    </>
  );
}
