// SPDX-License-Identifier: Apache-2.0
// A matrix of numbers as coloured squares with their values: second-order indices, or distances by
// range of the output.
import { number } from "../parts/format";
import { diverging, inkOn } from "./colour";
import { labelRoom, shorten } from "./scale";

export interface Cell {
  row: number;
  column: number;
  x: number;
  y: number;
  size: number;
  value: number;
  colour: string;
}

export interface MatrixLayout {
  width: number;
  height: number;
  left: number;
  top: number;
  size: number;
  cells: Cell[];
}

// Null cells are left out. Colours go from −m to m, m the largest magnitude. labels: of the rows;
// of the columns too, unless those have their own.
export function layoutMatrix(values: (number | null)[][], labels: string[], width: number, columns = labels): MatrixLayout {
  const n = columns.length;
  const left = labelRoom(labels, width * 0.3);
  const top = 22;
  const size = Math.max(16, Math.min(72, (width - left - 6) / Math.max(1, n)));
  const most = Math.max(1e-300, ...values.flat().map((v) => Math.abs(v ?? 0)));
  const cells = values.flatMap((row, i) =>
    row.flatMap((value, j): Cell[] =>
      value === null || !Number.isFinite(value)
        ? []
        : [{ row: i, column: j, x: left + j * size, y: top + i * size, size, value, colour: diverging(value / most) }],
    ),
  );
  return { width: Math.max(width, left + n * size), height: top + labels.length * size + 4, left, top, size, cells };
}

interface Props {
  values: (number | null)[][];
  half?: (number | null)[][];
  labels: string[];
  columns?: string[];
  width: number;
  title: string;
}

// What is nearly nothing beside the largest is not worth its digits.
function short(v: number): string {
  return v !== 0 && Math.abs(v) < 0.001 ? "\u2248 0" : number(v, 2);
}

export function Matrix({ values, half, labels, columns = labels, width, title }: Props) {
  const g = layoutMatrix(values, labels, width, columns);
  return (
    <div style={{ overflowX: "auto" }} tabIndex={0} role="region" aria-label={`${title}, picture`}>
      <svg width={g.width} height={g.height} role="img" aria-label={title}>
        <g class="axis">
          {labels.map((l, i) => <text key={l} x={g.left - 8} y={g.top + (i + 0.5) * g.size} dy="0.32em" text-anchor="end"><title>{l}</title>{shorten(l, g.left - 8)}</text>)}
          {columns.map((l, i) => <text key={l} x={g.left + (i + 0.5) * g.size} y={g.top - 7} text-anchor="middle"><title>{l}</title>{shorten(l, g.size)}</text>)}
        </g>
        {g.cells.map((c) => (
          <g key={`${c.row},${c.column}`}>
            <title>{`${labels[c.row]} × ${columns[c.column]}: ${number(c.value)}${half ? ` ± ${number(half[c.row]?.[c.column])}` : ""}`}</title>
            <rect x={c.x + 1} y={c.y + 1} width={c.size - 2} height={c.size - 2} rx="3" fill={c.colour} />
            {c.size >= 34 && <text x={c.x + c.size / 2} y={c.y + c.size / 2} dy="0.32em" text-anchor="middle" style={{ fill: inkOn(c.colour) }}>{short(c.value)}</text>}
          </g>
        ))}
      </svg>
    </div>
  );
}
