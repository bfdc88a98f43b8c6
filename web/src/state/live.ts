// SPDX-License-Identifier: Apache-2.0
// One stream of server-sent events for the whole page. Read by fetch, since an EventSource can not
// carry a token. A stream that breaks off is taken up again where it ended, with pauses that grow;
// whoever shows data looks again once it is back.
import { signal } from "@preact/signals";
import { headers, tokenNeeded, V1 } from "./http";

export interface LiveEvent {
  id: string;
  kind: string;
  study: number;
  at: string;
  data: { state?: string; made?: number; failed?: number; runs?: number };
}

export type Connection = "connecting" | "live" | "lost";

export const connection = signal<Connection>("connecting");
// Counts the times that the stream came back: what was shown before may be stale.
export const epoch = signal(0);

type Listener = (event: LiveEvent) => void;
const listeners = new Set<Listener>();

export function listen(each: Listener): () => void {
  listeners.add(each);
  return () => listeners.delete(each);
}

// Takes the complete events off a text; returns them and the rest.
export function takeEvents(text: string): { events: LiveEvent[]; rest: string } {
  const parts = text.split("\n\n");
  const rest = parts.pop() ?? "";
  const events: LiveEvent[] = [];
  for (const part of parts) {
    const fields: Record<string, string> = {};
    for (const line of part.split("\n")) {
      const at = line.indexOf(":");
      if (at > 0) fields[line.slice(0, at)] = line.slice(at + 1).trimStart();
    }
    if (!fields.data) continue;
    const body = JSON.parse(fields.data) as { study: number; at: string; data: LiveEvent["data"] };
    events.push({ id: fields.id ?? "", kind: fields.event ?? "", ...body });
  }
  return { events, rest };
}

// Without a byte (the server sends a heartbeat) for this long, the connection is taken for dead.
const SILENCE_MS = 40000;
let last = "";

async function read(): Promise<void> {
  const stop = new AbortController();
  let watch = setTimeout(() => stop.abort(), SILENCE_MS);
  const extra: Record<string, string> = last ? { "Last-Event-ID": last } : {};
  try {
    const r = await fetch(`${V1}/events`, { headers: headers(extra), signal: stop.signal });
    if (r.status === 401) tokenNeeded.value = true;
    if (!r.ok || !r.body) throw new Error(`${r.status}`);
    if (connection.peek() === "lost") epoch.value++;
    connection.value = "live";
    const reader = r.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let text = ""; ; ) {
      const { value, done } = await reader.read();
      if (done) return;
      clearTimeout(watch);
      watch = setTimeout(() => stop.abort(), SILENCE_MS);
      const { events, rest } = takeEvents(text + value);
      text = rest;
      for (const event of events) {
        last = event.id || last;
        for (const each of listeners) each(event);
      }
    }
  } finally {
    clearTimeout(watch);
  }
}

export async function startLive(): Promise<void> {
  for (let pause = 500; ; pause = Math.min(pause * 2, 8000)) {
    const began = Date.now();
    await read().catch(() => undefined);
    if (Date.now() - began > 5000) pause = 500;
    connection.value = "lost";
    await new Promise((wake) => setTimeout(wake, pause));
  }
}
