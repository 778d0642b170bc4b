// worker/llm/openai.ts, worker/llm/anthropic.ts -> [worker/llm/schema-words.ts]

import type { CompletionRequest, Traits } from "./types.ts";

/**
 * The system text, and behind it the wanted schema in words where the provider cannot be held to one. (OpenAI's
 * `json_object` also demands that the word JSON be said.) The caller validates the answer in any case.
 */
export function systemText(request: CompletionRequest, structuredOutput: Traits["structuredOutput"]): string {
  const system = request.system ?? "";
  if (request.schema === undefined || structuredOutput === "json_schema") return system;
  const words = `Answer with one JSON object and nothing else. It must match this JSON Schema:\n${JSON.stringify(request.schema.schema)}`;
  return system === "" ? words : `${system}\n\n${words}`;
}
