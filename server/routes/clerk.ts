// POST /webhooks/clerk -> [server/routes/clerk.ts] -> app_private.accept_webhook()
// Keeps profiles and deletions in step with Clerk. The signature covers id, time and body, and is checked first.
import { createHmac, timingSafeEqual } from "node:crypto";
import express, { Router } from "express";
import type pg from "pg";
import { oneRow } from "../../db/cluster/connect.ts";
import { RequestError } from "../errors.ts";

const tolerance = 5 * 60_000;

export interface SignedMessage {
  id: string;
  timestamp: string;
  signatures: string;
  body: Buffer;
}

/** Whether a message was signed with `secret` (whsec_...) not long before `now`. */
export function isSigned(message: SignedMessage, secret: string, now = Date.now()): boolean {
  const at = Number(message.timestamp) * 1000;
  if (!/^\d{1,12}$/.test(message.timestamp) || Math.abs(now - at) > tolerance) return false;
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const expected = createHmac("sha256", key)
    .update(`${message.id}.${message.timestamp}.`)
    .update(message.body)
    .digest();
  return message.signatures.split(" ").some((signature) => {
    const [version, text = ""] = signature.split(",");
    const given = Buffer.from(text, "base64");
    return version === "v1" && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

export function clerkRoutes(options: { secret: string; issuer: string; pool: pg.Pool }): Router {
  return Router().post("/webhooks/clerk", express.raw({ type: "*/*", limit: "64kb" }), async (request, response) => {
    const header = (name: string) => String(request.headers[name] ?? "");
    const body: unknown = request.body;
    const message: SignedMessage = {
      id: header("svix-id"),
      timestamp: header("svix-timestamp"),
      signatures: header("svix-signature"),
      body: Buffer.isBuffer(body) ? body : Buffer.alloc(0),
    };
    if (!/^[\w.-]{1,200}$/.test(message.id) || !isSigned(message, options.secret)) {
      throw new RequestError(
        401,
        "TB005",
        "The message is not signed with this installation's secret.",
        "Check CLERK_WEBHOOK_SECRET.",
      );
    }
    const { is_changed } = await oneRow<{ is_changed: boolean }>(
      options.pool,
      "select app_private.accept_webhook($1::text, $2::text, $3::jsonb, to_timestamp($4::float8)) as is_changed",
      [message.id, options.issuer, message.body.toString("utf8"), Number(message.timestamp)],
    );
    response.json({ isChanged: is_changed });
  });
}
