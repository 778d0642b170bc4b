// worker/tasks/* -> [worker/llm/types.ts] -> worker/llm/complete.ts -> provider

import type { ErrorClass } from "./error-classes.ts";

/** What a jsonb column holds. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export type Protocol = "openai" | "anthropic";

/**
 * What differs between two providers that speak the same protocol. Derived from the base URL by `traitsOf`; a field
 * that is set on the provider itself wins, so that an operator can correct us without a release.
 */
export type Traits = {
  /** Answers are kept there under our attempt's id, so that a call in doubt can be looked up. */
  canLookUp: boolean;
  /** The name that this provider gives to the limit of the answer's length. */
  tokenLimitField: "max_completion_tokens" | "max_tokens";
  /** How a schema is asked for; without `json_schema` it is also told to the model in words. */
  structuredOutput: "json_schema" | "json_object" | "instructions";
};

export type Provider = {
  name: string;
  protocol: Protocol;
  baseUrl: string;
  /** Empty for a provider that asks for none (a local one): no authorization header is sent then. */
  apiKey: string;
  /** This provider is known not to bill what it refuses as overload (529, or 503 with its own overload JSON). */
  retriesOverload: boolean;
} & Partial<Traits>;

/** Plain JSON: it is stored with the call, hashed, and sent again only from there. */
export type CompletionRequest = {
  apiModel: string;
  system?: string;
  prompt: string;
  maxOutputTokens: number;
  /** The model's own settings (temperature, reasoning_effort …); they may not replace what this room decides. */
  params?: { [name: string]: Json };
  schema?: { name: string; schema: { [key: string]: Json } };
};

/**
 * Tokens as they are billed, the same for every provider: `inputTokens` holds the cached ones, `outputTokens` the
 * reasoning ones.
 */
export type Usage = {
  inputTokens: number;
  outputTokens: number;
  cachedTokens: number;
  reasoningTokens: number;
};

/** A whole answer as it came (decompressed), headers cut to those that we need. Enough to settle the call later. */
export type RawReply = { status: number; headers: { [name: string]: string }; body: Buffer };

export type ReplyHead = Pick<RawReply, "status" | "headers">;

export type Evidence = { [key: string]: Json };

/** What was seen of one call, before anybody judges it. */
export type Observation =
  | { kind: "reply"; raw: RawReply; evidence: Evidence }
  | { kind: "failure"; errorClass: ErrorClass; sent: boolean; head: ReplyHead | null; evidence: Evidence };

/** `in_doubt`, `unusable` and a success are never tried again by themselves, whatever else is known of them. */
export type OutcomeState = "succeeded" | "unusable" | "rejected" | "not_executed" | "in_doubt";

type Facts = { httpStatus: number | null; providerRequestId: string | null; evidence: Evidence };

type Failed = { errorClass: ErrorClass; error: string };

/**
 * How an attempt ended. Every state has every field, so that one statement can record any of them.
 * `error` is a sentence of ours; prompts, answers and keys never stand in it, nor in the evidence.
 * `retryAfterMs` is the least wait; null means that the call must not be sent again by itself.
 */
export type Outcome = Facts &
  (
    | {
        state: "succeeded";
        text: string;
        usage: Usage | null;
        finishReason: string | null;
        errorClass: null;
        error: null;
        retryAfterMs: null;
      }
    | ({
        state: "unusable";
        text: string | null;
        usage: Usage | null;
        finishReason: string | null;
        retryAfterMs: null;
      } & Failed)
    | ({
        state: "rejected" | "not_executed";
        text: null;
        usage: null;
        finishReason: null;
        retryAfterMs: number | null;
      } & Failed)
    | ({ state: "in_doubt"; text: null; usage: null; finishReason: null; retryAfterMs: null } & Failed)
  );
