// GET /, /days/<date>, /arena, /leaderboard -> [server/routes/home.ts] -> server/gallery/
import { readFileSync } from "node:fs";
import path from "node:path";
import { type Response, Router } from "express";
import type pg from "pg";
import type { Addresses } from "../addresses.ts";
import type { ServerConfig } from "../config.ts";
import { RequestError } from "../errors.ts";
import { arenaPage } from "../gallery/arena.ts";
import type { Door } from "../gallery/frame.ts";
import { leaderboardPage, readBoard } from "../gallery/leaderboard.ts";
import { readGallery } from "../gallery/read.ts";
import { galleryPage } from "../gallery/view.ts";
import { stylesheet } from "./page.ts";

const folder = path.join(import.meta.dirname, "..", "gallery");

export interface HomeOptions {
  config: ServerConfig;
  pool: pg.Pool;
  addresses: () => Addresses;
}

export function homeRoutes({ config, pool, addresses }: HomeOptions): Router {
  const css = [
    stylesheet,
    ...["site.css", "votes.css"].map((name) => readFileSync(path.join(folder, name), "utf8")),
  ].join("");
  const [script, arena] = ["site.js", "arena.js"].map((name) => readFileSync(path.join(folder, name), "utf8"));
  const doors = doorsOf(config);
  const show = async (day?: string) => {
    const gallery = await readGallery(pool, addresses().sandbox, day);
    if (day !== undefined && gallery?.day !== day) {
      throw new RequestError(404, "TB064", "The arena was closed on that day.", "See / for the newest one.");
    }
    return galleryPage(gallery, doors);
  };
  const send = (response: Response, type: string, text: string): void => {
    response.setHeader("cache-control", "public, max-age=5, s-maxage=15");
    response.type(type).send(text);
  };
  return Router()
    .get("/site.css", (_request, response) => send(response, "css", css))
    .get("/site.js", (_request, response) => send(response, "text/javascript", script ?? ""))
    .get("/arena.js", (_request, response) => send(response, "text/javascript", arena ?? ""))
    .get("/arena", (_request, response) => send(response, "html", arenaPage(doors)))
    .get("/leaderboard", async (request, response) => {
      const theme = typeof request.query["theme"] === "string" ? request.query["theme"] : undefined;
      const hasTies = request.query["ties"] !== "0";
      send(response, "html", leaderboardPage(await readBoard(pool, { theme, hasTies }), doors));
    })
    .get("/", async (_request, response) => send(response, "html", await show()))
    .get(/^\/days\/(\d{4}-\d{2}-\d{2})$/, async (request, response) => {
      const day = String(request.params[0]);
      const isDay = !Number.isNaN(Date.parse(day)) && new Date(day).toISOString().startsWith(day);
      if (!isDay) throw new RequestError(404, "TB064", "There is no such day.", "Days look like 2026-11-20.");
      send(response, "html", await show(day));
    });
}

function doorsOf(config: ServerConfig): Door[] {
  return [
    { path: "/graphql", what: "the GraphQL API: POST a document, or open a WebSocket for subscriptions" },
    ...(config.hasGraphiql ? [{ path: "/graphiql", what: "an explorer for that API" }] : []),
    { path: "/api/latest_challenge", what: "today's challenge as JSON" },
    { path: "/api/leaderboard.csv", what: "the board as it stands" },
    { path: "/api/votes.csv", what: "every counted vote on closed tasks" },
    ...(config.identity.kind === "local" ? [{ path: "/sign-in", what: "a token for rehearsal" }] : []),
    { path: "/operations/graphql", what: "the operators' API" },
    { path: "/ready", what: "whether everything is up" },
  ];
}
