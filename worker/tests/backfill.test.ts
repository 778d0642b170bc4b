// [worker/tests/backfill.test.ts] -> worker/crontab, worker/scheduled.ts: a midnight at which no worker was there
import { EventEmitter, once } from "node:events";
import { run, type WorkerEvents } from "graphile-worker";
import { afterEach, vi } from "vitest";
import { scheduled } from "../scheduled.ts";
import { cleanupExpired } from "../tasks/cleanup_expired.ts";
import { processScheduledTasks } from "../tasks/process_scheduled_tasks.ts";
import { readTimetable } from "../timetable.ts";
import { expect, type Queue, silentLogger, test } from "./queue.ts";

afterEach(() => vi.useRealTimers());

const worked: string[] = [];
const tasks = {
  cleanup_expired: cleanupExpired,
  process_scheduled_tasks: processScheduledTasks,
  generate_daily_tasks: scheduled("generate_daily_tasks", async () => void worked.push("generate_daily_tasks")),
  dispatch_and_collect: scheduled("dispatch_and_collect", async () => void worked.push("dispatch_and_collect")),
  sweep_calls: async () => undefined,
  // Nothing to be made up for: the next time does all of it.
  pair_generator: async () => undefined,
  refresh_leaderboards: async () => undefined,
  scan_votes: async () => undefined,
  streak_updater: async () => undefined,
  batch_ai_processor: async () => undefined,
  daily_token_reset: async () => undefined,
  prepare_partitions: async () => undefined,
};

/** Starts a worker with the real timetable, until it has made up for what it missed and the queue is empty. */
async function visit(queue: Queue): Promise<void> {
  const events: WorkerEvents = new EventEmitter();
  const started = once(events, "cron:started");
  const runner = await run({
    pgPool: queue.pool,
    parsedCronItems: readTimetable(),
    taskList: tasks,
    noHandleSignals: true,
    logger: silentLogger,
    events,
    preset: { worker: { pollInterval: 50, completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  });
  await started;
  await expect.poll(() => queue.jobs(), { timeout: 10_000 }).toEqual([]);
  await runner.stop();
}

test("a missed midnight is made up for once, and what is of no use any more says so", async ({ queue, pool }) => {
  // Cron's clock stands at nine in the morning of yesterday; the database's, which tells what is late, at the real time.
  const { rows } = await pool.query<{ day: string; nine: Date }>(
    "select to_char(d, 'YYYY-MM-DD') as day, (d + interval '9 hours') at time zone 'utc' as nine from (select date_trunc('day', now() at time zone 'utc') - interval '1 day' as d) s",
  );
  const { day, nine } = rows[0]!;
  vi.useFakeTimers({ toFake: ["Date"], now: nine });

  await visit(queue); // the first visit ever makes the items known: there was nothing to miss before
  const logged = async () =>
    (
      await pool.query(
        "select function_name, period_key, status, payload, result from app_private.scheduled_tasks order by scheduled_time",
      )
    ).rows;
  expect(await logged()).toEqual([]);

  await pool.query("update graphile_worker._private_known_crontabs set known_since = $1, last_execution = $1", [
    new Date(nine.getTime() - 30 * 3600_000),
  ]);
  await visit(queue);
  const skipped = { skipped: expect.stringMatching(/^It was of use until \d{4}-\d\d-\d\d 00:00 UTC\.$/) };
  const expected = [
    { function_name: "generate_daily_tasks", period_key: day, status: "completed", result: skipped },
    { function_name: "dispatch_and_collect", period_key: day, status: "completed", result: skipped },
    { function_name: "cleanup_expired", period_key: day, status: "completed", result: { purged: {} } },
  ].map((row) => ({ ...row, payload: { backfilled: true } }));
  expect(await logged()).toEqual(expected);
  expect(worked).toEqual([]);

  // Even a cron that forgot what it did asks for nothing twice.
  await pool.query("update graphile_worker._private_known_crontabs set last_execution = null");
  await visit(queue);
  await visit(queue);
  expect(await logged()).toEqual(expected);
});
