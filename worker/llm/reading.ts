// worker/llm/read-reply.ts -> [worker/llm/reading.ts] -> worker/llm/openai-reply.ts, worker/llm/anthropic-reply.ts

import type { Usage } from "./types.ts";

/** Why the model stopped, in our words. */
export type Ending = "whole" | "cut" | "refused" | "unfinished";

/** A successful reply of either protocol, brought to one shape. */
export type Reading = {
  text: string;
  ending: Ending;
  /** The provider's own word. */
  finishReason: string | null;
  usage: Usage | null;
  /** The provider's id of this completion, by which its support finds it. */
  replyId: string | null;
};
