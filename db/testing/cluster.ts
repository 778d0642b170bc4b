// npm test -> [db/testing/cluster.ts] -> db/testing/database.ts
// Once per run: a private cluster, and in it the template that every test file's database is a copy of.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type { TestProject } from "vitest/node";
import { withClient } from "../cluster/connect.ts";
import { embeddedDatabase } from "../cluster/database.ts";
import { type Cluster, startCluster } from "../cluster/embedded.ts";
import { compileManifest, installQueue } from "../cluster/migrate.ts";
import { prepareCluster } from "../cluster/roles.ts";

declare module "vitest" {
  interface ProvidedContext {
    cluster: { folder: string; port: number; superuserUrl: string };
  }
}

export const templateName = "autobench_template";

/** A throw-away cluster, in memory where there is room: copying a database takes 15 ms there, up to 1 s on a busy disk. */
export async function startThrowAwayCluster(): Promise<Cluster> {
  const folder = fs.mkdtempSync(path.join(isRoomy("/dev/shm") ? "/dev/shm" : os.tmpdir(), "autobench-test-"));
  fs.chmodSync(folder, 0o755); // as root, Postgres runs as another account and has to get in
  const cluster = await startCluster({
    folder,
    settings: { fsync: "off", synchronous_commit: "off", full_page_writes: "off", max_connections: 200 },
  });
  return {
    ...cluster,
    async stop() {
      await cluster.stop();
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A database with the queue's schema and everything in db/, compiled from the manifest. */
export async function installFromManifest(cluster: Cluster, name: string): Promise<void> {
  const database = embeddedDatabase(cluster, name);
  await prepareCluster(cluster.superuserUrl("postgres"), database, name);
  await installQueue(database.url("autobench_worker"));
  const sql = await compileManifest();
  await withClient(database.url("autobench_owner"), (client) => client.query(sql));
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const cluster = await startThrowAwayCluster();
  await installFromManifest(cluster, templateName);
  const superuserUrl = cluster.superuserUrl("postgres");
  await withClient(superuserUrl, async (client) => {
    await client.query(`alter database ${templateName} with is_template true allow_connections false`);
    await client.query("checkpoint"); // else each copy would begin with one
  });
  project.provide("cluster", { folder: cluster.folder, port: cluster.port, superuserUrl });
  return () => cluster.stop();
}

function isRoomy(folder: string): boolean {
  try {
    const { bavail, bsize } = fs.statfsSync(folder);
    return bavail * bsize > 2 ** 30;
  } catch {
    return false; // there is no such folder on this system
  }
}
