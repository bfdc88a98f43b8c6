// SPDX-License-Identifier: Apache-2.0
// Parallel coordinates: an upright axis for each variable, a line for each run, brushes on axes.
// Lines are drawn on a canvas, axes and brushes above it as SVG.
import { useEffect, useRef, useState } from "preact/hooks";
import { number } from "../parts/format";
import { domainOf, linear, logarithmic, shorten, type Scale } from "./scale";

export interface Axis {
  name: string;
  levels?: string[] | null;
  values: (number | null)[];
  flip?: boolean;
  log?: boolean;
}

export type Brushes = Record<string, [number, number]>;

export interface AxisLayout {
  axis: Axis;
  x: number;
  y: Scale;
}

const TOP = 30;
const BOTTOM = 16;
const SIDE = 46;

export function layoutParallel(axes: Axis[], width: number, height: number): AxisLayout[] {
  const step = axes.length > 1 ? (width - 2 * SIDE) / (axes.length - 1) : 0;
  return axes.map((axis, i) => {
    const ends: [number, number] = [height - BOTTOM, TOP];
    if (axis.flip) ends.reverse();
    const domain: [number, number] = axis.levels ? [-0.4, axis.levels.length - 0.6] : domainOf(axis.values);
    const y = axis.log && domain[0] > 0 ? logarithmic(domain, ends, 5) : linear(domain, ends, 5);
    if (axis.levels) y.ticks = axis.levels.map((_, k) => k);
    return { axis, x: SIDE + i * step, y };
  });
}

// Whether row i is inside every brush; what has no value is inside none.
export function inside(axes: Axis[], brushes: Brushes, i: number): boolean {
  return axes.every(({ name, values }) => {
    const b = brushes[name];
    if (!b) return true;
    const v = values[i];
    return v !== null && v >= b[0] && v <= b[1];
  });
}

function strokeRows(ctx: CanvasRenderingContext2D, layout: AxisLayout[], rows: number[]): void {
  ctx.beginPath();
  for (const i of rows) {
    let pen = false;
    for (const a of layout) {
      const v = a.axis.values[i];
      if (v === null || !Number.isFinite(v)) {
        pen = false;
        continue;
      }
      if (pen) ctx.lineTo(a.x, a.y(v));
      else ctx.moveTo(a.x, a.y(v));
      pen = true;
    }
  }
  ctx.stroke();
}

interface Props {
  axes: Axis[];
  brushes: Brushes;
  on: (brushes: Brushes) => void;
  chosenAxis: string;
  choose: (name: string) => void;
  width: number;
  height: number;
  title: string;
}

export function Parallel({ axes, brushes, on, chosenAxis, choose, width, height, title }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [drag, setDrag] = useState<{ name: string; from: number; to: number }>();
  const layout = layoutParallel(axes, width, height);
  const n = axes[0]?.values.length ?? 0;
  useEffect(() => {
    const c = canvas.current;
    const ctx = c?.getContext("2d");
    if (!c || !ctx) return;
    const draw = () => {
      const dpr = devicePixelRatio || 1;
      c.width = width * dpr;
      c.height = height * dpr;
      ctx.scale(dpr, dpr);
      const style = getComputedStyle(document.documentElement);
      const brushed = Object.keys(brushes).length > 0;
      const front: number[] = [];
      const back: number[] = [];
      for (let i = 0; i < n; i++) (inside(axes, brushes, i) ? front : back).push(i);
      ctx.lineWidth = 1;
      ctx.strokeStyle = style.getPropertyValue("--dim");
      ctx.globalAlpha = 0.07;
      if (brushed) strokeRows(ctx, layout, back);
      ctx.strokeStyle = style.getPropertyValue("--c1");
      ctx.globalAlpha = Math.min(0.8, Math.max(0.05, 120 / Math.max(1, front.length)));
      // In small bundles, so that lines on each other add up.
      for (let k = 0; k < front.length; k += 25) strokeRows(ctx, layout, front.slice(k, k + 25));
    };
    draw();
    const watch = new MutationObserver(draw);
    watch.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    return () => watch.disconnect();
  }, [axes, JSON.stringify(brushes), width, height]);

  const at = (e: PointerEvent) => e.clientY - (canvas.current?.getBoundingClientRect().top ?? 0);
  const finish = (a: AxisLayout, from: number, to: number) => {
    const next = { ...brushes };
    if (Math.abs(to - from) < 4) delete next[a.axis.name];
    else {
      const ends = [a.y.invert(from), a.y.invert(to)].sort((p, q) => p - q);
      next[a.axis.name] = [Number(ends[0].toPrecision(6)), Number(ends[1].toPrecision(6))];
    }
    on(next);
  };
  return (
    <div class="parallel" style={{ height: `${height}px` }}>
      <canvas ref={canvas} style={{ width: `${width}px`, height: `${height}px` }} role="img" aria-label={title} />
      <svg width={width} height={height}>
        {layout.map((a) => {
          const brush = drag?.name === a.axis.name ? [drag.from, drag.to] : brushes[a.axis.name]?.map((v) => a.y(v));
          const room = axes.length > 1 ? layout[1].x - layout[0].x - 8 : 100;
          return (
            <g key={a.axis.name} transform={`translate(${a.x},0)`} class="axis">
              <line y1={TOP} y2={height - BOTTOM} style={{ stroke: "var(--dim)" }} />
              {a.y.ticks.map((t) => <text key={t} x={5} y={a.y(t)} dy="0.32em" style={{ paintOrder: "stroke", stroke: "var(--card)", strokeWidth: 3 }}>{a.axis.levels ? shorten(a.axis.levels[t] ?? "", 70) : number(t, 3)}</text>)}
              <text y={14} text-anchor="middle" role="button" tabIndex={0} aria-pressed={chosenAxis === a.axis.name} style={{ cursor: "pointer", fill: "var(--ink)", fontWeight: chosenAxis === a.axis.name ? 700 : 400, textDecoration: "underline" }}
                onClick={() => choose(a.axis.name)} onKeyDown={(e) => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); choose(a.axis.name); } }}>
                {shorten(a.axis.name, room) !== a.axis.name && <title>{a.axis.name}</title>}
                {shorten(a.axis.name, room)}
              </text>
              {brush && <rect x={-7} width={14} y={Math.min(brush[0], brush[1])} height={Math.abs(brush[1] - brush[0])} fill="var(--c2)" opacity="0.45" />}
              <rect class="axis-hit" data-axis={a.axis.name} x={-14} width={28} y={TOP} height={height - TOP - BOTTOM} fill="transparent"
                onPointerDown={(e) => { e.currentTarget.setPointerCapture(e.pointerId); setDrag({ name: a.axis.name, from: at(e), to: at(e) }); }}
                onPointerMove={(e) => drag && setDrag({ ...drag, to: Math.max(TOP, Math.min(height - BOTTOM, at(e))) })}
                onPointerUp={() => { if (drag) finish(a, drag.from, drag.to); setDrag(undefined); choose(a.axis.name); }} />
            </g>
          );
        })}
      </svg>
    </div>
  );
}
