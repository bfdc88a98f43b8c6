// SPDX-License-Identifier: Apache-2.0
// Points in a plane, some of them in the foreground.
import { Axes, axisRoom } from "./axis";
import { category } from "./colour";
import { domainOf, linear, pad, type Scale } from "./scale";

export interface ScatterLayout {
  x: Scale;
  y: Scale;
  left: number;
  bottom: number;
  points: { i: number; x: number; y: number }[];
}

type Values = ArrayLike<number | null>;

export function layoutScatter(x: Values, y: Values, width: number, height: number, yLevels?: string[] | null): ScatterLayout {
  const bottom = height - 40;
  const sy = linear(pad(domainOf(Array.from(y))), [bottom, 8], 5);
  const left = axisRoom(sy, yLevels) + 14;
  const sx = linear(pad(domainOf(Array.from(x))), [left, width - 12], Math.max(3, width / 110));
  const points = Array.from(x).flatMap((v, i) => {
    const w = y[i];
    return v === null || w === null || !Number.isFinite(v) || !Number.isFinite(w) ? [] : [{ i, x: sx(v), y: sy(w) }];
  });
  return { x: sx, y: sy, left, bottom, points };
}

interface Props {
  x: Values;
  y: Values;
  width: number;
  height: number;
  xTitle: string;
  yTitle: string;
  title: string;
  // The words of whole numbers, of a variable of categories.
  xLevels?: string[] | null;
  yLevels?: string[] | null;
  // Those in the foreground; all without.
  chosen?: (i: number) => boolean;
}

export function Scatter({ x, y, width, height, xTitle, yTitle, title, xLevels, yLevels, chosen }: Props) {
  const g = layoutScatter(x, y, width, height, yLevels);
  const r = g.points.length > 3000 ? 1.4 : g.points.length > 400 ? 2 : 3;
  const dot = (p: { x: number; y: number }) => `M${(p.x - r).toFixed(1)},${p.y.toFixed(1)}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0`;
  const front = chosen ? g.points.filter((p) => chosen(p.i)) : g.points;
  const back = chosen ? g.points.filter((p) => !chosen(p.i)) : [];
  return (
    <svg width={width} height={height} role="img" aria-label={title}>
      <Axes x={g.x} y={g.y} left={g.left} right={width - 12} top={8} bottom={g.bottom} xTitle={xTitle} yTitle={yTitle} xLevels={xLevels} yLevels={yLevels} grid />
      <path d={back.map(dot).join("")} fill="var(--dim)" opacity="0.18" />
      <path d={front.map(dot).join("")} fill={category(0)} opacity={g.points.length > 400 ? 0.5 : 0.8} />
    </svg>
  );
}
