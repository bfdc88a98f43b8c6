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
}

export function Axes({ x, y, left, top, right, bottom, xTitle, yTitle, grid }: Props) {
  return (
    <g class="axis">
      {x?.ticks.map((t) => (
        <g key={`x${t}`} transform={`translate(${x(t)},0)`}>
          <line y1={grid ? top : bottom} y2={bottom + 4} />
          <text y={bottom + 16} text-anchor="middle">{number(t)}</text>
        </g>
      ))}
      {y?.ticks.map((t) => (
        <g key={`y${t}`} transform={`translate(0,${y(t)})`}>
          <line x1={left - 4} x2={grid ? right : left} />
          <text x={left - 7} dy="0.32em" text-anchor="end">{number(t)}</text>
        </g>
      ))}
      <path d={`M${left},${top}V${bottom}H${right}`} />
      {xTitle && <text x={(left + right) / 2} y={bottom + 33} text-anchor="middle">{xTitle}</text>}
      {yTitle && <text transform={`translate(12,${(top + bottom) / 2}) rotate(-90)`} text-anchor="middle">{yTitle}</text>}
    </g>
  );
}

// The width that the labels of a vertical axis take.
export function axisRoom(y: Scale): number {
  return 14 + 6.6 * Math.max(1, ...y.ticks.map((t) => number(t).length));
}
