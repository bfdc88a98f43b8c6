// SPDX-License-Identifier: Apache-2.0
// Outputs that are series: a fan over all runs, and some of them as lines.
import type { Fan as FanAnswer, Study } from "../state/contract";
import { ofStudy, useData } from "../state/data";
import { search, V1 } from "../state/http";
import { asked, setQuery } from "../state/route";
import { count } from "../parts/format";
import { Figure } from "../parts/figure";
import { Draft, Empty, Select, Show } from "../parts/ui";
import { Fan } from "../plots/fan";
import { useOutputs } from "./kinds";
import { resolvedOf } from "./study";

const finite = (text: string): number | undefined => (text !== "" && Number.isFinite(Number(text)) ? Number(text) : undefined);

// What a model's fixed parameters say of reference lines: the limit of rotor angles and the moment
// of clearing.
export function references(s: Study): { across?: number; upright?: number } {
  const p = resolvedOf(s).parameters ?? {};
  if (!s.model.startsWith("power/")) return {};
  const of = (name: string) => (typeof p[name] === "number" ? (p[name] as number) : undefined);
  return { across: of("limit"), upright: of("clearing-time") };
}

export function Series({ s }: { s: Study }) {
  const outputs = useOutputs(s).filter((o) => o.kind === "series");
  const output = outputs.find((o) => o.name === asked("output")) ?? outputs.find((o) => !["t", "time"].includes(o.name)) ?? outputs[0];
  const time = outputs.find((o) => ["t", "time"].includes(o.name) && o !== output);
  const x = asked("x", time?.name);
  const lines = asked("lines", "6");
  const url = output ? `${V1}/studies/${s.id}/fan${search({ output: output.name, x, lines })}` : undefined;
  const fan = useData<FanAnswer>(s.made > 0 ? url : undefined, { on: ofStudy(s.id), every: 3000 });
  if (outputs.length === 0) return <Empty title="This study has no series">Series are outputs with a value for each step, such as reporters over ticks or angles over time. They are asked for under outputs.</Empty>;
  if (s.made === 0) return <Empty title="No run has come back yet" />;
  const known = references(s);
  const across = asked("across") === "none" ? undefined : (finite(asked("across")) ?? known.across);
  const upright = asked("upright") === "none" ? undefined : (finite(asked("upright")) ?? known.upright);
  const unit = output?.unit ? ` (${output.unit})` : "";
  const title = `${output?.name ?? ""}${unit} over runs`;
  return (
    <>
      <div class="row wrap">
        <Select label="Series" value={output?.name ?? ""} options={outputs.map((o) => o.name)} on={(v) => setQuery({ output: v })} />
        <Select label="Along" value={x} options={[{ value: "", label: "place in the series" }, ...outputs.filter((o) => o !== output).map((o) => ({ value: o.name }))]} on={(v) => setQuery({ x: v })} />
        <Select label="Lines" value={lines} options={["0", "6", "12", "24", "50"]} on={(v) => setQuery({ lines: v })} />
        <label class="field inline"><span>Line at</span><Draft size={7} value={String(across ?? "")} on={(text) => setQuery({ across: text || "none" })} /></label>
        <label class="field inline"><span>Mark at</span><Draft size={7} value={String(upright ?? "")} on={(text) => setQuery({ upright: text || "none" })} /></label>
      </div>
      <Show of={fan} lines={8}>
        {(f) =>
          f.shown === 0 ? (
            <Empty title="No run has given this series yet" />
          ) : (
            <Figure title={title} url={url}
              note={`${count(f.shown)} runs shown of ${count(f.runs)}${f.failed ? `: ${count(f.failed)} failed` : ""}${f.looked < f.runs ? `; ${count(f.runs - f.looked)} left out to keep it quick` : ""}. Median with bands of 25 to 75 and 5 to 95 %.`}
              table={() => ({ head: [x || "place", "5 %", "25 %", "median", "75 %", "95 %"], rows: f.x.map((v, i) => [v, ...f.quantiles.map((q) => q[i])]) })}>
              {(width) => (
                <Fan of={{ x: f.x.map((v) => v ?? 0), levels: null, quantiles: f.quantiles, lines: f.lines.map((l) => ({ name: `run ${l.run}`, x: l.x, y: l.values })), across, upright }}
                  width={width} height={Math.min(480, Math.max(280, width * 0.45))} title={title} xTitle={x || "place in the series"} yTitle={`${output?.name ?? ""}${unit}`} />
              )}
            </Figure>
          )
        }
      </Show>
    </>
  );
}
