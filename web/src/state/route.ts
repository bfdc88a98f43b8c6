// SPDX-License-Identifier: Apache-2.0
// Where the user is. The fragment of the URL holds the screen and its whole state
// (#/studies/3/sensitivity?output=y), so that every view can be linked and the server needs to
// serve one page only.
import { computed, signal } from "@preact/signals";

export interface Route {
  path: string[];
  query: URLSearchParams;
}

// A fragment without a slash at its head is a place in the API reference (#operation/…).
export function parseRoute(fragment: string): Route {
  if (/^#?[a-z]+\/./.test(fragment)) return { path: ["api"], query: new URLSearchParams() };
  const text = fragment.replace(/^#?\/?/, "");
  const at = text.indexOf("?");
  const path = (at < 0 ? text : text.slice(0, at)).split("/").filter(Boolean).map(decodeURIComponent);
  return { path, query: new URLSearchParams(at < 0 ? "" : text.slice(at + 1)) };
}

export function hrefOf(path: (string | number)[], query: Record<string, string | number | undefined> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== "") search.set(name, String(value));
  const tail = search.toString();
  return `#/${path.map((p) => encodeURIComponent(String(p))).join("/")}${tail ? `?${tail}` : ""}`;
}

export const route = signal<Route>({ path: [], query: new URLSearchParams() });
export const query = computed(() => route.value.query);

// A state of the screen that stands in the URL; absent when it is the default.
export function asked(name: string, fallback = ""): string {
  return query.value.get(name) ?? fallback;
}

export function go(href: string): void {
  location.hash = href;
}

// Changes parts of the screen's state without a new entry in the history.
export function setQuery(changes: Record<string, string | number | undefined>): void {
  const { path, query: now } = route.peek();
  const next: Record<string, string | number | undefined> = Object.fromEntries(now);
  Object.assign(next, changes);
  history.replaceState(null, "", hrefOf(path, next));
  read();
}

function read(): void {
  route.value = parseRoute(location.hash);
}

export function startRouting(): void {
  addEventListener("hashchange", read);
  read();
}
