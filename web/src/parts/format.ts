// SPDX-License-Identifier: Apache-2.0
// Numbers, times and sizes as people read them. Pure.

// A count with thin groups: 10 000 000.
export function count(n: number | null | undefined): string {
  if (n === null || n === undefined || !Number.isFinite(n)) return "–";
  return Math.round(n).toString().replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
}

// A value with so many significant digits, without trailing zeros.
export function number(v: number | null | undefined, digits = 4): string {
  if (v === null || v === undefined || !Number.isFinite(v)) return "–";
  if (v === 0) return "0";
  const size = Math.abs(v);
  if (size >= 1e6 || size < 1e-4)
    return v.toExponential(Math.max(0, digits - 1)).replace(/\.?0+e/, "e").replace("e+", "e").replace("-", "\u2212").replace("e-", "e\u2212");
  const text = v.toPrecision(digits);
  const plain = text.includes("e") ? String(Number(text)) : text;
  return (plain.includes(".") ? plain.replace(/\.?0+$/, "") : plain).replace("-", "\u2212");
}

export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "–";
  if (seconds < 1) return `${number(seconds * 1000, 3)} ms`;
  if (seconds < 60) return `${number(seconds, seconds < 10 ? 2 : 3)} s`;
  const m = Math.floor(seconds / 60);
  if (m < 60) return `${m} min ${Math.floor(seconds % 60)} s`;
  const h = Math.floor(m / 60);
  if (h < 48) return `${h} h ${m % 60} min`;
  return `${Math.floor(h / 24)} d ${h % 24} h`;
}

export function rate(perSecond: number | null | undefined): string {
  if (!perSecond || !Number.isFinite(perSecond)) return "–";
  if (perSecond >= 1e6) return `${number(perSecond / 1e6, 3)} M/s`;
  if (perSecond >= 1000) return `${number(perSecond / 1000, 3)} k/s`;
  return perSecond < 0.1 ? `${number(perSecond * 60, 2)} /min` : `${number(perSecond, 3)} /s`;
}

export function age(time: string | null | undefined, now = Date.now()): string {
  if (!time) return "–";
  const s = Math.max(0, (now - Date.parse(time)) / 1000);
  if (s < 60) return "just now";
  if (s < 3600) return `${Math.floor(s / 60)} min ago`;
  if (s < 86400) return `${Math.floor(s / 3600)} h ago`;
  return `${Math.floor(s / 86400)} d ago`;
}

export function moment(time: string | null | undefined): string {
  return time ? new Date(time).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "medium" }) : "–";
}

export function percent(part: number, whole: number): string {
  if (!whole) return "0 %";
  const p = (100 * part) / whole;
  if (part < whole && p >= 99.5) return "> 99 %";
  return p > 0 && p < 1 ? "< 1 %" : `${Math.round(p)} %`;
}

export function bytes(n: number): string {
  if (n < 1000) return `${n} B`;
  const units = ["kB", "MB", "GB", "TB"];
  let v = n;
  let u = -1;
  while (v >= 1000 && u < units.length - 1) {
    v /= 1000;
    u++;
  }
  return `${number(v, 3)} ${units[u]}`;
}

export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`;

// A value of a run: number, truth, text, list or nothing.
export function value(v: unknown): string {
  if (typeof v === "number") return number(v, 6);
  if (v === null || v === undefined) return "–";
  if (Array.isArray(v)) return `${v.length} values`;
  return String(v);
}

// CSV as RFC 4180 has it.
export function csv(head: string[], rows: unknown[][]): string {
  const cell = (v: unknown) => {
    const text = v === null || v === undefined ? "" : String(v);
    return /[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
  };
  return [head, ...rows].map((r) => r.map(cell).join(",")).join("\r\n") + "\r\n";
}
