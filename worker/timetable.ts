// worker/crontab -> [worker/timetable.ts] -> app_private.note_next_runs(), app_private.mend_cron_clock()
// Tells the database what the crontab will ask for next, and frees a cron that is stuck behind a clock that ran ahead.
import { readFileSync } from "node:fs";
import path from "node:path";
import { type ParsedCronItem, parseCrontab } from "graphile-worker";
import type pg from "pg";
import { oneRow } from "../db/cluster/connect.ts";
import type { Log } from "../process/log.ts";

const minute = 60_000;

export function readTimetable(): ParsedCronItem[] {
  return parseCrontab(readFileSync(path.join(import.meta.dirname, "crontab"), "utf8"));
}

/** Whether an item is due in the minute of `at`. Cron knows UTC alone. */
export function isDue(item: ParsedCronItem, at: Date): boolean {
  return item.match({
    min: at.getUTCMinutes(),
    hour: at.getUTCHours(),
    date: at.getUTCDate(),
    month: at.getUTCMonth() + 1,
    dow: at.getUTCDay(),
  });
}

/** The first minute after `after` for which each task is asked, within a year. */
export function nextRuns(items: readonly ParsedCronItem[], after: Date): Map<string, Date> {
  const next = new Map<string, Date>();
  for (const item of items) {
    const limit = next.get(item.task) ?? new Date(after.getTime() + 366 * 24 * 60 * minute);
    for (let at = (Math.floor(after.getTime() / minute) + 1) * minute; at < limit.getTime(); at += minute) {
      if (!isDue(item, new Date(at))) continue;
      next.set(item.task, new Date(at));
      break;
    }
  }
  return next;
}

/** Looks at the clock once, which may fail, and then every minute, which may not. */
export async function watchTimetable(
  pool: pg.Pool,
  items: readonly ParsedCronItem[],
  log: Log,
): Promise<{ stop(): Promise<void> }> {
  const look = async (): Promise<void> => {
    const { stuck } = await oneRow<{ stuck: string[] }>(pool, "select app_private.mend_cron_clock() as stuck");
    if (stuck.length) {
      log.warn("cron remembered executions in the future and was reset: compare the clocks of worker and database", {
        stuck,
      });
    }
    const next = Object.fromEntries(nextRuns(items, new Date()));
    await pool.query("select app_private.note_next_runs($1::jsonb)", [JSON.stringify(next)]);
  };
  await look();
  let looking: Promise<void> | undefined;
  const timer = setInterval(() => {
    looking ??= look()
      .catch((error: unknown) => log.warn("could not tell the database the timetable", { error }))
      .finally(() => (looking = undefined));
  }, minute).unref();
  return {
    async stop() {
      clearInterval(timer);
      await looking;
    },
  };
}
