// db/cluster/embedded.ts -> [db/cluster/cluster-stage.ts] -> tests that start and stop clusters of their own
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { oneRow, withClient } from "./connect.ts";
import { type Cluster, startCluster } from "./embedded.ts";

export const ask = <T>(cluster: Cluster, sql: string): Promise<T> =>
  withClient(cluster.superuserUrl("postgres"), async (client) => (await oneRow<{ v: T }>(client, sql)).v);
export const rowsIn = (cluster: Cluster): Promise<number> => ask(cluster, "select count(*)::int as v from kept");
export const pgdataOf = (folder: string): string => path.join(folder, "postgres");

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !/^State:\s+Z/m.test(fs.readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false; // there is no such process
  }
}

/** A folder with a cluster that was started and stopped once and has one row in it, and copies of it to break. */
export class ClusterStage {
  readonly base: string;
  readonly made: string;
  readonly #running: Cluster[] = [];

  constructor() {
    this.base = fs.mkdtempSync(path.join(fs.existsSync("/dev/shm") ? "/dev/shm" : os.tmpdir(), "autobench-embedded-"));
    fs.chmodSync(this.base, 0o755); // as root, Postgres runs as another account and has to get in
    this.made = path.join(this.base, "made");
  }

  async make(): Promise<void> {
    fs.mkdirSync(path.join(this.made, "initdb-left"), { recursive: true }); // a first start that was killed half way
    fs.writeFileSync(path.join(this.made, "initdb-left", "password"), "old");
    fs.writeFileSync(path.join(this.made, "superuser.password"), "of a cluster that was never finished");
    const cluster = await this.start(this.made);
    await withClient(cluster.superuserUrl("postgres"), async (client) => {
      await client.query("create table kept (n int)");
      await client.query("insert into kept values (1)");
    });
    await cluster.stop();
  }

  async start(folder: string): Promise<Cluster> {
    const cluster = await startCluster({ folder, settings: { fsync: "off" } });
    this.#running.push(cluster);
    return cluster;
  }

  /** A copy of the cluster, with its files' owners. */
  copy(): string {
    const folder = fs.mkdtempSync(path.join(this.base, "copy-"));
    spawnSync("cp", ["-a", `${this.made}/.`, folder]);
    fs.chmodSync(folder, 0o755);
    return folder;
  }

  async clear(): Promise<void> {
    for (const cluster of this.#running) await cluster.stop();
    fs.rmSync(this.base, { recursive: true, force: true });
  }
}
