// /sign-in -> [server/routes/sign-in.ts] -> server/identity/local-issuer.ts
// Rehearsal tokens for whoever sits at this machine. The door exists only on loopback and without an issuer.
import express, { type Request, Router } from "express";
import { isLoopback } from "../config.ts";
import { RequestError } from "../errors.ts";
import type { LocalIssuer } from "../identity/local-issuer.ts";
import { page, escapeHtml } from "./page.ts";

const nameForm = /^[A-Za-z][A-Za-z0-9_]{2,29}$/;

export function signInRoutes(issuer: LocalIssuer): Router {
  return Router()
    .use("/sign-in", (request, _response, next) => next(isFromHere(request) ? undefined : "router"))
    .get("/sign-in", (_request, response) => {
      response.type("html").send(page("Sign in for rehearsal", form()));
    })
    .post(
      "/sign-in",
      express.urlencoded({ extended: false, limit: "2kb" }),
      express.json({ limit: "2kb" }),
      async (request, response) => {
        const body: unknown = request.body;
        const name = typeof body === "object" && body !== null && "username" in body ? body.username : undefined;
        if (typeof name !== "string" || !nameForm.test(name)) {
          throw new RequestError(
            400,
            "TB011",
            "A username begins with a letter and has 3 to 30 letters, digits or underscores.",
            "Choose another one.",
          );
        }
        const token = await issuer.issue(name);
        response.setHeader("cache-control", "no-store");
        if (request.accepts(["json", "html"]) === "json") response.json({ token, expiresInSeconds: 3600 });
        else response.type("html").send(page("Signed in", result(name, token)));
      },
    );
}

/**
 * Whether a request comes from this machine and was meant for it: a foreign page could have its host name point here, so
 * the name that the browser asked for counts, and the page that asks.
 */
export function isFromHere(request: Request): boolean {
  const { host = "", origin } = request.headers;
  const asked = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : "";
  const from = (request.socket.remoteAddress ?? "").replace(/^::ffff:/, "");
  return isLoopback(from) && isLoopback(asked) && (origin === undefined || origin === `http://${host}`);
}

const form = () => `
  <p>This installation has no identity provider, so it is in rehearsal: take any name, no password.</p>
  <form method="post" action="/sign-in">
    <label>Username <input name="username" required minlength="3" maxlength="30" pattern="[A-Za-z][A-Za-z0-9_]*" autofocus></label>
    <button>Get a token</button>
  </form>`;

const result = (name: string, token: string) => `
  <p>You are <strong>${escapeHtml(name)}</strong> for an hour. Send this header with your requests:</p>
  <pre>Authorization: Bearer ${escapeHtml(token)}</pre>`;
