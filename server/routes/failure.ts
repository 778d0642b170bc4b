// every route -> [server/routes/failure.ts] -> the caller
import { randomUUID } from "node:crypto";
import type { ErrorRequestHandler, RequestHandler } from "express";
import type { Log } from "../../process/log.ts";
import { RequestError, requestErrorOf } from "../errors.ts";

export const notFound: RequestHandler = () => {
  throw new RequestError(404, "TB008", "There is nothing at this address.", "See / for the doors that exist.");
};

/** Answers an error in the shape of a GraphQL error, whichever route it comes from. */
export function answerError(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const known = requestErrorOf(error) ?? unreadable(error);
    response.setHeader("cache-control", "no-store");
    if (known) {
      if (known.status === 401) response.setHeader("www-authenticate", 'Bearer error="invalid_token"');
      const { message, code, hint } = known;
      return response.status(known.status).json({ errors: [{ message, extensions: { code, hint } }] });
    }
    const id = randomUUID();
    const stack = error instanceof Error ? error.stack : undefined;
    log.error("a request failed inside", { id, route: request.path, error, stack });
    const message = "Something went wrong here.";
    return response.status(500).json({ errors: [{ message, extensions: { code: "TB000", id } }] });
  };
}

const reasons: Record<number, string> = {
  413: "The request is too large.",
  415: "The request comes in a form that is not read here.",
};

/** Express's own refusals (bad JSON, body too large, a broken address) carry a status. */
function unreadable(error: unknown): RequestError | undefined {
  const status = error instanceof Error && "status" in error ? Number(error.status) : 500;
  if (!(status >= 400 && status < 500)) return undefined;
  return new RequestError(
    status,
    "TB036",
    reasons[status] ?? "The request could not be read.",
    "Check its form, size and encoding.",
  );
}
