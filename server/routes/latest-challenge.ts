// GET /api/latest_challenge -> [server/routes/latest-challenge.ts] -> app_public.latest_challenge
// The founding view as JSON, for those who want no GraphQL. Read as a visitor, whoever asks.
import { Router } from "express";
import type pg from "pg";
import { RequestError } from "../errors.ts";

export function latestChallengeRoute(pool: pg.Pool): Router {
  return Router().get("/api/latest_challenge", async (_request, response) => {
    const challenge = await asVisitor(pool, "select * from app_public.latest_challenge");
    if (!challenge)
      throw new RequestError(404, "TB053", "There is no challenge yet.", "The first one is written at 00:00 UTC.");
    response.setHeader("cache-control", "public, max-age=5, s-maxage=15, stale-while-revalidate=60");
    response.json(challenge);
  });
}

async function asVisitor(pool: pg.Pool, sql: string): Promise<unknown> {
  const client = await pool.connect();
  try {
    await client.query("begin read only");
    await client.query(
      "select set_config('role', 'autobench_anon', true), set_config('statement_timeout', '3000', true)",
    );
    const { rows } = await client.query<{ challenge: unknown }>(`select to_jsonb(c) as challenge from (${sql}) c`);
    await client.query("commit");
    client.release();
    return rows[0]?.challenge;
  } catch (error) {
    client.release(true); // its transaction is of unknown state
    throw error;
  }
}
