// SPDX-License-Identifier: Apache-2.0
// Colours of data: a categorical list that colour-blind readers can tell apart (Okabe and Ito), a
// sequential ramp (cividis, made for them) and a diverging one. Pure.

export const CATEGORIES = 7;
export const category = (i: number): string => `var(--c${(i % CATEGORIES) + 1})`;

const CIVIDIS = [[0, 34, 78], [18, 53, 112], [59, 73, 108], [87, 93, 109], [112, 113, 115], [138, 134, 120], [165, 156, 116], [195, 179, 105], [225, 204, 85], [254, 232, 56]];
const DIVERGING = [[5, 80, 140], [96, 160, 205], [235, 235, 235], [235, 160, 90], [170, 70, 0]];

function along(stops: number[][], u: number): number[] {
  const x = Math.min(1, Math.max(0, u)) * (stops.length - 1);
  const i = Math.min(stops.length - 2, Math.floor(x));
  return stops[i].map((a, k) => Math.round(a + (stops[i + 1][k] - a) * (x - i)));
}

const rgb = (c: number[]): string => `rgb(${c[0]} ${c[1]} ${c[2]})`;

export const sequential = (u: number): string => rgb(along(CIVIDIS, u));
// u from −1 to 1.
export const diverging = (u: number): string => rgb(along(DIVERGING, (u + 1) / 2));

// Black or white, whichever reads better on a ramp's colour.
export function inkOn(colour: string): string {
  const [r, g, b] = (colour.match(/\d+/g) ?? ["0", "0", "0"]).map((v) => {
    const s = Number(v) / 255;
    return s <= 0.03928 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#000" : "#fff";
}
