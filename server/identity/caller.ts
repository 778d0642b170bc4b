// verified token -> [server/identity/caller.ts] -> app_private.sign_in() -> grafast.context (server/graphile.config.ts)
import type { IncomingMessage } from "node:http";
import type pg from "pg";
import { oneRow } from "../../db/cluster/connect.ts";
import { toRequestError } from "../errors.ts";
import type { Verify } from "./verify.ts";

/** Who a request acts for. */
export interface Caller {
  userId: string;
  role: "member" | "operator";
  expiresAt: Date;
}

export type Identify = (authorization: string | undefined) => Promise<Caller | undefined>;

/** Says who sent a token; throws a RequestError (401, 403, 503) with the reason when it is not to be believed. */
export function makeIdentify(verify: Verify, pool: pg.Pool): Identify {
  return async (authorization) => {
    const token = await verify(authorization);
    if (!token) return undefined;
    try {
      const row = await oneRow<{ user_id: string; role: Caller["role"] }>(
        pool,
        "select user_id, role from app_private.sign_in($1::text, $2::text, $3::jsonb)",
        [token.issuer, token.subject, JSON.stringify(token.claims, wellFormed)],
      );
      return { userId: row.user_id, role: row.role, expiresAt: token.expiresAt };
    } catch (error) {
      throw toRequestError(error);
    }
  };
}

/** Claims as Postgres takes JSON: without the zero character and halves of characters, which no name needs. */
function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed().replaceAll("\0", "") : value;
}

const callers = new WeakMap<IncomingMessage, Caller>();

/** Remembers who sent a request, out of reach of anything that the request says itself. */
export function setCaller(request: IncomingMessage, caller: Caller | undefined): void {
  if (caller) callers.set(request, caller);
}

export function callerOf(request: IncomingMessage | undefined): Caller | undefined {
  return request && callers.get(request);
}
