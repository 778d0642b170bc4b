// worker/llm/testing/fault-server.ts -> [worker/llm/faults.test.ts] -> worker/llm/complete.ts

import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { complete } from "./complete.ts";
import { type ErrorClass, errorClasses } from "./error-classes.ts";
import { readReply } from "./read-reply.ts";
import {
  type ConnectionFaultName,
  connectionFaults,
  type FaultServer,
  startFaultServer,
} from "./testing/fault-server.ts";
import { type FaultName, faults } from "./testing/faults.ts";
import type { Outcome, Protocol, RawReply } from "./types.ts";

type Name = FaultName | ConnectionFaultName | "no_such_name";
type Expected = "succeeded" | ErrorClass | ErrorClass[];

/** The state follows from the class: error-classes.ts is compared with chapter 4 in classify.test.ts. */
const expected: { [name in Name]: Expected } = {
  no_such_name: "dns_failed",
  refused: "connection_refused",
  reset_on_connect: ["connect_failed", "connection_lost"], // it depends on who is quicker; both are right
  tls_hang: "deadline_before_send",
  tls_abort: "connect_failed",
  tls_not_spoken: "tls_failed",

  ok: "succeeded",
  ok_gzip: "succeeded",
  ok_chunked: "succeeded",
  ok_slow: "succeeded",
  ok_with_mark: "succeeded",
  ok_with_nul: "succeeded",

  reset_in_request: "connection_lost",
  reset_after_request: "connection_lost",
  reset_after_work: "connection_lost",
  close_after_request: "connection_lost",
  close_after_work: "connection_lost",
  hang_before_head: "deadline_passed",
  hang_in_head: "deadline_passed",
  close_in_head: "connection_lost",
  drip_head: "deadline_passed",
  early_hints_forever: "deadline_passed",
  not_http: "bad_http",
  huge_head: "bad_http",
  upgrade: "connection_lost",

  hang_in_body: "body_deadline",
  drip_body: "body_deadline",
  drip_gzip: "body_deadline",
  cut_by_length: "body_cut",
  cut_chunked: "body_cut",
  reset_in_body: "body_cut",
  bad_chunk: "body_cut",

  status_400: "bad_request",
  status_401: "unauthorized",
  status_402: "payment_required",
  status_403: "forbidden",
  status_403_page: "forbidden",
  status_404: "not_found",
  status_413: "request_too_large",
  status_418: "client_error",
  status_422: "unprocessable",
  status_400_cut: "bad_request",
  rate_limited: "rate_limited",
  rate_limited_for_a_day: "rate_limited",
  rate_limited_no_time: "rate_limited_no_time",
  quota_exhausted: "quota_exhausted",
  redirect_301: "redirected",
  redirect_302: "redirected",
  redirect_303: "redirected",
  redirect_307: "redirected",
  redirect_308: "redirected",
  told_to_retry: "bad_request",

  status_408: "request_timeout",
  status_409: "conflict",
  status_500: "server_error",
  status_500_billed: "server_error",
  status_502: "bad_gateway",
  status_503: "unavailable",
  status_503_overload: "overloaded",
  status_504: "gateway_timeout",
  status_520: "edge_error",
  status_524: "edge_error",
  status_529: "overloaded",
  drip_503: "unavailable",

  no_content: "empty_body",
  empty_body: "empty_body",
  garbage: "not_json",
  half_json: "not_json",
  text_html: "wrong_content_type",
  event_stream: "wrong_content_type",
  json_null: "wrong_shape",
  json_string: "wrong_shape",
  json_array: "wrong_shape",
  json_empty: "wrong_shape",
  error_in_success: "error_in_reply",
  deep_json: "wrong_shape",
  wrong_encoding: "undecodable_body",
  over_8_mib: "body_too_large",
  gzip_bomb: "body_too_large",
  endless_body: "body_too_large",
  refusal: "refusal",
  filtered: "refusal",
  token_limit: "token_limit",
  paused: "incomplete",
  empty_content: "empty_content",
  null_content: "empty_content",
};

