// cli/*.test.ts -> [cli/testing/external.ts] -> db/testing/cluster.ts
// A Postgres of somebody's own: the cluster of this test run, where the roles exist already.
import { randomBytes } from "node:crypto";
import { inject } from "vitest";
import { withClient } from "../../db/cluster/connect.ts";
import { type Database, embeddedDatabase, logins, variables, withDatabase } from "../../db/cluster/database.ts";
import type { Environment } from "./autobench.ts";

export interface External extends Database {
  superuserUrl: string;
  /** The addresses of the four logins, as settings. */
  addresses: Environment;
}

/** A new database that holds nothing, owned by `owner`. */
export async function emptyDatabase(owner: string): Promise<External & { drop: () => Promise<void> }> {
  const { superuserUrl, ...cluster } = inject("cluster");
  const name = `t_${randomBytes(8).toString("hex")}`;
  const query = (sql: string) => withClient(superuserUrl, (client) => client.query(sql));
  await query(`create database ${name} owner ${owner}`);
  const database = embeddedDatabase(cluster, name);
  return {
    ...database,
    superuserUrl: withDatabase(superuserUrl, name),
    addresses: Object.fromEntries(logins.map((login) => [variables[login], database.url(login)])),
    drop: async () => void (await query(`drop database ${name} with (force)`)),
  };
}
