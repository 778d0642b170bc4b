// worker/llm/read-reply.ts -> [worker/llm/provider-error.ts]

import { field, isRecord } from "./json-shape.ts";

/** What the error body of a provider says, as far as we act on it. */
export type ProviderError = {
  /** Its own identifiers (type, code, status, param), safe to show: letters and underscores, never a sentence. */
  words: string[];
  isQuota: boolean;
  isOverload: boolean;
  /** Google says when to come back in the body and not in a header. */
  retryDelayMs: number | null;
};

/** An error body is short; a long one is not an API's. */
const maxErrorBytes = 256 * 1024;

const quotaWords = new Set([
  "insufficient_quota",
  "billing_hard_limit_reached",
  "billing_not_active",
  "insufficient_balance",
  "insufficient_credits",
  "contract_spend_limit_reached",
  "enforced_spend_limit_reached",
]);

const overloadWords = new Set([
  "overloaded_error",
  "overloaded",
  "engine_overloaded",
  "engine_overloaded_error",
  "server_overloaded",
  "model_overloaded",
  "slow_down",
  "unavailable", // Google's status word; its gateway errors carry no such JSON
]);

const overloadSentence = /\b(?:overloaded|over capacity|at capacity|too busy|high demand)\b/i;

const nothing: ProviderError = { words: [], isQuota: false, isOverload: false, retryDelayMs: null };

/** Reads OpenAI's, Anthropic's and Google's (wrapped in an array) error bodies; anything else says nothing. */
export function readProviderError(body: Buffer): ProviderError {
  if (body.length === 0 || body.length > maxErrorBytes) return nothing;
  const outer = unwrapped(parsed(body));
  const error = field(outer, "error");
  if (typeof error === "string")
    return { ...nothing, words: wordsOf([error]), isOverload: overloadSentence.test(error) };
  if (!isRecord(error)) return nothing;
  const { details } = error;
  const words = wordsOf([error.type, error.code, error.status, error.param, field(details, "error_code")]);
  const message = typeof error.message === "string" ? error.message : "";
  const hints = Array.isArray(details) ? details.filter(isRecord) : [];
  return {
    words,
    isQuota: words.some((word) => quotaWords.has(word.toLowerCase())) || hints.some(isDailyQuota),
    isOverload: words.some((word) => overloadWords.has(word.toLowerCase())) || overloadSentence.test(message),
    retryDelayMs: hints.map(retryDelay).find((delay) => delay !== null) ?? null,
  };
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    return null; // a proxy's page, not the provider's JSON
  }
}

function unwrapped(json: unknown): unknown {
  return Array.isArray(json) ? json[0] : json;
}

/** No digits and no dashes: what a key is made of cannot pass. */
function wordsOf(values: unknown[]): string[] {
  const words = values.filter((value) => typeof value === "string" && /^[a-z]+(?:_[a-z]+)*$/i.test(value));
  return [...new Set(words.filter((word) => String(word).length <= 40).map(String))];
}

function retryDelay(detail: { [key: string]: unknown }): number | null {
  const seconds =
    typeof detail.retryDelay === "string" ? /^(\d{1,9}(?:\.\d{1,9})?)s$/.exec(detail.retryDelay)?.[1] : null;
  return seconds === null || seconds === undefined ? null : Number(seconds) * 1000;
}

function isDailyQuota(detail: { [key: string]: unknown }): boolean {
  const violations = Array.isArray(detail.violations) ? detail.violations : [];
  return violations.some((violation) => /PerDay/.test(String(field(violation, "quotaId"))));
}
