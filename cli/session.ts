// cli/verbs/* -> [cli/session.ts] -> db/cluster/
// What every verb begins with: settings, a log, and the database, embedded or somebody's own.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { openPool, withClient } from "../db/cluster/connect.ts";
import {
  type Database,
  dataFolder,
  databaseName,
  embeddedDatabase,
  externalDatabase,
  type Login,
  variables,
} from "../db/cluster/database.ts";
import { startCluster } from "../db/cluster/embedded.ts";
import { type Holder, lockHolder, takeLock } from "../db/cluster/lock.ts";
import { reachableFolder, postgresAccount } from "../db/cluster/binaries.ts";
import { prepareCluster, prepareExternal } from "../db/cluster/roles.ts";
import { migrate } from "../db/cluster/migrate.ts";
import { loadSettings } from "../process/environment.ts";
import { ExplainedError } from "../process/explained.ts";
import { createLog, type Log, silentLog } from "../process/log.ts";
import type { Settings } from "../process/settings.ts";
import { Shutdown } from "../process/shutdown.ts";
import { readiness } from "../server/routes/health.ts";
import { reasonOf } from "./verb.ts";

export interface Session {
  settings: Settings;
  log: Log;
  shutdown: Shutdown;
}

export function openSession(isJson: boolean): Session {
  const settings = loadSettings();
  const log = createLog({
    level: settings.LOG_LEVEL as "info",
    isPlain: process.stdout.isTTY && !isJson,
    // With --json standard output is for the answer alone.
    ...(isJson ? { write: (line: string) => void process.stderr.write(`${line}\n`) } : {}),
  });
  return { settings, log, shutdown: new Shutdown(log) };
}

/**
 * Starts parts, each registered with the session's shutdown, and keeps them until a signal comes. A signal that comes
 * while they still start is no failure.
 */
export async function runUntilSignal({ shutdown, log }: Session, begin: () => Promise<void>): Promise<number> {
  const until = shutdown.untilSignal();
  try {
    await begin();
  } catch (error) {
    await delay(10); // Ctrl-C also ends a child of ours, which may be noticed before the signal is
    if (!shutdown.isStopping) {
      await shutdown.stop();
      throw error;
    }
    log.debug("the start was broken off", { error });
  }
  await until;
  log.info("stopped");
  return 0;
}

/** Starts the embedded database for as long as this process lives; no other process may own the folder meanwhile. */
export async function startEmbedded(
  session: Session,
  what: string,
  describe: () => Partial<Holder> = () => ({}),
): Promise<Database> {
  const folder = dataFolder(session.settings);
  await session.shutdown.add("lock", await takeLock(folder, () => ({ what, ...describe() })));
  const cluster = await startCluster({ folder });
  await session.shutdown.add("postgres", () => cluster.stop());
  const database = embeddedDatabase(cluster);
  await prepareCluster(cluster.superuserUrl("postgres"), database, databaseName);
  return database;
}

/** The embedded database that another process of this checkout runs, if one does. */
export async function runningEmbedded(settings: Settings): Promise<(Database & { holder: Holder }) | undefined> {
  if (!existsSync(dataFolder(settings))) return undefined; // looking must not make it
  const holder = await lockHolder(dataFolder(settings));
  const folder = reachableFolder(dataFolder(settings), postgresAccount());
  const portFile = path.join(folder, "port");
  if (!holder || !existsSync(portFile)) return undefined;
  return { ...embeddedDatabase({ folder, port: Number(readFileSync(portFile, "utf8")) }), holder };
}

/** The database for a verb that needs one that is up: somebody's own, or the one that `npm start` runs. */
export async function useRunning(settings: Settings): Promise<Database> {
  const database = externalDatabase(settings) ?? (await runningEmbedded(settings));
  if (!database) {
    throw new ExplainedError(
      'The embedded database is not running. Run "npm start" in another terminal, or set DATABASE_URL.',
    );
  }
  return database;
}

/** Refuses, in words, a database that a login cannot get into. */
export async function requireReachable(database: Database, login: Login): Promise<void> {
  const url = database.url(login);
  try {
    await withClient(url, (client) => client.query("select"));
  } catch (error) {
    const { hostname, port, pathname, username } = new URL(url);
    const place = `${pathname.slice(1) || "the database"} on ${hostname}${port ? `:${port}` : ""}`;
    throw new ExplainedError(
      `Cannot connect to ${place} as ${username}: ${reasonOf(error)}. Check ${variables[login]}, and that Postgres is running.`,
      { cause: error },
    );
  }
}

/** Refuses, in words, a database that is not at this version's schema. */
export async function requireSchema(database: Database, login: "autobench_server" | "autobench_worker"): Promise<void> {
  await requireReachable(database, login);
  const pool = openPool(database.url(login), { name: "check", max: 1, log: silentLog });
  const state = await readiness(pool).finally(() => pool.end());
  if (!state.migrations) throw new ExplainedError(state.problem ?? "The schema is not this version's.");
}

/** Roles (where this login may make them), the queue's schema, ours. */
export async function migrateExternal(session: Session, database: Database): Promise<void> {
  await requireReachable(database, "autobench_owner");
  await prepareExternal(database);
  await requireReachable(database, "autobench_worker");
  await migrate(database, session.log);
}
