// [worker/epoch.test.ts] -> worker/epoch.ts, app_private.meet_epoch(), app_private.reconcile()
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import type pg from "pg";
import { afterAll, beforeAll, inject } from "vitest";
import { oneRow, openPool, withClient } from "../db/cluster/connect.ts";
import { withDatabase } from "../db/cluster/database.ts";
import { callState } from "../db/budget/testing/calls.ts";
import { describe, expect, test } from "../db/testing/database.ts";
import { templateName } from "../db/testing/cluster.ts";
import { silentLog } from "../process/log.ts";
import { forgetEpoch, meetEpoch, noteAttempt } from "./epoch.ts";
import { type FaultServer, startFaultServer } from "./llm/testing/fault-server.ts";
import { makeWorker, oneCall, temporaryFolder } from "./tests/setup.ts";

let server: FaultServer;
const made: string[] = [];
beforeAll(async () => {
  server = await startFaultServer();
});
afterAll(async () => {
  await server.close();
  await superuser(async (client) => {
    for (const name of made.toReversed()) await client.query(`drop database if exists ${name} with (force)`);
  });
});

const superuser = <T>(work: (client: pg.Client) => Promise<T>) => withClient(inject("cluster").superuserUrl, work);

/** A copy of a database: a backup of it, or what a backup is restored to. */
async function copyOf(source: string): Promise<string> {
  const name = `e_${randomBytes(6).toString("hex")}`;
  await superuser((client) => client.query(`create database ${name} template ${source} strategy file_copy`));
  made.push(name);
  return name;
}

/** Works on a database and leaves it, so that it can be copied. */
async function on<T>(name: string, work: (pool: pg.Pool) => Promise<T>): Promise<T> {
  const pool = openPool(withDatabase(inject("cluster").superuserUrl, name), { name: "epoch", max: 4, log: silentLog });
  try {
    return await work(pool);
  } finally {
    await pool.end();
  }
}

/** A database with a call that waits, and its backup; then the model is asked, as a worker does that notes it. */
async function boughtSinceBackup(folder: string) {
  const live = await copyOf(templateName);
  const it = await on(live, async (pool) => {
    const prepared = await oneCall(pool, server.baseUrl("ok", "openai"));
    expect(await meetEpoch(pool, folder, silentLog)).toBe(true);
    return prepared;
  });
  const backup = await copyOf(live);
  await on(live, async (pool) => {
    await makeWorker(pool, { noteAttempt: (id) => noteAttempt(folder, id) }).answer(it.call);
    expect((await callState(pool, it.call)).state).toBe("done");
  });
  return { ...it, backup };
}

describe("a restored backup", () => {
  test("does not buy the day again, even when it was bought within the minute; after reconciling neither", async () => {
    const folder = temporaryFolder();
    const start = server.log.length;
    const { backup, call, submission } = await boughtSinceBackup(folder);
    expect(server.log.length - start).toBe(1);

    await on(backup, async (pool) => {
      expect((await callState(pool, call)).state).toBe("pending"); // it has forgotten
      expect(await meetEpoch(pool, folder, silentLog)).toBe(false);
      await expect(makeWorker(pool).answer(call)).rejects.toMatchObject({ code: "TB043" });
      expect(await meetEpoch(pool, folder, silentLog)).toBe(false); // it does not open by itself

      await pool.query("select app_private.reconcile('restored from a backup')");
      forgetEpoch(folder);
      expect(await meetEpoch(pool, folder, silentLog)).toBe(true);
      await expect(makeWorker(pool).answer(call)).rejects.toMatchObject({ code: "TB043" }); // today is closed
      await pool.query("update app_private.dispatch_gate set closed_through = null");
      await makeWorker(pool).answer(call);
      expect((await callState(pool, call)).state).toBe("in_doubt");
      expect(
        await oneRow(pool, "select status, reason from app_public.submissions where id = $1", [submission]),
      ).toEqual({
        status: "in_doubt",
        reason: "A backup was restored: this may have been asked since.",
      });
    });
    expect(server.log.length - start).toBe(1);
  });

  test("a second machine, which keeps the old epoch, catches up once the first has reconciled", async () => {
    const [first, second] = [temporaryFolder(), temporaryFolder()];
    const { backup } = await boughtSinceBackup(first);
    await on(backup, async (pool) => {
      expect(await meetEpoch(pool, second, silentLog)).toBe(true); // it was idle, and knows no more than the backup
      expect(await meetEpoch(pool, first, silentLog)).toBe(false);
      await pool.query("select app_private.reconcile('restored from a backup')");
      forgetEpoch(first);
      for (const folder of [first, second, first]) expect(await meetEpoch(pool, folder, silentLog)).toBe(true);
    });
  });

  test("another database altogether closes the gate as well", async () => {
    const folder = temporaryFolder();
    await boughtSinceBackup(folder);
    const other = await copyOf(templateName);
    await on(other, async (pool) => {
      await pool.query("update app_private.dispatch_gate set epoch = gen_random_uuid()"); // else the template's own
      expect(await meetEpoch(pool, folder, silentLog)).toBe(false);
    });
  });
});

describe("what stands beside the database", () => {
  const kept = (folder: string) =>
    JSON.parse(readFileSync(path.join(folder, "epoch.json"), "utf8")) as { lastAttempt: string };

  test("only ever moves on", async () => {
    const folder = temporaryFolder();
    noteAttempt(folder, "5"); // nothing is known yet: there is nothing to compare with
    await on(await copyOf(templateName), (pool) => meetEpoch(pool, folder, silentLog));
    for (const [id, last] of [
      ["9", "9"],
      ["10", "10"],
      ["9", "10"],
    ] as const) {
      noteAttempt(folder, id);
      expect(kept(folder).lastAttempt).toBe(last);
    }
  });
});
