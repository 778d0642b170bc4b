// worker/llm/testing/faults.ts -> [worker/llm/testing/replies.ts]

import type { Json, Protocol } from "../types.ts";

export type ReplyParts = {
  text?: string | null;
  /** The protocol's own word; by default that of a whole answer. */
  finish?: { openai: string; anthropic: string };
  refusal?: string;
};

export const wholeText = "<!doctype html><title>ok</title><p>A page.</p>";

/** A successful reply as the protocol writes it. */
export function reply(protocol: Protocol, parts: ReplyParts = {}): string {
  const { finish = { openai: "stop", anthropic: "end_turn" }, refusal } = parts;
  const text = parts.text === undefined ? wholeText : parts.text;
  if (protocol === "openai") {
    return JSON.stringify({
      id: "chatcmpl-fault",
      object: "chat.completion",
      model: "m",
      choices: [
        {
          index: 0,
          finish_reason: finish.openai,
          message: { role: "assistant", content: text, refusal: refusal ?? null },
        },
      ],
      usage: { prompt_tokens: 11, completion_tokens: 7, total_tokens: 18 },
    });
  }
  return JSON.stringify({
    id: "msg_fault",
    type: "message",
    role: "assistant",
    model: "m",
    content: text === null ? [] : [{ type: "text", text }],
    stop_reason: finish.anthropic,
    usage: { input_tokens: 11, output_tokens: 7 },
  });
}

/** An error as the protocol writes it. */
export function errorReply(protocol: Protocol, type: string, extra: { [key: string]: Json } = {}): string {
  const error = { type, message: `the provider's words about ${type}`, ...extra };
  return JSON.stringify(protocol === "openai" ? { error: { ...error, code: type } } : { type: "error", error });
}
