// SPDX-License-Identifier: Apache-2.0
// Lines over a logarithmic axis with an interval at each point: indices against the number of points.
import { count, number } from "../parts/format";
import { Axes, axisRoom } from "./axis";
import { Legend } from "./bars";
import { category } from "./colour";
import { domainOf, linear, logarithmic, pad, type Scale } from "./scale";
import { dashOf } from "./xy";

export interface Track {
  name: string;
  values: (number | null)[];
  half?: (number | null)[];
}

export interface TrackLayout {
  x: Scale;
  y: Scale;
  left: number;
  bottom: number;
  lines: { path: string; points: { x: number; y: number; low?: number; high?: number; k: number }[] }[];
}

export function layoutTracks(at: number[], tracks: Track[], width: number, height: number): TrackLayout {
  const bottom = height - 40;
  const ends = tracks.flatMap((t) => t.values.flatMap((v, k) => (v === null ? [] : [v - (t.half?.[k] ?? 0), v + (t.half?.[k] ?? 0)])));
  const y = linear(pad(domainOf(ends, [0])), [bottom, 10], 5);
  const left = axisRoom(y) + 14;
  const x = logarithmic([at[0], Math.max(at[0] * 1.01, at[at.length - 1])], [left + 12, width - 22], Math.max(3, width / 110));
  x.ticks = at.filter((_, i) => at.length <= 8 || i % Math.ceil(at.length / 8) === 0);
  const lines = tracks.map((t, s) => {
    // Side by side, so that intervals of different lines do not hide each other.
    const shift = (s - (tracks.length - 1) / 2) * 3;
    const points = t.values.flatMap((v, k) => {
      if (v === null) return [];
      const half = t.half?.[k];
      const interval = half === null || half === undefined ? {} : { low: y(v - half), high: y(v + half) };
      return [{ x: x(at[k]) + shift, y: y(v), ...interval, k }];
    });
    return { path: points.map((p, i) => `${i ? "L" : "M"}${p.x.toFixed(1)},${p.y.toFixed(1)}`).join(""), points };
  });
  return { x, y, left, bottom, lines };
}

export function Tracks({ at, tracks, width, title, yTitle }: { at: number[]; tracks: Track[]; width: number; title: string; yTitle?: string }) {
  const height = Math.min(340, Math.max(240, width * 0.5));
  const g = layoutTracks(at, tracks, width, height);
  return (
    <>
      <Legend names={tracks.map((t) => t.name)} />
      <svg width={width} height={height} role="img" aria-label={title}>
        <Axes x={g.x} y={g.y} left={g.left} right={width - 14} top={10} bottom={g.bottom} xTitle="points used" yTitle={yTitle} grid />
        {g.lines.map((l, i) => (
          <g key={tracks[i].name} stroke={category(i)} fill="none">
            <path d={l.path} stroke-width="2" stroke-dasharray={dashOf(i)} />
            {l.points.map((p) => (
              <g key={p.k}>
                <title>{`${tracks[i].name}, ${count(at[p.k])} points: ${number(tracks[i].values[p.k])}`}</title>
                {p.low !== undefined && <path d={`M${p.x},${p.low}V${p.high}`} opacity="0.55" stroke-width="1.5" />}
                <circle cx={p.x} cy={p.y} r="3" fill={category(i)} />
              </g>
            ))}
          </g>
        ))}
      </svg>
    </>
  );
}
