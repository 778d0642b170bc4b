// db/cluster/embedded.ts -> [bench/cluster.ts] -> bench/votes/run.ts, bench/ratings/run.ts
// A cluster for one measurement: on disk, every commit forced down, nothing shared with the tests.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import pg from "pg";
import { type Database, embeddedDatabase } from "../db/cluster/database.ts";
import { startCluster } from "../db/cluster/embedded.ts";
import { installFromManifest } from "../db/testing/cluster.ts";

export interface Bench {
  /** The database by its logins, for the product's own processes. */
  database: Database;
  /** The same as a superuser, for other programs. */
  superuserUrl: string;
  connect(): Promise<pg.Client>;
}

/** Runs `work` on a fresh database with everything in db/, and throws the cluster away. */
export async function withBench(work: (bench: Bench) => Promise<void>): Promise<void> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "autobench-bench-"));
  fs.chmodSync(folder, 0o755); // as root, Postgres runs as another account and has to get in
  const cluster = await startCluster({
    folder,
    settings: { shared_buffers: "512MB", max_wal_size: "8GB", max_connections: 100, jit: "off" },
  });
  const clients: pg.Client[] = [];
  try {
    await installFromManifest(cluster, "bench");
    await work({
      database: embeddedDatabase(cluster, "bench"),
      superuserUrl: cluster.superuserUrl("bench"),
      async connect() {
        const client = new pg.Client({ connectionString: cluster.superuserUrl("bench") });
        await client.connect();
        clients.push(client);
        return client;
      },
    });
  } finally {
    await Promise.allSettled(clients.map((client) => client.end()));
    await cluster.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

export const median = (list: readonly number[]): number =>
  list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
