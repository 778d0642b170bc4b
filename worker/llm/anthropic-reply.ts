// worker/llm/read-reply.ts -> [worker/llm/anthropic-reply.ts] -> llm_attempts.usage

import { field, identifier, storable, textOfParts, tokens } from "./json-shape.ts";
import type { Ending, Reading } from "./reading.ts";
import type { Usage } from "./types.ts";

/** An unknown word counts as whole: the text decides. */
const endings = new Map<string, Ending>([
  ["max_tokens", "cut"],
  ["model_context_window_exceeded", "cut"],
  ["refusal", "refused"],
  ["pause_turn", "unfinished"],
  ["tool_use", "unfinished"],
]);

/** A message, or null when it is none. */
export function readAnthropicReply(json: unknown): Reading | null {
  const content = field(json, "content");
  if (!Array.isArray(content)) return null;
  const finishReason = identifier(field(json, "stop_reason"));
  return {
    text: storable(textOfParts(content)),
    ending: endings.get(finishReason ?? "") ?? "whole",
    finishReason,
    usage: readAnthropicUsage(field(json, "usage")),
    replyId: identifier(field(json, "id")),
  };
}

/** `input_tokens` leaves out what was written to or read from the cache; the bill does not. */
function readAnthropicUsage(usage: unknown): Usage | null {
  const fresh = tokens(field(usage, "input_tokens"));
  const output = tokens(field(usage, "output_tokens"));
  if (fresh === null || output === null) return null;
  const written = tokens(field(usage, "cache_creation_input_tokens")) ?? 0;
  const read = tokens(field(usage, "cache_read_input_tokens")) ?? 0;
  const thinking = tokens(field(field(usage, "output_tokens_details"), "thinking_tokens")) ?? 0;
  return {
    inputTokens: fresh + written + read,
    outputTokens: output,
    cachedTokens: read,
    reasoningTokens: Math.min(thinking, output),
  };
}
