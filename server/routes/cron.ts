// outside scheduler -> POST /cron/<task> -> [server/routes/cron.ts] -> app_private.request_scheduled_task() -> the queue
// Asks for a task's run in the present period. Who has not the secret learns nothing: the address does not seem to exist.
import type { RequestHandler } from "express";
import type pg from "pg";
import { oneRow } from "../../db/cluster/connect.ts";
import { RequestError, toRequestError } from "../errors.ts";
import { makeSecretCheck } from "../secret.ts";

/** Names under which somebody might put a secret into an address, where proxies write it into their logs. */
const secretName = /secret|token|password|auth|key/i;

export function cronRoutes(options: { secrets: readonly string[]; pool: pg.Pool }): RequestHandler {
  const isSecret = makeSecretCheck(options.secrets);
  // Not a Router, which would tell by its answer to OPTIONS that there is a door.
  return async (request, response, next) => {
    const [, name] = /^\/cron\/([\w-]{1,100})\/?$/.exec(request.path) ?? [];
    if (name === undefined || request.method !== "POST") return next();
    const given = request.headers["x-cron-secret"];
    const isAllowed = isSecret(typeof given === "string" ? given : undefined);
    if (options.secrets.length && Object.keys(request.query).some((key) => secretName.test(key))) {
      throw new RequestError(
        400,
        "TB037",
        "A secret does not belong in an address.",
        "Send it in the header x-cron-secret. What stood in the address may be in logs: replace it.",
      );
    }
    if (!isAllowed) return next();
    response.setHeader("cache-control", "no-store");
    return response.status(202).json(await ask(options.pool, name));
  };
}

async function ask(pool: pg.Pool, name: string): Promise<object> {
  if (/^process[_-]scheduled[_-]tasks$/.test(name)) {
    const { n } = await oneRow<{ n: number }>(pool, "select app_private.process_scheduled_tasks() as n");
    return { handedOver: n };
  }
  try {
    const run = await oneRow<{ id: string; status: string; scheduled_time: Date }>(
      pool,
      "select id, status, scheduled_time from app_private.request_scheduled_task($1::text)",
      [name],
    );
    return { id: run.id, status: run.status, scheduledTime: run.scheduled_time };
  } catch (error) {
    const { status, code, message, hint } = toRequestError(error);
    throw new RequestError(code === "TB040" ? 404 : status, code, message, hint);
  }
}
