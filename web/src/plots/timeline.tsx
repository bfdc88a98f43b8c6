// SPDX-License-Identifier: Apache-2.0
// Lines over time by uPlot, with bands between some of them; the cursor reads values off.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { useEffect, useRef } from "preact/hooks";
import { number } from "../parts/format";

export interface Line {
  name: string;
  values: (number | null)[];
  colour?: number; // of the categories; grey without
  width?: number;
  dash?: number[];
  // Fills down to the line of this index.
  fillTo?: number;
  opacity?: number;
}

interface Props {
  x: number[];
  lines: Line[];
  width: number;
  height: number;
  xTitle: string;
  legend?: boolean;
}

function colours(): (name: string) => string {
  const style = getComputedStyle(document.documentElement);
  return (name) => style.getPropertyValue(name).trim();
}

export function TimeLine({ x, lines, width, height, xTitle, legend }: Props) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>();
  const shape = JSON.stringify(lines.map((l) => [l.name, l.colour, l.fillTo]));
  useEffect(() => {
    if (!box.current) return;
    const draw = () => {
      const of = colours();
      const ink = (l: Line) => (l.colour === undefined ? of("--c1") : of(`--c${(l.colour % 7) + 1}`));
      const axis = { stroke: of("--dim"), grid: { stroke: of("--line"), width: 1 }, ticks: { stroke: of("--line") }, font: "11px system-ui, sans-serif" };
      plot.current?.destroy();
      plot.current = new uPlot(
        {
          width,
          height,
          legend: { show: legend ?? false },
          scales: { x: { time: false } },
          cursor: { y: false },
          axes: [
            { ...axis, label: xTitle, labelSize: 18, labelFont: "11px system-ui, sans-serif", size: 34, values: (_, v) => v.map((t) => number(t)) },
            { ...axis, size: 62, values: (_, v) => v.map((t) => number(t)) },
          ],
          series: [
            { label: xTitle },
            ...lines.map((l): uPlot.Series => ({
              label: l.name, stroke: ink(l), width: l.width ?? 1.8, dash: l.dash, alpha: l.opacity ?? 1, points: { show: (u) => u.data[0].length < 3 }, spanGaps: true,
              value: (_, v) => number(v),
            })),
          ],
          bands: lines.flatMap((l, i) => (l.fillTo === undefined ? [] : [{ series: [i + 1, l.fillTo + 1] as [number, number], fill: `color-mix(in srgb, ${ink(l)} 22%, transparent)` }])),
        },
        [x, ...lines.map((l) => l.values)] as uPlot.AlignedData,
        box.current as HTMLElement,
      );
    };
    draw();
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", draw);
    const watch = new MutationObserver(draw);
    watch.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => {
      dark.removeEventListener("change", draw);
      watch.disconnect();
      plot.current?.destroy();
      plot.current = undefined;
    };
  }, [shape, width, height]);
  useEffect(() => plot.current?.setData([x, ...lines.map((l) => l.values)] as uPlot.AlignedData), [x, lines]);
  return <div ref={box} role="img" aria-label={`${lines[0]?.name ?? "line"} over ${xTitle}`} />;
}
