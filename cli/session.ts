// cli/verbs/* -> [cli/session.ts] -> db/cluster/
// What every verb begins with: settings, a log, and the database, embedded or somebody's own.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Database, dataFolder, databaseName, embeddedDatabase, externalDatabase } from "../db/cluster/database.ts";
import { startCluster } from "../db/cluster/embedded.ts";
import { AlreadyRunning, type Holder, lockHolder, takeLock } from "../db/cluster/lock.ts";
import { reachableFolder, postgresAccount } from "../db/cluster/binaries.ts";
import { prepareCluster, prepareExternal, RolesMissing } from "../db/cluster/roles.ts";
import { migrate } from "../db/cluster/migrate.ts";
import { loadSettings } from "../process/environment.ts";
import { createLog, type Log } from "../process/log.ts";
import type { Settings } from "../process/settings.ts";
import { Shutdown } from "../process/shutdown.ts";
import { CommandError } from "./verb.ts";

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

/** Starts the embedded database for as long as this process lives; no other process may own the folder meanwhile. */
export async function startEmbedded(
  session: Session,
  what: string,
  describe: () => Partial<Holder> = () => ({}),
): Promise<Database> {
  const folder = dataFolder(session.settings);
  const release = await takeLock(folder, () => ({ what, ...describe() })).catch((error: unknown) => {
    throw error instanceof AlreadyRunning ? new CommandError(error.message) : error;
  });
  await session.shutdown.add("lock", release);
  const cluster = await startCluster({ folder });
  await session.shutdown.add("postgres", () => cluster.stop());
  const database = embeddedDatabase(cluster);
  await prepareCluster(cluster.superuserUrl("postgres"), database, databaseName);
  return database;
}

/** The embedded database that another process of this checkout runs, if one does. */
export async function runningEmbedded(settings: Settings): Promise<(Database & { holder: Holder }) | undefined> {
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
    throw new CommandError(
      'The embedded database is not running. Run "npm start" in another terminal, or set DATABASE_URL.',
    );
  }
  return database;
}

/** Roles (where this login may make them), the queue's schema, ours. */
export async function migrateExternal(session: Session, database: Database): Promise<void> {
  await prepareExternal(database).catch((error: unknown) => {
    throw error instanceof RolesMissing ? new CommandError(error.message) : error;
  });
  await migrate(database, session.log);
}
