// SPDX-License-Identifier: Apache-2.0
// Morris' plane: µ* against σ. Rays σ/µ* = 0.1, 0.5 and 1 part inputs that act nearly linearly,
// monotonically, nearly so, and those with strong interaction or curvature (Garcia Sanchez et al.
// 2014, Energy and Buildings 68:741).
import { number } from "../parts/format";
import { Axes, axisRoom } from "./axis";
import { category } from "./colour";
import { domainOf, linear, type Scale } from "./scale";

export const RAYS = [0.1, 0.5, 1];

export interface Morris {
  names: string[];
  mu_star: (number | null)[];
  sigma: (number | null)[];
  mu_star_conf?: (number | null)[];
}

export interface MorrisLayout {
  x: Scale;
  y: Scale;
  left: number;
  bottom: number;
  points: { i: number; x: number; y: number; low?: number; high?: number; labelY: number }[];
  rays: { slope: number; x: number; y: number }[];
}

export function layoutMorris(m: Morris, width: number, height: number): MorrisLayout {
  const bottom = height - 40;
  const top = 12;
  const [, most] = domainOf(m.mu_star.map((v, i) => (v === null ? null : v + (m.mu_star_conf?.[i] ?? 0))), [0]);
  const [, spread] = domainOf(m.sigma, [0]);
  // High enough for the first ray: a spread of rounding errors stays at the bottom.
  const y = linear([0, Math.max(spread * 1.08, most * RAYS[0] * 1.3)], [bottom, top], 5);
  const left = axisRoom(y) + 14;
  const right = width - 20;
  const x = linear([0, most * 1.08], [left, right], Math.max(3, width / 120));
  const points = m.names.flatMap((_, i) => {
    const [mu, sigma, half] = [m.mu_star[i], m.sigma[i], m.mu_star_conf?.[i]];
    if (mu === null || sigma === null) return [];
    const interval = half === null || half === undefined ? {} : { low: x(Math.max(0, mu - half)), high: x(mu + half) };
    return [{ i, x: x(mu), y: y(sigma), ...interval, labelY: y(sigma) }];
  });
  // Labels that would lie on each other are moved apart, upwards from the axis.
  const sorted = [...points].sort((a, b) => b.labelY - a.labelY);
  for (let k = 1; k < sorted.length; k++) {
    const near = Math.abs(sorted[k].x - sorted[k - 1].x) < 60;
    if (near && sorted[k - 1].labelY - sorted[k].labelY < 13) sorted[k].labelY = sorted[k - 1].labelY - 13;
  }
  const rays = RAYS.map((slope) => {
    const end = Math.min(x.domain[1], y.domain[1] / slope);
    return { slope, x: x(end), y: y(end * slope) };
  });
  return { x, y, left, bottom, points, rays };
}

export function MorrisPlot({ of, width, title }: { of: Morris; width: number; title: string }) {
  const height = Math.min(440, Math.max(280, width * 0.62));
  const g = layoutMorris(of, width, height);
  return (
    <svg width={width} height={height} role="img" aria-label={title}>
      <Axes x={g.x} y={g.y} left={g.left} right={width - 20} top={12} bottom={g.bottom} xTitle="µ* (mean of absolute effects)" yTitle="σ (spread of effects)" grid />
      {g.rays.map((r) => (
        <g key={r.slope} class="axis">
          <path d={`M${g.x(0)},${g.y(0)}L${r.x},${r.y}`} stroke-dasharray="4 4" style={{ stroke: "var(--dim)" }} />
          {r.x - g.left > 90 && <text x={r.x - 4} y={r.y + (r.y < 30 ? 12 : -4)} text-anchor="end">σ/µ* = {r.slope}</text>}
        </g>
      ))}
      {g.points.map((p) => (
        <g key={p.i}>
          <title>{`${of.names[p.i]}: µ* ${number(of.mu_star[p.i])}, σ ${number(of.sigma[p.i])}`}</title>
          {p.low !== undefined && <path d={`M${p.low},${p.y}H${p.high}`} stroke="var(--dim)" />}
          <circle cx={p.x} cy={p.y} r="4.5" fill={category(0)} />
          <text x={p.x > width - 90 ? p.x - 8 : p.x + 8} y={p.labelY} dy="0.32em" text-anchor={p.x > width - 90 ? "end" : "start"}>{of.names[p.i]}</text>
        </g>
      ))}
    </svg>
  );
}