/** Only these may take until the deadline, so only they get a short one: a busy machine must not decide the others. */
const hanging = new Set<Expected>(["deadline_before_send", "deadline_passed", "body_deadline"]);
const alsoHanging = new Set<Name>(["drip_503"]);
const shortDeadlineMs = 700;
const names = Object.keys(expected).filter((name): name is Name => Object.hasOwn(expected, name));
const protocols: Protocol[] = ["openai", "anthropic"];
const secret = "sk-live-0123456789abcdef";
const prompt = "a prompt that nobody may read in a log";

type Ran = { outcome: Outcome; ms: number; raws: RawReply[] };
const ran = new Map<string, Ran>();
let server: FaultServer;
let memoryGrowth = 0;

async function run(protocol: Protocol, name: Name): Promise<Ran> {
  const raws: RawReply[] = [];
  const startedAt = performance.now();
  const outcome = await complete(
    {
      name: "fault",
      protocol,
      baseUrl: name === "no_such_name" ? "http://nowhere.invalid/v1" : server.baseUrl(name, protocol),
      apiKey: `${secret}-${protocol}-${name}`,
      retriesOverload: true,
    },
    { apiModel: "m", system: "s", prompt, maxOutputTokens: 100 },
    {
      deadlineMs: hangs(name) ? shortDeadlineMs : 12_000,
      attemptId: `attempt-${protocol}-${name}`,
      onRaw: (raw) => void raws.push(raw),
    },
  );
  return { outcome, ms: performance.now() - startedAt, raws };
}

beforeAll(async () => {
  server = await startFaultServer();
  const before = process.memoryUsage().rss;
  const watch = setInterval(() => {
    memoryGrowth = Math.max(memoryGrowth, process.memoryUsage().rss - before);
  }, 10);
  const queue = protocols.flatMap((protocol) => names.map((name) => ({ protocol, name })));
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      ran.set(`${next.protocol} ${next.name}`, await run(next.protocol, next.name));
    }
  };
  await Promise.all(Array.from({ length: 12 }, work));
  clearInterval(watch);
});

afterAll(() => server.close());

function result(protocol: Protocol, name: Name): Ran {
  const found = ran.get(`${protocol} ${name}`);
  if (found === undefined) throw new Error(`${protocol} ${name} was not run`);
  return found;
}

function requests(who: string) {
  return server.log.filter((entry) => entry.headers.authorization === `Bearer ${secret}-${who}`);
}

function hangs(name: Name): boolean {
  return hanging.has(expected[name]) || alsoHanging.has(name);
}

it("knows what to expect of every fault that the server can play", () => {
  const all = [...Object.keys(faults), ...Object.keys(connectionFaults), "no_such_name"];
  expect(names.toSorted()).toEqual(all.toSorted());
  expect(names.length).toBeGreaterThanOrEqual(34);
});

