// db/testing/database.ts -> [worker/tests/queue.ts] -> tests of what the worker does
// The queue of a test file's database, worked off by the library itself, as the worker's own login.
import { EventEmitter } from "node:events";
import { Logger, runOnce, type TaskList, type WorkerEvents } from "graphile-worker";
import type pg from "pg";
import { openPool } from "../../db/cluster/connect.ts";
import { expect, test as base } from "../../db/testing/database.ts";
import { silentLog } from "../../process/log.ts";

export interface Row {
  id: string;
  status: string;
  attempts: number;
  period_key: string | null;
  requested_by: string;
  scheduled_time: Date;
  payload: unknown;
  result: unknown;
  error: string | null;
}

export const silentLogger = new Logger(() => () => undefined);

export class Queue {
  /** The worker's login. */
  readonly pool: pg.Pool;
  readonly #superuser: pg.Pool;

  constructor(pool: pg.Pool, superuser: pg.Pool) {
    this.pool = pool;
    this.#superuser = superuser;
  }

  /** Registers a task that exists for one test alone. */
  async register(
    name: string,
    options: { maxAttempts?: number; period?: string; usefulFor?: string } = {},
  ): Promise<void> {
    await this.#superuser.query(
      `insert into app_private.task_registry (name, period, max_attempts, useful_for, description)
         values ($1, $2, $3, $4, 'Exists for a test alone.')`,
      [name, options.period ?? "day", options.maxAttempts ?? 3, options.usefulFor ?? null],
    );
  }

  async log(name: string, payload: object = {}): Promise<string> {
    const sql = "select id from app_private.log_scheduled_task($1, $2)";
    const { rows } = await this.pool.query<{ id: string }>(sql, [name, payload]);
    return rows[0]?.id ?? "";
  }

  async rows(name: string): Promise<Row[]> {
    const sql = "select * from app_private.scheduled_tasks where function_name = $1 order by id";
    return (await this.#superuser.query<Row>(sql, [name])).rows;
  }

  async jobs(): Promise<{ task: string; attempts: number; last_error: string | null }[]> {
    const sql = "select task_identifier as task, attempts, last_error from graphile_worker.jobs order by id";
    return (await this.#superuser.query<{ task: string; attempts: number; last_error: string | null }>(sql)).rows;
  }

  /** Does what can be done now, until the last job's end has reached the database. */
  async drain(taskList: TaskList): Promise<void> {
    const events: WorkerEvents = new EventEmitter();
    let worker = "";
    events.once("pool:create", ({ workerPool }) => (worker = workerPool.id));
    await runOnce({ pgPool: this.pool, taskList, noHandleSignals: true, logger: silentLogger, events });
    const held = "select from graphile_worker.jobs where locked_by = $1";
    await expect.poll(async () => (await this.#superuser.query(held, [worker])).rowCount, { interval: 5 }).toBe(0);
  }

  /** Makes the retries that are due later due now. */
  async skipWaiting(): Promise<void> {
    await this.#superuser.query("update graphile_worker._private_jobs set run_at = now()");
  }

  async clear(): Promise<void> {
    await this.#superuser.query("delete from graphile_worker._private_jobs; delete from app_private.scheduled_tasks");
    await this.#superuser.query("delete from app_private.task_registry where description = 'Exists for a test alone.'");
  }
}

export const test = base.extend("queue", async ({ database, pool }, { onCleanup }) => {
  const own = openPool(database.url("autobench_worker"), {
    name: "test worker",
    max: 8,
    log: silentLog,
    waitMs: 10_000,
  });
  const queue = new Queue(own, pool);
  onCleanup(async () => {
    await queue.clear();
    await own.end();
  });
  return queue;
});

export { describe, expect } from "../../db/testing/database.ts";
