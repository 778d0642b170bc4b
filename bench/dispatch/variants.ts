// bench/dispatch/run.ts -> [bench/dispatch/variants.ts] -> graphile-worker, worker/ledger.ts, worker/tasks/answer_task.ts
import { noRenderer } from "../../worker/tests/renderer.ts";
import { EventEmitter, once } from "node:events";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Logger, run, type TaskList, type WorkerEvents } from "graphile-worker";
import type pg from "pg";
import { dispatch, makeArena, utcDay, writeDay, writePrompts } from "../../db/budget/testing/calls.ts";
import { oneRow, openPool, type Query } from "../../db/cluster/connect.ts";
import { silentLog } from "../../process/log.ts";
import { type Complete, makeAsk } from "../../worker/ledger.ts";
import { readReply } from "../../worker/llm/read-reply.ts";
import { reply } from "../../worker/llm/testing/replies.ts";
import { openSpool } from "../../worker/spool.ts";
import answerTask from "../../worker/tasks/answer_task.ts";

export interface Load {
  jobs: number;
  ms: number;
  inFlight: number;
}

/** What of the queue's settings differs between two lines of the table. */
export interface QueueSettings {
  poolSize: number;
  worker: Partial<GraphileConfig.WorkerOptions>;
}

/** As the library comes, save for how many jobs it runs at once. */
export const plain: QueueSettings = { poolSize: 10, worker: {} };
/** As worker/main.ts sets it. */
export const product: QueueSettings = {
  poolSize: 20,
  worker: { pollInterval: 1000, completeJobBatchDelay: 0, failJobBatchDelay: 0 },
};
/** The time to live is short: a job that waits behind ten-minute calls goes back, for another worker to take. */
export const withLocalQueue = (load: Load): QueueSettings => ({
  poolSize: 20,
  worker: { ...product.worker, localQueue: { size: load.inFlight + 1, ttl: 2000 } },
});

export interface Measured {
  seconds: number;
  /** Share of the ideal makespan: jobs × ms ÷ in flight. */
  share: number;
  mostInFlight: number;
  /** Of this process alone, for each job: what it takes even where the machine is busy with something else. */
  cpuMicros: number;
}

class Gauge {
  now = 0;
  most = 0;
  async wait(ms: number): Promise<void> {
    this.most = Math.max(this.most, ++this.now);
    await delay(ms);
    this.now--;
  }
}

/** Jobs that wait, as a model would, and do nothing else. */
export async function waitingJobs(url: string, load: Load, settings: QueueSettings): Promise<Measured> {
  const pool = openPool(url, { name: "bench", max: settings.poolSize, log: silentLog, waitMs: 60_000 });
  try {
    await pool.query(
      "select count(graphile_worker.add_job('bench_wait', json_build_object('n', n))) from generate_series(1, $1::int) n",
      [load.jobs],
    );
    const gauge = new Gauge();
    return await drain(pool, load, settings, gauge, { bench_wait: () => gauge.wait(load.ms) });
  } finally {
    await pool.end();
  }
}

const body = Buffer.from(reply("openai"));
const raw = { status: 200, headers: { "content-type": "application/json", "x-request-id": "req_bench" }, body };

/** The product's own answer_task with its whole ledger; only the provider is a timer. */
export async function ledgerJobs(
  urls: { owner: string; worker: string },
  load: Load,
  settings: QueueSettings,
  folder: string,
): Promise<Measured> {
  const owner = openPool(urls.owner, { name: "bench owner", max: 4, log: silentLog, waitMs: 60_000 });
  const pool = openPool(urls.worker, { name: "bench", max: settings.poolSize, log: silentLog, waitMs: 60_000 });
  try {
    await makeCalls(owner, load.jobs);
    const gauge = new Gauge();
    const complete: Complete = async (_provider, _request, options) => {
      await gauge.wait(load.ms);
      await options.onRaw(raw);
      return readReply("openai", raw);
    };
    const ask = makeAsk({
      database: pool,
      worker: () => "bench",
      keys: {},
      complete,
      spool: openSpool(path.join(folder, "spool")),
      log: silentLog,
      deadlineMs: 600_000,
      dailyLimitUsd: 1_000_000,
      patienceMs: 60_000,
    });
    const replaySpool = () => Promise.resolve(0);
    const deps = {
      log: silentLog,
      ask,
      keyNames: [],
      hasRehearsal: false,
      renderer: noRenderer,
      tasksPerDay: 3,
      replaySpool,
    };
    const measured = await drain(pool, load, settings, gauge, { answer_task: answerTask(deps) });
    const { left } = await oneRow<{ left: number }>(
      owner,
      "select count(*)::int as left from app_public.submissions where status <> 'succeeded'",
    );
    if (left) throw new Error(`${left} submissions did not succeed: the figure is worth nothing.`);
    return measured;
  } finally {
    await pool.end();
    await owner.end();
  }
}

/** As many submissions as jobs, of ten providers, each with its call and its job. */
async function makeCalls(owner: Query, jobs: number): Promise<void> {
  await owner.query("set role autobench_owner");
  await writePrompts(owner);
  const providers = 10;
  for (let n = 0; n < providers; n++) {
    await makeArena(owner, { models: 2, isContestant: true, maxParallel: 10_000, perMinute: 100_000, outputUsd: 10 });
  }
  for (let made = 0, day = 1; made < jobs; day++) {
    await writeDay(owner, utcDay(day), 10);
    for (const task of await dispatch(owner, utcDay(day))) made += task.submissions;
  }
  await owner.query("analyze");
}

async function drain(
  pool: pg.Pool,
  load: Load,
  settings: QueueSettings,
  gauge: Gauge,
  taskList: TaskList,
): Promise<Measured> {
  const events: WorkerEvents = new EventEmitter();
  let done = 0;
  const { total } = await oneRow<{ total: number }>(pool, "select count(*)::int as total from graphile_worker.jobs");
  const all = new EventEmitter();
  events.on("job:complete", () => {
    if (++done === total) all.emit("done");
  });
  const over = once(all, "done");
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const runner = await run({
    pgPool: pool,
    taskList,
    noHandleSignals: true,
    logger: new Logger(() => () => undefined),
    events,
    preset: { worker: { concurrentJobs: load.inFlight, ...settings.worker } },
  });
  await over;
  // Until the last end is in the database too: else it would be done again. What the jobs asked for in turn is not waited for.
  for (let left = 1; left;) {
    ({ left } = await oneRow<{ left: number }>(
      pool,
      "select count(*)::int as left from graphile_worker.jobs where task_identifier = any($1) and (locked_by is not null or attempts = 0)",
      [Object.keys(taskList)],
    ));
    if (left) await delay(5);
  }
  const seconds = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  await runner.stop();
  const share = (total * load.ms) / load.inFlight / 1000 / seconds;
  return { seconds, share, mostInFlight: gauge.most, cpuMicros: (user + system) / total };
}
