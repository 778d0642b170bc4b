// worker/llm/complete.ts -> [worker/llm/complete.test.ts] -> worker/llm/testing/fault-server.ts

import { setTimeout } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { complete } from "./complete.ts";
import { type GuardedFetch, GuardedFetchError, guardedFetch } from "./guarded-fetch.ts";
import { type FaultServer, startFaultServer } from "./testing/fault-server.ts";
import type { FaultName } from "./testing/faults.ts";
import { wholeText } from "./testing/replies.ts";
import type { CompletionRequest, Provider, RawReply } from "./types.ts";

let server: FaultServer;
beforeAll(async () => {
  server = await startFaultServer({
    pick: (request) => (request.headers.authorization === "Bearer odd" ? "status_500" : "ok"),
  });
});
afterAll(() => server.close());

const request: CompletionRequest = { apiModel: "m", prompt: "p", maxOutputTokens: 10 };
const noRaw = (): void => undefined;
const failToKeep = async (): Promise<void> => {
  throw new TypeError("the database is away");
};
const options = { deadlineMs: 5000, attemptId: "a", onRaw: noRaw };

function provider(fault: FaultName | "any", more: Partial<Provider> = {}): Provider {
  const protocol = more.protocol ?? "openai";
  return { name: "x", protocol, baseUrl: server.baseUrl(fault, protocol), apiKey: "k", retriesOverload: true, ...more };
}

const protocols = ["openai", "anthropic"] as const;

describe("a setting that is wrong", () => {
  const cases: [string, Partial<Provider>, Partial<CompletionRequest>, RegExp][] = [
    ["no address", { baseUrl: "" }, {}, /not a web address/],
    ["a file", { baseUrl: "file:///etc/passwd" }, {}, /not a web address/],
    ["a password in the address", { baseUrl: "https://u:secret@host/v1" }, {}, /holds a password/],
    ["a key with a line break", { apiKey: "secret\n" }, {}, /line break/],
    ["params that stream", {}, { params: { stream: true, n: 3 } }, /stream, n/],
    ["params that raise the limit", {}, { params: { max_tokens: 1_000_000 } }, /max_tokens/],
    [
      "params that fight the schema",
      {},
      { params: { response_format: {} }, schema: { name: "s", schema: {} } },
      /response_format/,
    ],
  ];
  it.each(cases)(
    "%s is an outcome for the ledger, without a request",
    async (_name, wrongProvider, wrongRequest, says) => {
      for (const protocol of protocols) {
        const before = server.log.length;
        const outcome = await complete(
          provider("ok", { protocol, ...wrongProvider }),
          { ...request, ...wrongRequest },
          options,
        );
        expect(outcome).toMatchObject({ state: "not_executed", errorClass: "refused_locally", retryAfterMs: null });
        expect(outcome.error).toMatch(says);
        expect(JSON.stringify(outcome)).not.toContain("secret");
        expect(server.log.length).toBe(before);
      }
    },
  );
});

it("an SDK that will not send is an outcome too, and its words, which may hold secrets, are not kept", async () => {
  const before = server.log.length;
  const attempt = { ...options, attemptId: "secret\nid" };
  const outcome = await complete(provider("ok", { canLookUp: true }), request, attempt);
  expect(outcome).toMatchObject({
    errorClass: "refused_locally",
    retryAfterMs: null,
    evidence: { sdkError: "TypeError" },
  });
  expect(JSON.stringify(outcome)).not.toContain("secret");
  expect(server.log.length).toBe(before);
});

describe("a caller's mistake", () => {
  it.each([0, -1, 1.5, Number.NaN, Infinity])("a deadline of %d throws", async (deadlineMs) => {
    await expect(complete(provider("ok"), request, { ...options, deadlineMs })).rejects.toThrow(RangeError);
  });
  it("so do a limit of no tokens and an empty attempt", async () => {
    await expect(complete(provider("ok"), { ...request, maxOutputTokens: 0 }, options)).rejects.toThrow(RangeError);
    await expect(complete(provider("ok"), request, { ...options, attemptId: "" })).rejects.toThrow(TypeError);
  });
});

