// db/testing/database.ts -> [db/schedule/worker-stage.ts] -> tests of app_private.worker_arrives(), worker_beat()
import pg from "pg";
import { expect, test as base, type TestDatabase } from "../testing/database.ts";

/** A worker as the database sees it: a session of the worker's login that holds the lock, and a name in the queue. */
export class Worker {
  readonly pool: string;
  readonly session: pg.Client;
  id: number | null = null;

  constructor(pool: string, url: string) {
    this.pool = pool;
    this.session = new pg.Client({ connectionString: url });
    this.session.on("error", () => undefined); // it is cut off on purpose
  }

  async one<T>(sql: string, values: unknown[]): Promise<T | undefined> {
    const { rows } = await this.session.query<{ result: T }>(`select ${sql} as result`, values);
    return rows[0]?.result;
  }

  async arrive(id: number | null = null): Promise<this> {
    const sql = "app_private.worker_arrives($1::int, $2::text, 'host', 7)";
    this.id = (await this.one<number>(sql, [id, this.pool])) ?? null;
    return this;
  }

  beat(deadAfter = "30 seconds"): Promise<string[] | undefined> {
    return this.one("app_private.worker_beat($1::int, $2::text, $3::interval)", [this.id, this.pool, deadAfter]);
  }

  leave(): Promise<unknown> {
    return this.one("app_private.worker_leaves($1)", [this.id]);
  }
}

/** The workers of one test, and what may happen to them. */
class Stage {
  readonly #database: TestDatabase;
  readonly #pool: pg.Pool;
  readonly #workers: Worker[] = [];

  constructor(database: TestDatabase, pool: pg.Pool) {
    this.#database = database;
    this.#pool = pool;
  }

  async connect(name: string): Promise<Worker> {
    const worker = new Worker(name, this.#database.url("autobench_worker"));
    this.#workers.push(worker);
    await worker.session.connect();
    return worker;
  }

  async arrive(name: string): Promise<Worker> {
    return (await this.connect(name)).arrive();
  }

  /** Ends the session from the server's side, the way a killed process or a cut cable does. */
  async kill(worker: Worker): Promise<void> {
    await this.#pool.query("select pg_terminate_backend($1, 5000)", [await worker.one("pg_backend_pid()", [])]);
  }

  async silentFor(worker: Worker, time: string): Promise<void> {
    const sql = "update app_private.workers set seen_at = now() - $2::interval where id = $1";
    expect((await this.#pool.query(sql, [worker.id, time])).rowCount).toBe(1);
  }

  /** A job that `name` took some time ago; the result says who has it now. */
  async job(name: string, time: string): Promise<() => Promise<string | null | undefined>> {
    const { rows } = await this.#pool.query<{ id: string }>("select id from graphile_worker.add_job('spare')");
    await this.#pool.query(
      "update graphile_worker._private_jobs set locked_by = $2, locked_at = now() - $3::interval where id = $1",
      [rows[0]?.id, name, time],
    );
    return async () => {
      const jobs = await this.#pool.query<{ locked_by: string | null }>(
        "select locked_by from graphile_worker._private_jobs where id = $1 and (locked_by is null) = (locked_at is null)",
        [rows[0]?.id],
      );
      return jobs.rows[0]?.locked_by;
    };
  }

  async listed(): Promise<string[]> {
    const { rows } = await this.#pool.query<{ name: string }>(
      "select pool_id as name from app_private.workers order by 1",
    );
    return rows.map(({ name }) => name);
  }

  async clear(): Promise<void> {
    for (const { session } of this.#workers) await session.end().catch(() => undefined); // it was killed
    await this.#pool.query("delete from app_private.workers; delete from graphile_worker._private_jobs");
  }
}

export const test = base.extend("workers", async ({ database, pool }, { onCleanup }): Promise<Stage> => {
  const stage = new Stage(database, pool);
  onCleanup(() => stage.clear());
  return stage;
});
