// pool (db/testing/database.ts) -> [db/lib/sessions.ts] -> tests in which several sessions take turns
import type pg from "pg";
import { expect } from "../testing/database.ts";

/** Two sessions, named by their order; both are cut off at the end, whatever they hold. */
export async function twoSessions(
  pool: pg.Pool,
  body: (one: pg.PoolClient, two: pg.PoolClient) => Promise<void>,
): Promise<void> {
  const [one, two] = [await pool.connect(), await pool.connect()];
  try {
    // Whoever waits where nobody should fails, and does not hang.
    for (const session of [one, two]) await session.query("set lock_timeout = '5s'");
    await body(one, two);
  } finally {
    one.release(true);
    two.release(true);
  }
}

/** Sends a statement and returns once it waits for another session's lock; the result has its answer, when it comes. */
export async function blocked<T extends pg.QueryResultRow>(
  pool: pg.Pool,
  client: pg.ClientBase,
  sql: string,
  values: unknown[] = [],
): Promise<{ rows: Promise<T[]> }> {
  const { rows: self } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
  const rows = client.query<T>(sql, values).then((result) => result.rows);
  rows.catch(() => undefined); // whoever awaits it hears of it
  await expect
    .poll(
      async () => {
        const waiting = "select from pg_stat_activity where pid = $1 and wait_event_type = 'Lock'";
        return (await pool.query(waiting, [self[0]?.pid])).rowCount;
      },
      { interval: 5, timeout: 5000 },
    )
    .toBe(1);
  return { rows };
}