describe.each(protocols)("the raw reply (%s)", (protocol) => {
  it("is kept before it is read, whole, with no header that we do not need", async () => {
    const kept: RawReply[] = [];
    const outcome = await complete(provider("ok_gzip", { protocol }), request, {
      ...options,
      onRaw: (raw) => void kept.push(raw),
    });
    expect(outcome).toMatchObject({ state: "succeeded", text: wholeText });
    expect(kept).toHaveLength(1);
    expect(kept[0]?.headers).toEqual({ "content-type": "application/json", "x-request-id": "req_fault" });
    expect(kept[0]?.body.toString()).toContain("A page.");
  });

  it("that cannot be kept does not lose the answer", async () => {
    const outcome = await complete(provider("ok", { protocol }), request, { ...options, onRaw: failToKeep });
    expect(outcome).toMatchObject({ state: "succeeded", evidence: { isRawKept: false, rawKeepingError: "TypeError" } });
  });

  it("may take longer to keep than the deadline of the call", async () => {
    const slow = { ...options, deadlineMs: 400, onRaw: () => setTimeout(500) };
    const outcome = await complete(provider("ok", { protocol }), request, slow);
    expect(outcome).toMatchObject({ state: "succeeded", evidence: { isRawKept: true } });
  });
});

it("sends no authorization to a provider that asks for no key", async () => {
  for (const protocol of protocols) {
    const outcome = await complete(provider("ok", { protocol, apiKey: "" }), request, options);
    expect(outcome.state).toBe("succeeded");
    expect(server.log.at(-1)?.headers).not.toHaveProperty("authorization");
  }
});

it("tells apart what many calls at once have sent", async () => {
  const calls = Array.from({ length: 40 }, (_, i) => {
    const odd = i % 2 === 1;
    const refused = { ...provider("ok"), baseUrl: server.baseUrl("refused", "openai") };
    return complete(odd ? refused : provider("any", { apiKey: i % 4 === 0 ? "odd" : "k" }), request, options);
  });
  const outcomes = await Promise.all(calls);
  for (const [i, outcome] of outcomes.entries()) {
    expect(outcome.state).toBe(i % 2 === 1 ? "not_executed" : i % 4 === 0 ? "in_doubt" : "succeeded");
    expect(outcome.evidence.sent).toBe(i % 2 === 0);
  }
});

function guard(): GuardedFetch {
  return guardedFetch({ deadlineMs: 5000, onRaw: noRaw, hasKey: true });
}

describe("the guarded fetch by itself", () => {
  const post = { method: "POST", body: "{}" };

  it("sends one request and refuses a second", async () => {
    const before = server.log.length;
    const { fetch, observed } = guard();
    const url = `${server.baseUrl("ok", "openai")}/chat/completions`;
    expect((await fetch(url, post)).status).toBe(200);
    await expect(fetch(url, post)).rejects.toThrow(GuardedFetchError);
    expect(server.log.length).toBe(before + 1);
    expect((await observed())?.evidence.refusedRequests).toBe(1);
  });

  it("throws an error with a class, and whether anything was sent", async () => {
    const text = guard().fetch(`${server.baseUrl("text_html", "openai")}/chat/completions`, post);
    await expect(text).rejects.toMatchObject({
      name: "GuardedFetchError",
      errorClass: "wrong_content_type",
      sent: true,
    });
    const refused = guard().fetch(server.baseUrl("refused", "openai"), post);
    await expect(refused).rejects.toMatchObject({ errorClass: "connection_refused", sent: false });
  });

  it("hands a redirect over and follows none", async () => {
    const response = await guard().fetch(`${server.baseUrl("redirect_307", "openai")}/chat/completions`, post);
    expect(response.status).toBe(307);
  });
});
