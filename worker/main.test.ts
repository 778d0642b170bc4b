// [worker/main.test.ts] -> worker/main.ts: the worker as it is started, with its real tasks and timetable
import { createLog } from "../process/log.ts";
import { expect, test } from "./tests/queue.ts";
import { startTestWorker } from "./tests/worker.ts";

test("a worker does what is asked for, tells what comes next, and leaves nothing locked", async ({
  database,
  queue,
  pool,
}) => {
  const worker = await startTestWorker(database);
  try {
    const id = await queue.log("cleanup_expired");
    await pool.query(
      "select from app_private.log_scheduled_task('cleanup_expired', run_at => now() + interval '1 hour')",
    );
    await expect
      .poll(async () => (await queue.rows("cleanup_expired"))[0], { timeout: 10_000 })
      .toMatchObject({ id, status: "completed", attempts: 1, result: { purged: {} } });
    const next = "select name from app_private.task_registry where next_run_at is null";
    expect((await pool.query(next)).rows).toEqual([]);
    expect((await pool.query("select from app_private.workers")).rowCount).toBe(1);
    expect((await queue.rows("cleanup_expired"))[1]).toMatchObject({ status: "pending", attempts: 0 });
  } finally {
    await worker.stop();
  }
  expect((await pool.query("select from app_private.workers")).rowCount).toBe(0);
  expect((await pool.query("select from graphile_worker.jobs where locked_by is not null")).rowCount).toBe(0);
});

test("a worker says so when cron was stuck behind a clock that ran ahead", async ({ database, queue, pool }) => {
  await pool.query(
    `insert into graphile_worker._private_known_crontabs values ('cleanup_expired', now() - interval '3 days', now() + interval '1 year')
       on conflict (identifier) do update set known_since = excluded.known_since, last_execution = excluded.last_execution`,
  );
  const warnings: { message: string; stuck: string[] }[] = [];
  const log = createLog({
    level: "warn",
    write: (line) => void warnings.push(JSON.parse(line) as (typeof warnings)[0]),
  });
  const worker = await startTestWorker(database, {}, log);
  try {
    expect(warnings).toMatchObject([{ stuck: ["cleanup_expired"] }]);
    // What fell due meanwhile is made up for at once.
    await expect
      .poll(async () => await queue.rows("cleanup_expired"), { timeout: 10_000 })
      .toMatchObject([{ status: "completed", requested_by: "cron", payload: { backfilled: true } }]);
  } finally {
    await worker.stop();
  }
});
