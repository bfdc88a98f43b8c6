// SPDX-License-Identifier: Apache-2.0
// Writes src/state/contract.ts: the schemas of docs/openapi.json as TypeScript types, so that the
// dashboard and the server can not drift apart unseen.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const primitives = {
  string: "string",
  integer: "number",
  number: "number",
  boolean: "boolean",
  null: "null",
};

function object(schema, indent) {
  if (!schema.properties) return "Record<string, unknown>";
  const required = new Set(schema.required ?? []);
  const inner = indent + "  ";
  const members = Object.entries(schema.properties).map(
    ([name, s]) => `${inner}${JSON.stringify(name)}${required.has(name) ? "" : "?"}: ${type(s, inner)};`,
  );
  return `{\n${members.join("\n")}\n${indent}}`;
}

function type(schema, indent = "") {
  if (schema.$ref) return schema.$ref.split("/").pop();
  if (schema.enum) return schema.enum.map((v) => JSON.stringify(v)).join(" | ");
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives) return alternatives.map((s) => type(s, indent)).join(" | ");
  if (Array.isArray(schema.type))
    return schema.type.map((t) => type({ ...schema, type: t }, indent)).join(" | ");
  if (schema.type === "array") return `Array<${type(schema.items ?? {}, indent)}>`;
  if (schema.type === "object" || schema.properties) return object(schema, indent);
  return primitives[schema.type] ?? "unknown";
}

const contract = JSON.parse(readFileSync(here("../docs/openapi.json"), "utf8"));
const types = Object.entries(contract.components.schemas).map(
  ([name, schema]) => `export type ${name} = ${type(schema)};\n`,
);
writeFileSync(
  here("src/state/contract.ts"),
  `// Made from docs/openapi.json by types.js; not to be edited.\n\n${types.join("\n")}`,
);
