// SPDX-License-Identifier: Apache-2.0
// The API reference, made from the contract that this server serves: every operation with its
// parameters and the shape of what it takes and gives.
import type { ComponentChildren } from "preact";
import { useData } from "../state/data";
import { asked, setQuery } from "../state/route";
import { curlOf } from "../parts/figure";
import { Copy, Show } from "../parts/ui";

interface Schema {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  description?: string;
  minimum?: number;
  maximum?: number;
  default?: unknown;
}

interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: Schema;
  description?: string;
}

interface Operation {
  summary: string;
  description?: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { description?: string; $ref?: string; content?: Record<string, { schema: Schema }> }>;
}

interface Contract {
  info: { title: string; version: string; description: string };
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
}

const typeOf = (s: Schema): string => {
  if (s.$ref) return s.$ref.split("/").pop() as string;
  if (s.enum) return s.enum.map(String).join(" | ");
  if (s.items) return `list of ${typeOf(s.items)}`;
  return [s.type ?? "anything"].flat().join(" or ");
};

function limits(s: Schema): string {
  const parts = [];
  if (s.minimum !== undefined) parts.push(`from ${s.minimum}`);
  if (s.maximum !== undefined) parts.push(`to ${s.maximum}`);
  if (s.default !== undefined) parts.push(`default ${String(s.default)}`);
  return parts.join(", ");
}

const DEPTH = 4;

function Shape({ of, all, depth = 0 }: { of: Schema; all: Contract["components"]["schemas"]; depth?: number }): ComponentChildren {
  const named = of.$ref ? all[of.$ref.split("/").pop() as string] : of;
  const inner = named?.items ? (named.items.$ref ? all[named.items.$ref.split("/").pop() as string] : named.items) : named;
  if (!inner?.properties || depth > DEPTH) return <span class="dim">{typeOf(of)}</span>;
  return (
    <ul class="shape">
      {Object.entries(inner.properties).map(([name, s]) => (
        <li key={name}>
          <code>{name}</code> <span class="dim small">{typeOf(s)}{(inner.required ?? []).includes(name) ? "" : ", optional"} {limits(s)}</span> {s.description}
          {(s.properties || s.items?.properties || s.items?.$ref || (s.$ref && all[s.$ref.split("/").pop() as string]?.properties)) && depth < 2 && <Shape of={s} all={all} depth={depth + 1} />}
        </li>
      ))}
    </ul>
  );
}

function Detail({ path, method, o, all }: { path: string; method: string; o: Operation; all: Contract["components"]["schemas"] }) {
  const body = o.requestBody ? Object.entries(o.requestBody.content) : [];
  return (
    <div class="stack">
      {o.description && <p>{o.description}</p>}
      {o.parameters && o.parameters.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label={`Parameters of ${method} ${path}`}>
          <table class="plain">
            <thead><tr><th>Parameter</th><th>Where</th><th>Type</th><th>What it is</th></tr></thead>
            <tbody>{o.parameters.map((p) => <tr key={p.name}><td><code>{p.name}</code>{p.required ? " (required)" : ""}</td><td>{p.in}</td><td class="small">{typeOf(p.schema)} {limits(p.schema)}</td><td>{p.description}</td></tr>)}</tbody>
          </table>
        </div>
      )}
      {body.map(([type, b]) => <div key={type}><h3>Takes {type}</h3><Shape of={b.schema} all={all} /></div>)}
      {Object.entries(o.responses).filter(([status]) => status !== "default").map(([status, r]) => (
        <div key={status}>
          <h3>{status}: {r.description}</h3>
          {Object.entries(r.content ?? {}).map(([type, c]) => <div key={type}><span class="small dim">{type}</span><Shape of={c.schema} all={all} /></div>)}
        </div>
      ))}
      <p class="small dim">Everything else is a problem document (RFC 9457).</p>
      {method === "get" && !path.includes("{") && <div><Copy text={() => curlOf(path)}>Copy as curl</Copy></div>}
    </div>
  );
}

export function Reference() {
  const contract = useData<Contract>("/openapi.json");
  const text = asked("q").toLowerCase();
  const open = asked("op");
  return (
    <>
      <div class="row spread wrap">
        <h1>API</h1>
        <a href="/openapi.json">openapi.json</a>
      </div>
      <input class="filter" type="search" aria-label="Find an operation" placeholder="Find an operation" value={asked("q")} onInput={(e) => setQuery({ q: e.currentTarget.value })} />
      <Show of={contract} lines={10}>
        {(c) => (
          <div class="stack">
            {Object.entries(c.paths).flatMap(([path, methods]) =>
              Object.entries(methods).filter(([method, o]) => `${method} ${path} ${o.summary}`.toLowerCase().includes(text)).map(([method, o]) => {
                const key = `${method} ${path}`;
                return (
                  <details key={key} class="card" open={open === key} onToggle={(e) => { if (e.currentTarget.open) setQuery({ op: key }); else if (asked("op") === key) setQuery({ op: undefined }); }}>
                    <summary><span class={`method ${method}`}>{method.toUpperCase()}</span> <code>{path}</code> <span class="dim">{o.summary}</span></summary>
                    {open === key && <Detail path={path} method={method} o={o} all={c.components.schemas} />}
                  </details>
                );
              }),
            )}
          </div>
        )}
      </Show>
    </>
  );
}
