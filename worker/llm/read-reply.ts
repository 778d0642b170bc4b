// worker/llm/classify.ts, llm_raw_replies -> [worker/llm/read-reply.ts] -> worker/llm/openai-reply.ts, anthropic-reply.ts

import { readAnthropicReply } from "./anthropic-reply.ts";
import { type ErrorClass, errorClasses } from "./error-classes.ts";
import { field, identifier } from "./json-shape.ts";
import { readOpenAiReply } from "./openai-reply.ts";
import { readProviderError } from "./provider-error.ts";
import { clampWait, retryAfterMs } from "./retry-after.ts";
import type { Reading } from "./reading.ts";
import type { Evidence, Outcome, Protocol, RawReply, ReplyHead } from "./types.ts";

/** What a failure is stored with, apart from its class. */
export type FailureFacts = {
  head: ReplyHead | null;
  evidence: Evidence;
  /** The provider's own identifiers, or the reason in our words: shown behind the sentence of the class. */
  words?: string[];
  retryAfterMs?: number | null;
  reading?: Reading;
};

const requestIdHeaders = ["x-request-id", "request-id", "x-ds-trace-id", "cf-ray"];

const rejectedStatuses: { [status: number]: ErrorClass } = {
  400: "bad_request",
  401: "unauthorized",
  402: "payment_required",
  403: "forbidden",
  404: "not_found",
  413: "request_too_large",
  422: "unprocessable",
};

const doubtfulStatuses: { [status: number]: ErrorClass } = {
  408: "request_timeout",
  409: "conflict",
  425: "unclear_refusal", // too early
  499: "unclear_refusal", // "the client closed the request": by then it may have run
  502: "bad_gateway",
  503: "unavailable",
  504: "gateway_timeout",
};

/**
 * What a whole reply means. Pure, so that the live path and a reply that was stored before a crash are settled by the
 * same code. Without word of the provider's setting an overload counts as possibly billed.
 */
export function readReply(
  protocol: Protocol,
  raw: RawReply,
  policy: { retriesOverload: boolean } = { retriesOverload: false },
  evidence: Evidence = {},
): Outcome {
  if (raw.status >= 200 && raw.status < 300) return readSuccess(protocol, raw, evidence);
  return readRefusal(raw, raw.body, policy, evidence);
}

/** By its status line; `body` is null where it did not come whole, and then proves nothing. */
export function readRefusal(
  head: ReplyHead,
  body: Buffer | null,
  policy: { retriesOverload: boolean },
  evidence: Evidence,
): Outcome {
  const { status, headers } = head;
  const said = readProviderError(body ?? Buffer.alloc(0));
  const wait = retryAfterMs(headers) ?? (said.retryDelayMs === null ? null : clampWait(said.retryDelayMs));
  const facts: FailureFacts = { head, evidence, words: said.words };
  if (status === 429) {
    if (said.isQuota) return failed("quota_exhausted", facts);
    if (wait === null) return failed("rate_limited_no_time", facts);
    return failed("rate_limited", { ...facts, retryAfterMs: wait });
  }
  if (status === 529 || (status === 503 && said.isOverload)) {
    if (!policy.retriesOverload) return failed("overload_unproven", facts);
    return failed("overloaded", { ...facts, retryAfterMs: wait ?? errorClasses.overloaded.retryAfterMs });
  }
  if (status >= 300 && status < 400) {
    return failed("redirected", { ...facts, evidence: { ...evidence, location: originOf(headers.location) } });
  }
  const known = rejectedStatuses[status] ?? doubtfulStatuses[status];
  if (known !== undefined) return failed(known, facts);
  if (status >= 400 && status < 500) return failed("client_error", facts);
  return failed(status >= 520 && status < 530 ? "edge_error" : "server_error", facts);
}

function readSuccess(protocol: Protocol, raw: RawReply, evidence: Evidence): Outcome {
  const facts: FailureFacts = { head: raw, evidence };
  const text = raw.body.toString("utf8").replace(/^\uFEFF/, "");
  if (text.trim() === "") return failed("empty_body", facts);
  if (!isJsonType(raw.headers)) return failed("wrong_content_type", facts);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return failed("not_json", facts);
  }
  const reading = protocol === "openai" ? readOpenAiReply(json) : readAnthropicReply(json);
  if (reading === null) {
    const { words } = readProviderError(raw.body);
    return failed(field(json, "error") ? "error_in_reply" : "wrong_shape", { ...facts, words });
  }
  const read: FailureFacts = { ...facts, evidence: { ...evidence, replyId: reading.replyId }, reading };
  if (reading.ending === "refused") return failed("refusal", read);
  if (reading.ending === "cut") return failed("token_limit", read);
  if (reading.ending === "unfinished") return failed("incomplete", read);
  if (reading.text.trim() === "") return failed("empty_content", read);
  const { usage, finishReason } = reading;
  return {
    state: "succeeded",
    text: reading.text,
    usage,
    finishReason,
    errorClass: null,
    error: null,
    retryAfterMs: null,
    ...told(read),
  };
}

/** An outcome whose state follows from its class alone. */
export function failed(errorClass: ErrorClass, facts: FailureFacts): Outcome {
  const rule = errorClasses[errorClass];
  const detail = [facts.head === null ? "" : `HTTP ${facts.head.status}`, ...(facts.words ?? [])].filter(Boolean);
  const error = detail.length === 0 ? rule.says : `${rule.says} (${detail.join(", ")})`;
  const common = { errorClass, error, ...told(facts) };
  const nothing = { text: null, usage: null, finishReason: null };
  if (rule.state === "unusable") {
    const { text, usage, finishReason } = facts.reading ?? nothing;
    return { state: rule.state, ...common, text: text || null, usage, finishReason, retryAfterMs: null };
  }
  if (rule.state === "in_doubt") return { state: rule.state, ...common, ...nothing, retryAfterMs: null };
  const wait = facts.retryAfterMs === undefined ? rule.retryAfterMs : facts.retryAfterMs;
  return { state: rule.state, ...common, ...nothing, retryAfterMs: wait };
}

function told({ head, evidence }: FailureFacts) {
  const ids = requestIdHeaders.map((name) => identifier(head?.headers[name]));
  return {
    httpStatus: head?.status ?? null,
    providerRequestId: ids.find((id) => id !== null) ?? null,
    evidence,
  };
}

export function isJsonType(headers: { [name: string]: string }): boolean {
  const type = (headers["content-type"] ?? "").split(";")[0] ?? "";
  return /^application\/(?:[\w.-]+\+)?json$/i.test(type.trim());
}

/** Where a redirect points, without path and query: they may carry secrets. */
function originOf(location: string | undefined): string | null {
  return location !== undefined && URL.canParse(location) ? new URL(location).origin : null;
}
