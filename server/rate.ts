// every request, every operation on a socket -> [server/rate.ts] -> 429
// How often one caller may ask, in this process. What is written is limited in Postgres, for all servers together.
import type { IncomingMessage } from "node:http";
import type { RequestHandler } from "express";
import type { AddressOf } from "./address.ts";
import { RequestError } from "./errors.ts";

interface Bucket {
  left: number;
  at: number;
}

/** A token bucket for each caller: `perMinute` in a row, refilled evenly. At most `remembered` callers are kept. */
export class RateLimit {
  readonly #perMinute: number;
  readonly #remembered: number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(perMinute: number, remembered = 50_000) {
    this.#perMinute = perMinute;
    this.#remembered = remembered;
  }

  /** Takes one; returns 0, or the seconds after which the caller may try again. */
  take(caller: string, now = performance.now()): number {
    const bucket = this.#buckets.get(caller) ?? { left: this.#perMinute, at: now };
    const left = Math.min(this.#perMinute, bucket.left + ((now - bucket.at) / 60_000) * this.#perMinute);
    this.#buckets.delete(caller); // the one heard of last stands at the end
    this.#buckets.set(caller, { left: left >= 1 ? left - 1 : left, at: now });
    if (this.#buckets.size > this.#remembered) this.#buckets.delete(this.#buckets.keys().next().value ?? "");
    return left >= 1 ? 0 : Math.ceil(((1 - left) / this.#perMinute) * 60);
  }
}

/** Takes one for whoever sent a request; returns 0, or the seconds after which they may try again. */
export type TakeOne = (request: IncomingMessage) => number;

/** By network address; members behind one address share it, since it is taken before a token is looked at. */
export function makeTakeOne(perMinute: number, addressOf: AddressOf): TakeOne {
  const limit = new RateLimit(perMinute);
  return (request) => limit.take(addressOf(request));
}

export function tooMany(seconds: number): RequestError {
  return new RequestError(429, "TB031", "Too many requests from this address.", `Try again in ${seconds} seconds.`);
}

export function limitRate(takeOne: TakeOne): RequestHandler {
  return (request, response, next) => {
    const seconds = takeOne(request);
    if (seconds === 0) return next();
    response.setHeader("retry-after", String(seconds));
    return next(tooMany(seconds));
  };
}
