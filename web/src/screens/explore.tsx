// SPDX-License-Identifier: Apache-2.0
// Looking for patterns: parallel coordinates with brushes, a plane of two variables, and the runs
// that the brushes leave, all linked.
import { useMemo } from "preact/hooks";
import type { Histogram, Sample, Study } from "../state/contract";
import { ofStudy, useData } from "../state/data";
import { V1 } from "../state/http";
import { asked, hrefOf, setQuery } from "../state/route";
import { count, value } from "../parts/format";
import { Figure } from "../parts/figure";
import { Draft, Empty, Select, Show } from "../parts/ui";
import { Heat } from "../plots/heat";
import { inside, Parallel, type Axis, type Brushes } from "../plots/parallel";
import { Scatter } from "../plots/scatter";
import { outputsOf, variedOf } from "./study";
import { useScalars } from "./kinds";

const DENSE = 20000;
const ROWS = 100;
const list = (text: string): string[] => text.split(",").filter(Boolean).map(decodeURIComponent);
const unlist = (names: string[]): string => names.map(encodeURIComponent).join(",");

export function readBrushes(text: string): Brushes {
  const out: Brushes = {};
  for (const part of text.split(";")) {
    const [name, low, high] = part.split(":");
    if (name && Number.isFinite(Number(low)) && Number.isFinite(Number(high))) out[decodeURIComponent(name)] = [Number(low), Number(high)];
  }
  return out;
}

export function writeBrushes(b: Brushes): string {
  return Object.entries(b).map(([name, [low, high]]) => `${encodeURIComponent(name)}:${low}:${high}`).join(";");
}

// "n shown of N, m left out because …", always.
export function shownOf(d: { runs: number; looked: number; shown: number; failed: number; missing: number; not_finite: number }): string {
  const why = [
    d.failed ? `${count(d.failed)} failed` : "",
    d.missing ? `${count(d.missing)} have not come back` : "",
    d.not_finite ? `${count(d.not_finite)} have no finite value` : "",
    d.looked < d.runs ? `${count(d.runs - d.looked)} are left out to keep the picture quick (evenly spread stretches are shown)` : "",
  ].filter(Boolean);
  return `${count(d.shown)} runs shown of ${count(d.runs)}${why.length ? `: ${why.join(", ")}` : ""}.`;
}

function AxisTools({ axis, order, brushes, setBrushes }: { axis: Axis; order: string[]; brushes: Brushes; setBrushes: (b: Brushes) => void }) {
  const at = order.indexOf(axis.name);
  const move = (by: number) => {
    const next = order.filter((n) => n !== axis.name);
    next.splice(at + by, 0, axis.name);
    setQuery({ axes: unlist(next) });
  };
  const toggle = (key: string) => {
    const on = list(asked(key));
    setQuery({ [key]: unlist(on.includes(axis.name) ? on.filter((n) => n !== axis.name) : [...on, axis.name]) });
  };
  const b = brushes[axis.name];
  const end = (k: 0 | 1, text: string) => {
    const finite = axis.values.filter((v): v is number => v !== null);
    const next: [number, number] = b ? [...b] : [Math.min(...finite), Math.max(...finite)];
    if (text === "" || !Number.isFinite(Number(text))) return;
    next[k] = Number(text);
    setBrushes({ ...brushes, [axis.name]: next });
  };
  const clear = () => {
    const next = { ...brushes };
    delete next[axis.name];
    setBrushes(next);
  };
  return (
    <div class="toolbar" role="group" aria-label={`Axis ${axis.name}`}>
      <span class="strong">{axis.name}</span>
      <button disabled={at === 0} onClick={() => move(-1)}>◂ Left</button>
      <button disabled={at === order.length - 1} onClick={() => move(1)}>Right ▸</button>
      <button aria-pressed={axis.flip ?? false} onClick={() => toggle("flip")}>Flip</button>
      {!axis.levels && <button aria-pressed={axis.log ?? false} onClick={() => toggle("log")}>Log</button>}
      <button onClick={() => setQuery({ axes: unlist(order.filter((n) => n !== axis.name)) })}>Hide</button>
      <label>from <Draft value={b ? String(b[0]) : ""} on={(text) => end(0, text)} /></label>
      <label>to <Draft value={b ? String(b[1]) : ""} on={(text) => end(1, text)} /></label>
      {b && <button onClick={clear}>Clear the brush</button>}
    </div>
  );
}

function Plane({ s, axes, brushes, sample }: { s: Study; axes: Axis[]; brushes: Brushes; sample: Sample }) {
  const names = axes.map((a) => a.name);
  const outputs = outputsOf(s);
  const x = names.includes(asked("x")) ? asked("x") : names[0];
  const y = names.includes(asked("y")) ? asked("y") : (names.find((n) => outputs.includes(n)) ?? names[1] ?? names[0]);
  const dense = s.runs > DENSE && Object.keys(brushes).length === 0;
  const url = `${V1}/studies/${s.id}/histogram?${new URLSearchParams({ x, y, bins: "60" })}`;
  const density = useData<Histogram>(dense ? url : undefined);
  const [ax, ay] = [axes.find((a) => a.name === x) as Axis, axes.find((a) => a.name === y) as Axis];
  const title = `${y} against ${x}`;
  return (
    <Figure title={title} url={dense ? url : sampleUrl(s, names)} note={dense && density.data ? shownOf(density.data) : shownOf(sample)}
      table={() => ({ head: ["run", x, y], rows: sample.run.map((r, i) => [r, ax.values[i], ay.values[i]]) })}>
      {(width) => (
        <>
          <div class="row wrap">
            <Select label="Across" value={x} options={names} on={(v) => setQuery({ x: v })} />
            <Select label="Up" value={y} options={names} on={(v) => setQuery({ y: v })} />
          </div>
          {dense ? (
            <Show of={density}>{(h) => <Heat x={h.x} y={h.y as Histogram["x"]} values={h.counts.map((c) => (c ? Math.log10(c) : null))} width={width} height={Math.min(420, width * 0.8)} title={title} what="runs (log10)" />}</Show>
          ) : (
            <Scatter x={ax.values} y={ay.values} width={width} height={Math.min(420, width * 0.8)} xTitle={x} yTitle={y} xLevels={ax.levels} yLevels={ay.levels} title={title} chosen={Object.keys(brushes).length ? (i) => inside(axes, brushes, i) : undefined} />
          )}
        </>
      )}
    </Figure>
  );
}

