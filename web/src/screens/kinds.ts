// SPDX-License-Identifier: Apache-2.0
// What kind each output of a study is, by its model's descriptor.
import type { Model, Study } from "../state/contract";
import { useData } from "../state/data";
import { search, V1 } from "../state/http";
import { outputsOf as declaredOf, type Output } from "../state/recipes";
import { resolvedOf } from "./study";

// The outputs of the study; one that the model does not list is taken for a number.
export function useOutputs(s: Study): Output[] {
  const model = useData<Model>(`${V1}/models/${s.model}${search({ version: s.model_version })}`);
  const declared = model.data ? declaredOf(model.data) : [];
  if (!model.data && !model.error) return [];
  return (resolvedOf(s).outputs ?? []).map((asked) => {
    const own = typeof asked === "string" ? { name: asked } : asked;
    return { kind: "scalar", ...declared.find((o) => o.name === own.name), ...own };
  });
}

export const useScalars = (s: Study): string[] => useOutputs(s).filter((o) => o.kind === "scalar").map((o) => o.name);
