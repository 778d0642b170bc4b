// server/pools.ts -> [server/transaction.ts] -> Postgres
// What stands between a request and the database: one transaction, in which the settings say whom it acts for.
import type { WithPgClient } from "postgraphile/@dataplan/pg";
import {
  makeWithPgClientViaPgClientAlreadyInTransaction,
  type NodePostgresPgClient,
} from "postgraphile/@dataplan/pg/adaptors/pg";
import type pg from "pg";

/**
 * Runs each request in a transaction of its own. What opens it is sent with its first statement and not waited for, which
 * saves two journeys to the database. Should the settings fail, Postgres refuses whatever comes after them; should `begin`
 * itself be cut short, what comes after it runs as the bare login, which holds no right to anything. The pool has a pipeline.
 */
export function oneTransaction(pool: pg.Pool): WithPgClient<NodePostgresPgClient> {
  return async (settings, work) => {
    const client = await pool.connect();
    let broken: Error | undefined;
    try {
      const opened = open(client, settings ?? {});
      opened.catch(() => undefined); // it is heard of below
      try {
        const result = await makeWithPgClientViaPgClientAlreadyInTransaction(client, true)(null, work);
        await opened;
        await client.query("commit");
        return result;
      } catch (error) {
        await client.query("rollback").catch((cause: Error) => (broken = cause));
        await opened; // if this failed, the other error says only that the transaction is aborted
        throw error;
      }
    } finally {
      client.release(broken);
    }
  };
}

async function open(client: pg.PoolClient, settings: Record<string, string | undefined>): Promise<void> {
  const given = Object.entries(settings).filter(([, value]) => (value ?? null) !== null);
  const begun = [client.query("begin")];
  if (given.length) {
    const calls = given.map((_, n) => `set_config($${2 * n + 1}, $${2 * n + 2}, true)`);
    // Without a name: behind a pooler the next transaction may have another connection, which would not know it.
    begun.push(client.query({ text: `select ${calls.join(", ")}`, values: given.flat() }));
  }
  await Promise.all(begun);
}
