// answer_task -> [worker/llm/complete.ts] -> worker/llm/openai.ts, worker/llm/anthropic.ts -> provider

import { sendAnthropic } from "./anthropic.ts";
import { classify } from "./classify.ts";
import { guardedFetch } from "./guarded-fetch.ts";
import { sendOpenAi } from "./openai.ts";
import { failed } from "./read-reply.ts";
import type { CompletionRequest, Outcome, Provider, RawReply } from "./types.ts";

export type CompleteOptions = {
  /** From the first look-up of the name to the last byte of the answer. */
  deadlineMs: number;
  /** The attempt's id in the ledger; it travels along where a provider lets one look a call up. */
  attemptId: string;
  /** Keeps the raw reply before anything reads it. If it throws, the outcome stands and its evidence says so. */
  onRaw: (raw: RawReply) => Promise<void> | void;
  signal?: AbortSignal | undefined;
};

/** The SDKs' own timer must never be the one that decides: it cannot tell what left the machine. */
const sdkGraceMs = 5000;
const longestDeadlineMs = 24 * 3_600_000;

/** Our own fields, and those that would buy several answers or a stream, which nobody here reads. */
const reservedParams = new Set([
  "model",
  "messages",
  "system",
  "stream",
  "stream_options",
  "n",
  "max_tokens",
  "max_completion_tokens",
  "store",
  "metadata",
]);

/**
 * Asks a model exactly once and says how it ended; never throws for what a provider, a network or a setting does.
 * Only a caller's mistake throws, before anything is sent. It must be called after the gate, and for one attempt once:
 * nothing here remembers an attempt.
 */
export async function complete(
  provider: Provider,
  request: CompletionRequest,
  options: CompleteOptions,
): Promise<Outcome> {
  assertCall(provider, request, options);
  const problem = whyNotSendable(provider, request);
  if (problem !== null) return refusedLocally(problem, null);

  const { deadlineMs, signal, onRaw, attemptId } = options;
  const guarded = guardedFetch({ deadlineMs, signal, onRaw, hasKey: provider.apiKey !== "" });
  const send = provider.protocol === "openai" ? sendOpenAi : sendAnthropic;
  let sdkError: string | null = null;
  try {
    await send(provider, request, { fetch: guarded.fetch, timeoutMs: deadlineMs + sdkGraceMs, attemptId });
  } catch (error) {
    // Its message may hold the key (a header that cannot be built) or the prompt: only its name is kept.
    sdkError = error instanceof Error ? error.constructor.name : typeof error;
  }
  const seen = await guarded.observed();
  if (seen === null) return refusedLocally("the SDK did not send it", sdkError);
  return classify(
    { ...seen, evidence: { ...seen.evidence, sdkError } },
    { protocol: provider.protocol, retriesOverload: provider.retriesOverload },
  );
}

function refusedLocally(problem: string, sdkError: string | null): Outcome {
  return failed("refused_locally", { head: null, evidence: { sent: false, sdkError }, words: [problem] });
}

/** What an operator may have set wrong: it must show in the ledger, not crash the worker. */
function whyNotSendable(provider: Provider, request: CompletionRequest): string | null {
  const url = URL.canParse(provider.baseUrl) ? new URL(provider.baseUrl) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return "the provider's base URL is not a web address";
  if (url.username !== "" || url.password !== "") return "the provider's base URL holds a password";
  if (!/^[\x21-\x7e]*$/.test(provider.apiKey)) return "the provider's key holds a space or a line break";
  const reserved = Object.keys(request.params ?? {}).filter((name) => reservedParams.has(name));
  if (request.schema !== undefined && request.params?.response_format !== undefined) reserved.push("response_format");
  return reserved.length === 0 ? null : `the model's params may not set ${reserved.join(", ")}`;
}

function assertCall(provider: Provider, request: CompletionRequest, options: CompleteOptions): void {
  if (provider.protocol !== "openai" && provider.protocol !== "anthropic") throw new TypeError("unknown protocol");
  if (!(Number.isInteger(options.deadlineMs) && options.deadlineMs > 0 && options.deadlineMs <= longestDeadlineMs)) {
    throw new RangeError("deadlineMs must be whole milliseconds, at most a day");
  }
  if (!(Number.isInteger(request.maxOutputTokens) && request.maxOutputTokens > 0)) {
    throw new RangeError("maxOutputTokens must be a positive whole number");
  }
  if (options.attemptId === "") throw new TypeError("attemptId must not be empty");
}
