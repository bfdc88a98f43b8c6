// SPDX-License-Identifier: Apache-2.0
// Outputs that are series: a fan over all runs, and some of them as lines. A series may have a row of
// values for each moment (angles of machines): one of them is shown, or their spread.
import type { Fan as FanAnswer, OneRun, Study } from "../state/contract";
import { ofStudy, useData } from "../state/data";
import { search, V1 } from "../state/http";
import { asked, hrefOf, setQuery } from "../state/route";
import { count } from "../parts/format";
import { Figure } from "../parts/figure";
import { Draft, Empty, Select, Show } from "../parts/ui";
import { Fan } from "../plots/fan";
import { useOutputs } from "./kinds";
import { SeriesOf } from "./run";
import { isTime, references, timeOf } from "./series_parts";

const finite = (text: string): number | undefined => (text !== "" && Number.isFinite(Number(text)) ? Number(text) : undefined);

function noteOf(f: FanAnswer): string {
  const why = [f.failed ? `${count(f.failed)} failed` : "", f.looked < f.runs ? `${count(f.runs - f.looked)} left out to keep it quick` : ""].filter(Boolean);
  return `${count(f.shown)} runs shown of ${count(f.runs)}${why.length ? `: ${why.join(", ")}` : ""}. Median with bands of 25 to 75 and 5 to 95 %.`;
}

// One run of those that are lines, with all the values of its rows.
function OneOf({ s, name, run }: { s: Study; name: string; run: number }) {
  const url = `${V1}/studies/${s.id}/runs/${run}`;
  const one = useData<OneRun>(url);
  return (
    <div class="stack">
      <Show of={one} lines={5}>{(r) => (Array.isArray(r.outputs?.[name]) ? <SeriesOf s={s} r={r} name={name} url={url} /> : <Empty title={`Run ${run} has no ${name}`} />)}</Show>
      <div class="row wrap">
        <label class="field inline"><span>Run</span><Draft type="number" min={0} max={s.runs - 1} style={{ width: "90px" }} value={String(run)} on={(text) => setQuery({ run: text })} /></label>
        <a class="small" href={hrefOf(["studies", s.id, "runs", run])}>Everything of run {count(run)}</a>
      </div>
    </div>
  );
}

export function Series({ s }: { s: Study }) {
  const outputs = useOutputs(s).filter((o) => o.kind === "series");
  const names = outputs.map((o) => o.name);
  const output = outputs.find((o) => o.name === asked("output")) ?? outputs.find((o) => o.name === "angles") ?? outputs.find((o) => !isTime(o.name)) ?? outputs[0];
  const x = output ? asked("x", timeOf(names, output.name) ?? "") : "";
  const lines = asked("lines", "6");
  const part = asked("part", "spread");
  const url = output ? `${V1}/studies/${s.id}/fan${search({ output: output.name, x: x === "none" ? "" : x, lines, part: part === "spread" ? part : Number(part) - 1 })}` : undefined;
  const fan = useData<FanAnswer>(s.made > 0 ? url : undefined, { on: ofStudy(s.id), every: 3000 });
  if (outputs.length === 0 || !output) return <Empty title="This study has no series">Series are outputs with a value for each step, such as reporters over ticks or angles over time. They are asked for under outputs.</Empty>;
  if (s.made === 0) return <Empty title="No run has come back yet" />;
  const width = fan.data?.width ?? 1;
  const known = references(s);
  // The limit is one of the spread, not of a single angle.
  const limit = width > 1 && part === "spread" && output.name === "angles" ? known.across : undefined;
  const across = asked("across") === "none" ? undefined : (finite(asked("across")) ?? limit);
  const upright = asked("upright") === "none" ? undefined : (finite(asked("upright")) ?? known.upright);
  const unitOf = (name: string) => { const u = outputs.find((o) => o.name === name)?.unit; return u ? ` (${u})` : ""; };
  const what = width === 1 ? output.name : part === "spread" ? `spread of ${output.name}` : `${output.name} ${part}`;
  const title = `${what}${unitOf(output.name)} over runs`;
  const along = x && x !== "none" ? `${x}${unitOf(x)}` : "place in the series";
  return (
    <>
      <div class="row wrap">
        <Select label="Series" value={output.name} options={names} on={(v) => setQuery({ output: v, part: undefined })} />
        {width > 1 && <Select label="Part" value={part} options={[{ value: "spread", label: "spread: largest less least" }, ...Array.from({ length: width }, (_, k) => ({ value: String(k + 1) }))]} on={(v) => setQuery({ part: v })} />}
        <Select label="Along" value={x} options={[{ value: "none", label: "place in the series" }, ...names.filter((n) => n !== output.name).map((value) => ({ value }))]} on={(v) => setQuery({ x: v })} />
        <Select label="Lines" value={lines} options={["0", "6", "12", "24", "50"]} on={(v) => setQuery({ lines: v })} />
        <label class="field inline"><span>Line at</span><Draft size={7} value={String(across ?? "")} on={(text) => setQuery({ across: text || "none" })} /></label>
        <label class="field inline"><span>Mark at</span><Draft size={7} value={String(upright ?? "")} on={(text) => setQuery({ upright: text || "none" })} /></label>
      </div>
      <Show of={fan} lines={8}>
        {(f) =>
          f.shown === 0 ? (
            <Empty title="No run has given this series yet" />
          ) : (
            <>
              <Figure title={title} url={url} note={noteOf(f)}
                table={() => ({ head: [along, "5 %", "25 %", "median", "75 %", "95 %"], rows: f.x.map((v, i) => [v, ...f.quantiles.map((q) => q[i])]) })}>
                {(w) => (
                  <Fan of={{ x: f.x.map((v) => v ?? 0), levels: null, quantiles: f.quantiles, lines: f.lines.map((l) => ({ name: `run ${l.run}`, x: l.x, y: l.values })), across, upright, acrossName: across === limit ? "limit" : undefined, uprightName: upright === known.upright ? "clearing" : undefined }}
                    width={w} height={Math.min(480, Math.max(280, w * 0.42))} title={title} xTitle={along} yTitle={`${what}${unitOf(output.name)}`} />
                )}
              </Figure>
              {width > 1 && <OneOf s={s} name={output.name} run={Number(asked("run", String(f.lines[0]?.run ?? 0)))} />}
            </>
          )
        }
      </Show>
    </>
  );
}
