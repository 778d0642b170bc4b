// db/testing/cluster.ts -> [db/testing/database.ts] -> every test
// `database`: a copy of the template for one test file. `db`: a transaction in it for one test, rolled back at its end.
import { randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import pg from "pg";
import { inject, test as base } from "vitest";
import { openPool, withClient } from "../cluster/connect.ts";
import { type Database, embeddedDatabase, withDatabase } from "../cluster/database.ts";
import { databaseRights } from "../cluster/roles.ts";
import { silentLog } from "../../process/log.ts";
import { templateName } from "./cluster.ts";

export type SeatRole =
  | "autobench_anon"
  | "autobench_member"
  | "autobench_operator"
  | "autobench_server"
  | "autobench_operations"
  | "autobench_worker"
  | "autobench_owner";

/** Who a statement is run as: a role, and the member it acts for. */
export interface Seat {
  role: SeatRole;
  userId?: string;
}

export const anonymous: Seat = { role: "autobench_anon" };
export const member = (userId: string): Seat => ({ role: "autobench_member", userId });
export const operator = (userId: string): Seat => ({ role: "autobench_operator", userId });

export interface TestDatabase extends Database {
  name: string;
  superuserUrl: string;
}

/** A transaction as the owner, from which one can sit on any seat the way the server does. */
export class Db {
  readonly client: pg.Client;
  #people = 0;

  constructor(client: pg.Client) {
    this.client = client;
  }

  async rows<T extends pg.QueryResultRow = Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<T[]> {
    return (await this.client.query<T>(sql, values)).rows;
  }

  /** The first row; fails when there is none. */
  async row<T extends pg.QueryResultRow = Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<T> {
    const [row] = await this.rows<T>(sql, values);
    if (!row) throw new Error(`No row: ${sql}`);
    return row;
  }

  /** Runs `body` from a seat, with just the settings that a request of that seat has; then becomes the owner again. */
  async as<T>(seat: Seat, body: () => Promise<T>): Promise<T> {
    await this.client.query("savepoint seat");
    try {
      await this.client.query("select set_config('role', $1, true), set_config('app.user_id', $2, true)", [
        seat.role,
        seat.userId ?? "",
      ]);
      return await body();
    } catch (error) {
      await this.client.query("rollback to savepoint seat");
      throw error;
    } finally {
      await this.client.query(
        "select set_config('role', 'autobench_owner', true), set_config('app.user_id', '', true)",
      );
    }
  }

  /** `rows` from a seat. */
  rowsAs<T extends pg.QueryResultRow = Record<string, unknown>>(
    seat: Seat,
    sql: string,
    values: unknown[] = [],
  ): Promise<T[]> {
    return this.as(seat, () => this.rows<T>(sql, values));
  }

  /** A new member, signed in for the first time; returns the id. */
  async person(claims: Record<string, unknown> = {}): Promise<string> {
    const subject = `person_${++this.#people}_${randomBytes(4).toString("hex")}`;
    const { user_id } = await this.row<{ user_id: string }>(
      "select user_id from app_private.sign_in('https://issuer.test', $1, $2)",
      [subject, JSON.stringify({ username: subject, ...claims })],
    );
    return user_id;
  }

  /** A new member who runs this installation; returns the id. */
  async operator(): Promise<string> {
    const id = await this.person();
    await this.rows("update app_private.accounts set role = 'operator' where user_id = $1", [id]);
    return id;
  }
}

async function copyTemplate(): Promise<TestDatabase & { drop: () => Promise<void> }> {
  const cluster = inject("cluster");
  const name = `t_${randomBytes(8).toString("hex")}`;
  await withClient(cluster.superuserUrl, async (client) => {
    await client.query(`create database ${name} template ${templateName} strategy file_copy owner autobench_owner`);
    await client.query(databaseRights(name)); // a copy does not inherit them
  });
  return {
    ...embeddedDatabase(cluster, name),
    name,
    superuserUrl: withDatabase(cluster.superuserUrl, name),
    // Pools end before the server has noticed: dropping by force would break sockets that are just closing.
    drop: () =>
      withClient(cluster.superuserUrl, async (client) => {
        for (let attempt = 1; ; attempt++) {
          try {
            await client.query(`drop database ${name}`);
            return;
          } catch (error) {
            if (attempt === 100) throw error;
            await delay(20);
          }
        }
      }),
  };
}

export const test = base
  .extend("database", { scope: "file" }, async ({}, { onCleanup }): Promise<TestDatabase> => {
    const copy = await copyTemplate();
    onCleanup(copy.drop);
    return copy;
  })
  .extend("db", async ({ database }, { onCleanup }) => {
    const client = new pg.Client({ connectionString: database.superuserUrl });
    await client.connect();
    await client.query("begin");
    await client.query("set local role autobench_owner");
    onCleanup(async () => {
      await client.query("rollback");
      await client.end();
    });
    return new Db(client);
  })
  /** Real commits, as the superuser, for tests with several sessions. */
  .extend("pool", { scope: "file" }, async ({ database }, { onCleanup }) => {
    const pool = openPool(database.superuserUrl, { name: "test", max: 20, log: silentLog, waitMs: 10_000 });
    onCleanup(() => pool.end());
    return pool;
  });

export { describe, expect } from "vitest";