describe.each(protocols)("%s", (protocol) => {
  it.each(names)("%s: the right state, by its deadline, for one request or none", (name) => {
    const { outcome, ms } = result(protocol, name);
    const wanted = expected[name];
    const ends = [wanted].flat().map((end) => (end === "succeeded" ? end : `${errorClasses[end].state} ${end}`));
    expect(ends).toContain([outcome.state, outcome.errorClass].filter(Boolean).join(" "));
    const reaches = Object.hasOwn(faults, name);
    expect(requests(`${protocol}-${name}`).map((entry) => entry.method)).toEqual(reaches ? ["POST"] : []);
    expect(ms).toBeLessThan(hangs(name) ? shortDeadlineMs + 1500 : 8000);
    if (hangs(name)) expect(ms).toBeGreaterThan(shortDeadlineMs / 2);
    expect(outcome.evidence.refusedRequests, "a retry that only the guard stopped").toBeUndefined();
  });

  it.each(names)("%s: billed as its state says, and never sent again when it may have been", (name) => {
    const { outcome } = result(protocol, name);
    const bills = requests(`${protocol}-${name}`).some((entry) => entry.billed);
    if (outcome.state === "rejected" || outcome.state === "not_executed") expect(bills).toBe(false);
    else expect(outcome.retryAfterMs).toBeNull();
    if (outcome.state === "succeeded" || outcome.state === "unusable") expect(bills).toBe(true);
    expect(outcome.evidence.sent).toBe(outcome.state !== "not_executed");
  });

  it.each(names)("%s: tells neither key nor prompt, and is settled the same from its stored reply", (name) => {
    const { outcome, raws } = result(protocol, name);
    const { text: _text, ...rest } = outcome;
    const written = JSON.stringify(rest);
    expect(written).not.toContain(secret);
    expect(written).not.toContain(prompt);
    expect(JSON.parse(written)).toEqual(rest);
    const { evidence: _live, ...live } = outcome;
    const later = raws.map((raw) => readReply(protocol, raw, { retriesOverload: true }));
    expect(later.map(({ evidence: _later, ...kept }) => kept)).toEqual(raws.length === 0 ? [] : [live]);
    expect(raws.length > 0).toBe(outcome.evidence.isRawKept === true);
  });

  it("keeps the raw reply of every success and of every refusal that came whole", () => {
    for (const name of ["ok", "ok_gzip", "garbage", "status_400", "status_529", "token_limit"] as const) {
      expect(result(protocol, name).raws, name).toHaveLength(1);
    }
  });

  it("waits as long as it is told, but never longer than an hour", () => {
    expect(result(protocol, "rate_limited").outcome.retryAfterMs).toBe(7000);
    expect(result(protocol, "rate_limited_for_a_day").outcome.retryAfterMs).toBe(3_600_000);
    expect(result(protocol, "quota_exhausted").outcome.retryAfterMs).toBeNull();
  });

  it("keeps the bill and the piece of an answer that was cut by the token limit", () => {
    expect(result(protocol, "token_limit").outcome).toMatchObject({
      text: expect.stringContaining("<!doctype html>"),
      usage: { inputTokens: 11, outputTokens: 7, cachedTokens: 0, reasoningTokens: 0 },
      providerRequestId: "req_fault",
    });
  });

  it("gives text that Postgres can store", () => {
    expect(result(protocol, "ok_with_nul").outcome.text).toMatch(/\uFFFD\uFFFD$/);
  });

  it("calls it off before sending, and while waiting", async () => {
    const before = await callOff(protocol, "ok", AbortSignal.abort());
    expect(before).toMatchObject({ state: "not_executed", errorClass: "aborted_before_send", retryAfterMs: 1000 });
    const later = new AbortController();
    const waiting = callOff(protocol, "hang_before_head", later.signal);
    await vi.waitUntil(() => requests(`off-${protocol}`).length > 0);
    later.abort();
    expect(await waiting).toMatchObject({ state: "in_doubt", errorClass: "aborted_after_send" });
    expect(requests(`off-${protocol}`)).toHaveLength(1);
  });
});

function callOff(protocol: Protocol, fault: FaultName, signal: AbortSignal): Promise<Outcome> {
  const baseUrl = server.baseUrl(fault, protocol);
  return complete(
    { name: "fault", protocol, baseUrl, apiKey: `${secret}-off-${protocol}`, retriesOverload: true },
    { apiModel: "m", prompt, maxOutputTokens: 1 },
    { deadlineMs: 5000, attemptId: "a", onRaw: () => undefined, signal },
  );
}

it("never follows a redirect", () => {
  expect(server.log.filter((entry) => entry.path.includes("landed"))).toEqual([]);
});

it("reads no more than it may hold: three bombs of a gigabyte and more cost less than 400 MiB", () => {
  expect(memoryGrowth).toBeLessThan(400 << 20);
});
