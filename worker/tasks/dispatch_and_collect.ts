// crontab -> [worker/tasks/dispatch_and_collect.ts] -> app_private.dispatch_tasks() -> answer_task
import type { JobHelpers } from "graphile-worker";
import type { WorkerDeps } from "../deps.ts";
import { scheduled, type ScheduledPayload, type Work } from "../scheduled.ts";
import { isOver } from "./generate_daily_tasks.ts";

declare global {
  namespace GraphileWorker {
    interface Tasks {
      /** Asks every usable model for every task of the UTC day for which it was due. */
      dispatch_and_collect: ScheduledPayload;
    }
  }
}

/**
 * Asks every usable model for every written task of the day: one submission and one job each, all in one transaction. A
 * second run finds the tasks dispatched. While a task is still being written the run ends with an error, so that it
 * comes again; what was written is dispatched meanwhile. A day that is over is left alone.
 */
export function dispatchAndCollect(deps: WorkerDeps): Work {
  return async ({ at, helpers }) => {
    const day = at.toISOString().slice(0, 10);
    if (await isOver(helpers, day)) return { day, skipped: "The day is over." };
    const { rows } = await helpers.query<{ submissions: number; is_waiting: boolean }>(
      "select submissions, is_waiting from app_private.dispatch_tasks($1::date, $2::text[], $3)",
      [day, deps.keyNames, deps.hasRehearsal],
    );
    const submissions = rows.reduce((sum, row) => sum + row.submissions, 0);
    deps.log.info("tasks were dispatched", { day, tasks: rows.length, submissions });
    if (submissions > 0) await warnOfFew(deps, helpers, day);
    if (!rows.length) throw new Error("The day has no task yet.");
    if (rows.some((row) => row.is_waiting)) throw new Error("A task of the day is still being written.");
    return { day, tasks: rows.length, submissions };
  };
}

async function warnOfFew(deps: WorkerDeps, helpers: JobHelpers, day: string): Promise<void> {
  const { rows } = await helpers.query<{ is_usable: boolean }>(
    "select is_usable from app_private.contestants($1::text[], $2)",
    [deps.keyNames, deps.hasRehearsal],
  );
  const usable = rows.filter((row) => row.is_usable).length;
  if (usable < 2) deps.log.warn("fewer than two models can be compared", { day, usable });
}

export default (deps: WorkerDeps) => scheduled("dispatch_and_collect", dispatchAndCollect(deps));
