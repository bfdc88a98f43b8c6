// SPDX-License-Identifier: Apache-2.0
// The frame of every chart: its title with units, the same data as a table and as CSV, the picture
// as SVG or PNG, and the curl command that fetches what it shows.
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { csv, value } from "./format";
import { Copy, download, useWidth } from "./ui";

export interface Table {
  head: string[];
  rows: unknown[][];
}

interface Props {
  title: string;
  table: () => Table;
  url?: string; // path of the API behind it
  curl?: () => string; // the command, where it is not that of a GET
  note?: ComponentChildren;
  tools?: ComponentChildren;
  children: (width: number) => ComponentChildren;
}

const PAINTED = ["fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-family", "text-anchor"];

// The picture by itself: what the page's style sheet gives it becomes attributes, and a canvas that
// lies under it an image.
export function standalone(svg: SVGSVGElement, under?: HTMLCanvasElement | null): string {
  const copy = svg.cloneNode(true) as SVGSVGElement;
  const from = svg.querySelectorAll("*");
  copy.querySelectorAll("*").forEach((e, i) => {
    const style = getComputedStyle(from[i]);
    for (const name of PAINTED) e.setAttribute(name, style.getPropertyValue(name));
  });
  if (under) {
    const image = document.createElementNS("http://www.w3.org/2000/svg", "image");
    const { width, height } = svg.getBoundingClientRect();
    for (const [name, v] of Object.entries({ width, height, href: under.toDataURL() })) image.setAttribute(name, String(v));
    copy.prepend(image);
  }
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  copy.style.background = getComputedStyle(document.body).getPropertyValue("--card");
  return new XMLSerializer().serializeToString(copy);
}

export const curlOf = (path: string): string => `curl '${location.origin}${path}'`;

function save(box: HTMLElement, name: string): void {
  const svg = box.querySelector("svg");
  if (svg) download(`${name}.svg`, "image/svg+xml", standalone(svg, box.querySelector("canvas")));
}

export function Figure({ title, table, url, curl, note, tools, children }: Props) {
  const [shown, setShown] = useState<"chart" | "table">("chart");
  const [box, width] = useWidth<HTMLDivElement>();
  const whole = useRef<HTMLElement>(null);
  const name = title.toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "");
  return (
    <section ref={whole} class="card figure" aria-label={title}>
      <header>
        <h2>{title}</h2>
        <div class="tools">
          {tools}
          <button aria-pressed={shown === "table"} onClick={() => setShown(shown === "table" ? "chart" : "table")}>Table</button>
          <button onClick={() => { const t = table(); download(`${name}.csv`, "text/csv", csv(t.head, t.rows)); }}>CSV</button>
          <button disabled={shown === "table"} onClick={() => whole.current && save(whole.current, name)}>Picture</button>
          {(url || curl) && <Copy text={() => (curl ? curl() : curlOf(url as string))}>curl</Copy>}
        </div>
      </header>
      <div ref={box}>
        {shown === "chart" ? children(width) : <DataTable of={table()} label={title} />}
      </div>
      {note && <div class="note">{note}</div>}
    </section>
  );
}

const ROWS_MAX = 200;

export function DataTable({ of, label }: { of: Table; label: string }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={`${label}, as a table`} style={{ maxHeight: "360px" }}>
      <table class="plain">
        <thead><tr>{of.head.map((h, i) => <th key={i} class={i ? "num" : ""}>{h}</th>)}</tr></thead>
        <tbody>
          {of.rows.slice(0, ROWS_MAX).map((r, i) => <tr key={i}>{r.map((v, k) => <td key={k} class={k ? "num" : ""}>{value(v)}</td>)}</tr>)}
        </tbody>
      </table>
      {of.rows.length > ROWS_MAX && <p class="small dim">The first {ROWS_MAX} of {of.rows.length} rows; the CSV has all.</p>}
    </div>
  );
}
