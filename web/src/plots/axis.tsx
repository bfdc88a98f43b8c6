// SPDX-License-Identifier: Apache-2.0
// The frame of a plot: axes with ticks and titles.
import { number } from "../parts/format";
import type { Scale } from "./scale";

interface Props {
  x?: Scale;
  y?: Scale;
  left: number;
  top: number;
  right: number;
  bottom: number;
  xTitle?: string;
  yTitle?: string;
  grid?: boolean;
  // The words of whole numbers, on an axis of categories.
  xLevels?: string[] | null;
  yLevels?: string[] | null;
}

// Where an axis is marked and with what.
export function marksOf(scale: Scale, levels?: string[] | null): [at: number, label: string][] {
  if (levels?.length) return levels.map((l, i) => [i, l]);
  return scale.ticks.map((t) => [t, number(t)]);
}

export function Axes({ x, y, left, top, right, bottom, xTitle, yTitle, grid, xLevels, yLevels }: Props) {
  return (
    <g class="axis">
      {x && marksOf(x, xLevels).map(([t, label]) => (
        <g key={`x${t}`} transform={`translate(${x(t)},0)`}>
          <line y1={grid ? top : bottom} y2={bottom + 4} />
          <text y={bottom + 16} text-anchor="middle">{label}</text>
        </g>
      ))}
      {y && marksOf(y, yLevels).map(([t, label]) => (
        <g key={`y${t}`} transform={`translate(0,${y(t)})`}>
          <line x1={left - 4} x2={grid ? right : left} />
          <text x={left - 7} dy="0.32em" text-anchor="end">{label}</text>
        </g>
      ))}
      <path d={`M${left},${top}V${bottom}H${right}`} />
      {xTitle && <text x={(left + right) / 2} y={bottom + 33} text-anchor="middle">{xTitle}</text>}
      {yTitle && <text transform={`translate(12,${(top + bottom) / 2}) rotate(-90)`} text-anchor="middle">{yTitle}</text>}
    </g>
  );
}

// The width that the labels of a vertical axis take.
export function axisRoom(y: Scale, levels?: string[] | null): number {
  return 14 + 6.6 * Math.max(1, ...marksOf(y, levels).map(([, label]) => label.length));
}
