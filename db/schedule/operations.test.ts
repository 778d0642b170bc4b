// [db/schedule/operations.test.ts] -> app_operations.job_runs, dead_jobs, trigger_task(), retry_job()
import { type Db, describe, expect, operator, test } from "../testing/database.ts";

/** A run that failed for good, with its dead job. */
async function deadRun(db: Db, name = "cleanup_expired"): Promise<{ run: string; job: string }> {
  const { id } = await db.row<{ id: string }>("select id from app_private.log_scheduled_task($1)", [name]);
  await db.rows("select from app_private.begin_scheduled_task($1)", [id]);
  await db.rows("select app_private.fail_scheduled_task($1, 1, 'no such host', true)", [id]);
  const { job } = await db.row<{ job: string }>(
    `update graphile_worker._private_jobs set attempts = max_attempts, last_error = 'no such host'
       where key = $1 returning id as job`,
    [`scheduled_task:${id}`],
  );
  return { run: id, job };
}

describe("app_operations.job_runs", () => {
  test("tells of every task when it ran, how that went, and when it runs next", async ({ db }) => {
    await db.rows(`select app_private.note_next_runs('{"cleanup_expired": "2020-11-21T01:00:00Z"}')`);
    const { id } = await db.row<{ id: string }>("select id from app_private.log_scheduled_task('cleanup_expired')");
    await db.rows("select from app_private.begin_scheduled_task($1, '2020-11-20 01:00Z')", [id]);
    await db.rows("select app_private.finish_scheduled_task($1, 1, null, '2020-11-20 01:00:02Z')", [id]);
    const job = () => db.row("select * from app_operations.job_runs where name = 'cleanup_expired'");
    expect(await job()).toEqual({
      name: "cleanup_expired",
      description: "Deletes what the retention rules no longer keep.",
      period: "day",
      next_run_at: new Date("2020-11-21T01:00:00Z"),
      last_run_at: new Date("2020-11-20T01:00:00Z"),
      last_status: "completed",
      last_duration_ms: "2000",
      last_error: null,
      last_success_at: new Date("2020-11-20T01:00:02Z"),
      failures_in_7_days: 0,
    });

    await deadRun(db);
    expect(await job()).toMatchObject({
      last_status: "failed",
      last_error: "no such host",
      last_success_at: new Date("2020-11-20T01:00:02Z"),
      failures_in_7_days: 1,
    });
  });

  test("does not take a skipped run, or one of the future, for the last work done", async ({ db }) => {
    await db.rows(
      "select from app_private.log_scheduled_task('generate_daily_tasks', run_at => now() + interval '1 hour')",
    );
    const job = () =>
      db.row(
        "select last_run_at, last_status, last_success_at from app_operations.job_runs where name = 'generate_daily_tasks'",
      );
    expect(await job()).toEqual({ last_run_at: null, last_status: null, last_success_at: null });
    const { id } = await db.row<{ id: string }>(
      "select id from app_private.log_scheduled_task('generate_daily_tasks', run_at => now() - interval '2 days')",
    );
    await db.rows("select from app_private.begin_scheduled_task($1)", [id]);
    expect(await job()).toMatchObject({ last_status: "completed", last_success_at: null });
  });

  test("forgets a next run that the crontab no longer has", async ({ db }) => {
    const next = () => db.rows("select name from app_private.task_registry where next_run_at is not null");
    await db.rows(
      `select app_private.note_next_runs('{"cleanup_expired": "2020-11-21T01:00:00Z", "unknown": "never"}')`,
    );
    expect(await next()).toEqual([{ name: "cleanup_expired" }]);
    await db.rows("select app_private.note_next_runs('{}')");
    expect(await next()).toEqual([]);
  });
});

describe("app_operations.trigger_task", () => {
  test("runs a task whatever ran in its period, and writes down who asked and why", async ({ db }) => {
    const id = await db.operator();
    await db.rows("select from app_private.request_scheduled_task('cleanup_expired')");
    const trigger = () =>
      db.rowsAs<{ id: string }>(
        operator(id),
        "select * from app_operations.trigger_task('cleanup-expired-tokens', 'disk is full')",
      );
    const [[first], [second]] = [await trigger(), await trigger()];
    expect(first).toMatchObject({ function_name: "cleanup_expired", status: "pending", requested_by: "operator" });
    expect(second?.id).not.toBe(first?.id);
    expect(await db.rows("select task_identifier from graphile_worker.jobs")).toHaveLength(3);
    expect(await db.rows("select operator_id, action, subject, reason from app_private.operator_log limit 1")).toEqual([
      { operator_id: id, action: "trigger_task", subject: "cleanup_expired", reason: "disk is full" },
    ]);
  });

  test.for([
    ["TB040", "'cleanup', 'because'"],
    ["TB040", "null, 'because'"],
  ] as const)("refuses with %s: %s", async ([code, list], { db }) => {
    const seat = operator(await db.operator());
    await expect(db.rowsAs(seat, `select app_operations.trigger_task(${list})`)).rejects.toMatchObject({ code });
    expect(await db.rows("select from app_private.operator_log")).toEqual([]);
  });

  test("wants a reason", async ({ db }) => {
    const seat = operator(await db.operator());
    await expect(db.rowsAs(seat, "select app_operations.trigger_task('cleanup_expired', ' ')")).rejects.toMatchObject({
      constraint: "operator_log_reason_given",
    });
    expect(await db.rows("select from app_private.scheduled_tasks")).toEqual([]);
  });
});

