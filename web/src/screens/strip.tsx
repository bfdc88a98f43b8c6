// SPDX-License-Identifier: Apache-2.0
// The service at a glance: runs a second, studies waiting, workers up.
import { useEffect, useState } from "preact/hooks";
import { request } from "../state/http";
import { hrefOf } from "../state/route";
import { count, rate } from "../parts/format";

// The samples of the Prometheus text format, by name with labels.
export function parseMetrics(text: string): Map<string, number> {
  const out = new Map<string, number>();
  for (const line of text.split("\n")) {
    const at = line.lastIndexOf(" ");
    if (at > 0 && line[0] !== "#") out.set(line.slice(0, at), Number(line.slice(at + 1)));
  }
  return out;
}

interface Sample {
  at: number;
  metrics: Map<string, number>;
}

const PERIOD_MS = 2000;

export function Strip() {
  const [samples, setSamples] = useState<Sample[]>([]);
  useEffect(() => {
    const look = async () => {
      if (document.hidden) return;
      try {
        const text = await (await request("/metrics")).text();
        setSamples((s) => [...s.slice(-4), { at: Date.now(), metrics: parseMetrics(text) }]);
      } catch {
        setSamples([]);
      }
    };
    void look();
    const timer = setInterval(() => void look(), PERIOD_MS);
    return () => clearInterval(timer);
  }, []);
  const last = samples.at(-1);
  const first = samples[0];
  const of = (name: string) => last?.metrics.get(`sweepd_${name}`);
  const written = (s?: Sample) => s?.metrics.get("sweepd_runs_written_total") ?? 0;
  const speed = last && first && last.at > first.at ? (1000 * (written(last) - written(first))) / (last.at - first.at) : 0;
  const state = (name: string) => of(`studies{state="${name}"}`) ?? 0;
  const workers = of("workers");
  return (
    <dl class="strip" aria-label="The service now">
      <div><dt>Runs</dt><dd>{speed > 0 ? rate(speed) : "idle"}</dd></div>
      <div><dt>Running</dt><dd>{last ? count(state("running")) : "–"}</dd></div>
      <div><dt>Queued</dt><dd>{last ? count(state("queued")) : "–"}</dd></div>
      <div>
        <dt>Workers</dt>
        <dd>{workers === 0 ? <a class="bad" href={hrefOf(["workers"])}>none up</a> : last ? <a href={hrefOf(["workers"])}>{count(workers)} up, {count(of("worker_slots"))} slots</a> : "–"}</dd>
      </div>
    </dl>
  );
}
