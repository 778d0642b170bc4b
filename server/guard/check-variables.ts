// server/guard/document-guard.ts -> [server/guard/check-variables.ts]
// Refuses variables that are nested too deeply, or hold too many values: each value may stand at many places of a document.
import { RequestError } from "../errors.ts";
import type { Limits } from "./limits.ts";

export function checkVariables(given: unknown, limits: Limits): Record<string, unknown> {
  if (given === undefined || given === null) return {};
  if (typeof given !== "object" || Array.isArray(given)) {
    throw new RequestError(400, "TB030", "The variables must be a JSON object.", "Check the arguments.");
  }
  let left = limits.values;
  const visit = (value: unknown, depth: number): void => {
    if (--left < 0) {
      throw new RequestError(
        400,
        "TB030",
        `The variables hold more than ${limits.values} values.`,
        "Send less at once.",
      );
    }
    if (typeof value !== "object" || value === null) return;
    if (depth > limits.nesting) {
      throw new RequestError(400, "TB030", `The variables are nested more than ${limits.nesting} levels deep.`);
    }
    for (const item of Object.values(value)) visit(item, depth + 1);
  };
  for (const value of Object.values(given)) visit(value, 1);
  return given as Record<string, unknown>;
}
