// GET /health, GET /ready -> [server/routes/health.ts] -> app_private.readiness()
import { readdirSync } from "node:fs";
import path from "node:path";
import { Router } from "express";
import type pg from "pg";
import { oneRow } from "../../db/cluster/connect.ts";
import { root } from "../../process/environment.ts";

export interface Readiness {
  isReady: boolean;
  database: boolean;
  migrations: boolean;
  worker: boolean;
  problem?: string;
}

const workerSilence = 45_000;

/** Whether this installation can do its work: database reachable, migrations current, a worker heard of lately. */
export async function readiness(pool: pg.Pool, wanted = committedMigrations()): Promise<Readiness> {
  try {
    const row = await oneRow<{ migrations: string[] | null; silence: number | null }>(
      pool,
      `select migrations, extract(epoch from clock_timestamp() - worker_seen_at)::float8 * 1000 as silence
         from app_private.readiness()`,
    );
    const missing = wanted.filter((name) => !row.migrations?.includes(name));
    const worker = row.silence !== null && row.silence < workerSilence;
    const problem = missing.length
      ? `Migrations are missing: ${missing.join(", ")}. Run "autobench migrate".`
      : worker
        ? undefined
        : 'No worker was heard of lately. Run "autobench worker".';
    return { isReady: !problem, database: true, migrations: !missing.length, worker, ...(problem ? { problem } : {}) };
  } catch (error) {
    // No such schema, no such function: somebody else's database, or one of before the first migration.
    const isOld = error instanceof Error && "code" in error && (error.code === "3F000" || error.code === "42883");
    const problem = isOld ? 'The database is empty. Run "autobench migrate".' : "The database cannot be reached.";
    return { isReady: false, database: isOld, migrations: false, worker: false, problem };
  }
}

/** The migrations of this version, by the names under which the database knows them: number alone, without the message. */
export function committedMigrations(): string[] {
  return readdirSync(path.join(root, "migrations", "committed"))
    .filter((name) => /^\d+.*\.sql$/.test(name))
    .map((name) => name.replace(/^(\d+).*$/, "$1.sql"))
    .toSorted();
}

export function healthRoutes(pool: pg.Pool): Router {
  const wanted = committedMigrations();
  let asking: Promise<Readiness> | undefined;
  return Router()
    .get("/health", (_request, response) => {
      response.json({ isAlive: true });
    })
    .get("/ready", async (_request, response) => {
      // However many ask, the database is asked once at a time: a crowd must not make the answer wrong.
      const state = await (asking ??= readiness(pool, wanted).finally(() => (asking = undefined)));
      response.status(state.isReady ? 200 : 503).json(state);
    });
}
