// [db/cluster/embedded.test.ts] -> db/cluster/embedded.ts
import { once } from "node:events";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { ask, ClusterStage, pgdataOf, rowsIn } from "./cluster-stage.ts";
import { withClient } from "./connect.ts";
import { startCluster } from "./embedded.ts";
import { readPidFile } from "./leftover.ts";

const stage = new ClusterStage();
beforeAll(() => stage.make());
afterAll(() => stage.clear());

const modeOf = (...parts: string[]) => (fs.statSync(path.join(...parts)).mode & 0o777).toString(8);

describe("a cluster's folder", () => {
  test("is finished, and what a killed first start left is gone", () => {
    expect(fs.readdirSync(stage.made).toSorted()).toEqual(["port", "postgres", "postgres.log", "superuser.password"]);
  });

  test("keeps its secrets to its owner", () => {
    expect(modeOf(stage.made, "superuser.password")).toBe("600");
    expect(modeOf(stage.made, "postgres.log")).toBe("600");
    expect(modeOf(stage.made, "postgres")).toBe("700");
    expect(fs.readFileSync(path.join(stage.made, "superuser.password"), "utf8")).toMatch(/^[\w-]{32}$/);
  });

  test("made by another Postgres is refused, with what to do", async () => {
    const folder = stage.copy();
    fs.writeFileSync(path.join(pgdataOf(folder), "PG_VERSION"), "17\n");
    await expect(startCluster({ folder })).rejects.toThrow(
      `${pgdataOf(folder)} was made by Postgres 17, and this version runs Postgres 18. Move the folder away, or set DATA_DIR to another one.`,
    );
  });
});

describe("a start", () => {
  test("finds the data of before, on the same port, in an encoding and order that every machine shares", async () => {
    const folder = stage.copy();
    const remembered = Number(fs.readFileSync(path.join(folder, "port"), "utf8"));
    const cluster = await stage.start(folder);
    expect(cluster.port).toBe(remembered);
    expect(await rowsIn(cluster)).toBe(1);
    expect(await ask(cluster, "select current_setting('server_version_num')::int / 10000 as v")).toBe(18);
    expect(
      await ask(
        cluster,
        `select concat_ws(' ', pg_encoding_to_char(encoding), datlocprovider, datlocale, current_setting('timezone'),
          current_setting('listen_addresses'), current_setting('log_error_verbosity'), current_setting('password_encryption')) as v
          from pg_database where datname = 'postgres'`,
      ),
    ).toBe("UTF8 b C.UTF-8 UTC 127.0.0.1 terse scram-sha-256");
    await cluster.stop();
    await cluster.stop(); // again: nothing to do
    expect(readPidFile(pgdataOf(folder))).toBeUndefined();
  });

  test("lets nobody in without the password", async () => {
    const cluster = await stage.start(stage.copy());
    const wrong = new URL(cluster.superuserUrl("postgres"));
    wrong.password = "guess";
    await expect(withClient(wrong.href, async () => 1)).rejects.toMatchObject({ code: "28P01" });
    await cluster.stop();
  });

  test("takes another port when its own is in use", async () => {
    const folder = stage.copy();
    const remembered = Number(fs.readFileSync(path.join(folder, "port"), "utf8"));
    const other = net.createServer().listen(remembered, "127.0.0.1");
    await once(other, "listening");
    const cluster = await stage.start(folder);
    expect(cluster.port).not.toBe(remembered);
    expect(await rowsIn(cluster)).toBe(1);
    await cluster.stop();
    other.close();
  });

  test.for(["", "no number", "99999999", "-5"])("does not mind a remembered port of %j", async (text) => {
    const folder = stage.copy();
    fs.writeFileSync(path.join(folder, "port"), text);
    const cluster = await stage.start(folder);
    expect(cluster.port).toBeGreaterThan(1023);
    await cluster.stop();
  });

  test("that fails shows the end of the log", async () => {
    await expect(startCluster({ folder: stage.copy(), settings: { max_connections: "many" } })).rejects.toThrow(
      /Postgres did not start \(exit code 1\).*\n[^]*invalid value for parameter "max_connections": "many"/,
    );
  });
});

describe("a stop", () => {
  test("ends sessions that stay open, after a second", async () => {
    const folder = stage.copy();
    const cluster = await stage.start(folder);
    await expect(
      withClient(cluster.superuserUrl("postgres"), async (client) => {
        await client.query("begin");
        await cluster.stop();
        await client.query("select 1");
      }),
    ).rejects.toThrow(/terminating connection|Connection terminated/);
    expect(readPidFile(pgdataOf(folder))).toBeUndefined();
  });

  test("still under way is waited for by the next start", async () => {
    const folder = stage.copy();
    const first = await stage.start(folder);
    await withClient(first.superuserUrl("postgres"), async (client) => {
      await client.query("begin"); // holds the stop up for its second
      const stopping = first.stop();
      await vi.waitFor(() => expect(readPidFile(pgdataOf(folder))?.status).toBe("stopping"), {
        timeout: 5000,
        interval: 1,
      });
      const second = await stage.start(folder);
      await stopping;
      expect(await rowsIn(second)).toBe(1);
      await second.stop();
    });
  });
});
