// [db/cluster/connect.test.ts] -> db/cluster/connect.ts
import net from "node:net";
import { once } from "node:events";
import { createLog } from "../../process/log.ts";
import { describe, expect, test } from "../testing/database.ts";
import { oneRow, openPool, withClient } from "./connect.ts";

const backend = "select pg_backend_pid() as pid";

describe("openPool", () => {
  test("outlives connections that are cut off, and logs them without their password", async ({ database, pool }) => {
    const lines: string[] = [];
    const log = createLog({ level: "info", write: (line) => lines.push(line) });
    const mine = openPool(database.url("autobench_server"), { name: "cut", max: 2, log });
    const idle = await oneRow<{ pid: number }>(mine, backend);
    await pool.query("select pg_terminate_backend($1, 5000)", [idle.pid]);
    await expect.poll(() => lines.length, { interval: 5, timeout: 5000 }).toBeGreaterThan(0);

    const client = await mine.connect();
    const busy = await oneRow<{ pid: number }>(client, backend);
    await pool.query("select pg_terminate_backend($1, 5000)", [busy.pid]);
    await expect(client.query("select 1")).rejects.toThrow(/terminat|not queryable/);
    client.release(true);

    expect(await oneRow(mine, "select 1 as one")).toEqual({ one: 1 });
    await mine.end();
    expect(lines.join()).toMatch(/"message":"a database connection broke".*"pool":"cut".*"code":"57P01"/);
    expect(lines.join()).not.toContain(new URL(database.url("autobench_server")).password);
  });

  test("a caller waits for a free connection no longer than was said", async ({ database }) => {
    const log = createLog({ level: "info", write: () => undefined });
    const mine = openPool(database.url("autobench_server"), { name: "full", max: 1, log, waitMs: 1000 });
    const client = await mine.connect();
    await expect(mine.query("select 1")).rejects.toThrow("timeout exceeded when trying to connect");
    client.release();
    expect(await oneRow(mine, "select current_setting('application_name') as name")).toEqual({
      name: "autobench full",
    });
    await mine.end();
  });

  test("nor for a server that never answers", async () => {
    const mute = net.createServer().listen(0, "127.0.0.1");
    await once(mute, "listening");
    const { port } = mute.address() as net.AddressInfo;
    const log = createLog({ level: "info", write: () => undefined });
    const mine = openPool(`postgres://u:p@127.0.0.1:${port}/x`, { name: "mute", max: 1, log, waitMs: 50 });
    await expect(mine.query("select 1")).rejects.toThrow(/timeout/);
    await mine.end();
    mute.close();
  });
});

describe("withClient", () => {
  test("gives what the work gives, and closes its connection", async ({ database, pool }) => {
    const { pid } = await withClient(database.superuserUrl, (client) => oneRow<{ pid: number }>(client, backend));
    await expect
      .poll(async () => (await pool.query("select from pg_stat_activity where pid = $1", [pid])).rowCount, {
        timeout: 5000,
      })
      .toBe(0);
  });

  test("throws what the work throws", async ({ database }) => {
    const failing = withClient(database.superuserUrl, () => Promise.reject(new Error("of my own")));
    await expect(failing).rejects.toThrow("of my own");
    await expect(withClient(database.superuserUrl, (client) => client.query("select 1/0"))).rejects.toMatchObject({
      code: "22012",
    });
  });

  test("says that it was cut off, and does not end the process", async ({ database, pool }) => {
    const cut = withClient(database.superuserUrl, async (client) => {
      const { pid } = await oneRow<{ pid: number }>(client, backend);
      await pool.query("select pg_terminate_backend($1, 5000)", [pid]);
      await client.query("select 1");
    });
    await expect(cut).rejects.toThrow(/terminat/i);
  });

  test("fails when nobody is there", async () => {
    const free = net.createServer().listen(0, "127.0.0.1");
    await once(free, "listening");
    const { port } = free.address() as net.AddressInfo;
    free.close();
    await once(free, "close");
    await expect(withClient(`postgres://u:p@127.0.0.1:${port}/x`, async () => 1)).rejects.toMatchObject({
      code: "ECONNREFUSED",
    });
  });
});

describe("oneRow", () => {
  test("is the first row, or an error", async ({ pool }) => {
    expect(await oneRow(pool, "select $1::int as n", [7])).toEqual({ n: 7 });
    await expect(oneRow(pool, "select 1 where false")).rejects.toThrow("A query that always has a row had none.");
  });
});
