// SPDX-License-Identifier: Apache-2.0
// Horizontal bars in groups, with intervals: sensitivity indices by parameter.
import { number } from "../parts/format";
import { Axes } from "./axis";
import { category } from "./colour";
import { bands, domainOf, labelRoom, linear, shorten, type Scale } from "./scale";

export interface BarSeries {
  name: string;
  values: (number | null)[];
  half?: (number | null)[]; // half-widths of intervals
}

export interface BarBox {
  row: number;
  series: number;
  x: number;
  y: number;
  w: number;
  h: number;
  low?: number; // ends of the interval, in pixels
  high?: number;
}

export interface BarLayout {
  width: number;
  height: number;
  left: number;
  x: Scale;
  rows: { label: string; y: number; h: number }[];
  boxes: BarBox[];
}

const ROW = 15;
const TOP = 6;
const BOTTOM = 26;

// Rows from top to bottom in the given order; zero is always in the domain.
export function layoutBars(labels: string[], series: BarSeries[], width: number): BarLayout {
  const left = labelRoom(labels, width * 0.34);
  const height = TOP + BOTTOM + labels.length * (series.length * ROW + 8);
  const ends = series.flatMap((s) => s.values.flatMap((v, i) => (v === null ? [] : [v - (s.half?.[i] ?? 0), v + (s.half?.[i] ?? 0)])));
  const x = linear(domainOf(ends, [0]), [left, width - 14], Math.max(2, width / 110));
  const rowBands = bands(labels.length, [TOP, height - BOTTOM], 0.2);
  const rows = labels.map((label, i) => ({ label: shorten(label, left - 10), y: rowBands.at(i), h: rowBands.size }));
  const boxes = rows.flatMap((row, i) => {
    const inner = bands(series.length, [row.y, row.y + row.h], 0.18);
    return series.flatMap((s, k): BarBox[] => {
      const v = s.values[i];
      if (v === null || v === undefined || !Number.isFinite(v)) return [];
      const half = s.half?.[i];
      const [a, b] = [x(Math.min(0, v)), x(Math.max(0, v))];
      const interval = half === null || half === undefined ? {} : { low: x(v - half), high: x(v + half) };
      return [{ row: i, series: k, x: a, y: inner.at(k), w: Math.max(b - a, 0.5), h: inner.size, ...interval }];
    });
  });
  return { width, height, left, x, rows, boxes };
}

export function Legend({ names }: { names: string[] }) {
  return (
    <div class="legend">
      {names.map((n, i) => <span key={n}><i style={{ background: category(i) }} class={`swatch s${i}`} />{n}</span>)}
    </div>
  );
}

export function Bars({ labels, series, width, title }: { labels: string[]; series: BarSeries[]; width: number; title: string }) {
  const g = layoutBars(labels, series, width);
  return (
    <>
      {series.length > 1 && <Legend names={series.map((s) => s.name)} />}
      <svg width={g.width} height={g.height} role="img" aria-label={title}>
        <Axes x={g.x} left={g.left} right={g.width - 14} top={TOP} bottom={g.height - BOTTOM} grid />
        {g.rows.map((r, i) => <text key={i} x={g.left - 8} y={r.y + r.h / 2} dy="0.32em" text-anchor="end"><title>{labels[i]}</title>{r.label}</text>)}
        {g.boxes.map((b, i) => (
          <g key={i}>
            <title>{`${labels[b.row]}, ${series[b.series].name}: ${number(series[b.series].values[b.row])}${b.low === undefined ? "" : ` ± ${number(series[b.series].half?.[b.row])}`}`}</title>
            <rect x={b.x} y={b.y} width={b.w} height={b.h} fill={category(b.series)} opacity={b.series === 0 ? 1 : 0.8} />
            {b.low !== undefined && b.high !== undefined && (
              <path d={`M${b.low},${b.y + b.h / 2}H${b.high}M${b.low},${b.y + 2}v${b.h - 4}M${b.high},${b.y + 2}v${b.h - 4}`} stroke="var(--ink)" stroke-width="1.3" fill="none" />
            )}
          </g>
        ))}
      </svg>
    </>
  );
}