function sampleUrl(s: Study, names: string[]): string {
  return `${V1}/studies/${s.id}/sample?${new URLSearchParams([...names.map((n) => ["variable", n]), ["limit", "5000"]])}`;
}

function Chosen({ s, axes, brushes, sample }: { s: Study; axes: Axis[]; brushes: Brushes; sample: Sample }) {
  const rows = sample.run.map((_, i) => i).filter((i) => inside(axes, brushes, i));
  return (
    <section class="card stack">
      <h2 data-chosen={rows.length}>{Object.keys(brushes).length ? `${count(rows.length)} of ${count(sample.run.length)} runs are inside the brushes` : "Runs"}</h2>
      {rows.length === 0 ? (
        <Empty title="No run is inside all brushes"><button onClick={() => setQuery({ b: undefined })}>Clear the brushes</button></Empty>
      ) : (
        <div class="scroll" tabIndex={0} role="region" aria-label="Runs inside the brushes" style={{ maxHeight: "420px" }}>
          <table class="plain">
            <thead><tr><th class="num">run</th>{axes.map((a) => <th key={a.name} class="num">{a.name}</th>)}</tr></thead>
            <tbody>
              {rows.slice(0, ROWS).map((i) => (
                <tr key={i}><td class="num"><a href={hrefOf(["studies", s.id, "runs", sample.run[i]])}>{count(sample.run[i])}</a></td>{axes.map((a) => <td key={a.name} class="num">{a.levels ? a.levels[a.values[i] ?? -1] : value(a.values[i])}</td>)}</tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {rows.length > ROWS && <p class="small dim">The first {ROWS}; the CSV of the picture above has all.</p>}
    </section>
  );
}

export function Explore({ s }: { s: Study }) {
  const scalars = useScalars(s);
  const all = [...variedOf(s), ...scalars].slice(0, 16);
  const axesAsked = asked("axes");
  const order = axesAsked ? list(axesAsked).filter((n) => all.includes(n)) : all.length > 10 ? [...variedOf(s).slice(0, 8), ...scalars.slice(0, 2)] : all;
  const url = sampleUrl(s, all);
  const sample = useData<Sample>(s.made > 0 && all.length ? url : undefined, { on: ofStudy(s.id), every: 3000 });
  const brushes = readBrushes(asked("b"));
  const setBrushes = (b: Brushes) => setQuery({ b: writeBrushes(b) });
  const [flip, log] = [asked("flip"), asked("log")];
  const axes = useMemo((): Axis[] => {
    const d = sample.data;
    if (!d) return [];
    return order.flatMap((name) => {
      const k = d.variables.findIndex((v) => v.name === name);
      return k < 0 ? [] : [{ name, levels: d.variables[k].levels, values: d.columns[k], flip: list(flip).includes(name), log: list(log).includes(name) }];
    });
  }, [sample.data, order.join(), flip, log]);
  if (s.made === 0 || all.length === 0) return <Empty title="No run has come back yet">The picture fills while runs come in.</Empty>;
  const chosen = asked("axis", order[0]);
  const hidden = all.filter((n) => !order.includes(n));
  return (
    <Show of={sample} lines={10}>
      {(d) => (
        <>
          <Figure title="Parallel coordinates" url={url} note={`${shownOf(d)} Drag along an axis to brush it; click its name for more.`} table={() => ({ head: ["run", ...order], rows: d.run.map((r, i) => [r, ...axes.map((a) => a.values[i])]) })}>
            {(width) => (
              <>
                <Parallel axes={axes} brushes={brushes} on={setBrushes} chosenAxis={chosen} choose={(axis) => setQuery({ axis })} width={width} height={Math.max(260, Math.min(380, width * 0.4))} title="Parallel coordinates" />
                {axes.filter((a) => a.name === chosen).map((a) => <AxisTools key={a.name} axis={a} order={order} brushes={brushes} setBrushes={setBrushes} />)}
                {hidden.length > 0 && <div class="toolbar">Hidden: {hidden.map((n) => <button key={n} onClick={() => setQuery({ axes: unlist([...order, n]) })}>+ {n}</button>)}</div>}
              </>
            )}
          </Figure>
          <div class="grid">
            {axes.length > 0 && <Plane s={s} axes={axes} brushes={brushes} sample={d} />}
            <Chosen s={s} axes={axes} brushes={brushes} sample={d} />
          </div>
        </>
      )}
    </Show>
  );
}
