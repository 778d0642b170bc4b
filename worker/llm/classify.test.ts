// worker/llm/classify.ts -> [worker/llm/classify.test.ts]

import { describe, expect, it } from "vitest";
import { classify } from "./classify.ts";
import { type ErrorClass, errorClasses } from "./error-classes.ts";
import { errorCode, transportFailure } from "./transport-failure.ts";
import type { Json, Observation, Outcome, Protocol } from "./types.ts";

const json = { "content-type": "application/json" };

function answer(
  status: number,
  body: Json | string,
  headers: { [name: string]: string } = {},
  policy: { protocol?: Protocol; retriesOverload?: boolean } = {},
): Outcome {
  const bytes = Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
  const seen: Observation = {
    kind: "reply",
    raw: { status, headers: { ...json, ...headers }, body: bytes },
    evidence: {},
  };
  return classify(seen, { protocol: "openai", retriesOverload: true, ...policy });
}

function failure(errorClass: ErrorClass, status?: number): Outcome {
  const head = status === undefined ? null : { status, headers: json };
  const seen: Observation = { kind: "failure", errorClass, sent: true, head, evidence: {} };
  return classify(seen, { protocol: "openai", retriesOverload: true });
}

const error = (type: string): Json => ({ error: { type, message: "m" } });

describe("the table of chapter 4", () => {
  it.each([400, 401, 402, 403, 404, 413, 422])("%i is rejected for good", (status) => {
    expect(answer(status, error("x"))).toMatchObject({ state: "rejected", retryAfterMs: null, httpStatus: status });
  });

  it.each([301, 302, 303, 304, 307, 308])("%i is rejected for good, and not followed", (status) => {
    expect(answer(status, "", { location: "https://else.example/v1?key=secret" })).toMatchObject({
      state: "rejected",
      errorClass: "redirected",
      retryAfterMs: null,
      evidence: { location: "https://else.example" },
    });
  });

  it.each([408, 409, 500, 502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 501, 599])(
    "%i is in doubt",
    (status) => {
      expect(answer(status, "<html></html>", { "content-type": "text/html", "retry-after": "1" })).toMatchObject({
        state: "in_doubt",
        retryAfterMs: null,
      });
    },
  );

  it.each([
    ["7", undefined, 7000],
    ["0", undefined, 1000],
    ["-5", undefined, 1000],
    ["1.5", undefined, 1500],
    ["86400", undefined, 3_600_000],
    ["Fri, 20 Nov 2026 00:01:00 GMT", "Fri, 20 Nov 2026 00:00:00 GMT", 60_000],
    ["Fri, 20 Nov 2026 00:01:00 GMT", "Fri, 20 Nov 2026 00:05:00 GMT", 1000],
    ["Fri, 20 Nov 2026 00:01:00 GMT", undefined, 3_600_000],
  ])("429 with retry-after %s (date %s) may be tried again after %i ms", (after, date, wait) => {
    const headers = { "retry-after": after, ...(date === undefined ? {} : { date }) };
    expect(answer(429, error("rate_limit_error"), headers)).toMatchObject({
      state: "rejected",
      errorClass: "rate_limited",
      retryAfterMs: wait,
    });
  });

  it.each([undefined, "", "soon", "NaN", "1e9", "12abc34"])("429 with retry-after %s is rejected for good", (after) => {
    const outcome = answer(429, error("rate_limit_error"), after === undefined ? {} : { "retry-after": after });
    expect(outcome).toMatchObject({ state: "rejected", errorClass: "rate_limited_no_time", retryAfterMs: null });
  });

  it.each<[string, Json]>([
    ["OpenAI's", { error: { type: "insufficient_quota", code: "insufficient_quota", message: "m" } }],
    ["Anthropic's", { error: { type: "rate_limit_error", details: { error_code: "enforced_spend_limit_reached" } } }],
    [
      "Google's",
      [{ error: { code: 429, details: [{ violations: [{ quotaId: "GenerateRequestsPerDayPerModel" }] }] } }],
    ],
  ])("429 with %s word for an exhausted quota is rejected for good, retry-after or not", (_whose, body) => {
    expect(answer(429, body, { "retry-after": "7" })).toMatchObject({
      state: "rejected",
      errorClass: "quota_exhausted",
      retryAfterMs: null,
    });
  });

  it("429 from Google says in its body when to come back", () => {
    const body = [{ error: { code: 429, status: "RESOURCE_EXHAUSTED", details: [{ retryDelay: "34.5s" }] } }];
    expect(answer(429, body)).toMatchObject({ errorClass: "rate_limited", retryAfterMs: 34_500 });
  });

  const overloads: [string, number, Json][] = [
    ["529", 529, error("overloaded_error")],
    ["503, Anthropic's", 503, error("overloaded_error")],
    ["503, OpenAI's", 503, { error: { type: "server_error", message: "That model is currently overloaded" } }],
    ["503, Google's", 503, [{ error: { code: 503, status: "UNAVAILABLE", message: "m" } }]],
    ["503, Groq's", 503, { error: { type: "internal_server_error", message: "m is currently over capacity." } }],
  ];
  it.each(overloads)("overload (%s) may be tried again where the provider's setting says so", (_name, status, body) => {
    expect(answer(status, body)).toMatchObject({ state: "rejected", errorClass: "overloaded", retryAfterMs: 60_000 });
    expect(answer(status, body, { "retry-after": "5" }).retryAfterMs).toBe(5000);
  });
  it.each(overloads)("overload (%s) is in doubt at any other provider", (_name, status, body) => {
    const outcome = answer(status, body, { "retry-after": "5" }, { retriesOverload: false });
    expect(outcome).toMatchObject({ state: "in_doubt", retryAfterMs: null });
  });
  it.each([
    "",
    "null",
    "<h1>overloaded</h1>",
    '{"error":{"type":"api_error","message":"m"}}',
    '{"message":"overloaded"}',
  ])("503 without the provider's own overload JSON is in doubt: %s", (body) => {
    expect(answer(503, body)).toMatchObject({ state: "in_doubt", errorClass: "unavailable" });
  });

  it.each([
    ["body_cut", "in_doubt"],
    ["body_deadline", "in_doubt"],
    ["body_aborted", "in_doubt"],
    ["connection_lost", "in_doubt"],
    ["deadline_passed", "in_doubt"],
    ["bad_http", "in_doubt"],
    ["aborted_after_send", "in_doubt"],
    ["body_too_large", "unusable"],
    ["undecodable_body", "unusable"],
    ["dns_failed", "not_executed"],
    ["connection_refused", "not_executed"],
    ["tls_failed", "not_executed"],
    ["connect_timeout", "not_executed"],
  ] as const)("%s is %s", (errorClass, state) => {
    expect(failure(errorClass, errorClass.startsWith("body") ? 200 : undefined)).toMatchObject({ state, errorClass });
  });

  it("takes a status line for what it says, even where the body did not come", () => {
    expect(failure("body_cut", 400)).toMatchObject({ state: "rejected", errorClass: "bad_request" });
    expect(failure("body_cut", 503)).toMatchObject({ state: "in_doubt", errorClass: "unavailable" });
    expect(failure("body_too_large", 500)).toMatchObject({ state: "in_doubt", errorClass: "server_error" });
    expect(failure("body_deadline", 307)).toMatchObject({ state: "rejected", errorClass: "redirected" });
  });

  it("lets nothing that may have been executed be tried again", () => {
    for (const [name, rule] of Object.entries(errorClasses)) {
      if (rule.state === "in_doubt" || rule.state === "unusable") expect(rule.retryAfterMs, name).toBeNull();
      expect(name).toMatch(/^[a-z]+(?:_[a-z0-9]+)*$/);
    }
  });
});

