// bench/faults/storm.ts -> [bench/faults/worker.ts] -> worker/ledger.ts, worker/tasks/*
// A worker process to be killed: the product's ledger, tasks, spool, epoch and presence, with short times. It ends when
// its queue does, and is then started anew.
import { noRenderer } from "../../worker/tests/renderer.ts";
import { EventEmitter } from "node:events";
import { flushCompileCache } from "node:module";
import path from "node:path";
import { Logger, run, type TaskList, type WorkerEvents } from "graphile-worker";
import { openPool } from "../../db/cluster/connect.ts";
import { silentLog } from "../../process/log.ts";
import type { WorkerConfig } from "../../worker/config.ts";
import type { WorkerDeps } from "../../worker/deps.ts";
import { meetEpoch, noteAttempt } from "../../worker/epoch.ts";
import { makeAsk, replaySpool } from "../../worker/ledger.ts";
import { complete } from "../../worker/llm/complete.ts";
import { announce } from "../../worker/presence.ts";
import type { ScheduledRun } from "../../worker/scheduled.ts";
import { openSpool } from "../../worker/spool.ts";
import answerTask from "../../worker/tasks/answer_task.ts";
import { dispatchAndCollect } from "../../worker/tasks/dispatch_and_collect.ts";
import { generateDailyTasks } from "../../worker/tasks/generate_daily_tasks.ts";
import sweepCalls from "../../worker/tasks/sweep_calls.ts";
import { mutateAsk, mutateComplete } from "./mutants.ts";
import type { Order } from "./storm.ts";

flushCompileCache(); // a killed process would keep nothing of it for the next
const order = JSON.parse(process.argv[2] ?? "{}") as Order;
const config: WorkerConfig = {
  concurrency: 24,
  host: "bench",
  render: { chromiumPath: undefined, concurrency: 1, mayLackSandbox: false },
  beatMs: 250,
  deadAfter: "800 milliseconds",
  stopMs: 5000,
  tasksPerDay: 3,
  callDeadlineMs: order.deadlineMs,
  dailyLimitUsd: 1_000_000,
  patienceMs: 1000,
};

const pool = openPool(order.url, { name: "bench worker", max: 6, log: silentLog, waitMs: 3000 });
const spool = openSpool(path.join(order.folder, "spool"));
let worker = "";
const ask = makeAsk({
  database: pool,
  worker: () => worker,
  keys: {},
  complete: mutateComplete(order.mutant, complete),
  spool,
  log: silentLog,
  deadlineMs: config.callDeadlineMs,
  dailyLimitUsd: config.dailyLimitUsd,
  patienceMs: config.patienceMs,
  leases: { reservedMs: 1000, beyondDeadlineMs: 700 },
  noteAttempt: (id) => noteAttempt(order.folder, id),
});
const deps: WorkerDeps = {
  log: silentLog,
  ask: mutateAsk(order.mutant, ask, pool, order.deadlineMs),
  keyNames: [],
  hasRehearsal: false,
  renderer: noRenderer,
  tasksPerDay: config.tasksPerDay,
  async replaySpool() {
    const replayed = await replaySpool(pool, spool);
    await meetEpoch(pool, order.folder, silentLog);
    return replayed;
  },
};

const generate = generateDailyTasks(deps, { longestWaitMs: 3000, lookMs: 100 });
const dispatch = dispatchAndCollect(deps);
const runOf = (payload: unknown, helpers: ScheduledRun["helpers"]): ScheduledRun => {
  const { day } = payload as { day: string };
  return { id: "1", at: new Date(`${day}T00:00:00Z`), attempt: 1, payload: {}, helpers };
};
const taskList: TaskList = {
  answer_task: answerTask(deps),
  render_artifact: () => undefined, // what a page looks like is no matter here
  publish_boards: () => undefined, // nor who is better
  sweep_calls: sweepCalls(deps),
  async generate_daily_tasks(payload, helpers) {
    await generate(runOf(payload, helpers));
    await dispatch(runOf(payload, helpers));
  },
};

await meetEpoch(pool, order.folder, silentLog);
await replaySpool(pool, spool);
const events: WorkerEvents = new EventEmitter();
events.once("pool:create", ({ workerPool }) => (worker = workerPool.id));
const runner = await run({
  pgPool: pool,
  taskList,
  noHandleSignals: true,
  logger: new Logger(() => () => undefined),
  events,
  preset: {
    worker: {
      concurrentJobs: config.concurrency,
      pollInterval: 200,
      gracefulShutdownAbortTimeout: config.stopMs,
      completeJobBatchDelay: 0,
      failJobBatchDelay: 0,
    },
  },
});
await announce(order.url, worker, config, silentLog);
process.send?.("ready");
process.on("disconnect", () => process.exit(1)); // whoever started it has gone
await runner.promise;
