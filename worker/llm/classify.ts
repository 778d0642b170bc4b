// worker/llm/complete.ts -> [worker/llm/classify.ts] -> worker/llm/read-reply.ts

import { failed, readRefusal, readReply } from "./read-reply.ts";
import type { Observation, Outcome, Protocol } from "./types.ts";

/**
 * From what was seen to what it means: the whole policy on failures, without a clock, a network or a setting of its own.
 * A refusal whose status line came is a refusal even if the rest of it did not; a success is one only as a whole.
 */
export function classify(seen: Observation, policy: { protocol: Protocol; retriesOverload: boolean }): Outcome {
  if (seen.kind === "reply") return readReply(policy.protocol, seen.raw, policy, seen.evidence);
  const { head, errorClass, evidence } = seen;
  if (head !== null && (head.status < 200 || head.status > 299)) {
    return readRefusal(head, null, policy, { ...evidence, bodyFailure: errorClass });
  }
  return failed(errorClass, { head, evidence });
}
