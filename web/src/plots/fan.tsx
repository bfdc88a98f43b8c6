// SPDX-License-Identifier: Apache-2.0
// Bands of quantiles along an axis with the median, single lines, points and reference lines:
// responses to a parameter, and series over runs.
import { Axes, axisRoom } from "./axis";
import { category } from "./colour";
import { domainOf, linear, pad, shorten, type Scale } from "./scale";

export interface Line {
  name: string;
  x: (number | null)[];
  y: (number | null)[];
}

export interface FanData {
  x: number[];
  levels: string[] | null; // names of the places, if they are categories
  quantiles: (number | null)[][]; // 5, 25, 50, 75, 95 %
  lines?: Line[];
  points?: { x: (number | null)[]; y: (number | null)[] };
  across?: number; // reference lines
  upright?: number;
  acrossName?: string;
  uprightName?: string;
  lineColour?: (i: number) => string;
}

export interface FanLayout {
  x: Scale;
  y: Scale;
  left: number;
  bottom: number;
  outer: string;
  inner: string;
  median: string;
  lines: string[];
  points: [number, number][];
}

// A closed path between two rows of values; where either has none, the band is broken.
export function bandPath(x: number[], low: (number | null)[], high: (number | null)[], sx: Scale, sy: Scale): string {
  let path = "";
  for (let i = 0; i < x.length; ) {
    while (i < x.length && (low[i] === null || high[i] === null)) i++;
    const from = i;
    while (i < x.length && low[i] !== null && high[i] !== null) i++;
    if (i === from) continue;
    const there = [];
    const back = [];
    for (let k = from; k < i; k++) {
      there.push(`${sx(x[k]).toFixed(1)},${sy(high[k] as number).toFixed(1)}`);
      back.unshift(`${sx(x[k]).toFixed(1)},${sy(low[k] as number).toFixed(1)}`);
    }
    path += `M${there.join("L")}L${back.join("L")}Z`;
  }
  return path;
}

export function linePath(x: (number | null)[], y: (number | null)[], sx: Scale, sy: Scale): string {
  let path = "";
  let pen = false;
  for (let i = 0; i < x.length; i++) {
    const [u, v] = [x[i], y[i]];
    if (u === null || v === null) {
      pen = false;
      continue;
    }
    path += `${pen ? "L" : "M"}${sx(u).toFixed(1)},${sy(v).toFixed(1)}`;
    pen = true;
  }
  return path;
}

export function layoutFan(d: FanData, width: number, height: number, small = false): FanLayout {
  const bottom = height - (small ? 36 : 40);
  const lines = d.lines ?? [];
  const all = [...d.quantiles.flat(), ...lines.flatMap((l) => l.y), ...(d.points?.y ?? [])];
  const y = linear(pad(domainOf(all, d.across === undefined ? [] : [d.across])), [bottom, 8], small ? 3 : 5);
  const left = axisRoom(y) + (small ? 4 : 14);
  const xs = d.levels ? [-0.5, d.levels.length - 0.5] : [...d.x, ...lines.flatMap((l) => l.x), ...(d.points?.x ?? [])];
  const x = linear(domainOf(xs, d.upright === undefined ? [] : [d.upright]), [left, width - 12], Math.max(3, width / 110));
  if (d.levels) x.ticks = [];
  const band = (low: number, high: number) => bandPath(d.x, d.quantiles[low] ?? [], d.quantiles[high] ?? [], x, y);
  const points = (d.points?.x ?? []).flatMap((u, i): [number, number][] => {
    const v = d.points?.y[i];
    return u === null || v === null || v === undefined ? [] : [[x(u), y(v)]];
  });
  return {
    x, y, left, bottom, outer: band(0, 4), inner: band(1, 3), median: linePath(d.x, d.quantiles[2] ?? [], x, y),
    lines: lines.map((l) => linePath(l.x, l.y, x, y)), points,
  };
}

interface Props {
  of: FanData;
  width: number;
  height: number;
  title: string;
  xTitle: string;
  yTitle: string;
  small?: boolean;
}

export function Fan({ of, width, height, title, xTitle, yTitle, small }: Props) {
  const g = layoutFan(of, width, height, small);
  return (
    <svg width={width} height={height} role="img" aria-label={title}>
      <Axes x={g.x} y={g.y} left={g.left} right={width - 12} top={8} bottom={g.bottom} xTitle={xTitle} yTitle={small ? undefined : yTitle} grid />
      {of.levels?.map((l, i) => <text key={l} class="axis" x={g.x(i)} y={g.bottom + 16} text-anchor="middle">{shorten(l, (width - g.left) / (of.levels?.length ?? 1))}</text>)}
      <path d={g.points.map(([x, y]) => `M${(x - 1.2).toFixed(1)},${y.toFixed(1)}h2.4`).join("")} stroke="var(--dim)" stroke-width="2.4" opacity="0.35" />
      <path d={g.outer} fill={category(0)} opacity="0.18" />
      <path d={g.inner} fill={category(0)} opacity="0.32" />
      {g.lines.map((l, i) => <path key={of.lines?.[i].name} d={l} stroke={of.lineColour?.(i) ?? category(1 + (i % 6))} fill="none" stroke-width="1.2" opacity="0.85"><title>{of.lines?.[i].name}</title></path>)}
      <path d={g.median} stroke={category(0)} stroke-width="2.4" fill="none" />
      {of.across !== undefined && <path d={`M${g.left},${g.y(of.across)}H${width - 12}`} stroke="var(--bad)" stroke-dasharray="6 4" />}
      {of.across !== undefined && of.acrossName && <text x={width - 16} y={g.y(of.across) + 14} text-anchor="end">{of.acrossName}</text>}
      {of.upright !== undefined && <path d={`M${g.x(of.upright)},8V${g.bottom}`} stroke="var(--bad)" stroke-dasharray="2 4" />}
      {of.upright !== undefined && of.uprightName && <text x={g.x(of.upright) + 5} y={g.bottom - 6}>{of.uprightName}</text>}
    </svg>
  );
}
