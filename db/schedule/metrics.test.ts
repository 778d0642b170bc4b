// [db/schedule/metrics.test.ts] -> app_private.metrics(), app_private.mend_cron_clock()
import { type Db, describe, expect, test } from "../testing/database.ts";

const figures = async (db: Db, name: string, at = "now()") =>
  Object.fromEntries(
    (
      await db.rowsAs<{ labels: Record<string, string>; value: number }>(
        { role: "autobench_server" },
        `select labels, value from app_private.metrics(${at}) where name = $1`,
        [`autobench_${name}`],
      )
    ).map(({ labels, value }) => [Object.values(labels).join(" "), value]),
  );

describe("app_private.metrics", () => {
  test("counts a task's runs by how they stand, with zeros", async ({ db }) => {
    const { id } = await db.row<{ id: string }>("select id from app_private.log_scheduled_task('cleanup_expired')");
    await db.rows("select from app_private.log_scheduled_task('cleanup_expired', run_at => now() - interval '8 days')");
    await db.rows("select from app_private.begin_scheduled_task($1)", [id]);
    const runs = await figures(db, "task_runs");
    expect(runs).toMatchObject({
      "cleanup_expired running": 1,
      "cleanup_expired pending": 0,
      "cleanup_expired failed": 0,
      "generate_daily_tasks completed": 0,
    });
    const tasks = await db.rows("select from app_private.task_registry");
    expect(Object.keys(runs)).toHaveLength(4 * tasks.length);
  });

  test("tells how long ago a task last did its work, and when it is asked for next", async ({ db }) => {
    expect(await figures(db, "task_last_success_age_seconds")).toEqual({});
    const { id } = await db.row<{ id: string }>("select id from app_private.log_scheduled_task('cleanup_expired')");
    await db.rows("select from app_private.begin_scheduled_task($1, now())", [id]);
    await db.rows("select app_private.finish_scheduled_task($1, 1, null, now())", [id]);
    expect(await figures(db, "task_last_success_age_seconds", "now() + interval '90 s'")).toEqual({
      cleanup_expired: 90,
    });
    await db.rows(`select app_private.note_next_runs('{"cleanup_expired": "1970-01-02T00:00:00Z"}')`);
    expect(await figures(db, "task_next_run_timestamp_seconds")).toEqual({ cleanup_expired: 86_400 });
  });

  test("sees overdue runs, and jobs by their state", async ({ db }) => {
    await db.rows("select from app_private.log_scheduled_task('cleanup_expired')");
    await db.rows("select graphile_worker.add_job('a', run_at := now() + interval '1 hour')");
    await db.rows("select graphile_worker.add_job('b'), graphile_worker.add_job('c'), graphile_worker.add_job('d')");
    await db.rows(
      `update graphile_worker._private_jobs j set attempts = case t.identifier when 'c' then max_attempts else 1 end,
           locked_at = case t.identifier when 'd' then now() end
         from graphile_worker._private_tasks t where t.id = j.task_id and t.identifier in ('c', 'd')`,
    );
    expect(await figures(db, "queue_jobs")).toEqual({ ready: 2, waiting: 1, running: 1, dead: 1 });
    expect(await figures(db, "queue_oldest_ready_seconds", "now() + interval '20 minutes'")).toEqual({ "": 1200 });
    expect(await figures(db, "runs_overdue")).toEqual({ "": 0 });
    expect(await figures(db, "runs_overdue", "now() + interval '20 minutes'")).toEqual({ "": 1 });
  });

  test("counts the workers that were heard of lately", async ({ db }) => {
    await db.rows(
      "insert into app_private.workers (host, process_id, seen_at) values ('a', 1, now()), ('b', 2, now() - interval '1 minute')",
    );
    expect(await figures(db, "workers_alive")).toEqual({ "": 1 });
  });

  test("gives every figure a name and a help that Prometheus takes", async ({ db }) => {
    const rows = await db.rows<{ name: string; help: string; labels: Record<string, unknown> }>(
      "select name, help, labels from app_private.metrics()",
    );
    expect(rows.length).toBeGreaterThan(10);
    for (const { name, help, labels } of rows) {
      expect(name).toMatch(/^autobench_[a-z][a-z0-9_]*$/);
      expect(help).toMatch(/^[A-Z].*\.$/);
      for (const [label, text] of Object.entries(labels))
        expect([label, typeof text]).toEqual([expect.stringMatching(/^[a-z_]+$/), "string"]);
    }
    const series = rows.map(({ name, labels }) => JSON.stringify([name, labels]));
    expect(new Set(series).size).toBe(series.length);
  });
});

describe("app_private.mend_cron_clock", () => {
  const at = new Date("2026-11-20T12:00:00Z");
  const known = (db: Db) =>
    db.rows("select identifier, known_since, last_execution from graphile_worker._private_known_crontabs order by 1");
  const mend = async (db: Db) => (await db.row<{ m: string[] }>("select app_private.mend_cron_clock($1) as m", [at])).m;

  test("makes cron forget what lies in the future, and nothing else", async ({ db }) => {
    const past = new Date("2026-11-01T00:00:00Z");
    const soon = new Date("2026-11-20T12:10:00Z");
    const far = new Date("2027-11-20T12:00:00Z");
    for (const [name, since, last] of [
      ["a", past, far],
      ["b", far, null],
      ["c", past, soon],
      ["d", past, null],
    ] as const) {
      await db.rows("insert into graphile_worker._private_known_crontabs values ($1, $2, $3)", [name, since, last]);
    }
    expect(await mend(db)).toEqual(["a", "b"]);
    expect(await known(db)).toEqual([
      { identifier: "a", known_since: past, last_execution: null },
      { identifier: "b", known_since: at, last_execution: null },
      { identifier: "c", known_since: past, last_execution: soon },
      { identifier: "d", known_since: past, last_execution: null },
    ]);
    expect(await mend(db)).toEqual([]);
  });
});
