// autobench migrate, npm start -> [db/cluster/migrate.ts] -> migrations/committed, the worker's own schema
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import {
  Logger as MigrateLogger,
  compile,
  migrate as replay,
  type Settings as MigrateSettings,
} from "graphile-migrate";
import { Logger as WorkerLogger, runMigrations } from "graphile-worker";
import { root } from "../../process/environment.ts";
import { ExplainedError } from "../../process/explained.ts";
import { type Log, silentLog } from "../../process/log.ts";
import { oneRow, withClient } from "./connect.ts";
import type { Database } from "./database.ts";

/** Settings of graphile-migrate. It insists on a logger of its own class. */
export async function migrateSettings(ownerUrl: string, log: Log = silentLog): Promise<MigrateSettings> {
  const needsRole = await withClient(ownerUrl, async (client) => {
    const row = await oneRow<{ user: string }>(client, "select current_user as user");
    return row.user !== "autobench_owner";
  });
  return {
    connectionString: ownerUrl,
    migrationsFolder: path.join(root, "migrations"),
    pgSettings: {
      search_path: "pg_catalog",
      client_min_messages: "warning",
      lock_timeout: "5s",
      ...(needsRole ? { role: "autobench_owner" } : {}), // whoever logs in, the schema belongs to its owner
    },
    logger: new MigrateLogger(() => (level, message) => {
      if (level === "error") log.error("migration failed", { detail: message });
      else log.debug("migration", { detail: message });
    }),
  };
}

/** Brings a database to the newest schema: the queue's own first, since ours refers to it. Safe to run twice at once. */
export async function migrate(database: Database, log: Log = silentLog): Promise<void> {
  await refuseOldPostgres(database.url("autobench_owner"));
  await installQueue(database.url("autobench_worker"));
  const settings = await migrateSettings(database.url("autobench_owner"), log);
  for (let attempt = 1; ; attempt++) {
    try {
      await replay(settings);
      break;
    } catch (error) {
      // Another process is migrating: graphile-migrate does not wait for it, so we do.
      if (!(error instanceof Error && /exclusive lock/i.test(error.message)) || attempt === 60) throw error;
      await delay(500);
    }
  }
  await settlePools();
}

/** graphile-migrate keeps its pool for 200 ms after it has finished; until then the database counts as in use. */
export const settlePools = (): Promise<void> => delay(250);

/** The queue's schema, owned by the worker's login, which is all that the library may touch. */
export async function installQueue(workerUrl: string): Promise<void> {
  await runMigrations({ connectionString: workerUrl, logger: new WorkerLogger(() => () => undefined) });
}

/** The whole of db/ as one statement list, for an empty database. */
export async function compileManifest(): Promise<string> {
  const sql = "--! include manifest.sql\n";
  return compile(
    { migrationsFolder: path.join(root, "migrations"), connectionString: "postgres://unused/unused" },
    sql,
  );
}

export async function refuseOldPostgres(url: string): Promise<void> {
  await withClient(url, async (client) => {
    const { version } = await oneRow<{ version: number }>(
      client,
      "select current_setting('server_version_num')::int as version",
    );
    refuseOldVersion(version);
  });
}

/** Throws for a server that is too old; `version` is its server_version_num, such as 180004. */
export function refuseOldVersion(version: number): void {
  if (version >= 180_000) return;
  throw new ExplainedError(
    `DATABASE_URL points at Postgres ${Math.floor(version / 10_000)}; Autobench needs Postgres 18 or newer. Upgrade it, or leave DATABASE_URL out to use the embedded one.`,
  );
}
