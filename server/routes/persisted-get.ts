// GET /graphql/<name> -> [server/routes/persisted-get.ts] -> web/operations/<name>.graphql
// Answers a persisted document to a GET, so that caches between us and the visitor can answer it too.
import { createHash } from "node:crypto";
import type { RequestHandler } from "express";
import { hookArgs } from "postgraphile/grafast";
import type { GrafservBase } from "postgraphile/grafserv";
import { getOperationAST } from "postgraphile/graphql";
import { RequestError, statuses } from "../errors.ts";
import type { DocumentGuard } from "../guard/document-guard.ts";
import type { PersistedOperations } from "../persisted.ts";

interface Payload {
  data?: unknown;
  errors?: { extensions?: { code?: unknown } }[];
}

export function persistedGet(serv: GrafservBase, guard: DocumentGuard, persisted: PersistedOperations): RequestHandler {
  return async (request, response, next) => {
    const name = String(request.params["name"]);
    if (persisted.byName(name) === undefined) return next();
    const { document, variables } = await guard.admit({
      documentId: name,
      variableValues: readVariables(request.query["variables"]),
    });
    if (getOperationAST(document)?.operation !== "query") {
      response.setHeader("allow", "POST");
      throw new RequestError(405, "TB036", "Only a query is answered to a GET.", "Send it with POST.");
    }
    const requestContext = { expressv4: { req: request, res: response } };
    const run = await serv.getExecutionConfig(requestContext);
    const args = {
      schema: run.schema,
      document,
      rootValue: null,
      contextValue: run.contextValue,
      variableValues: variables,
      resolvedPreset: run.resolvedPreset,
      requestContext,
      middleware: serv.grafastMiddleware,
    };
    await hookArgs(args);
    const payload = serv.dynamicOptions.maskPayload(await run.execute(args)) as Payload;
    const body = JSON.stringify(payload);
    const isForAll = request.headers.authorization === undefined && !payload.errors;
    response.setHeader(
      "cache-control",
      isForAll ? "public, max-age=5, s-maxage=15, stale-while-revalidate=60, stale-if-error=600" : "private, no-store",
    );
    response.vary("authorization");
    response.setHeader("etag", `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`);
    // A cache may go on showing what it has while the database is away, if it is told so.
    const isAway = payload.errors?.some(({ extensions }) => statuses[String(extensions?.code)] === 503);
    response.status(isAway ? 503 : payload.data === undefined ? 400 : 200);
    response.type("application/graphql-response+json").send(body);
  };
}

function readVariables(text: unknown): unknown {
  if (text === undefined) return undefined;
  try {
    if (typeof text === "string") return JSON.parse(text) as unknown;
  } catch {
    // not JSON: refused below, like a list of texts
  }
  throw new RequestError(400, "TB030", "The variables must be a JSON object.", "Check the arguments.");
}
