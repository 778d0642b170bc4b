// GET /api/latest_challenge -> [server/routes/latest-challenge.ts] -> app_public.latest_challenge
// The founding view as JSON, for those who want no GraphQL.
import { Router } from "express";
import type pg from "pg";
import { RequestError } from "../errors.ts";
import { asVisitor } from "../visitor.ts";

export function latestChallengeRoute(pool: pg.Pool): Router {
  return Router().get("/api/latest_challenge", async (_request, response) => {
    const [row] = await asVisitor(pool, "select to_jsonb(c) as challenge from app_public.latest_challenge c");
    if (!row)
      throw new RequestError(404, "TB053", "There is no challenge yet.", "The first one is written at 00:00 UTC.");
    response.setHeader("cache-control", "public, max-age=5, s-maxage=15, stale-while-revalidate=60");
    response.json(row["challenge"]);
  });
}
