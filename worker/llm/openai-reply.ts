// worker/llm/read-reply.ts -> [worker/llm/openai-reply.ts] -> llm_attempts.usage

import { field, identifier, isRecord, storable, textOfParts, tokens } from "./json-shape.ts";
import type { Ending, Reading } from "./reading.ts";
import type { Usage } from "./types.ts";

/** The words of OpenAI and of those who speak its protocol. An unknown word counts as whole: the text decides. */
const endings = new Map<string, Ending>([
  ["length", "cut"],
  ["max_tokens", "cut"],
  ["content_filter", "refused"],
  ["safety", "refused"],
  ["recitation", "refused"],
  ["prohibited_content", "refused"],
  ["tool_calls", "unfinished"],
  ["function_call", "unfinished"],
  ["insufficient_system_resource", "unfinished"],
  ["error", "unfinished"],
]);

/** A chat completion, or null when it is none. */
export function readOpenAiReply(json: unknown): Reading | null {
  const choices = field(json, "choices");
  const choice: unknown = Array.isArray(choices) ? choices[0] : undefined;
  if (!isRecord(choice)) return null;
  const finishReason = identifier(choice.finish_reason);
  const ending = endings.get(finishReason?.toLowerCase() ?? "") ?? "whole";
  // A filter that withholds the answer may leave out the message with it.
  if (!isRecord(choice.message) && ending !== "refused") return null;
  const refusal = field(choice.message, "refusal");
  const isRefused = typeof refusal === "string" && refusal.trim() !== "";
  return {
    text: storable(textOf(field(choice.message, "content"))),
    ending: isRefused ? "refused" : ending,
    finishReason,
    usage: readOpenAiUsage(field(json, "usage")),
    replyId: identifier(field(json, "id")),
  };
}

/** A string, or a list of parts of which some are text. */
function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  return Array.isArray(content) ? textOfParts(content) : "";
}

/**
 * Google and xAI leave the reasoning out of `completion_tokens` and count it only in the total; it is billed as output
 * all the same, so the gap is added.
 */
function readOpenAiUsage(usage: unknown): Usage | null {
  const prompt = tokens(field(usage, "prompt_tokens"));
  const completion = tokens(field(usage, "completion_tokens"));
  if (prompt === null || completion === null) return null;
  const hidden = Math.max(0, (tokens(field(usage, "total_tokens")) ?? 0) - prompt - completion);
  const told = tokens(field(field(usage, "completion_tokens_details"), "reasoning_tokens"));
  const cached = tokens(field(field(usage, "prompt_tokens_details"), "cached_tokens"));
  const cachedByDeepSeek = tokens(field(usage, "prompt_cache_hit_tokens"));
  return {
    inputTokens: prompt,
    outputTokens: completion + hidden,
    cachedTokens: Math.min(cached ?? cachedByDeepSeek ?? 0, prompt),
    reasoningTokens: Math.min(told ?? hidden, completion + hidden),
  };
}
