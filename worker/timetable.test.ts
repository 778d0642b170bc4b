// [worker/timetable.test.ts] -> worker/crontab, worker/tasks/, app_private.task_registry
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseCrontab } from "graphile-worker";
import { createLog } from "../process/log.ts";
import { describe, expect, test } from "./tests/queue.ts";
import { isDue, nextRuns, readTimetable, watchTimetable } from "./timetable.ts";

const items = readTimetable();
const folder = path.join(import.meta.dirname, "tasks");
const files = readdirSync(folder).map((file) => file.replace(/\.ts$/, ""));
/** Asked for every minute, and keep no log of their runs: what they find shows in what they do. */
const unlogged = ["process_scheduled_tasks", "sweep_calls"];
/** Asked for many times a day: the next time makes up for one that was missed. */
const frequent = ["batch_ai_processor", "pair_generator", "refresh_leaderboards", "scan_votes", "streak_updater"];

describe("the crontab", () => {
  test("asks for this, in this order, on any day", () => {
    const table: [string, string][] = [];
    for (let minute = 0; minute < 24 * 60; minute++) {
      const at = new Date(Date.UTC(2026, 10, 20, 0, minute));
      const due = items.filter((item) => isDue(item, at)).map((item) => item.task);
      expect(due, at.toISOString()).toEqual(expect.arrayContaining(unlogged));
      for (const task of due)
        if (![...unlogged, ...frequent].includes(task)) table.push([at.toISOString().slice(11, 16), task]);
    }
    expect(table).toEqual([
      ["00:00", "generate_daily_tasks"],
      ["00:05", "dispatch_and_collect"],
      ["00:10", "daily_token_reset"],
      ["00:20", "prepare_partitions"],
      ["01:00", "cleanup_expired"],
    ]);
  });

  test("asks for the same on every day of a leap year", () => {
    const daily = items.filter((item) => item.options.backfillPeriod);
    for (let day = 0; day < 366; day++) {
      for (const item of daily) {
        const next = nextRuns([item], new Date(Date.UTC(2028, 0, day) - 1)).get(item.task);
        expect(next?.toISOString().slice(0, 10)).toBe(new Date(Date.UTC(2028, 0, day)).toISOString().slice(0, 10));
      }
    }
  });

  test("names each item after its task, and makes up for a day that was missed", () => {
    for (const item of items) {
      expect(item.identifier).toBe(item.task);
      expect(item.options.backfillPeriod).toBe([...unlogged, ...frequent].includes(item.task) ? 0 : 24 * 3600_000);
    }
  });

  test("asks for nothing that has no file, and no file is named that does not fit", () => {
    for (const { task } of items) expect([...files]).toContain(task);
    for (const file of files) {
      const source = readFileSync(path.join(folder, `${file}.ts`), "utf8");
      const names = [...source.matchAll(/\bscheduled\(\s*"(\w+)"/g)].map(([, name]) => name);
      expect([[], [file]]).toContainEqual(names);
    }
  });

  test("agrees with the registry", async ({ db }) => {
    const registry = await db.rows<{ name: string; max_attempts: number; period: string }>(
      "select name, max_attempts, period from app_private.task_registry order by name",
    );
    const logged = files.filter((file) => /\bscheduled\(/.test(readFileSync(path.join(folder, `${file}.ts`), "utf8")));
    expect(registry.map(({ name }) => name)).toEqual(logged.toSorted());
    for (const item of items) {
      if (unlogged.includes(item.task)) continue;
      const task = registry.find(({ name }) => name === item.task);
      expect(item.options.maxAttempts).toBe(task?.max_attempts);
      const perDay = { minute: 1440, five_minutes: 288, ten_minutes: 144, hour: 24, day: 1 }[task?.period ?? ""];
      const times = Array.from({ length: 1440 }, (_, n) => new Date(Date.UTC(2026, 10, 20, 0, n)));
      expect(times.filter((at) => isDue(item, at))).toHaveLength(perDay ?? -1);
    }
  });
});

describe("the next run", () => {
  const next = (line: string, after: string) =>
    nextRuns(parseCrontab(line), new Date(after)).get("some_task")?.toISOString();

  test.for([
    ["0 0 * * *", "2026-11-20T00:00:00.000Z", "2026-11-21T00:00:00.000Z"], // the one that is due now has begun
    ["0 0 * * *", "2026-11-20T23:59:59.999Z", "2026-11-21T00:00:00.000Z"],
    ["*/10 * * * *", "2026-11-20T12:39:00.000Z", "2026-11-20T12:40:00.000Z"],
    ["* * * * *", "2026-11-20T12:39:30.000Z", "2026-11-20T12:40:00.000Z"],
    ["30 3 1 1 *", "2026-11-20T12:00:00.000Z", "2027-01-01T03:30:00.000Z"],
    ["0 5 29 2 *", "2026-11-20T12:00:00.000Z", undefined], // not within a year
    ["0 6 * * 1", "2026-11-20T12:00:00.000Z", "2026-11-23T06:00:00.000Z"], // a Monday
  ] as const)("of %s after %s is at %s", ([pattern, after, expected]) => {
    expect(next(`${pattern} some_task`, after)).toBe(expected);
  });

  test("is the earliest of several lines", () => {
    expect(next("0 9 * * * some_task\n0 4 * * * some_task ?id=b", "2026-11-20T05:00:00Z")).toBe(
      "2026-11-20T09:00:00.000Z",
    );
  });
});

describe("watchTimetable", () => {
  test("tells the database what comes next, and frees a cron that is stuck", async ({ queue, pool }) => {
    const lines: { level: string; stuck?: string[] }[] = [];
    const log = createLog({ level: "warn", write: (line) => void lines.push(JSON.parse(line) as (typeof lines)[0]) });
    await pool.query(
      "insert into graphile_worker._private_known_crontabs values ('cleanup_expired', now(), now() + interval '1 year')",
    );
    const watch = await watchTimetable(queue.pool, items, log);
    await watch.stop();
    expect(lines).toMatchObject([{ level: "warn", stuck: ["cleanup_expired"] }]);
    const { rows } = await pool.query<{ name: string; next_run_at: Date }>(
      "select name, next_run_at from app_private.task_registry where next_run_at > now() order by name",
    );
    expect(rows.map(({ name }) => name)).toEqual([
      "batch_ai_processor",
      "cleanup_expired",
      "daily_token_reset",
      "dispatch_and_collect",
      "generate_daily_tasks",
      "pair_generator",
      "prepare_partitions",
      "refresh_leaderboards",
      "scan_votes",
      "streak_updater",
    ]);
    expect(rows[1]?.next_run_at.toISOString()).toMatch(/T01:00:00.000Z$/);
  });
});
