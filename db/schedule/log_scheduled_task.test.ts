// [db/schedule/log_scheduled_task.test.ts] -> app_private.log_scheduled_task(), known_task(), period_key(), request_scheduled_task()
import { type Db, describe, expect, test } from "../testing/database.ts";

interface Task {
  id: string;
  function_name: string;
  payload: unknown;
  status: string;
  attempts: number;
  period_key: string | null;
  requested_by: string;
  scheduled_time: Date;
  queued_at: Date | null;
}

const log = (db: Db, list: string, values: unknown[] = []) =>
  db.row<Task>(`select * from app_private.log_scheduled_task(${list})`, values);

const jobOf = (db: Db, { id }: Task) =>
  db.rows(
    "select j.task_identifier, j.max_attempts, p.payload from graphile_worker.jobs j join graphile_worker._private_jobs p using (id) where j.key = $1",
    [`scheduled_task:${id}`],
  );

describe("app_private.log_scheduled_task", () => {
  test("writes the row and queues its id, with the task's attempts", async ({ db }) => {
    const task = await log(db, "'cleanup_expired'");
    expect(task).toMatchObject({
      function_name: "cleanup_expired",
      payload: {},
      status: "pending",
      attempts: 0,
      period_key: null,
      requested_by: "sql",
    });
    expect(task.queued_at).toEqual(task.scheduled_time);
    expect(await jobOf(db, task)).toEqual([
      { task_identifier: "cleanup_expired", max_attempts: 8, payload: { id: Number(task.id) } },
    ]);
  });

  test("leaves nothing behind when the caller's transaction is undone", async ({ db }) => {
    await db.rows("savepoint before");
    const task = await log(db, "'cleanup_expired'");
    await db.rows("rollback to savepoint before");
    expect(await jobOf(db, task)).toEqual([]);
    expect(await db.rows("select from app_private.scheduled_tasks where id = $1", [task.id])).toEqual([]);
  });

  test("leaves a run of the future to process_scheduled_tasks", async ({ db }) => {
    const task = await log(db, "'cleanup_expired', '{}', now() + interval '1 second'");
    expect(task).toMatchObject({ status: "pending", queued_at: null });
    expect(await jobOf(db, task)).toEqual([]);
    expect(await db.row("select app_private.process_scheduled_tasks() as n")).toEqual({ n: 0 });
    expect(await db.row("select app_private.process_scheduled_tasks(now() + interval '1 second') as n")).toEqual({
      n: 1,
    });
    expect(await jobOf(db, task)).toHaveLength(1);
  });

  test("gives the same row to whoever asks for the same period, and a new one without a period", async ({ db }) => {
    const first = await log(db, "'cleanup_expired', '{\"a\": 1}', now(), 'cron', '2026-11-20'");
    const second = await log(db, "'cleanup-expired-tokens', '{\"a\": 2}', now(), 'http', '2026-11-20'");
    expect(second).toEqual(first);
    expect((await log(db, "'cleanup_expired', '{}', now(), 'cron', '2026-11-21'")).id).not.toBe(first.id);
    expect((await log(db, "'generate_daily_tasks', '{}', now(), 'cron', '2026-11-20'")).id).not.toBe(first.id);
    expect((await log(db, "'cleanup_expired'")).id).not.toBe((await log(db, "'cleanup_expired'")).id);
  });

  test("sixteen requests for one period at once make one run and one job", async ({ pool }) => {
    const ask = "select id from app_private.log_scheduled_task('cleanup_expired', period_key => 'at once')";
    const asked = await Promise.all(Array.from({ length: 16 }, () => pool.query<{ id: string }>(ask)));
    const [id, ...others] = new Set(asked.map(({ rows }) => rows[0]?.id));
    expect(others).toEqual([]);
    expect(
      (await pool.query("select from graphile_worker.jobs where key = $1", [`scheduled_task:${id}`])).rowCount,
    ).toBe(1);
    expect((await pool.query("select from app_private.scheduled_tasks where period_key = 'at once'")).rowCount).toBe(1);
  });

  test.for([
    ["cleanup-expired-tokens", "cleanup_expired"],
    ["cleanup-expired-challenges", "cleanup_expired"],
    ["generate-daily-challenge", "generate_daily_tasks"],
    ["evaluate-models", "dispatch_and_collect"],
  ] as const)("takes the founding name %s for %s", async ([alias, name], { db }) => {
    expect(await log(db, "$1", [alias])).toMatchObject({ function_name: name });
  });

  test.for([
    ["cleanup_expird", "Did you mean cleanup_expired?"],
    ["generate-daily-tasks", "Did you mean generate_daily_tasks?"],
    ["evaluate_models", "Did you mean evaluate-models?"],
    ["Cleanup_Expired", "Did you mean cleanup_expired?"],
  ] as const)("refuses %s and names the nearest", async ([name, hint], { db }) => {
    await expect(log(db, "$1", [name])).rejects.toMatchObject({
      code: "TB040",
      message: "There is no such task.",
      hint,
    });
  });

  test.for(["", "x", "drop table", "'; --", null])("refuses %s and lists what there is", async (name, { db }) => {
    await expect(log(db, "$1::text", [name])).rejects.toMatchObject({
      code: "TB040",
      hint: expect.stringMatching(/^The tasks are: batch_ai_processor, cleanup_expired, /),
    });
  });

  test.for([
    ["scheduled_tasks_payload_object", "'cleanup_expired', '[1]'"],
    ["scheduled_tasks_requested_by_known", "'cleanup_expired', requested_by => 'me'"],
    ["scheduled_tasks_period_key_form", "'cleanup_expired', period_key => ''"],
  ] as const)("keeps %s", async ([constraint, list], { db }) => {
    await expect(log(db, list)).rejects.toMatchObject({ code: "23514", constraint });
  });
});

