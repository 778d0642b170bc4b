// worker/crontab, app_private.log_scheduled_task() -> [worker/scheduled.ts] -> worker/tasks/*.ts, app_private.begin_scheduled_task()
// No scheduled work runs without its row: cron's call only writes it; the job that carries its id does the work.
import type { JobHelpers, Task } from "graphile-worker";
import { hide } from "../process/log.ts";

/** What the jobs of a scheduled task carry: cron's call, or the id of the run that is to be done. */
export type ScheduledPayload = { _cron: { ts: string; backfilled?: boolean } } | { id: number };

export interface Tick {
  /** The instant for which the work is done: when it was due, however late it is now. */
  at: Date;
  helpers: JobHelpers;
}

export interface ScheduledRun extends Tick {
  id: string;
  /** How often this run was begun, this time included. */
  attempt: number;
  payload: Record<string, unknown>;
}

/** Does what a run is for. What it returns is kept in the run's row, as JSON. */
export type Work = (run: ScheduledRun) => Promise<Record<string, unknown> | void>;

export interface ScheduledOptions {
  /** For tasks that cron calls often: a tick for which this says no leaves no row. */
  hasWork?: (tick: Tick) => Promise<boolean>;
}

/**
 * A task whose every run is a row of app_private.scheduled_tasks. `work` may be run again for the same row when its
 * worker died, so it must be able to run twice. A run that is over is not run again.
 */
export function scheduled<N extends string>(name: N, work: Work, options: ScheduledOptions = {}): Task<N> {
  return async (payload: unknown, helpers: JobHelpers): Promise<void> => {
    const call = readCall(name, payload);
    if ("id" in call) return doRun(call.id, work, helpers);
    const { ts, backfilled, rest } = call;
    if (options.hasWork && !(await options.hasWork({ at: new Date(ts), helpers }))) return;
    await helpers.query(
      `select id from app_private.log_scheduled_task(
         $1::text, $2::jsonb, $3::timestamptz, 'cron', app_private.period_key($1::text, $3::timestamptz))`,
      [name, JSON.stringify(backfilled ? { ...rest, backfilled } : rest), ts],
    );
  };
}

async function doRun(id: string, work: Work, helpers: JobHelpers): Promise<void> {
  const { rows } = await helpers.query<{ at: Date; payload: Record<string, unknown>; attempt: number }>(
    "select scheduled_time as at, payload, attempts as attempt from app_private.begin_scheduled_task($1::bigint)",
    [id],
  );
  const [begun] = rows;
  if (!begun) return helpers.logger.debug("nothing is left to do for this run", { run: id });
  const { at, payload, attempt } = begun;
  try {
    const result = await work({ id, at, payload, attempt, helpers });
    const { rows: ends } = await helpers.query<{ counts: boolean }>(
      "select app_private.finish_scheduled_task($1::bigint, $2::int, $3::jsonb) as counts",
      [id, attempt, result ? JSON.stringify(result) : null],
    );
    if (!ends[0]?.counts) helpers.logger.warn("an attempt ended after another one had begun", { run: id, attempt });
  } catch (error) {
    const failure = tellable(error);
    const isLast = helpers.job.attempts >= helpers.job.max_attempts;
    await helpers
      .query("select app_private.fail_scheduled_task($1::bigint, $2::int, $3::text, $4::boolean)", [
        id,
        attempt,
        failure.message,
        isLast,
      ])
      // The queue is told in any case, and process_scheduled_tasks() closes the row if it was the last attempt.
      .catch((cause: unknown) => helpers.logger.warn("a failure could not be written down", { run: id, error: cause }));
    throw failure;
  }
}

type Call = { id: string } | { ts: string; backfilled: boolean; rest: Record<string, unknown> };

function readCall(name: string, payload: unknown): Call {
  if (typeof payload === "object" && payload !== null) {
    if ("id" in payload && Number.isSafeInteger(payload.id)) return { id: String(payload.id) };
    if ("_cron" in payload) {
      const { _cron, ...rest } = payload as { _cron: { ts: string; backfilled?: boolean } };
      return { ts: _cron.ts, backfilled: _cron.backfilled === true, rest };
    }
  }
  throw new Error(`${name} is called by the crontab, or through app_private.log_scheduled_task().`);
}

/** What of an error may be kept and passed on: its message and stack, bounded, without secrets. */
function tellable(error: unknown): Error {
  const cause = error instanceof Error ? error : new Error(String(error));
  const failure = new Error(clean(cause.message) || cause.name);
  failure.name = cause.name;
  if (cause.stack) failure.stack = clean(cause.stack);
  return failure;
}

const clean = (text: string): string => String(hide(text.replaceAll("\0", "")));
