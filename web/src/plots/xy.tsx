// SPDX-License-Identifier: Apache-2.0
// Lines with points over a linear axis, with intervals and reference lines: curves of an analysis,
// indices over time.
import { number } from "../parts/format";
import { Axes, axisRoom } from "./axis";
import { Legend } from "./bars";
import { category, CATEGORIES } from "./colour";
import { bandPath } from "./fan";
import { domainOf, linear, pad, type Scale } from "./scale";

export interface Curve {
  name: string;
  x: (number | null)[];
  y: (number | null)[];
  half?: (number | null)[];
}

export interface CurveLayout {
  x: Scale;
  y: Scale;
  left: number;
  bottom: number;
  lines: { path: string; band: string; points: { k: number; x: number; y: number }[] }[];
}

const TOP = 10;
const SIDE = 14;

// include: values that the axes reach in any case.
export function layoutCurves(curves: Curve[], width: number, height: number, include: { x?: number[]; y?: number[] } = {}): CurveLayout {
  const bottom = height - 40;
  const ends = curves.flatMap((c) => c.y.flatMap((v, k) => (v === null ? [] : [v - (c.half?.[k] ?? 0), v + (c.half?.[k] ?? 0)])));
  const y = linear(pad(domainOf(ends, include.y)), [bottom, TOP], 5);
  const left = axisRoom(y) + 14;
  const x = linear(pad(domainOf(curves.flatMap((c) => c.x), include.x), 0.02), [left, width - SIDE], Math.max(3, width / 110));
  const lines = curves.map((c) => {
    const points = c.x.flatMap((u, k) => (u === null || c.y[k] === null || c.y[k] === undefined ? [] : [{ k, x: x(u), y: y(c.y[k] as number) }]));
    const off = (sign: number) => c.y.map((v, k) => (v === null || typeof c.half?.[k] !== "number" ? null : v + sign * (c.half[k] as number)));
    const band = c.half ? bandPath(c.x.map((u) => u ?? NaN), off(-1), off(1), x, y) : "";
    return { path: points.map((p, i) => `${i ? "L" : "M"}${p.x.toFixed(1)},${p.y.toFixed(1)}`).join(""), band, points };
  });
  return { x, y, left, bottom, lines };
}

export const DASHES = ["", "6 3", "2 3"];
export const dashOf = (i: number): string => DASHES[Math.floor(i / CATEGORIES) % DASHES.length];

interface Props {
  curves: Curve[];
  width: number;
  title: string;
  xTitle: string;
  yTitle: string;
  include?: { x?: number[]; y?: number[] };
  across?: { at: number; label: string };
  chosen?: number; // the place that is marked
  pick?: (k: number) => void;
}

const POINTS_MOST = 60; // more are a line without points

export function Curves({ curves, width, title, xTitle, yTitle, include, across, chosen, pick }: Props) {
  const height = Math.min(340, Math.max(240, width * 0.5));
  const g = layoutCurves(curves, width, height, across ? { ...include, y: [...(include?.y ?? []), across.at] } : include);
  const about = (i: number, k: number) => `${curves.length > 1 ? `${curves[i].name}, ` : ""}${xTitle} ${number(curves[i].x[k])}: ${number(curves[i].y[k])}`;
  return (
    <>
      {curves.length > 1 && <Legend names={curves.map((c) => c.name)} />}
      <svg width={width} height={height} role={pick ? "group" : "img"} aria-label={title}>
        <Axes x={g.x} y={g.y} left={g.left} right={width - SIDE} top={TOP} bottom={g.bottom} xTitle={xTitle} yTitle={yTitle} grid />
        {across && (
          <g class="axis">
            <path d={`M${g.left},${g.y(across.at)}H${width - SIDE}`} stroke-dasharray="6 4" style={{ stroke: "var(--bad)" }} />
            <text x={width - SIDE - 2} y={g.y(across.at) - 5} text-anchor="end">{across.label}</text>
          </g>
        )}
        {g.lines.map((l, i) => (
          <g key={curves[i].name} stroke={category(i)} fill="none">
            {l.band && <path d={l.band} fill={category(i)} stroke="none" opacity="0.16" />}
            <path d={l.path} stroke-width="2" stroke-dasharray={dashOf(i)} />
            {(pick || l.points.length <= POINTS_MOST) && l.points.map((p) => {
              const press = pick && { role: "button" as const, tabIndex: 0, "aria-pressed": p.k === chosen, "aria-label": about(i, p.k), style: { cursor: "pointer" }, onClick: () => pick(p.k), onKeyDown: (e: KeyboardEvent) => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); pick(p.k); } } };
              return (
                <g key={p.k} {...press}>
                  <title>{about(i, p.k)}</title>
                  {pick && <circle cx={p.x} cy={p.y} r="12" stroke="none" fill="transparent" />}
                  <circle cx={p.x} cy={p.y} r={p.k === chosen ? 6.5 : 3.2} fill={p.k === chosen ? "var(--card)" : category(i)} stroke-width={p.k === chosen ? 3 : 1} />
                </g>
              );
            })}
          </g>
        ))}
      </svg>
    </>
  );
}
