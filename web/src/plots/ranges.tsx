// SPDX-License-Identifier: Apache-2.0
// A part of each parameter's range, one above the other: the box of a scenario.
import { number } from "../parts/format";
import { category } from "./colour";
import { labelRoom, shorten } from "./scale";

export interface Range {
  name: string;
  min: number;
  max: number;
  low: number | null; // null: not restricted on this side
  high: number | null;
}

export interface RangeLayout {
  left: number;
  right: number;
  height: number;
  rows: { y: number; from: number; to: number; free: boolean }[];
}

const ROW = 34;

export function layoutRanges(ranges: Range[], width: number): RangeLayout {
  const left = labelRoom(ranges.map((r) => r.name), width * 0.34);
  const right = width - 10;
  const rows = ranges.map((r, i) => {
    const place = (v: number) => left + ((Math.min(r.max, Math.max(r.min, v)) - r.min) / (r.max - r.min || 1)) * (right - left);
    return { y: 10 + i * ROW, from: place(r.low ?? r.min), to: place(r.high ?? r.max), free: r.low === null && r.high === null };
  });
  return { left, right, height: 12 + ranges.length * ROW, rows };
}

export function Ranges({ ranges, width, title }: { ranges: Range[]; width: number; title: string }) {
  const g = layoutRanges(ranges, width);
  return (
    <svg width={width} height={g.height} role="img" aria-label={title}>
      {g.rows.map((r, i) => {
        const { name, min, max, low, high } = ranges[i];
        return (
          <g key={name}>
            <title>{`${name}: ${r.free ? "free" : `${number(low ?? min)} to ${number(high ?? max)}`} of ${number(min)} to ${number(max)}`}</title>
            <text x={g.left - 8} y={r.y + 5} dy="0.32em" text-anchor="end">{shorten(name, g.left - 10)}</text>
            <rect x={g.left} y={r.y} width={g.right - g.left} height={10} rx="5" fill="var(--soft)" stroke="var(--line)" />
            {!r.free && <rect x={r.from} y={r.y} width={Math.max(3, r.to - r.from)} height={10} rx="5" fill={category(0)} />}
            <g class="axis">
              {low !== null && <text x={Math.max(r.from, g.left + 20)} y={r.y + 22} text-anchor={r.to - r.from < 70 && high !== null ? "end" : "middle"}>{number(low)}</text>}
              {high !== null && <text x={Math.min(r.to, g.right - 20)} y={r.y + 22} text-anchor={r.to - r.from < 70 && low !== null ? "start" : "middle"}>{number(high)}</text>}
              {r.free && <text x={(g.left + g.right) / 2} y={r.y + 22} text-anchor="middle">free</text>}
            </g>
          </g>
        );
      })}
    </svg>
  );
}
