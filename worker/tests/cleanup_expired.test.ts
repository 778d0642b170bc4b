// [worker/tests/cleanup_expired.test.ts] -> worker/tasks/cleanup_expired.ts, app_private.retention_rules
import { cleanupExpired } from "../tasks/cleanup_expired.ts";
import { expect, test } from "./queue.ts";

test("cleanup_expired purges batch by batch, says what, and finds nothing the second time", async ({ queue, pool }) => {
  await pool.query("update app_private.retention_rules set batch = 2 where table_name = 'app_private.scheduled_tasks'");
  const old = `insert into app_private.scheduled_tasks (function_name, status, requested_by, attempts, scheduled_time, started_at, finished_at)
    select 'cleanup_expired', 'completed', 'cron', 1, t, t, t from (select now() - $1::interval as t) s, generate_series(1, $2)`;
  await pool.query(old, ["91 days", 5]);
  await pool.query(old, ["89 days", 1]);
  await pool.query(
    "insert into app_private.scheduled_tasks (function_name, requested_by, scheduled_time) values ('cleanup_expired', 'sql', now() - interval '99 days')",
  );
  await queue.log("cleanup_expired");
  await queue.drain({ cleanup_expired: cleanupExpired });
  await queue.log("cleanup_expired");
  await queue.drain({ cleanup_expired: cleanupExpired });
  expect((await queue.rows("cleanup_expired")).map((row) => [row.status, row.result])).toEqual([
    ["completed", null], // 89 days old
    ["pending", null], // not over: it stays however old it is
    ["completed", { purged: { "app_private.scheduled_tasks": 5 } }],
    ["completed", { purged: {} }],
  ]);
});

test("cleanup_expired counts from when it was due, however late it runs", async ({ queue, pool }) => {
  await pool.query("insert into app_private.webhook_messages (id, received_at) values ('m', '2020-11-01 00:30Z')");
  const left = async () => (await pool.query("select from app_private.webhook_messages where id = 'm'")).rowCount;
  for (const [at, count] of [
    ["2020-11-08 00:30Z", 1],
    ["2020-11-08 00:31Z", 0],
  ] as const) {
    await pool.query("select from app_private.log_scheduled_task('cleanup_expired', run_at => $1)", [at]);
    await queue.drain({ cleanup_expired: cleanupExpired });
    expect(await left()).toBe(count);
  }
});
