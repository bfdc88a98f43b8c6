// SPDX-License-Identifier: Apache-2.0
// Asking the API: JSON in, JSON out, problem documents as exceptions, the token when there is one.
import { signal } from "@preact/signals";
import type { Problem } from "./contract";

export const V1 = "/api/v1";

// Set when the server asks for a token that we do not have.
export const tokenNeeded = signal(false);

let token = sessionStorage.getItem("token");

export function setToken(value: string): void {
  token = value;
  sessionStorage.setItem("token", value);
  tokenNeeded.value = false;
}

export class ApiError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail ?? problem.title);
  }
}

export function headers(extra: Record<string, string> = {}): Record<string, string> {
  return token ? { ...extra, Authorization: `Bearer ${token}` } : extra;
}

async function problemOf(r: Response): Promise<Problem> {
  try {
    return (await r.json()) as Problem;
  } catch {
    return { type: "about:blank", title: r.statusText || "The server's answer is not understood", status: r.status };
  }
}

export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  let r: Response;
  try {
    r = await fetch(path, { ...init, headers: headers(init.headers as Record<string, string>) });
  } catch (cause) {
    if ((cause as Error).name === "AbortError") throw cause;
    throw new ApiError({ type: "about:blank", title: "The server can not be reached", status: 0 });
  }
  if (r.status === 401) tokenNeeded.value = true;
  if (!r.ok) throw new ApiError(await problemOf(r));
  return r;
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const r = await request(path, { signal });
  return (await r.json()) as T;
}

export async function send<T>(method: string, path: string, body?: unknown, extra: Record<string, string> = {}): Promise<T> {
  const json = body === undefined ? {} : { body: JSON.stringify(body), headers: { "Content-Type": "application/json", ...extra } };
  const r = await request(path, { method, ...json });
  return (r.status === 204 ? undefined : await r.json()) as T;
}

export function search(values: Record<string, string | number | undefined | null>): string {
  const s = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== undefined && value !== null && value !== "") s.set(name, String(value));
  const text = s.toString();
  return text ? `?${text}` : "";
}
