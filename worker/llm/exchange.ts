// worker/llm/guarded-fetch.ts -> [worker/llm/exchange.ts] -> worker/llm/transport-failure.ts

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { Socket } from "node:net";
import { Agent, buildConnector, fetch } from "undici";
import { field } from "./json-shape.ts";
import { errorCode, transportFailure } from "./transport-failure.ts";
import type { Observation, ReplyHead } from "./types.ts";

/** Counted after decompression: a few kilobytes can unfold into gigabytes. */
export const maxReplyBytes = 8 * 1024 * 1024;

const connectTimeoutMs = 10_000;

/** Kept with the raw reply: what settles a call or finds it again at the provider. No cookies. */
const keptHeaders = [
  "content-type",
  "date",
  "retry-after",
  "retry-after-ms",
  "location",
  "x-request-id",
  "request-id",
  "x-ds-trace-id",
  "cf-ray",
];

export type WireRequest = { url: string; method: string; headers: [string, string][]; body: string };

const deadline = Symbol("the deadline of the whole exchange");
const calledOff = Symbol("the caller's wish to stop");
const tooLarge = Symbol("the reply went over the limit");

/**
 * One request, one reply, never an exception: what was seen comes back as an observation.
 * One deadline holds for name, connection, headers and body together; the connection is never used again, so that a
 * stale one cannot look like "received, then closed".
 */
export async function exchange(
  request: WireRequest,
  limits: { deadlineMs: number; signals: AbortSignal[] },
): Promise<Observation> {
  const startedAt = performance.now();
  // Not AbortSignal.any: a signal that lives as long as the process would keep every call's composite alive.
  const stop = new AbortController();
  const { signal } = stop;
  const onCallOff = (): void => stop.abort(calledOff);
  for (const source of limits.signals) source.addEventListener("abort", onCallOff, { once: true });
  const timer = setTimeout(() => stop.abort(deadline), limits.deadlineMs);
  const wire = openWire(limits.deadlineMs);
  let head: ReplyHead | null = null;
  let bodyBytes = 0;

  async function perform(): Promise<Buffer> {
    const response = await fetch(request.url, {
      method: request.method,
      headers: request.headers,
      body: request.body,
      redirect: "manual", // undici then hands the redirect over as it came, and nothing follows it
      signal,
      dispatcher: wire.agent,
    });
    head = { status: response.status, headers: keep((name) => response.headers.get(name)) };
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body ?? []) {
      bodyBytes += chunk.byteLength;
      if (bodyBytes > maxReplyBytes) throw tooLarge;
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  const evidence = () => ({
    sent: wire.hasSent(),
    connected: wire.hasConnected(),
    bodyBytes,
    durationMs: Math.round(performance.now() - startedAt),
  });

  try {
    if (limits.signals.some((source) => source.aborted)) onCallOff();
    signal.throwIfAborted();
    // The race is the last word: it ends at the deadline even where an abort would not be heard.
    const body = await Promise.race([perform(), rejectedBy(signal)]);
    if (head === null) throw new TypeError("a body without a head");
    const { status, headers }: ReplyHead = head;
    return { kind: "reply", raw: { status, headers, body }, evidence: evidence() };
  } catch (error) {
    const code = errorCode(error);
    const sent = wire.hasSent();
    const stoppedBy = !signal.aborted ? null : signal.reason === deadline ? "deadline" : "caller";
    const errorClass =
      error === tooLarge ? "body_too_large" : transportFailure(code, { sent, hasHead: head !== null, stoppedBy });
    return { kind: "failure", errorClass, sent, head, evidence: { ...evidence(), code } };
  } finally {
    clearTimeout(timer);
    for (const source of limits.signals) source.removeEventListener("abort", onCallOff);
    wire.close();
  }
}

function rejectedBy(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

function keep(read: (name: string) => string | null): { [name: string]: string } {
  const entries = keptHeaders.map((name) => [name, read(name)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== null));
}

/**
 * A connection pool for one request, which knows whether anything left through it.
 * The sockets are our own, made for this call, so undici's announcement that it writes to one of them is about this
 * request and no other. Should a later undici stop announcing, the sockets' byte counts still speak, and the doubt
 * falls on the safe side.
 */
function openWire(deadlineMs: number) {
  const sockets = new Set<Socket>();
  let hasAnnounced = false;
  const onSendHeaders = (message: unknown): void => {
    const socket = field(message, "socket");
    if (socket instanceof Socket && sockets.has(socket)) hasAnnounced = true;
  };
  subscribe("undici:client:sendHeaders", onSendHeaders);
  const connector = buildConnector({ timeout: connectTimeoutMs, maxCachedSessions: 0, allowH2: false });
  const agent = new Agent({
    pipelining: 0,
    headersTimeout: deadlineMs,
    bodyTimeout: deadlineMs,
    connect: (options, callback) =>
      connector(options, (...answer) => {
        if (answer[1] instanceof Socket) sockets.add(answer[1]); // undefined with an error, whatever its type says
        callback(...answer);
      }),
  });
  return {
    agent,
    hasConnected: () => sockets.size > 0,
    hasSent: () => hasAnnounced || [...sockets].some((socket) => socket.bytesWritten > 0),
    close: () => {
      unsubscribe("undici:client:sendHeaders", onSendHeaders);
      agent.destroy().catch(() => undefined); // it is thrown away; there is nobody to tell
    },
  };
}
