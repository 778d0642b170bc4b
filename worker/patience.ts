// worker/tasks/batch_ai_processor.ts, judge_battle.ts -> [worker/patience.ts] -> worker/ledger.ts
// Asking a model and waiting for what comes, within limits: for tasks that have nothing else to do meanwhile.
import { setTimeout as delay } from "node:timers/promises";
import type { Answer, Ask } from "./ledger.ts";

/** How long a task waits for a model, and how often it looks whether somebody else's question has been answered. */
export interface Pace {
  longestWaitMs: number;
  lookMs: number;
}
export const usualPace: Pace = { longestWaitMs: 180_000, lookMs: 1000 };

/** What it came to: a text; `lost`, for good (not sent again by itself); or `later`, when somebody may try again. */
export type Said = { kind: "text"; text: string; tokens: number } | { kind: "lost" | "later"; reason: string };

export async function askPatiently(
  ask: Ask,
  callId: string,
  pace: Pace,
  signal: AbortSignal | undefined,
): Promise<Said> {
  const until = performance.now() + pace.longestWaitMs;
  for (;;) {
    const answer = await ask(callId, signal);
    if (answer.kind === "outcome" && answer.outcome.state === "succeeded") {
      const { text, usage } = answer.outcome;
      return { kind: "text", text, tokens: (usage?.inputTokens ?? 0) + (usage?.outputTokens ?? 0) };
    }
    const wait = waitAfter(answer, pace);
    if (typeof wait === "object") return wait;
    if (performance.now() + wait > until) return { kind: "later", reason: "The model is busy." };
    await delay(wait, undefined, { signal });
  }
}

function waitAfter(answer: Answer, pace: Pace): number | Said {
  if (answer.kind === "wait") return answer.ms;
  if (answer.kind === "state") {
    // Another run has asked, or did until it was killed: its answer, or its end, is not far.
    if (["active", "taken", "lost"].includes(answer.state)) return pace.lookMs;
    return { kind: "lost", reason: `The call is ${answer.state}.` };
  }
  const { outcome } = answer;
  if (outcome.retryAfterMs !== null) return outcome.retryAfterMs;
  return { kind: "lost", reason: outcome.error ?? `The call is ${outcome.state}.` };
}
