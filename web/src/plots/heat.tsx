// SPDX-License-Identifier: Apache-2.0
// A plane of cells as colours: density of runs, or a mean or deviation over two parameters.
import type { Histogram } from "../state/contract";
import { number } from "../parts/format";
import { Axes, axisRoom } from "./axis";
import { sequential } from "./colour";
import { linear, shorten, type Scale } from "./scale";

type ContractAxis = Histogram["x"];

export interface HeatCell {
  x: number;
  y: number;
  w: number;
  h: number;
  value: number;
  colour: string;
  ix: number;
  iy: number;
}

export interface HeatLayout {
  x: Scale;
  y: Scale;
  left: number;
  bottom: number;
  right: number;
  low: number;
  high: number;
  cells: HeatCell[];
}

const scaleOf = (a: ContractAxis, range: [number, number], wanted: number): Scale => {
  const s = linear([a.min, a.max], range, wanted);
  if (a.variable.levels) s.ticks = [];
  return s;
};

// Cells without a value are left out. Colours go from the lowest value to the highest.
export function layoutHeat(ax: ContractAxis, ay: ContractAxis, values: (number | null)[], width: number, height: number): HeatLayout {
  const bottom = height - 40;
  const y = scaleOf(ay, [bottom, 8], 5);
  const left = ay.variable.levels ? 86 : axisRoom(y) + 14;
  const right = width - 76;
  const x = scaleOf(ax, [left, right], Math.max(3, width / 130));
  const known = values.filter((v): v is number => v !== null && Number.isFinite(v));
  const low = known.length ? Math.min(...known) : 0;
  const high = known.length ? Math.max(...known) : 1;
  const w = (right - left) / ax.bins;
  const h = (bottom - 8) / ay.bins;
  const cells = values.flatMap((value, c): HeatCell[] => {
    if (value === null || !Number.isFinite(value)) return [];
    const [ix, iy] = [c % ax.bins, Math.floor(c / ax.bins)];
    return [{ x: left + ix * w, y: bottom - (iy + 1) * h, w, h, value, ix, iy, colour: sequential(high > low ? (value - low) / (high - low) : 0.5) }];
  });
  return { x, y, left, bottom, right, low, high, cells };
}

interface Props {
  x: ContractAxis;
  y: ContractAxis;
  values: (number | null)[];
  width: number;
  height: number;
  title: string;
  what: string;
}

export function Heat({ x, y, values, width, height, title, what }: Props) {
  const g = layoutHeat(x, y, values, width, height);
  const middle = (a: ContractAxis, i: number) => (a.variable.levels ? a.variable.levels[i] : number(a.min + ((i + 0.5) * (a.max - a.min)) / a.bins));
  const steps = 24;
  return (
    <svg width={width} height={height} role="img" aria-label={title}>
      {g.cells.map((c) => (
        <rect key={`${c.ix},${c.iy}`} x={c.x} y={c.y} width={c.w + 0.4} height={c.h + 0.4} fill={c.colour} shape-rendering="crispEdges">
          <title>{`${x.variable.name} ${middle(x, c.ix)}, ${y.variable.name} ${middle(y, c.iy)}: ${what} ${number(c.value)}`}</title>
        </rect>
      ))}
      <Axes x={g.x} y={g.y} left={g.left} right={g.right} top={8} bottom={g.bottom} xTitle={x.variable.name} yTitle={y.variable.name} />
      <g class="axis">
        {x.variable.levels?.map((l, i) => <text key={l} x={g.left + ((i + 0.5) * (g.right - g.left)) / x.bins} y={g.bottom + 16} text-anchor="middle">{shorten(l, (g.right - g.left) / x.bins)}</text>)}
        {y.variable.levels?.map((l, i) => <text key={l} x={g.left - 6} y={g.bottom - ((i + 0.5) * (g.bottom - 8)) / y.bins} dy="0.32em" text-anchor="end">{shorten(l, g.left - 24)}</text>)}
        {Array.from({ length: steps }, (_, i) => <rect key={i} x={g.right + 12} y={g.bottom - ((i + 1) * (g.bottom - 8)) / steps} width={12} height={(g.bottom - 8) / steps + 0.5} fill={sequential((i + 0.5) / steps)} />)}
        <text x={g.right + 28} y={g.bottom}>{number(g.low, 3)}</text>
        <text x={g.right + 28} y={17}>{number(g.high, 3)}</text>
        <text transform={`translate(${g.right + 40},${g.bottom / 2}) rotate(-90)`} text-anchor="middle">{what}</text>
      </g>
    </svg>
  );
}