describe("app_private.period_key", () => {
  const key = (db: Db, name: string, at: string) =>
    db.row("select app_private.period_key($1, $2::timestamptz) as key", [name, at]);

  test("counts days in UTC, whatever the session's zone", async ({ db }) => {
    for (const zone of ["UTC", "Pacific/Kiritimati", "America/Los_Angeles"]) {
      await db.rows("select set_config('timezone', $1, true)", [zone]);
      expect(await key(db, "cleanup_expired", "2026-11-20 00:00:00+00")).toEqual({ key: "2026-11-20" });
      expect(await key(db, "cleanup_expired", "2026-11-20 23:59:59.999999+00")).toEqual({ key: "2026-11-20" });
      expect(await key(db, "cleanup-expired-tokens", "2026-11-20 23:59:59-01")).toEqual({ key: "2026-11-21" });
    }
  });

  test.for([
    ["minute", "2026-11-20T13:47Z"],
    ["ten_minutes", "2026-11-20T13:40Z"],
    ["hour", "2026-11-20T13:00Z"],
    ["day", "2026-11-20"],
    [null, null],
  ] as const)("names a period of one %s", async ([period, expected], { db }) => {
    await db.rows("update app_private.task_registry set period = $1 where name = 'cleanup_expired'", [period]);
    expect(await key(db, "cleanup_expired", "2026-11-20 13:47:59+00")).toEqual({ key: expected });
  });

  test("knows no unknown task", async ({ db }) => {
    await expect(key(db, "nothing", "2026-11-20")).rejects.toMatchObject({ code: "TB040" });
  });
});

describe("app_private.request_scheduled_task", () => {
  const ask = "select * from app_private.request_scheduled_task($1, $2)";

  test("asks for the present period's run, once", async ({ db }) => {
    const first = await db.row(ask, ["cleanup-expired-tokens", "2026-11-20 13:00Z"]);
    expect(first).toMatchObject({ status: "pending", scheduled_time: new Date("2026-11-20T13:00Z") });
    expect(await db.row(ask, ["cleanup_expired", "2026-11-20 23:00Z"])).toEqual(first);
    expect(await db.row(ask, ["cleanup_expired", "2026-11-21 00:00Z"])).not.toEqual(first);
    expect(
      await db.rows(
        "select function_name, period_key, requested_by from app_private.scheduled_tasks where requested_by = 'http' order by id",
      ),
    ).toEqual([
      { function_name: "cleanup_expired", period_key: "2026-11-20", requested_by: "http" },
      { function_name: "cleanup_expired", period_key: "2026-11-21", requested_by: "http" },
    ]);
  });
});
