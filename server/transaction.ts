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
 * saves two journeys to the database; should it fail, Postgres refuses whatever comes after it. The pool has a pipeline.
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
  const given = Object.entries(settings).filter(([, value]) => value !== undefined);
  const begun = [client.query("begin")];
  if (given.length) {
    const calls = given.map((_, n) => `set_config($${2 * n + 1}, $${2 * n + 2}, true)`);
    const name = `the ${given.length} settings of a request`;
    begun.push(client.query({ name, text: `select ${calls.join(", ")}`, values: given.flat() }));
  }
  await Promise.all(begun);
}
