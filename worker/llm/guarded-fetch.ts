// worker/llm/openai.ts, worker/llm/anthropic.ts -> [worker/llm/guarded-fetch.ts] -> worker/llm/exchange.ts

import type { ErrorClass } from "./error-classes.ts";
import { exchange } from "./exchange.ts";
import { isJsonType } from "./read-reply.ts";
import type { Observation, RawReply } from "./types.ts";

export type GuardedFetchOptions = {
  deadlineMs: number;
  signal?: AbortSignal | undefined;
  /** Called once with a whole reply of whatever status, before anything parses it. The deadline does not count it. */
  onRaw: (raw: RawReply) => Promise<void> | void;
  /** False for a provider without a key: the SDKs insist on sending one. */
  hasKey: boolean;
};

/** What the SDK is given instead of `fetch`, for one call, and what was seen of that call. */
export type GuardedFetch = { fetch: typeof fetch; observed: () => Promise<Observation | null> };

export class GuardedFetchError extends Error {
  override name = "GuardedFetchError";
  readonly errorClass: ErrorClass;
  /** False only with proof that no byte of the request left this machine. */
  readonly sent: boolean;

  constructor(errorClass: ErrorClass, sent: boolean) {
    super(errorClass);
    this.errorClass = errorClass;
    this.sent = sent;
  }
}

/**
 * Both SDKs add headers from their own environment variables; only what this room means to send goes out, to whichever
 * provider.
 */
const sentHeaders =
  /^(?:accept|authorization|content-type|user-agent|anthropic-version|x-client-request-id|x-stainless-[a-z-]+)$/;

const statusesWithoutBody = new Set([204, 205, 304]);

/**
 * A `fetch` for exactly one request: a second one, whatever the reason, is refused, so that no retry hidden in a
 * library can buy an answer twice.
 */
export function guardedFetch(options: GuardedFetchOptions): GuardedFetch {
  let observation: Promise<Observation> | null = null;
  let refusedRequests = 0;

  async function once(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
    if (observation !== null) {
      refusedRequests += 1;
      throw new GuardedFetchError("refused_locally", false);
    }
    if (input instanceof Request || typeof init.body !== "string") {
      throw new TypeError("the guarded fetch takes an address and a body of text");
    }
    observation = observe(input.toString(), init.method ?? "POST", init.headers, init.body, init.signal ?? null);
    const seen = await observation;
    if (seen.kind === "failure") throw new GuardedFetchError(seen.errorClass, seen.sent);
    const { status, headers, body } = seen.raw;
    if (status >= 200 && status < 300 && !isJsonType(headers)) throw new GuardedFetchError("wrong_content_type", true);
    if (status < 200 || status > 599) throw new GuardedFetchError("bad_http", true);
    return new Response(statusesWithoutBody.has(status) ? null : new Uint8Array(body), { status, headers });
  }

  async function observe(
    url: string,
    method: string,
    headers: RequestInit["headers"],
    body: string,
    sdkSignal: AbortSignal | null,
  ): Promise<Observation> {
    const signals = [options.signal, sdkSignal].filter((signal) => signal instanceof AbortSignal);
    const seen = await exchange(
      { url, method, headers: allowed(new Headers(headers), options.hasKey), body },
      { deadlineMs: options.deadlineMs, signals },
    );
    if (seen.kind === "failure") return seen;
    try {
      await options.onRaw(seen.raw);
      return { ...seen, evidence: { ...seen.evidence, isRawKept: true } };
    } catch (error) {
      // The answer is paid for and in our hands: failing to keep its raw copy must not lose it.
      const reason = error instanceof Error ? error.name : typeof error;
      return { ...seen, evidence: { ...seen.evidence, isRawKept: false, rawKeepingError: reason } };
    }
  }

  async function observed(): Promise<Observation | null> {
    const seen = await observation;
    return seen === null || refusedRequests === 0 ? seen : { ...seen, evidence: { ...seen.evidence, refusedRequests } };
  }

  return { fetch: once, observed };
}

function allowed(headers: Headers, hasKey: boolean): [string, string][] {
  return [...headers].filter(([name]) => sentHeaders.test(name) && (hasKey || name !== "authorization"));
}
