// worker/llm/classify.ts -> [worker/llm/error-classes.ts] -> llm_attempts.error_class

import type { OutcomeState } from "./types.ts";

type ErrorClassRule = {
  state: Exclude<OutcomeState, "succeeded">;
  /** The least wait before the call may be sent again; null: never by itself. The ledger adds its own backoff. */
  retryAfterMs: number | null;
  says: string;
};

const second = 1000;

/**
 * Every way in which a call can fail, and what follows from it: the table of chapter 4, in one place.
 * A class belongs to exactly one state. What may have been executed is never tried again.
 */
export const errorClasses = {
  // Proof that no byte of the request left this machine.
  dns_failed: { state: "not_executed", retryAfterMs: 15 * second, says: "the provider's name was not resolved" },
  connection_refused: { state: "not_executed", retryAfterMs: 15 * second, says: "the provider refused to connect" },
  unreachable: { state: "not_executed", retryAfterMs: 15 * second, says: "there is no route to the provider" },
  connect_timeout: { state: "not_executed", retryAfterMs: 15 * second, says: "connecting took too long" },
  tls_failed: { state: "not_executed", retryAfterMs: 60 * second, says: "no secure connection could be agreed" },
  connect_failed: { state: "not_executed", retryAfterMs: 15 * second, says: "connecting failed" },
  deadline_before_send: {
    state: "not_executed",
    retryAfterMs: 15 * second,
    says: "the deadline passed before sending",
  },
  aborted_before_send: { state: "not_executed", retryAfterMs: 1 * second, says: "it was called off before sending" },
  no_key: { state: "not_executed", retryAfterMs: 900 * second, says: "this worker has no key for the provider" },
  refused_locally: { state: "not_executed", retryAfterMs: null, says: "the request could not be built" },

  // The provider said no before doing the work.
  rate_limited: { state: "rejected", retryAfterMs: 60 * second, says: "the provider's rate limit was reached" },
  overloaded: { state: "rejected", retryAfterMs: 60 * second, says: "the provider was overloaded" },
  rate_limited_no_time: { state: "rejected", retryAfterMs: null, says: "a rate limit without a time to come back" },
  quota_exhausted: { state: "rejected", retryAfterMs: null, says: "the quota at the provider is used up" },
  bad_request: { state: "rejected", retryAfterMs: null, says: "the provider found the request wrong" },
  unauthorized: { state: "rejected", retryAfterMs: null, says: "the provider did not accept the key" },
  payment_required: { state: "rejected", retryAfterMs: null, says: "the provider wants to be paid first" },
  forbidden: { state: "rejected", retryAfterMs: null, says: "the key may not do this" },
  not_found: { state: "rejected", retryAfterMs: null, says: "the provider knows no such model or address" },
  request_too_large: { state: "rejected", retryAfterMs: null, says: "the request was too large" },
  unprocessable: { state: "rejected", retryAfterMs: null, says: "the provider could not process the request" },
  client_error: { state: "rejected", retryAfterMs: null, says: "the provider refused the request" },
  redirected: { state: "rejected", retryAfterMs: null, says: "the provider pointed elsewhere, which is not followed" },

  // It may have been executed and billed; nobody here can tell.
  request_timeout: { state: "in_doubt", retryAfterMs: null, says: "the provider gave up waiting" },
  conflict: { state: "in_doubt", retryAfterMs: null, says: "the provider reported a conflict" },
  unclear_refusal: { state: "in_doubt", retryAfterMs: null, says: "a refusal that does not prove inaction" },
  server_error: { state: "in_doubt", retryAfterMs: null, says: "the provider failed" },
  bad_gateway: { state: "in_doubt", retryAfterMs: null, says: "something before the provider failed" },
  unavailable: { state: "in_doubt", retryAfterMs: null, says: "the provider was unavailable" },
  gateway_timeout: { state: "in_doubt", retryAfterMs: null, says: "something before the provider gave up waiting" },
  edge_error: { state: "in_doubt", retryAfterMs: null, says: "the network edge before the provider failed" },
  overload_unproven: { state: "in_doubt", retryAfterMs: null, says: "overload, at a provider that may bill it" },
  connection_lost: { state: "in_doubt", retryAfterMs: null, says: "the connection broke after sending" },
  bad_http: { state: "in_doubt", retryAfterMs: null, says: "the answer was not HTTP" },
  deadline_passed: { state: "in_doubt", retryAfterMs: null, says: "no answer came before the deadline" },
  aborted_after_send: { state: "in_doubt", retryAfterMs: null, says: "it was called off after sending" },
  body_cut: { state: "in_doubt", retryAfterMs: null, says: "the answer broke off" },
  body_deadline: { state: "in_doubt", retryAfterMs: null, says: "the answer was not complete before the deadline" },
  body_aborted: { state: "in_doubt", retryAfterMs: null, says: "it was called off while the answer came" },

  // Executed, surely billed, and of no use.
  body_too_large: { state: "unusable", retryAfterMs: null, says: "the answer is over 8 MiB" },
  undecodable_body: { state: "unusable", retryAfterMs: null, says: "the answer could not be decompressed" },
  wrong_content_type: { state: "unusable", retryAfterMs: null, says: "the answer is not JSON by its own header" },
  empty_body: { state: "unusable", retryAfterMs: null, says: "the answer has no body" },
  not_json: { state: "unusable", retryAfterMs: null, says: "the answer is not JSON" },
  wrong_shape: { state: "unusable", retryAfterMs: null, says: "the answer is JSON of another shape" },
  error_in_reply: { state: "unusable", retryAfterMs: null, says: "an error under the status of a success" },
  refusal: { state: "unusable", retryAfterMs: null, says: "the model refused, or a filter withheld its answer" },
  token_limit: { state: "unusable", retryAfterMs: null, says: "the answer was cut by the token limit" },
  incomplete: { state: "unusable", retryAfterMs: null, says: "the model stopped before it was done" },
  empty_content: { state: "unusable", retryAfterMs: null, says: "the answer holds no text" },
} as const satisfies { [name: string]: ErrorClassRule };

export type ErrorClass = keyof typeof errorClasses;
