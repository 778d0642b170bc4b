// [cli/takeover.test.ts] -> worker/presence.ts, app_private.worker_beat()
// A worker that is killed leaves its job locked; another one frees it and runs it again. A live one is never robbed.
import type pg from "pg";
import { openPool } from "../db/cluster/connect.ts";
import { silentLog } from "../process/log.ts";
import { startTestWorker } from "../worker/tests/worker.ts";
import { type Autobench, describe, expect, poll, test as base } from "./testing/autobench.ts";
import { emptyDatabase, type External } from "./testing/external.ts";

/** As shipped, but hearing and giving up sooner. */
const hasty = { beatMs: 100, deadAfter: "1 second" };

interface Job {
  locked_by: string | null;
  attempts: number;
}

const test = base
  .extend("database", { scope: "file" }, async ({ autobench }, { onCleanup }): Promise<External> => {
    const database = await emptyDatabase("autobench_owner");
    onCleanup(database.drop);
    expect(await autobench.run("migrate", database.addresses)).toMatchObject({ code: 0 });
    return database;
  })
  .extend("pool", { scope: "file" }, async ({ database }, { onCleanup }): Promise<pg.Pool> => {
    const pool = openPool(database.superuserUrl, { name: "test", max: 5, log: silentLog, waitMs: 10_000 });
    onCleanup(() => pool.end());
    return pool;
  });

/** A job that is under way until `release` is called: a purge that has to wait for a table. */
async function holdAJob(pool: pg.Pool): Promise<{ release: () => Promise<void> }> {
  const holder = await pool.connect();
  await holder.query("begin; lock table app_private.rate_limits in access exclusive mode");
  await pool.query("select graphile_worker.add_job('cleanup_expired', json_build_object('at', now()))");
  return {
    async release() {
      await holder.query("rollback");
      holder.release();
      await poll(async () => (await job(pool)) === undefined); // it ends well, and is gone
    },
  };
}

async function job(pool: pg.Pool): Promise<Job | undefined> {
  const { rows } = await pool.query<Job>("select locked_by, attempts from graphile_worker.jobs");
  return rows[0];
}

async function lockedBy(pool: pg.Pool, names: string[], seconds = 10): Promise<string> {
  let name = "";
  await poll(async () => names.includes((name = (await job(pool))?.locked_by ?? "")), seconds);
  return name;
}

/** For how many seconds nothing was heard of a process's worker; undefined when it is off the list. */
async function silence(pool: pg.Pool, processId: number): Promise<number | undefined> {
  const { rows } = await pool.query<{ seconds: number }>(
    `select extract(epoch from clock_timestamp() - seen_at)::float8 as seconds
       from app_private.workers where process_id = $1`,
    [processId],
  );
  return rows[0]?.seconds;
}

/** The database session that holds a worker's lock, if one does. */
async function presence(pool: pg.Pool, poolId: string): Promise<number | undefined> {
  const { rows } = await pool.query<{ pid: number }>(
    `select l.pid from pg_locks l
       inner join app_private.workers w on w.id = l.objid::integer
       where l.locktype = 'advisory' and l.classid::integer = app_private.worker_lock() and w.pool_id = $1`,
    [poolId],
  );
  return rows[0]?.pid;
}

async function nameOf(worker: Autobench): Promise<string> {
  const [line] = await worker.until(/^\{"ok".*\}$/m);
  return (JSON.parse(line) as { pool: string }).pool;
}

describe("a worker with a job in hand", () => {
  test("is not robbed while it lives, however silent; once killed, it is", async ({ autobench, database, pool }) => {
    const first = autobench.spawn("worker --json", database.addresses); // says that it lives every ten seconds
    const firstName = await nameOf(first);
    const held = await holdAJob(pool);
    await lockedBy(pool, [firstName]);
    const second = await startTestWorker(database, hasty);
    try {
      await poll(async () => ((await silence(pool, first.pid)) ?? 0) > 2);
      expect(await job(pool)).toEqual({ locked_by: firstName, attempts: 1 });
      await first.end("SIGKILL");
      await lockedBy(pool, [second.poolId]);
      expect(await job(pool)).toEqual({ locked_by: second.poolId, attempts: 2 });
      expect(await silence(pool, first.pid)).toBeUndefined();
    } finally {
      await held.release();
      await second.stop();
    }
  });

  test("keeps it when its connection is cut, until it is back", async ({ database, pool }) => {
    const slow = await startTestWorker(database, { ...hasty, beatMs: 700 }); // notices the cut at its next beat
    const held = await holdAJob(pool);
    await lockedBy(pool, [slow.poolId]);
    const quick = await startTestWorker(database, hasty);
    try {
      const before = await presence(pool, slow.poolId);
      await pool.query("select pg_terminate_backend($1)", [before]);
      await poll(async () => (await presence(pool, slow.poolId)) === undefined);
      await poll(async () => ((await presence(pool, slow.poolId)) ?? before) !== before);
      expect(await job(pool)).toEqual({ locked_by: slow.poolId, attempts: 1 });
    } finally {
      await held.release();
      await Promise.all([slow.stop(), quick.stop()]);
    }
  });

  test("as shipped, is counted as dead after half a minute", async ({ autobench, database, pool }) => {
    const workers = [1, 2].map(() => autobench.spawn("worker --json", database.addresses));
    const names = await Promise.all(workers.map(nameOf));
    const held = await holdAJob(pool);
    const name = await lockedBy(pool, names);
    const victim = workers[names.indexOf(name)];
    await victim?.end("SIGKILL");
    // Its half minute is over at once: the test need not sit through it.
    await pool.query("update app_private.workers set seen_at = seen_at - interval '30 seconds' where process_id = $1", [
      victim?.pid,
    ]);
    await lockedBy(
      pool,
      names.filter((other) => other !== name),
      12,
    ); // a beat is ten seconds
    expect(await job(pool)).toMatchObject({ attempts: 2 });
    await held.release();
    const survivor = workers.find((worker) => worker !== victim);
    expect((await survivor?.end("SIGTERM"))?.code).toBe(0);
  });
});
