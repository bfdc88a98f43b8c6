// SPDX-License-Identifier: Apache-2.0
// The small parts that every screen is made of.
import { h, type Attributes, type ComponentChildren, type FunctionComponent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import type { ApiError } from "../state/http";
import type { Study } from "../state/contract";
import { count, percent } from "./format";

const STATE_MARK: Record<string, string> = { queued: "◷", running: "▶", paused: "❚❚", done: "✓", failed: "✕", cancelled: "■", up: "●", lost: "✕", draining: "◌" };

export function State({ of }: { of: string }) {
  return (
    <span class={`state state-${of}`}>
      <span aria-hidden="true" class="mark">{STATE_MARK[of] ?? "•"}</span>
      {of}
    </span>
  );
}

type Counts = Pick<Study, "runs" | "made" | "failed" | "rejected" | "state">;

// Runs that went wrong: those that constraints rejected did not.
export const broken = (of: Pick<Study, "failed" | "rejected">) => of.failed - of.rejected;

// Done, failed, rejected, waiting: told by order, hatching and words as well as by colour.
export function Progress({ of, wide }: { of: Counts; wide?: boolean }) {
  const done = of.made - of.failed;
  const share = (n: number) => `${of.runs ? (100 * n) / of.runs : 0}%`;
  const words = `${percent(of.made, of.runs)}: ${count(done)} done, ${count(broken(of))} failed, ${of.rejected ? `${count(of.rejected)} rejected, ` : ""}${count(of.runs - of.made)} waiting of ${count(of.runs)} runs`;
  return (
    <div class={wide ? "progress wide" : "progress"}>
      <div class="track" role="img" aria-label={words} title={words}>
        <div class={`seg done ${of.state === "running" ? "moving" : ""}`} style={{ width: share(done) }} />
        <div class="seg failed" style={{ width: share(broken(of)) }} />
        <div class="seg rejected" style={{ width: share(of.rejected) }} />
      </div>
      <span class="num small" aria-hidden="true">{percent(of.made, of.runs)}</span>
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="empty">
      <p class="strong">{title}</p>
      <div>{children}</div>
    </div>
  );
}

export function Fault({ error, again }: { error: ApiError; again?: () => void }) {
  const p = error.problem;
  return (
    <div class="fault" role="alert">
      <p class="strong">{p.title}</p>
      {p.detail && <p>{p.detail}</p>}
      {p.faults && (
        <ul>{p.faults.map((f) => <li><code>{f.pointer || "/"}</code> {f.detail}</li>)}</ul>
      )}
      {again && <button onClick={again}>Try again</button>}
    </div>
  );
}

// What stands where data will be: the frame of it, not a spinner.
export function Waiting({ lines = 3 }: { lines?: number }) {
  return (
    <div class="waiting" aria-busy="true" aria-label="loading">
      {Array.from({ length: lines }, (_, i) => <div key={i} class="ghost" style={{ width: `${90 - 17 * (i % 4)}%` }} />)}
    </div>
  );
}

interface ShowProps<T> {
  of: { data?: T; error?: ApiError; again: () => void };
  lines?: number;
  children: (data: T) => ComponentChildren;
}

// Data, or why it is not there.
export function Show<T>({ of, lines, children }: ShowProps<T>) {
  if (of.data !== undefined) return <>{children(of.data)}</>;
  if (of.error) return <Fault error={of.error} again={of.again} />;
  return <Waiting lines={lines} />;
}

export interface Question {
  title: string;
  text: string;
  verb: string;
  danger?: boolean;
  act: () => Promise<void> | void;
}

export function Confirm({ ask, close }: { ask: Question; close: () => void }) {
  const box = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => box.current?.showModal(), []);
  const act = async () => {
    setBusy(true);
    await ask.act();
    close();
  };
  return (
    <dialog ref={box} onClose={close} aria-labelledby="ask-title">
      <h2 id="ask-title">{ask.title}</h2>
      <p>{ask.text}</p>
      <div class="row end">
        <button onClick={close}>Leave it</button>
        <button class={ask.danger ? "danger" : "primary"} disabled={busy} onClick={() => void act()}>{ask.verb}</button>
      </div>
    </dialog>
  );
}

// Browsers give the clipboard to secure pages only; others copy what is selected.
async function toClipboard(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const box = document.createElement("textarea");
  box.value = text;
  document.body.append(box);
  box.select();
  document.execCommand("copy");
  box.remove();
}

export function Copy({ text, children }: { text: string | (() => string); children: ComponentChildren }) {
  const [done, setDone] = useState(false);
  const copy = async () => {
    await toClipboard(typeof text === "string" ? text : text());
    setDone(true);
    setTimeout(() => setDone(false), 1500);
  };
  return <button type="button" onClick={() => void copy()}>{done ? "Copied" : children}</button>;
}

export function download(name: string, type: string, content: BlobPart): void {
  const url = URL.createObjectURL(new Blob([content], { type }));
  const a = document.createElement("a");
  a.href = url;
  a.download = name;
  a.click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}

// The size of an element, kept while it changes.
export function useWidth<E extends HTMLElement>(fallback = 600) {
  const ref = useRef<E>(null);
  const [width, setWidth] = useState(fallback);
  useEffect(() => {
    const e = ref.current;
    if (!e) return;
    const see = () => setWidth((w) => (Math.abs(w - e.clientWidth) > 1 && e.clientWidth > 0 ? e.clientWidth : w));
    const watch = new ResizeObserver(see);
    watch.observe(e);
    see();
    return () => watch.disconnect();
  }, []);
  return [ref, width] as const;
}

// A screen that is fetched when it is first opened, so that the first load stays small.
export function later<P extends object = object>(load: () => Promise<FunctionComponent<P>>): FunctionComponent<P> {
  let screen: FunctionComponent<P> | undefined;
  return function Later(props: P) {
    const [, arrived] = useState(false);
    useEffect(() => {
      if (screen) return;
      void load().then((s) => {
        screen = s;
        arrived(true);
      });
    }, []);
    return screen ? h(screen, props as Attributes & P) : <Waiting lines={6} />;
  };
}

interface DraftProps {
  value: string;
  on: (text: string) => void;
  [attribute: string]: unknown;
}

// A field that takes its text over when it is left or Enter is pressed. What is being typed is
// nobody's business until then: drawing the screen anew does not undo it.
export function Draft({ value, on, ...rest }: DraftProps) {
  const [draft, setDraft] = useState<string>();
  return (
    <input {...rest} value={draft ?? value} onInput={(e) => setDraft(e.currentTarget.value)} onBlur={() => setDraft(undefined)}
      onChange={(e) => {
        on(e.currentTarget.value);
        setDraft(undefined);
      }} />
  );
}

export interface Choice {
  value: string;
  label?: string;
}

export function Select({ label, value, options, on }: { label: string; value: string; options: (string | Choice)[]; on: (v: string) => void }) {
  return (
    <label class="field inline">
      <span>{label}</span>
      <select value={value} onChange={(e) => on(e.currentTarget.value)}>
        {options.map((o) => {
          const c = typeof o === "string" ? { value: o } : o;
          return <option key={c.value} value={c.value} selected={c.value === value}>{c.label ?? c.value}</option>;
        })}
      </select>
    </label>
  );
}
