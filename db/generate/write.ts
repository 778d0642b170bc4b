// npm run db:generate -> [db/generate/write.ts] -> db/generated/
// Writes what can be known from the database alone: on a throw-away cluster, installed from the manifest. With --check
// it compares instead, and says what differs.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { root, setGraphileMode } from "../../process/environment.ts";
import { type Database, embeddedDatabase } from "../cluster/database.ts";
import type { SurfaceName } from "../../server/graphile.config.ts";
import type { Cluster } from "../cluster/embedded.ts";
import { installFromManifest, startThrowAwayCluster } from "../testing/cluster.ts";
import { firstDifference } from "./compare.ts";
import { schema } from "./dump.ts";
import { erd } from "./erd.ts";
import { tables } from "./tables.ts";

/** A database of a cluster of ours, with the address of its superuser. */
export interface Installed extends Database {
  superuserUrl: string;
}

/** Puts its files into a folder. */
type Writer = (folder: string, database: Installed) => Promise<void>;

export const writers: readonly Writer[] = [
  oneFile("schema.sql", schema),
  oneFile("erd.md", erd),
  oneFile("tables.md", tables),
  oneFile("schema.graphql", (database) => sdl(database, "public")),
  oneFile("operations.graphql", (database) => sdl(database, "operations")),
];

export const generatedFolder = path.join(root, "db/generated");

async function sdl(database: Installed, surface: SurfaceName): Promise<string> {
  setGraphileMode("production");
  return (await import("./sdl.ts")).sdl(database, surface);
}

function oneFile(name: string, text: (database: Installed) => Promise<string>): Writer {
  return async (folder, database) => fs.writeFileSync(path.join(folder, name), await text(database));
}

export function installed(cluster: Cluster, name: string): Installed {
  return { ...embeddedDatabase(cluster, name), superuserUrl: cluster.superuserUrl(name) };
}

export async function writeAll(folder: string, database: Installed): Promise<void> {
  await Promise.all(writers.map((write) => write(folder, database)));
}

/** How `folder` differs from what the database says now: a line or a few for each file. */
export async function compareAll(folder: string, database: Installed): Promise<string[]> {
  const fresh = fs.mkdtempSync(path.join(os.tmpdir(), "autobench-generated-"));
  try {
    await writeAll(fresh, database);
    const names = new Set([...fs.readdirSync(fresh), ...(fs.existsSync(folder) ? fs.readdirSync(folder) : [])]);
    return [...names].toSorted().flatMap((name) => {
      const old = path.join(folder, name);
      const now = path.join(fresh, name);
      if (!fs.existsSync(now)) return [`${name} is made by nobody: delete it.`];
      if (!fs.existsSync(old)) return [`${name} is missing.`];
      const difference = firstDifference(fs.readFileSync(old, "utf8"), fs.readFileSync(now, "utf8"));
      return difference ? [`${name} ${difference}`] : [];
    });
  } finally {
    fs.rmSync(fresh, { recursive: true });
  }
}

if (import.meta.main) {
  const cluster = await startThrowAwayCluster();
  try {
    await installFromManifest(cluster, "generated");
    const database = installed(cluster, "generated");
    if (process.argv.includes("--check")) {
      const differences = await compareAll(generatedFolder, database);
      for (const difference of differences) console.error(`db/generated/${difference}`);
      if (differences.length) console.error('Run "npm run db:generate" and commit what it writes.');
      process.exitCode = differences.length ? 1 : 0;
    } else {
      fs.mkdirSync(generatedFolder, { recursive: true });
      await writeAll(generatedFolder, database);
      console.log(`Wrote db/generated/{${fs.readdirSync(generatedFolder).join(",")}}.`);
    }
  } finally {
    await cluster.stop();
  }
}
