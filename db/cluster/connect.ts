// db/cluster/database.ts -> [db/cluster/connect.ts] -> pg
// How this project opens connections: every pool and client has an error handler, a name and a limit on waiting.
import pg from "pg";
import type { Log } from "../../process/log.ts";

/** Whatever runs a statement: a client, a pool, a job's helpers. */
export interface Query {
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

/** A pool whose broken idle connections are logged, not thrown: Postgres may restart under a running process. */
export function openPool(
  url: string,
  options: { name: string; max: number; log: Log; waitMs?: number; hasPipeline?: boolean },
): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max,
    application_name: `autobench ${options.name}`,
    connectionTimeoutMillis: options.waitMs ?? 2000,
    keepAlive: true,
    pipeline: options.hasPipeline ?? false,
  });
  const onError = (error: Error) => options.log.warn("a database connection broke", { pool: options.name, error });
  pool.on("error", onError);
  pool.on("connect", (client) => void client.on("error", onError));
  return pool;
}

/** Runs `work` on a connection of its own. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    application_name: "autobench",
    connectionTimeoutMillis: 10_000,
  });
  let broken: Error | undefined;
  client.on("error", (error) => (broken = error));
  await client.connect();
  try {
    return await work(client);
  } catch (error) {
    throw broken ?? error;
  } finally {
    await client.end().catch(() => undefined); // already cut off
  }
}

/** The first row of a query that always has one. */
export async function oneRow<T extends pg.QueryResultRow>(
  client: Query,
  sql: string,
  values: unknown[] = [],
): Promise<T> {
  const { rows } = await client.query<T>(sql, values);
  const [row] = rows;
  if (!row) throw new Error("A query that always has a row had none.");
  return row;
}
