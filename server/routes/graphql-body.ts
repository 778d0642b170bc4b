// POST /graphql -> [server/routes/graphql-body.ts] -> grafserv
// Reads a GraphQL request, so that whatever is wrong with its form is answered in the same shape as every other error.
import express, { type RequestHandler } from "express";
import { RequestError } from "../errors.ts";

const answers = ["application/graphql-response+json", "application/json"];

export function readGraphqlBody(bytes: number): RequestHandler[] {
  // Compressed bodies are not read: what is small on the wire could be large here.
  const options = { limit: bytes, inflate: false };
  return [
    checkForm(bytes),
    express.json({ ...options, type: "application/json" }),
    express.text({ ...options, type: "application/graphql" }),
    requireDocument,
  ];
}

function checkForm(bytes: number): RequestHandler {
  return (request, response, next) => {
    if (request.method !== "POST") {
      response.setHeader("allow", "POST");
      throw new RequestError(405, "TB036", "Documents are sent with POST.", "GET answers /graphql/<name> alone.");
    }
    if (!request.accepts(answers)) {
      throw new RequestError(406, "TB036", "Answers are JSON.", `Accept ${answers.join(" or ")}.`);
    }
    if (request.headers["content-type"] === undefined) {
      throw new RequestError(400, "TB036", "The request has no Content-Type.", "Send application/json.");
    }
    if (!request.is(["application/json", "application/graphql"])) {
      throw new RequestError(415, "TB036", "The request's Content-Type is not read here.", "Send application/json.");
    }
    if (Number(request.headers["content-length"]) > bytes) {
      throw new RequestError(413, "TB036", `A request has at most ${bytes} bytes.`, "Ask for less at once.");
    }
    next();
  };
}

const requireDocument: RequestHandler = (request, _response, next) => {
  const body: unknown = request.body;
  if (typeof body !== "string" && (typeof body !== "object" || body === null || Array.isArray(body))) {
    throw new RequestError(400, "TB036", "The request must be one JSON object.", "Send { query, variables }.");
  }
  // Whoever reads on compares this letter by letter.
  request.headers["content-type"] = typeof body === "string" ? "application/graphql" : "application/json";
  next();
};
