// autobench worker, npm start -> [worker/main.ts] -> worker/crontab, worker/tasks/
// What happens by itself. The rules are in SQL: a task claims work there, acts outside, and records it there.
import { EventEmitter } from "node:events";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Logger, run, type WorkerEvents } from "graphile-worker";
import { openPool } from "../db/cluster/connect.ts";
import type { Database } from "../db/cluster/database.ts";
import type { Log } from "../process/log.ts";
import type { WorkerConfig } from "./config.ts";
import { meetEpoch, noteAttempt } from "./epoch.ts";
import { makeAsk, replaySpool } from "./ledger.ts";
import { complete } from "./llm/complete.ts";
import { keepFolding } from "./folding.ts";
import { announce } from "./presence.ts";
import { makeRenderer } from "./render/renderer.ts";
import { openSpool } from "./spool.ts";
import { loadTasks } from "./task-list.ts";
import { readTimetable, watchTimetable } from "./timetable.ts";

export interface RunningWorker {
  poolId: string;
  stop(): Promise<void>;
}

export interface WorkerOptions {
  config: WorkerConfig;
  database: Database;
  keys: Readonly<Record<string, string>>;
  hasRehearsal: boolean;
  /** Where this process keeps what must outlive a database that is away: the spool and the epoch. */
  folder: string;
  log: Log;
}

export async function startWorker(options: WorkerOptions): Promise<RunningWorker> {
  const { config, database, log } = options;
  const url = database.url("autobench_worker");
  // A pool of our own: with a connection string the library drops its error handlers while it still closes connections.
  const pool = openPool(url, { name: "worker", max: Math.min(config.concurrency + 4, 60), log, waitMs: 10_000 });
  const spool = openSpool(path.join(options.folder, "spool"));
  let worker = "";
  const ask = makeAsk({
    database: pool,
    worker: () => worker,
    keys: options.keys,
    complete,
    spool,
    log,
    deadlineMs: config.callDeadlineMs,
    dailyLimitUsd: config.dailyLimitUsd,
    patienceMs: config.patienceMs,
    noteAttempt: (id) => noteAttempt(options.folder, id),
  });
  const renderer = makeRenderer({ ...config.render, folder: options.folder, log });
  if (config.render.mayLackSandbox) log.warn("RENDER_SANDBOX=0: hostile pages may be rendered without a sandbox");
  const taskList = await loadTasks({
    log,
    ask,
    renderer,
    keyNames: Object.keys(options.keys),
    hasRehearsal: options.hasRehearsal,
    tasksPerDay: config.tasksPerDay,
    async replaySpool() {
      const replayed = await replaySpool(pool, spool, log);
      await meetEpoch(pool, options.folder, log);
      return replayed;
    },
  });
  await meetEpoch(pool, options.folder, log);
  await replaySpool(pool, spool, log);
  await pool.query("select app_private.ensure_answer_partitions()"); // from the first answer on, cron or no cron
  const events: WorkerEvents = new EventEmitter();
  const poolId = new Promise<string>((resolve) => {
    events.once("pool:create", ({ workerPool }) => resolve((worker = workerPool.id))); // before the first job begins
  });
  const parsedCronItems = readTimetable();
  const timetable = await watchTimetable(pool, parsedCronItems, log);
  const runner = await run({
    pgPool: pool,
    taskList,
    parsedCronItems,
    noHandleSignals: true,
    logger: workerLogger(log),
    events,
    preset: {
      worker: {
        concurrentJobs: config.concurrency,
        pollInterval: 1000,
        gracefulShutdownAbortTimeout: config.stopMs,
        // Without these two the job that runs at a stop stays locked and runs again hours later.
        completeJobBatchDelay: 0,
        failJobBatchDelay: 0,
      },
    },
  });
  const id = await poolId;
  const presence = await announce(url, id, config, log).catch(async (error: unknown) => {
    await runner.stop();
    await pool.end();
    throw error;
  });
  const folding = keepFolding(pool, log);
  return {
    poolId: id,
    async stop() {
      // A page under way is let go of, and rendered another time; a model's answer is waited for.
      await Promise.all([runner.stop(), renderer.close()]);
      // stop() resolves a little before the last job's end has reached the database.
      for (let tries = 0; tries < 200; tries++) {
        const { rowCount } = await pool.query("select from graphile_worker.jobs where locked_by = $1", [id]);
        if (!rowCount) break;
        await delay(10);
      }
      await Promise.all([presence.stop(), timetable.stop(), folding.stop()]);
      await pool.end();
    },
  };
}

function workerLogger(log: Log): Logger {
  const quiet = /^(Worker connected|Acquiring|Found task|Crontab|Got lock)/;
  return new Logger((scope) => (level, message, meta) => {
    const data = { task: scope.taskIdentifier, job: scope.jobId, ...meta };
    const clean = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
    if (level === "error") log.error(message, clean);
    else if (level === "warning") log.warn(message, clean);
    else if (level === "info" && scope.taskIdentifier && !quiet.test(message)) log.info(message, clean);
    else log.debug(message, clean);
  });
}