describe("what goes wrong on the way", () => {
  const before = { sent: false, hasHead: false, stoppedBy: null };
  it.each([
    ["ENOTFOUND", "dns_failed"],
    ["EAI_AGAIN", "dns_failed"],
    ["ECONNREFUSED", "connection_refused"],
    ["EHOSTUNREACH", "unreachable"],
    ["ENETUNREACH", "unreachable"],
    ["UND_ERR_CONNECT_TIMEOUT", "connect_timeout"],
    ["ETIMEDOUT", "connect_timeout"],
    ["CERT_HAS_EXPIRED", "tls_failed"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "tls_failed"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls_failed"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "tls_failed"],
    ["EPROTO", "tls_failed"],
    ["ECONNRESET", "connect_failed"],
    [null, "connect_failed"],
  ])("%s before sending is %s, and not executed", (code, errorClass) => {
    const found = transportFailure(code, before);
    expect(found).toBe(errorClass);
    expect(errorClasses[found].state).toBe("not_executed");
  });

  it.each([
    "ENOTFOUND",
    "ECONNREFUSED",
    "ECONNRESET",
    "EPIPE",
    "ETIMEDOUT",
    "UND_ERR_SOCKET",
    "CERT_HAS_EXPIRED",
    null,
  ])("%s after sending proves nothing", (code) => {
    for (const hasHead of [false, true]) {
      const found = transportFailure(code, { sent: true, hasHead, stoppedBy: null });
      expect(errorClasses[found].state).toBe("in_doubt");
    }
  });

  it("finds the code behind a chain and in a list of errors", () => {
    const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
    expect(errorCode(new TypeError("fetch failed", { cause: new AggregateError([refused]) }))).toBe("ECONNREFUSED");
    expect(errorCode("a string")).toBeNull();
  });
});

function chat(message: Json, finish: Json = "stop"): Json {
  return { choices: [{ message, finish_reason: finish }] };
}

describe("a success that is none", () => {
  const cases: [string, Protocol, Json | string, Outcome["errorClass"]][] = [
    ["a null body", "openai", null, "wrong_shape"],
    ["no choices", "openai", { choices: [] }, "wrong_shape"],
    ["choices of null", "openai", { choices: [null] }, "wrong_shape"],
    ["no message", "openai", { choices: [{ finish_reason: "stop" }] }, "wrong_shape"],
    ["no message, filtered", "openai", { choices: [{ finish_reason: "content_filter" }] }, "refusal"],
    ["a refusal", "openai", chat({ content: null, refusal: "No." }), "refusal"],
    ["an empty refusal", "openai", chat({ content: "x", refusal: "" }), null],
    ["cut", "openai", chat({ content: "x" }, "length"), "token_limit"],
    ["cut while thinking", "openai", chat({ content: "" }, "length"), "token_limit"],
    ["DeepSeek out of resources", "openai", chat({ content: "x" }, "insufficient_system_resource"), "incomplete"],
    ["an unknown finish with text", "openai", chat({ content: "x" }, "eos"), null],
    ["a finish that every object has", "openai", chat({ content: "x" }, "constructor"), null],
    [
      "parts",
      "openai",
      chat({
        content: [
          { type: "text", text: "x" },
          { type: "image", text: 1 },
        ],
      }),
      null,
    ],
    ["text of another type", "openai", chat({ content: 7 }), "empty_content"],
    ["an inherited field", "openai", '{"__proto__":{"choices":[]}}', "wrong_shape"],
    ["an error", "openai", error("x"), "error_in_reply"],
    ["not JSON", "openai", "{", "not_json"],
    ["no content", "anthropic", {}, "wrong_shape"],
    ["content of null", "anthropic", { content: null }, "wrong_shape"],
    ["empty content", "anthropic", { content: [], stop_reason: "end_turn" }, "empty_content"],
    ["a refusal", "anthropic", { content: [], stop_reason: "refusal" }, "refusal"],
    ["cut", "anthropic", { content: [{ type: "text", text: "x" }], stop_reason: "max_tokens" }, "token_limit"],
    ["out of context", "anthropic", { content: [], stop_reason: "model_context_window_exceeded" }, "token_limit"],
    ["paused", "anthropic", { content: [{ type: "text", text: "x" }], stop_reason: "pause_turn" }, "incomplete"],
    [
      "only thoughts",
      "anthropic",
      { content: [{ type: "thinking", thinking: "x" }], stop_reason: "end_turn" },
      "empty_content",
    ],
  ];
  it.each(cases)("%s (%s)", (_name, protocol, body, errorClass) => {
    const outcome = answer(200, body, {}, { protocol });
    expect(outcome.errorClass).toBe(errorClass);
    expect(outcome.state).toBe(errorClass === null ? "succeeded" : "unusable");
  });

  it("shows the provider's identifiers and neither its sentences nor anything like a key", () => {
    const outcome = answer(404, {
      error: { type: "not_found_error", code: "sk-abc123", param: "model", message: "SECRET" },
    });
    expect(outcome.error).toBe("the provider knows no such model or address (HTTP 404, not_found_error, model)");
  });
});
