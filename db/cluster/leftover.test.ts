// [db/cluster/leftover.test.ts] -> db/cluster/leftover.ts, db/cluster/embedded.ts
import { spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { ask, ClusterStage, isAlive, pgdataOf, rowsIn } from "./cluster-stage.ts";
import { withClient } from "./connect.ts";
import { readPidFile } from "./leftover.ts";

const stage = new ClusterStage();
beforeAll(() => stage.make());
afterAll(() => stage.clear());

/** An ending process is gone a moment after it has let go of its folder. */
const hasEnded = (pid: number) => vi.waitFor(() => expect(isAlive(pid)).toBe(false), { timeout: 5000, interval: 5 });

describe("what an earlier run left", () => {
  test("a Postgres that still runs is taken over, and stopped in the end", async () => {
    const folder = stage.copy();
    const first = await stage.start(folder);
    const second = await stage.start(folder);
    expect(second.port).toBe(first.port);
    const pid = readPidFile(pgdataOf(folder))?.pid ?? 0;
    expect(await rowsIn(second)).toBe(1);
    await second.stop();
    await hasEnded(pid);
  });

  test.skipIf(process.platform !== "linux")(
    "after kill -9 of its parent no Postgres is left, and no data lost",
    async () => {
      const folder = stage.copy();
      const embedded = JSON.stringify(path.join(import.meta.dirname, "embedded.ts"));
      const connect = JSON.stringify(path.join(import.meta.dirname, "connect.ts"));
      const program = `
      import { startCluster } from ${embedded};
      import { withClient } from ${connect};
      const cluster = await startCluster({ folder: ${JSON.stringify(folder)} });
      await withClient(cluster.superuserUrl("postgres"), (client) => client.query("insert into kept values (2)"));
      console.log("ready");
      setInterval(() => {}, 1000);`;
      const parent = spawn(process.execPath, ["--input-type=module", "--eval", program], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      await once(parent.stdout, "data");
      const pid = readPidFile(pgdataOf(folder))?.pid ?? 0;
      expect(isAlive(pid)).toBe(true);
      parent.kill("SIGKILL");
      await once(parent, "exit");
      const cluster = await stage.start(folder); // at once: it has to wait for the old one to end
      await hasEnded(pid);
      expect(await rowsIn(cluster)).toBe(2);
      await cluster.stop();
    },
  );

  test("after kill -9 of Postgres itself it recovers", async () => {
    const folder = stage.copy();
    const first = await stage.start(folder);
    await ask(first, "with i as (insert into kept values (2) returning 1) select count(*) as v from i");
    process.kill(readPidFile(pgdataOf(folder))?.pid ?? 0, "SIGKILL");
    const second = await stage.start(folder);
    expect(await rowsIn(second)).toBe(2);
    await Promise.all([first.stop(), second.stop()]);
  });

  /** A pid file as a killed Postgres leaves it, whose number somebody else bears by now. */
  const stale = (folder: string, pid: number, status = "ready   ") =>
    fs.writeFileSync(
      path.join(pgdataOf(folder), "postmaster.pid"),
      `${pid}\n${pgdataOf(folder)}\n1700000000\n5432\n\n127.0.0.1\n  0 0\n${status}\n`,
    );

  test.for(["ready   ", "starting", "stopping"])(
    "a pid file whose number is another program's is stale (%s)",
    async (status) => {
      const folder = stage.copy();
      stale(folder, process.pid, status);
      const cluster = await stage.start(folder);
      expect(await rowsIn(cluster)).toBe(1);
      await cluster.stop();
    },
  );

  test("a pid file whose number is another cluster's Postgres is stale, and that Postgres is left alone", async () => {
    const folder = stage.copy();
    const other = readPidFile(pgdataOf(inject("cluster").folder))?.pid ?? 0;
    stale(folder, other);
    const cluster = await stage.start(folder);
    expect(cluster.port).not.toBe(inject("cluster").port);
    expect(await rowsIn(cluster)).toBe(1);
    await cluster.stop();
    expect(isAlive(other)).toBe(true);
    expect(await withClient(inject("cluster").superuserUrl, async () => "lives")).toBe("lives");
  });

  test.for(["", "\n\n\n", "0\n", "-1\n", "none\n"])("an empty or torn pid file is stale: %j", async (text) => {
    const folder = stage.copy();
    fs.writeFileSync(path.join(pgdataOf(folder), "postmaster.pid"), text);
    const cluster = await stage.start(folder);
    expect(await rowsIn(cluster)).toBe(1);
    await cluster.stop();
  });
});
