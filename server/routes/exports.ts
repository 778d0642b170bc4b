// GET /api/leaderboard.csv, GET /api/votes.csv, GET /api/votes.jsonl -> [server/routes/exports.ts] -> server/exports.ts
import { once } from "node:events";
import { type Request, type Response, Router } from "express";
import type pg from "pg";
import { RequestError } from "../errors.ts";
import { exportBoard, exportVotes, type Format } from "../exports.ts";

const types: Record<Format, string> = { csv: "text/csv; charset=utf-8", jsonl: "application/jsonl; charset=utf-8" };

export function exportRoutes(pool: pg.Pool): Router {
  const votes = (format: Format) => async (request: Request, response: Response) => {
    const lines = exportVotes(pool, format, {
      since: day(request, "since"),
      until: day(request, "until"),
      isRehearsal: flag(request, "rehearsal"),
    });
    begin(response, types[format], `votes.${format}`);
    for await (const text of lines) {
      // Whoever reads slowly makes us wait, not remember.
      if (!response.write(text)) await Promise.race([once(response, "drain"), once(response, "close")]);
      if (response.destroyed) return;
    }
    response.end();
  };
  return Router()
    .get("/api/leaderboard.csv", async (request, response) => {
      const board = await exportBoard(pool, {
        theme: text(request, "theme"),
        hasTies: flag(request, "ties"),
        isRehearsal: flag(request, "rehearsal"),
      });
      begin(response, types.csv, "leaderboard.csv");
      response.end(board);
    })
    .get("/api/votes.csv", votes("csv"))
    .get("/api/votes.jsonl", votes("jsonl"));
}

function begin(response: Response, type: string, name: string): void {
  response.setHeader("content-type", type);
  response.setHeader("content-disposition", `attachment; filename="${name}"`);
  response.setHeader("cache-control", "public, max-age=60");
}

function text(request: Request, name: string): string | undefined {
  const value = request.query[name];
  if (value === undefined || value === "") return undefined;
  if (typeof value !== "string") throw new RequestError(400, "TB035", `Give ${name} once.`, "Check the address.");
  return value;
}

function day(request: Request, name: string): string | undefined {
  const value = text(request, name);
  if (value === undefined) return undefined;
  if (
    !/^\d{4}-\d{2}-\d{2}$/.test(value) ||
    Number.isNaN(Date.parse(value)) ||
    !new Date(value).toISOString().startsWith(value)
  )
    throw new RequestError(400, "TB035", `${name} must be a day.`, "Days look like 2026-11-20.");
  return value;
}

function flag(request: Request, name: string): boolean | undefined {
  const value = text(request, name);
  if (value === undefined) return undefined;
  if (value !== "0" && value !== "1")
    throw new RequestError(400, "TB035", `${name} must be 0 or 1.`, "Check the address.");
  return value === "1";
}
