// SPDX-License-Identifier: Apache-2.0
// Data of a screen: asked for when it is shown, again when an event says that it changed or the
// connection came back. While it is asked for again the old stays: nothing blinks.
import { useEffect, useState } from "preact/hooks";
import { ApiError, get } from "./http";
import { epoch, listen, type LiveEvent } from "./live";

export interface Loaded<T> {
  data?: T;
  error?: ApiError;
  loading: boolean;
  again: () => void;
}

const cache = new Map<string, unknown>();
const CACHE_MAX = 60;

function remember(url: string, data: unknown): void {
  cache.delete(url);
  cache.set(url, data);
  if (cache.size > CACHE_MAX) cache.delete(cache.keys().next().value as string);
}

export interface DataOptions {
  // Which events make the data stale; none by default.
  on?: (event: LiveEvent) => boolean;
  // Not more often than this, in milliseconds.
  every?: number;
}

// The answer to a GET; url undefined: nothing is asked for yet.
export function useData<T>(url: string | undefined, options: DataOptions = {}): Loaded<T> {
  const [state, setState] = useState<{ url?: string; data?: T; error?: ApiError; loading: boolean }>({ loading: true });
  const [turn, setTurn] = useState(0);
  const back = epoch.value;

  useEffect(() => {
    if (!url) return;
    const stop = new AbortController();
    const known = cache.get(url) as T | undefined;
    setState((s) => ({ url, data: known ?? (s.url === url ? s.data : undefined), loading: true }));
    get<T>(url, stop.signal)
      .then((data) => {
        remember(url, data);
        setState({ url, data, loading: false });
      })
      .catch((error: unknown) => {
        if (error instanceof ApiError) setState((s) => ({ url, data: s.data, error, loading: false }));
      });
    return () => stop.abort();
  }, [url, turn, back]);

  useEffect(() => {
    const on = options.on;
    if (!on || !url) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const leave = listen((event) => {
      if (timer || !on(event)) return;
      timer = setTimeout(() => {
        timer = undefined;
        setTurn((t) => t + 1);
      }, options.every ?? 700);
    });
    return () => {
      leave();
      clearTimeout(timer);
    };
  }, [url]);

  const fresh = state.url === url;
  return {
    data: fresh ? state.data : (url ? (cache.get(url) as T | undefined) : undefined),
    error: fresh ? state.error : undefined,
    loading: state.loading || !fresh,
    again: () => setTurn((t) => t + 1),
  };
}

export const ofStudy = (id: number) => (event: LiveEvent) => event.study === id;
export const any = () => true;
