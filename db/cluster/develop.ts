// npm run db:watch, db:commit, db:uncommit -> [db/cluster/develop.ts] -> migrations/
// What a developer does with migrations. `watch` works on the database of this checkout; `commit` and `uncommit` on a
// throw-away cluster, so that they need no running database and cannot touch one.
import fs from "node:fs";
import path from "node:path";
import { commit as gmCommit, migrate, type Settings, uncommit as gmUncommit, watch as gmWatch } from "graphile-migrate";
import { loadSettings, root } from "../../process/environment.ts";
import { createLog, type Log } from "../../process/log.ts";
import { Shutdown } from "../../process/shutdown.ts";
import { startThrowAwayCluster } from "../testing/cluster.ts";
import { withClient } from "./connect.ts";
import { databaseName, dataFolder, embeddedDatabase, externalDatabase } from "./database.ts";
import { type Cluster, startCluster } from "./embedded.ts";
import { lockHolder, takeLock } from "./lock.ts";
import { installQueue, migrateSettings, settlePools } from "./migrate.ts";
import { prepareCluster, prepareExternal } from "./roles.ts";

export const migrationsFolder = path.join(root, "migrations");

/** What is left in migrations/current when nothing is in hand. */
export const blank = "-- Nothing is in hand. How a change is made: see migrations/README.md.\n";

/** Settings for work on a cluster that may be spoilt: a database to try on, and a shadow that is made anew. */
export async function scratchSettings(cluster: Cluster, folder: string, log?: Log): Promise<Settings> {
  const scratch = embeddedDatabase(cluster, "scratch");
  await prepareCluster(cluster.superuserUrl("postgres"), scratch, "scratch");
  await installQueue(scratch.url("autobench_worker"));
  // The shadow is made from template1. Our functions refer to the queue, so template1 holds its schema.
  const template = embeddedDatabase(cluster, "template1");
  await withClient(cluster.superuserUrl("template1"), (client) =>
    client.query("grant create on database template1 to autobench_worker"),
  );
  await installQueue(template.url("autobench_worker"));
  return {
    ...(await migrateSettings(scratch.url("autobench_owner"), log)),
    migrationsFolder: folder,
    shadowConnectionString: embeddedDatabase(cluster, "shadow").url("autobench_owner"),
    rootConnectionString: cluster.superuserUrl("postgres"),
    databaseOwner: "autobench_owner",
    blankMigrationContent: blank,
  };
}

/** Makes migrations/current a committed migration, or leaves everything as it was; returns the new file's name. */
export async function commit(
  cluster: Cluster,
  folder = migrationsFolder,
  message?: string,
  log?: Log,
): Promise<string> {
  const current = readFolder(path.join(folder, "current"));
  if (!message && !Object.values(current).some((text) => /^--! Message: \S/m.test(text))) {
    throw new Error('A migration needs a message: npm run db:commit -- "what it changes".');
  }
  const settings = await scratchSettings(cluster, folder, log);
  try {
    await gmCommit(settings, message);
  } catch (error) {
    // It overwrites what was there with the text of all includes, which it then refuses to read.
    writeFolder(path.join(folder, "current"), current);
    if (error instanceof Error && error.message.includes("Unclosed text block")) {
      throw new Error(
        "An odd apostrophe within $$ ... $$ keeps the migration from being committed. To learn in which file: " +
          "npx vitest run db/testing/files.test.ts",
        { cause: error },
      );
    }
    throw error;
  } finally {
    await settlePools();
  }
  const file = lastCommitted(folder);
  fs.chmodSync(path.join(folder, "committed", file), 0o444); // never edited, but for everybody to read
  return file;
}

/** Takes the last committed migration back into migrations/current; returns the name that its file had. */
export async function uncommit(cluster: Cluster, folder = migrationsFolder, log?: Log): Promise<string> {
  const settings = await scratchSettings(cluster, folder, log);
  const last = lastCommitted(folder);
  try {
    await migrate(settings);
    await gmUncommit(settings);
  } finally {
    await settlePools();
  }
  const current = readFolder(path.join(folder, "current"));
  for (const [name, text] of Object.entries(current)) current[name] = text.replaceAll(/^--!include /gm, "--! include ");
  writeFolder(path.join(folder, "current"), current);
  return last;
}

/** Runs migrations/current against the database of this checkout, and again at every change of it or of db/. */
export async function watch(log: Log): Promise<void> {
  const settings = loadSettings();
  const shutdown = new Shutdown(log);
  let database = externalDatabase(settings);
  if (database) {
    await prepareExternal(database);
  } else {
    const folder = dataFolder(settings);
    const isRunning = (await lockHolder(folder)) !== undefined; // then it is theirs to stop
    if (!isRunning) await shutdown.add("lock", await takeLock(folder, () => ({ what: "npm run db:watch" })));
    const cluster = await startCluster({ folder });
    if (!isRunning) await shutdown.add("Postgres", () => cluster.stop());
    database = embeddedDatabase(cluster);
    await prepareCluster(cluster.superuserUrl("postgres"), database, databaseName);
  }
  await installQueue(database.url("autobench_worker"));
  await gmWatch({ ...(await migrateSettings(database.url("autobench_owner"), log)), blankMigrationContent: blank });
  await shutdown.add("the last migration", settlePools);
  log.info("watching migrations/current and db/; Ctrl-C ends it");
  await shutdown.untilSignal();
}

function lastCommitted(folder: string): string {
  const files = Object.keys(readFolder(path.join(folder, "committed")));
  return files.toSorted().at(-1) ?? "";
}

function readFolder(folder: string): Record<string, string> {
  if (!fs.existsSync(folder)) return {};
  const names = fs.readdirSync(folder).filter((name) => name.endsWith(".sql"));
  return Object.fromEntries(names.map((name) => [name, fs.readFileSync(path.join(folder, name), "utf8")]));
}

function writeFolder(folder: string, files: Record<string, string>): void {
  for (const name of Object.keys(readFolder(folder))) if (!(name in files)) fs.rmSync(path.join(folder, name));
  for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);
}

async function main([verb, ...words]: string[]): Promise<void> {
  const log = createLog({ level: verb === "watch" ? "debug" : "error", isPlain: true });
  if (verb === "watch") {
    await watch(log);
    process.exit(0); // the library's watcher has no end of its own
  }
  if (verb !== "commit" && verb !== "uncommit") throw new Error("Say watch, commit <message> or uncommit.");
  const cluster = await startThrowAwayCluster();
  try {
    if (verb === "commit") {
      const file = await commit(cluster, migrationsFolder, words.join(" ") || undefined, log);
      console.log(`Committed migrations/committed/${file}.`);
    } else {
      console.log(`Took ${await uncommit(cluster, migrationsFolder, log)} back into migrations/current.`);
    }
  } finally {
    await cluster.stop();
  }
}

if (import.meta.main) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  }
}