describe("app_operations.dead_jobs and retry_job", () => {
  const dead = "select task, run_id, attempts, error from app_operations.dead_jobs";

  test("show what the queue gave up, and set it going again once", async ({ db }) => {
    const id = await db.operator();
    const { run, job } = await deadRun(db);
    await db.rows("select graphile_worker.add_job('cleanup_expired')"); // alive
    expect(await db.rowsAs(operator(id), dead)).toEqual([
      { task: "cleanup_expired", run_id: run, attempts: 8, error: "no such host" },
    ]);
    const retry = (reason: string) =>
      db.rowsAs(operator(id), "select app_operations.retry_job($1, $2) as ok", [job, reason]);
    expect(await retry("the host is back")).toEqual([{ ok: true }]);
    expect(await db.rowsAs(operator(id), dead)).toEqual([]);
    expect(
      await db.row("select attempts, run_at <= now() as is_due, last_error from graphile_worker.jobs where id = $1", [
        job,
      ]),
    ).toEqual({ attempts: 0, is_due: true, last_error: "no such host" });
    expect(
      await db.row("select status, error, finished_at from app_private.scheduled_tasks where id = $1", [run]),
    ).toEqual({
      status: "pending",
      error: "no such host",
      finished_at: null,
    });
    expect(await db.row("select action, subject, reason from app_private.operator_log")).toEqual({
      action: "retry_job",
      subject: job,
      reason: "the host is back",
    });
    await expect(retry("once more")).rejects.toMatchObject({ code: "TB021" });
    expect(await db.rows("select attempts from app_private.begin_scheduled_task($1)", [run])).toEqual([
      { attempts: 2 },
    ]);
  });

  test("a run that was retried and lost again is closed again", async ({ db }) => {
    const { run, job } = await deadRun(db);
    await db.rowsAs(operator(await db.operator()), "select app_operations.retry_job($1, 'again')", [job]);
    await db.rows("update graphile_worker._private_jobs set attempts = max_attempts where id = $1", [job]);
    await db.rows("select app_private.process_scheduled_tasks(now() + interval '5 minutes')");
    expect(await db.row("select status from app_private.scheduled_tasks where id = $1", [run])).toEqual({
      status: "failed",
    });
  });

  test("a job that is no run of the schedule is retried as well", async ({ db }) => {
    const { id } = await db.row<{ id: string }>(
      "select id from graphile_worker.add_job('other', max_attempts := 1, job_key := 'scheduled_task:x')",
    );
    await db.rows("update graphile_worker._private_jobs set attempts = 1 where id = $1", [id]);
    const seat = operator(await db.operator());
    expect(await db.rowsAs(seat, dead)).toEqual([{ task: "other", run_id: null, attempts: 1, error: null }]);
    expect(await db.rowsAs(seat, "select app_operations.retry_job($1, 'again') as ok", [id])).toEqual([{ ok: true }]);
  });

  test.for([
    ["that is alive", "attempts = 0"],
    ["that runs for the last time", "attempts = max_attempts, locked_at = now(), locked_by = 'worker'"],
  ] as const)("retry no job %s", async ([, change], { db }) => {
    const { id } = await db.row<{ id: string }>("select id from graphile_worker.add_job('other')");
    await db.rows(`update graphile_worker._private_jobs set ${change} where id = $1`, [id]);
    const retry = db.rowsAs(operator(await db.operator()), "select app_operations.retry_job($1, 'again')", [id]);
    await expect(retry).rejects.toMatchObject({ code: "TB021" });
  });

  test("two operators at once: one sets the job going, the other is told", async ({ pool }) => {
    const { rows } = await pool.query<{ id: string }>(
      "select id from graphile_worker.add_job('other', max_attempts := 1)",
    );
    const job = rows[0]?.id;
    await pool.query("update graphile_worker._private_jobs set attempts = 1 where id = $1", [job]);
    await pool.query(
      "select from app_private.sign_in('i', 'twice', '{}'); update app_private.accounts set role = 'operator'",
    );
    const asked = await Promise.allSettled(
      Array.from({ length: 6 }, async () => {
        const client = await pool.connect();
        try {
          await client.query("begin");
          await client.query("select set_config('app.user_id', user_id::text, true) from app_private.accounts");
          await client.query("select app_operations.retry_job($1, 'again')", [job]);
          await client.query("commit");
        } catch (error) {
          await client.query("rollback");
          throw error;
        } finally {
          client.release();
        }
      }),
    );
    const codes = asked.map((end) => (end.status === "fulfilled" ? "done" : (end.reason as { code: string }).code));
    expect(codes.toSorted()).toEqual(["TB021", "TB021", "TB021", "TB021", "TB021", "done"]);
    expect((await pool.query("select reason from app_private.operator_log")).rowCount).toBe(1);
  });
});
