// worker/llm/testing/fault-server.ts -> [worker/llm/testing/faults.ts] -> worker/llm/testing/replies.ts

import type { Socket } from "node:net";
import { gzipSync } from "node:zlib";
import type { Protocol } from "../types.ts";
import { errorReply, reply, wholeText } from "./replies.ts";

/** One request in the hands of a fault, with every byte of the answer its own to choose. */
export type Victim = {
  socket: Socket;
  protocol: Protocol;
  /** Runs again and again until the connection ends. */
  every: (ms: number, act: () => void) => void;
  after: (ms: number, act: () => void) => void;
};

export type Fault = {
  /** Whether a real provider would bill for a request that ended like this. */
  bills: boolean;
  /** Acts as soon as the head of the request is there, before its body is read. */
  isEarly?: boolean;
  act: (victim: Victim) => void;
};

type Head = { [name: string]: string };

const json: Head = { "content-type": "application/json", "x-request-id": "req_fault" };

function say({ socket }: Victim, status: number, headers: Head, body: string | Buffer = ""): void {
  socket.write(headOf(status, { ...headers, "content-length": String(Buffer.byteLength(body)) }));
  socket.end(body);
}

function headOf(status: number, headers: Head): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status} Fault\r\n${lines.join("")}connection: close\r\n\r\n`;
}

const chunked = { ...json, "transfer-encoding": "chunked" };
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

/** A status with the provider's own error JSON. */
function status(code: number, type: string, headers: Head = {}, bills = false): Fault {
  return { bills, act: (victim) => say(victim, code, { ...json, ...headers }, errorReply(victim.protocol, type)) };
}

/** A status with a page of something that stands before the provider. */
function page(code: number, bills: boolean, headers: Head = {}): Fault {
  const type = { "content-type": "text/html" };
  return { bills, act: (victim) => say(victim, code, { ...type, ...headers }, `<html><h1>${code}</h1></html>`) };
}

/** A success whose body is this. */
function body(of: string | Buffer | ((protocol: Protocol) => string | Buffer), headers: Head = {}): Fault {
  return {
    bills: true,
    act: (victim) => say(victim, 200, { ...json, ...headers }, typeof of === "function" ? of(victim.protocol) : of),
  };
}

function raw(bills: boolean, act: (victim: Victim) => void, isEarly = false): Fault {
  return { bills, act, isEarly };
}

const redirect = (code: number): Fault => page(code, false, { location: "/ok/landed" });

/** 64 members of 16 MiB: 1 GiB that travels as one megabyte. */
const bomb = (() => {
  let made: Buffer | null = null;
  return (): Buffer => (made ??= Buffer.concat(Array<Buffer>(64).fill(gzipSync(Buffer.alloc(16 << 20, 32)))));
})();

const half = (protocol: Protocol): string => reply(protocol).slice(0, 60);

/** Everything that a provider, or what stands before one, has been seen or feared to do with a request it received. */
export const faults = {
  ok: body((protocol) => reply(protocol)),
  ok_gzip: body((protocol) => gzipSync(reply(protocol)), { "content-encoding": "gzip" }),
  ok_chunked: raw(true, ({ socket, protocol }) => {
    socket.write(headOf(200, chunked));
    for (const letter of reply(protocol)) socket.write(chunk(letter));
    socket.end("0\r\n\r\n");
  }),
  ok_slow: raw(true, (victim) => victim.after(300, () => say(victim, 200, json, reply(victim.protocol)))),
  ok_with_mark: body((protocol) => `\uFEFF${reply(protocol)}`),
  ok_with_nul: body((protocol) => reply(protocol, { text: `${wholeText}\0\uD800` })),

  reset_in_request: raw(false, ({ socket }) => socket.resetAndDestroy(), true),
  reset_after_request: raw(false, ({ socket }) => socket.resetAndDestroy()),
  reset_after_work: raw(true, ({ socket }) => socket.resetAndDestroy()),
  close_after_request: raw(false, ({ socket }) => socket.destroy()),
  close_after_work: raw(true, ({ socket }) => socket.destroy()),
  hang_before_head: raw(true, () => undefined),
  hang_in_head: raw(true, ({ socket }) => socket.write("HTTP/1.1 200 OK\r\ncontent-ty")),
  close_in_head: raw(true, ({ socket }) => socket.end("HTTP/1.1 200 OK\r\ncontent-ty")),
  drip_head: raw(true, ({ socket, every }) => {
    socket.write("HTTP/1.1 200 OK\r\n");
    every(20, () => socket.write("x-drip: 1\r\n"));
  }),
  early_hints_forever: raw(true, ({ socket, every }) => every(20, () => socket.write("HTTP/1.1 103 Early\r\n\r\n"))),
  not_http: raw(true, ({ socket }) => socket.end("SSH-2.0-OpenSSH_9.2\r\n")),
  huge_head: raw(true, ({ socket }) => socket.end(headOf(200, { "x-long": "x".repeat(200_000) }))),
  upgrade: raw(true, ({ socket }) =>
    socket.write("HTTP/1.1 101 Switching\r\nupgrade: h2c\r\nconnection: upgrade\r\n\r\n"),
  ),

  hang_in_body: raw(true, ({ socket, protocol }) => {
    socket.write(headOf(200, { ...json, "content-length": "4000" }) + half(protocol));
  }),
  drip_body: raw(true, ({ socket, every }) => {
    socket.write(headOf(200, chunked));
    every(20, () => socket.write(chunk(" ")));
  }),
  drip_gzip: raw(true, ({ socket, every }) => {
    const bytes = gzipSync(Buffer.alloc(1 << 20, "{"));
    let at = 0;
    socket.write(headOf(200, { ...json, "content-encoding": "gzip", "content-length": String(bytes.length) }));
    every(20, () => socket.write(bytes.subarray(at, ++at)));
  }),
  cut_by_length: raw(true, ({ socket, protocol }) => {
    socket.end(headOf(200, { ...json, "content-length": "4000" }) + half(protocol));
  }),
  cut_chunked: raw(true, ({ socket, protocol }) => socket.end(headOf(200, chunked) + chunk(half(protocol)))),
  reset_in_body: raw(true, (victim) => {
    victim.socket.write(headOf(200, { ...json, "content-length": "4000" }) + half(victim.protocol));
    victim.after(100, () => victim.socket.resetAndDestroy());
  }),
  bad_chunk: raw(true, ({ socket }) => socket.end(`${headOf(200, chunked)}zz\r\n{}\r\n`)),

  status_400: status(400, "invalid_request_error"),
  status_401: status(401, "authentication_error"),
  status_402: status(402, "billing_error"),
  status_403: status(403, "permission_error"),
  status_403_page: page(403, false),
  status_404: status(404, "not_found_error"),
  status_413: status(413, "request_too_large"),
  status_418: status(418, "teapot_error"),
  status_422: status(422, "unprocessable_entity"),
  status_400_cut: raw(false, ({ socket }) => socket.end(headOf(400, { ...json, "content-length": "4000" }))),
  rate_limited: status(429, "rate_limit_error", { "retry-after": "7" }),
  rate_limited_for_a_day: status(429, "rate_limit_error", { "retry-after": "86400" }),
  rate_limited_no_time: status(429, "rate_limit_error"),
  quota_exhausted: status(429, "insufficient_quota", { "retry-after": "7" }),
  redirect_301: redirect(301),
  redirect_302: redirect(302),
  redirect_303: redirect(303),
  redirect_307: redirect(307),
  redirect_308: redirect(308),
  told_to_retry: status(400, "invalid_request_error", { "x-should-retry": "true" }),

  status_408: status(408, "timeout_error", {}, true),
  status_409: status(409, "conflict_error", {}, true),
  status_500: status(500, "api_error"),
  status_500_billed: status(500, "api_error", { "x-should-retry": "true" }, true),
  status_502: page(502, true),
  status_503: page(503, true, { "retry-after": "1" }),
  status_503_overload: status(503, "overloaded_error"),
  status_504: page(504, true),
  status_520: page(520, true),
  status_524: page(524, true),
  status_529: status(529, "overloaded_error"),
  drip_503: raw(true, ({ socket, every }) => {
    socket.write(headOf(503, chunked));
    every(20, () => socket.write(chunk(" ")));
  }),

  no_content: raw(true, ({ socket }) => socket.end("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n")),
  empty_body: body(""),
  garbage: body("<html>not json at all"),
  half_json: body((protocol) => half(protocol)),
  text_html: body("<html><body>Sign in to the network</body></html>", { "content-type": "text/html" }),
  event_stream: body("data: {}\n\ndata: [DONE]\n\n", { "content-type": "text/event-stream" }),
  json_null: body("null"),
  json_string: body('"hello"'),
  json_array: body("[]"),
  json_empty: body("{}"),
  error_in_success: body((protocol) => errorReply(protocol, "api_error")),
  deep_json: body("[".repeat(200_000) + "]".repeat(200_000)),
  wrong_encoding: body((protocol) => reply(protocol), { "content-encoding": "gzip" }),
  over_8_mib: body((protocol) => reply(protocol, { text: "y".repeat(9 << 20) })),
  gzip_bomb: body(() => bomb(), { "content-encoding": "gzip" }),
  endless_body: raw(true, ({ socket, every }) => {
    socket.write(headOf(200, chunked));
    every(1, () => socket.write(chunk("y".repeat(1 << 19))));
  }),
  refusal: body((protocol) =>
    reply(protocol, { refusal: "No.", text: null, finish: { openai: "stop", anthropic: "refusal" } }),
  ),
  filtered: body((protocol) =>
    reply(protocol, { text: "", finish: { openai: "content_filter", anthropic: "refusal" } }),
  ),
  token_limit: body((protocol) => reply(protocol, { finish: { openai: "length", anthropic: "max_tokens" } })),
  paused: body((protocol) => reply(protocol, { finish: { openai: "tool_calls", anthropic: "pause_turn" } })),
  empty_content: body((protocol) => reply(protocol, { text: " \n " })),
  null_content: body((protocol) => reply(protocol, { text: null })),
} satisfies { [name: string]: Fault };

export type FaultName = keyof typeof faults;

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faults, name);
}
