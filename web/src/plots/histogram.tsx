// SPDX-License-Identifier: Apache-2.0
// Counts in bins as columns, by level where the variable has levels.
import type { Histogram } from "../state/contract";
import { count, number } from "../parts/format";
import { Axes, axisRoom } from "./axis";
import { category } from "./colour";
import { linear, shorten, type Scale } from "./scale";

export interface Column {
  x: number;
  y: number;
  w: number;
  h: number;
  from: number;
  to: number;
  count: number;
}

export interface HistogramLayout {
  x: Scale;
  y: Scale;
  left: number;
  bottom: number;
  columns: Column[];
}

export function layoutHistogram(h: Histogram, width: number, height: number): HistogramLayout {
  const bottom = height - 40;
  const y = linear([0, Math.max(1, ...h.counts) * 1.04], [bottom, 8], 4);
  const left = axisRoom(y);
  const x = linear([h.x.min, h.x.max], [left, width - 12], Math.max(2, width / 100));
  const step = (h.x.max - h.x.min) / h.x.bins;
  const columns = h.counts.slice(0, h.x.bins).map((n, i) => {
    const [from, to] = [h.x.min + i * step, h.x.min + (i + 1) * step];
    return { x: x(from) + 0.5, w: Math.max(0.5, x(to) - x(from) - 1), y: y(n), h: bottom - y(n), from, to, count: n };
  });
  return { x, y, left, bottom, columns };
}

interface Props {
  of: Histogram;
  width: number;
  height: number;
  title: string;
  xTitle?: string;
}

export function HistogramPlot({ of, width, height, title, xTitle }: Props) {
  const g = layoutHistogram(of, width, height);
  const levels = of.x.variable.levels;
  return (
    <svg width={width} height={height} role="img" aria-label={title}>
      <Axes x={levels ? undefined : g.x} y={g.y} left={g.left} right={width - 12} top={8} bottom={g.bottom} xTitle={xTitle} grid={!levels} />
      {g.columns.map((c, i) => (
        <g key={i}>
          <title>{`${levels ? levels[i] : `${number(c.from)} to ${number(c.to)}`}: ${count(c.count)} runs`}</title>
          <rect x={c.x} y={c.y} width={c.w} height={c.h} fill={category(0)} />
          {levels && <text x={c.x + c.w / 2} y={g.bottom + 16} text-anchor="middle">{shorten(levels[i], c.w)}</text>}
        </g>
      ))}
    </svg>
  );
}
