// [db/schedule/process_scheduled_tasks.test.ts] -> app_private.process_scheduled_tasks()
import type pg from "pg";
import { type Db, describe, expect, test } from "../testing/database.ts";

const later = "now() + interval '10 minutes'";
const hand = (db: Db, at = "now()") => db.row(`select app_private.process_scheduled_tasks(${at}) as n`);
const state = (db: Db, id: string) =>
  db.row("select status, attempts, error from app_private.scheduled_tasks where id = $1", [id]);

/** A run with its job in the queue, as it stands at the beginning. */
async function queued(db: Db): Promise<{ id: string; job: string }> {
  const { id } = await db.row<{ id: string }>("select id from app_private.log_scheduled_task('cleanup_expired')");
  const { job } = await db.row<{ job: string }>("select id as job from graphile_worker.jobs where key = $1", [
    `scheduled_task:${id}`,
  ]);
  return { id, job };
}

const begin = (db: Db, id: string) => db.rows("select from app_private.begin_scheduled_task($1)", [id]);
const changeJob = (db: Db, job: string, change: string) =>
  db.rows(`update graphile_worker._private_jobs set ${change} where id = $1`, [job]);

describe("app_private.process_scheduled_tasks", () => {
  test("hands over what is due, oldest first, and nothing twice", async ({ db }) => {
    const due = "'{}', now() + $2::interval";
    for (const [name, wait] of [
      ["cleanup_expired", "3 minutes"],
      ["generate_daily_tasks", "1 minute"],
      ["dispatch_and_collect", "2 minutes"],
      ["cleanup_expired", "1 hour"],
    ]) {
      await db.rows(`select from app_private.log_scheduled_task($1, ${due})`, [name, wait]);
    }
    expect(await hand(db)).toEqual({ n: 0 });
    expect(await hand(db, later)).toEqual({ n: 3 });
    expect(await db.rows("select task_identifier as task from graphile_worker.jobs order by id")).toEqual([
      { task: "generate_daily_tasks" },
      { task: "dispatch_and_collect" },
      { task: "cleanup_expired" },
    ]);
    expect(await hand(db, later)).toEqual({ n: 0 });
    expect(await hand(db, "now() + interval '20 minutes'")).toEqual({ n: 0 });
    expect(await db.row("select count(*)::int as n from app_private.scheduled_tasks where queued_at is null")).toEqual({
      n: 1,
    });
  });

  test("queues a run anew whose job vanished before it began", async ({ db }) => {
    const { job } = await queued(db);
    await db.rows("select from graphile_worker.complete_jobs(array[$1::bigint])", [job]);
    expect(await hand(db)).toEqual({ n: 0 }); // too new to tell from one that another session has just queued
    expect(await hand(db, later)).toEqual({ n: 1 });
    expect(await db.rows("select from graphile_worker.jobs")).toHaveLength(1);
  });

  test("leaves a run alone whose retry is due later", async ({ db }) => {
    const { id, job } = await queued(db);
    await begin(db, id);
    await db.rows("select app_private.fail_scheduled_task($1, 1, 'no', false)", [id]);
    await changeJob(db, job, "attempts = 1, run_at = now() + interval '1 hour'");
    expect(await hand(db, later)).toEqual({ n: 0 });
    expect(await state(db, id)).toEqual({ status: "pending", attempts: 1, error: "no" });
  });

  test("leaves a run alone that is at work, or whose killed worker's job waits for another", async ({ db }) => {
    const { id, job } = await queued(db);
    await begin(db, id);
    await changeJob(db, job, "attempts = max_attempts, locked_at = now(), locked_by = 'worker'");
    await hand(db, later);
    expect(await state(db, id)).toMatchObject({ status: "running" });
    await changeJob(db, job, "attempts = 1, locked_at = null, locked_by = null");
    await hand(db, later);
    expect(await state(db, id)).toMatchObject({ status: "running" });
  });

  test("closes a run whose worker was lost in the last attempt", async ({ db }) => {
    const { id, job } = await queued(db);
    await begin(db, id);
    await changeJob(db, job, "attempts = max_attempts, last_error = 'the one before'");
    await hand(db, later);
    expect(await state(db, id)).toEqual({
      status: "failed",
      attempts: 1,
      error: "Its worker was lost in the last attempt. Before that: the one before",
    });
  });

  test("closes a run whose worker was lost before it began", async ({ db }) => {
    const { id, job } = await queued(db);
    await changeJob(db, job, "attempts = max_attempts");
    await hand(db, later);
    expect(await state(db, id)).toEqual({
      status: "failed",
      attempts: 1,
      error: "Its worker was lost in the last attempt.",
    });
  });

  test("closes a run whose job was taken away while it ran", async ({ db }) => {
    const { id, job } = await queued(db);
    await begin(db, id);
    await db.rows("delete from graphile_worker._private_jobs where id = $1", [job]);
    await hand(db, later);
    expect(await state(db, id)).toMatchObject({
      status: "failed",
      error: "Its job is no longer in the queue, though it did not end.",
    });
  });

  test("leaves what is over as it is", async ({ db }) => {
    const { id, job } = await queued(db);
    await begin(db, id);
    await db.rows("select app_private.finish_scheduled_task($1, 1)", [id]);
    await changeJob(db, job, "attempts = max_attempts"); // its worker died before it could tell the queue
    await hand(db, later);
    expect(await state(db, id)).toEqual({ status: "completed", attempts: 1, error: null });
  });
});

describe("two schedulers at once", () => {
  const take = "select app_private.process_scheduled_tasks(now() + interval '10 minutes') as n";

  async function stage(pool: pg.Pool, runs: number, body: (one: pg.PoolClient, two: pg.PoolClient) => Promise<void>) {
    await pool.query("delete from app_private.scheduled_tasks; delete from graphile_worker._private_jobs");
    await pool.query(
      `select app_private.log_scheduled_task('cleanup_expired', run_at => now() + interval '1 minute') from generate_series(1, $1)`,
      [runs],
    );
    const [one, two] = [await pool.connect(), await pool.connect()];
    try {
      await body(one, two);
    } finally {
      one.release(true);
      two.release(true);
    }
  }

  const jobs = async (pool: pg.Pool) =>
    (await pool.query("select count(*)::int as n, count(distinct key)::int as keys from graphile_worker.jobs")).rows[0];

  test("one passes by what the other holds: step by step", async ({ pool }) => {
    await stage(pool, 3, async (one, two) => {
      await one.query("begin");
      expect((await one.query(take)).rows).toEqual([{ n: 3 }]);
      expect((await two.query(take)).rows).toEqual([{ n: 0 }]); // does not wait
      await one.query("commit");
      expect((await two.query(take)).rows).toEqual([{ n: 0 }]); // not even where its own clock runs ahead
      expect(await jobs(pool)).toEqual({ n: 3, keys: 3 });
    });
  });

  test("eight at once share fifty runs", async ({ pool }) => {
    await stage(pool, 50, async () => {
      const taken = await Promise.all(Array.from({ length: 8 }, () => pool.query<{ n: number }>(take)));
      expect(taken.reduce((sum, { rows }) => sum + (rows[0]?.n ?? 0), 0)).toBe(50);
      expect(await jobs(pool)).toEqual({ n: 50, keys: 50 });
      const again = "select from graphile_worker._private_jobs where revision > 0";
      expect((await pool.query(again)).rowCount).toBe(0); // none was added twice under its key
    });
  });
});
