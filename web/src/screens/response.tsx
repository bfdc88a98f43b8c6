// SPDX-License-Identifier: Apache-2.0
// How an output answers to parameters: bands over one, a plane over two, and all of them small.
import type { Bands, Histogram, Sample, Study } from "../state/contract";
import { ofStudy, useData } from "../state/data";
import { search, V1 } from "../state/http";
import { asked, setQuery } from "../state/route";
import { Figure } from "../parts/figure";
import { Empty, Select, Show } from "../parts/ui";
import { Fan, type FanData } from "../plots/fan";
import { Heat } from "../plots/heat";
import { shownOf } from "./explore";
import { useScalars } from "./kinds";
import { variedOf } from "./study";

const LEVELS = ["5 %", "25 %", "median", "75 %", "95 %"];

export function centres(axis: Bands["x"]): number[] {
  const step = (axis.max - axis.min) / axis.bins;
  return Array.from({ length: axis.bins }, (_, i) => axis.min + (i + 0.5) * step);
}

export const fanOf = (b: Bands): FanData => ({ x: centres(b.x), levels: b.x.variable.levels, quantiles: b.quantiles });

function bandsTable(b: Bands) {
  const x = centres(b.x);
  return { head: [b.x.variable.name, ...LEVELS, "runs"], rows: x.map((v, i) => [b.x.variable.levels?.[i] ?? v, ...b.quantiles.map((q) => q[i]), b.counts[i]]) };
}

function One({ s, x, y, small }: { s: Study; x: string; y: string; small?: boolean }) {
  const url = `${V1}/studies/${s.id}/bands${search({ x, y, bins: small ? 12 : 24, limit: small ? 50000 : undefined })}`;
  const bands = useData<Bands>(url, { on: ofStudy(s.id), every: 4000 });
  const points = useData<Sample>(small ? undefined : `${V1}/studies/${s.id}/sample?${new URLSearchParams([["variable", x], ["variable", y], ["limit", "1500"]])}`);
  const title = `${y} by ${x}`;
  return (
    <Show of={bands} lines={5}>
      {(b) => (
        <Figure title={title} url={url} table={() => bandsTable(b)} note={small ? undefined : `${shownOf(b)} Median with bands of 25 to 75 and 5 to 95 %; dots are single runs.`}>
          {(width) => <Fan of={{ ...fanOf(b), points: points.data ? { x: points.data.columns[0], y: points.data.columns[1] } : undefined }} width={width} height={small ? 170 : Math.min(420, Math.max(260, width * 0.5))} title={title} xTitle={x} yTitle={y} small={small} />}
        </Figure>
      )}
    </Show>
  );
}

function Two({ s, x, x2, y }: { s: Study; x: string; x2: string; y: string }) {
  const what = asked("stat", "mean");
  const url = `${V1}/studies/${s.id}/histogram${search({ x, y: x2, z: y, bins: s.runs > 5000 ? 30 : 16 })}`;
  const h = useData<Histogram>(url, { on: ofStudy(s.id), every: 4000 });
  const title = `${what === "sd" ? "Standard deviation" : "Mean"} of ${y} over ${x} and ${x2}`;
  return (
    <Show of={h} lines={6}>
      {(d) => {
        const values = ((what === "sd" ? d.sd : d.mean) ?? []) as (number | null)[];
        return (
          <Figure title={title} url={url} note={shownOf(d)} tools={<button aria-pressed={what === "sd"} onClick={() => setQuery({ stat: what === "sd" ? undefined : "sd" })}>Deviation</button>}
            table={() => ({ head: [`${x} (bin)`, `${x2} (bin)`, what, "runs"], rows: d.counts.map((c, i) => [i % d.x.bins, Math.floor(i / d.x.bins), values[i], c]) })}>
            {(width) => <Heat x={d.x} y={d.y as Histogram["x"]} values={values} width={width} height={Math.min(460, Math.max(300, width * 0.55))} title={title} what={what} />}
          </Figure>
        );
      }}
    </Show>
  );
}

export function Response({ s }: { s: Study }) {
  const outputs = useScalars(s);
  const varied = variedOf(s);
  if (s.made === 0 || varied.length === 0) return <Empty title={varied.length ? "No run has come back yet" : "Nothing varies in this study"} />;
  const y = outputs.includes(asked("y")) ? asked("y") : outputs[0];
  if (!y) return <Empty title="This study has no output that is a number" />;
  const x = varied.includes(asked("x")) ? asked("x") : varied[0];
  const x2 = varied.includes(asked("x2")) && asked("x2") !== x ? asked("x2") : "";
  return (
    <>
      <div class="row wrap">
        <Select label="Output" value={y} options={outputs} on={(v) => setQuery({ y: v })} />
        <Select label="Over" value={x} options={varied} on={(v) => setQuery({ x: v })} />
        <Select label="and" value={x2} options={[{ value: "", label: "nothing else" }, ...varied.filter((v) => v !== x).map((value) => ({ value }))]} on={(v) => setQuery({ x2: v })} />
      </div>
      {x2 ? <Two s={s} x={x} x2={x2} y={y} /> : <One s={s} x={x} y={y} />}
      {varied.length > 1 && (
        <div class="multiples">
          {varied.slice(0, 12).map((v) => <One key={v} s={s} x={v} y={y} small />)}
        </div>
      )}
    </>
  );
}
