// SPDX-License-Identifier: Apache-2.0
// From values to pixels and back, and the round values at which an axis is marked. Pure.

export interface Scale {
  (v: number): number;
  invert(px: number): number;
  domain: [number, number];
  range: [number, number];
  ticks: number[];
}

// 1, 2 or 5 times a power of ten, so that about `wanted` steps cover the span.
export function niceStep(span: number, wanted: number): number {
  const rough = span / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const lead = rough / power;
  return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
}

export function ticksOf(min: number, max: number, wanted = 5): number[] {
  if (!(max > min)) return [min];
  const step = niceStep(max - min, wanted);
  const out: number[] = [];
  for (let i = Math.ceil(min / step - 1e-9); i * step <= max + 1e-9 * step; i++) out.push(Number((i * step).toPrecision(12)));
  return out;
}

// A domain that is not empty: a constant gets some air.
export function domainOf(values: Iterable<number | null>, include: number[] = []): [number, number] {
  let min = Infinity;
  let max = -Infinity;
  const see = (v: number | null) => {
    if (v === null || !Number.isFinite(v)) return;
    if (v < min) min = v;
    if (v > max) max = v;
  };
  for (const v of values) see(v);
  include.forEach(see);
  if (min > max) return [0, 1];
  if (min === max) return min === 0 ? [-1, 1] : [min - Math.abs(min) * 0.1, max + Math.abs(max) * 0.1];
  return [min, max];
}

export function pad([min, max]: [number, number], share = 0.04): [number, number] {
  return [min - (max - min) * share, max + (max - min) * share];
}

export function linear(domain: [number, number], range: [number, number], wanted = 5): Scale {
  const k = (range[1] - range[0]) / (domain[1] - domain[0] || 1);
  const f = ((v: number) => range[0] + (v - domain[0]) * k) as Scale;
  f.invert = (px) => domain[0] + (px - range[0]) / k;
  return Object.assign(f, { domain, range, ticks: ticksOf(domain[0], domain[1], wanted) });
}

// Decades are marked, and 2 and 5 between them where there are few. The domain must be positive.
export function logarithmic(domain: [number, number], range: [number, number], wanted = 5): Scale {
  const [a, b] = [Math.log10(domain[0]), Math.log10(domain[1])];
  const k = (range[1] - range[0]) / (b - a || 1);
  const f = ((v: number) => range[0] + (Math.log10(v) - a) * k) as Scale;
  f.invert = (px) => 10 ** (a + (px - range[0]) / k);
  const ticks: number[] = [];
  const between = b - a < wanted / 2 ? [1, 2, 5] : [1];
  const skip = Math.max(1, Math.ceil((b - a) / wanted));
  for (let p = Math.floor(a); p <= b; p += skip)
    for (const m of between) {
      const v = Number((m * 10 ** p).toPrecision(12));
      if (v >= domain[0] * 0.999999 && v <= domain[1] * 1.000001) ticks.push(v);
    }
  return Object.assign(f, { domain, range, ticks });
}

export interface Bands {
  at(i: number): number;
  size: number;
}

// n equal bands with gaps between them.
export function bands(n: number, range: [number, number], gap = 0.25): Bands {
  const step = (range[1] - range[0]) / Math.max(1, n);
  return { at: (i) => range[0] + step * (i + gap / 2), size: step * (1 - gap) };
}

// Room for the longest of some labels, in pixels, at about 6.4 a character, capitals being wider.
export function labelRoom(labels: string[], most: number): number {
  return Math.min(most, 16 + 6.6 * Math.max(0, ...labels.map((l) => l.length)));
}

export function shorten(label: string, px: number): string {
  const n = Math.max(4, Math.floor(px / 6.4));
  return label.length <= n ? label : `${label.slice(0, n - 1)}…`;
}
