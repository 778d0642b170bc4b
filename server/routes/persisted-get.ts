// GET /graphql/<name> -> [server/routes/persisted-get.ts] -> web/operations/<name>.graphql
// Answers a persisted document to a GET, so that caches between us and the visitor can answer it too.
import { createHash } from "node:crypto";
import type { RequestHandler } from "express";
import { hookArgs } from "postgraphile/grafast";
import type { GrafservBase } from "postgraphile/grafserv";
import { RequestError } from "../errors.ts";
import type { PersistedOperations } from "../persisted.ts";

export function persistedGet(serv: GrafservBase, persisted: PersistedOperations): RequestHandler {
  return async (request, response, next) => {
    const text = persisted.byName(String(request.params["name"]));
    if (text === undefined) return next();
    const requestContext = { expressv4: { req: request, res: response } };
    const run = await serv.getExecutionConfig(requestContext);
    const { document, errors } = run.parseAndValidate(text);
    if (errors) throw new Error("A persisted document does not fit the schema.", { cause: errors[0] });
    const args = {
      schema: run.schema,
      document,
      rootValue: null,
      contextValue: run.contextValue,
      variableValues: readVariables(request.query["variables"]),
      resolvedPreset: run.resolvedPreset,
      requestContext,
      middleware: serv.grafastMiddleware,
    };
    await hookArgs(args);
    const payload = serv.dynamicOptions.maskPayload(await run.execute(args)) as { errors?: unknown[] };
    const body = JSON.stringify(payload);
    const isForAll = request.headers.authorization === undefined && !payload.errors;
    response.setHeader(
      "cache-control",
      isForAll ? "public, max-age=5, s-maxage=15, stale-while-revalidate=60" : "private, no-store",
    );
    response.setHeader("vary", "authorization");
    response.setHeader("etag", `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`);
    response.type("application/graphql-response+json").send(body);
  };
}

function readVariables(text: unknown): Record<string, unknown> {
  if (text === undefined) return {};
  try {
    const value: unknown = JSON.parse(typeof text === "string" ? text : "");
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // not JSON: refused below, like JSON of another shape
  }
  throw new RequestError(400, "TB030", "variables must be a JSON object.");
}
