// every route -> [server/routes/failure.ts] -> the caller
import { randomUUID } from "node:crypto";
import type { ErrorRequestHandler, RequestHandler } from "express";
import type { Log } from "../../process/log.ts";
import { RequestError, publicError } from "../errors.ts";

export const notFound: RequestHandler = () => {
  throw new RequestError(404, "TB008", "There is nothing at this address.", "See / for the doors that exist.");
};

interface HttpError {
  status: number;
}

/** Answers an error in the shape of a GraphQL error, whichever route it comes from. */
export function answerError(log: Log): ErrorRequestHandler {
  return (error: unknown, request, response, next) => {
    if (response.headersSent) return next(error);
    const known = publicError(error);
    const status = error instanceof RequestError ? error.status : known ? 503 : statusOf(error);
    if (status === 401) response.setHeader("www-authenticate", 'Bearer error="invalid_token"');
    response.setHeader("cache-control", "no-store");
    const id = randomUUID();
    if (!known && status >= 500) {
      log.error("a request failed inside", {
        id,
        route: request.path,
        error,
        stack: error instanceof Error ? error.stack : undefined,
      });
    }
    const { message, ...extensions } =
      known ??
      (status >= 500
        ? { message: "Something went wrong here.", code: "TB000", id }
        : { message: "The request could not be read.", code: "TB036", hint: "Check its form, size and encoding." });
    return response.status(status).json({ errors: [{ message, extensions }] });
  };
}

/** Express's own refusals (bad JSON, body too large) carry a status. */
function statusOf(error: unknown): number {
  const status = error instanceof Error && "status" in error ? (error as Error & HttpError).status : 500;
  return status >= 400 && status < 500 ? status : 500;
}
