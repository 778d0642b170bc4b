// autobench migrate, npm start, npm test -> [db/cluster/roles.ts] -> db/roles.sql
// Makes the cluster's roles and the database, when the given login may; else says what a DBA should run.
import { readFileSync } from "node:fs";
import path from "node:path";
import type pg from "pg";
import { root } from "../../process/environment.ts";
import { type Database, type Login, logins } from "./database.ts";
import { withClient } from "./connect.ts";

export const rolesFile = path.join(root, "db", "roles.sql");

/** Roles cannot be made with this login: `sql` is what somebody who may should run. */
export class RolesMissing extends Error {
  readonly sql: string;
  constructor(sql: string) {
    super(
      `The roles of Autobench do not all exist, and this login may not create them. Let a superuser run:\n\n${sql}`,
    );
    this.name = "RolesMissing";
    this.sql = sql;
  }
}

/** Everything that is not inside a database: roles with their passwords, the database, and who may enter it. */
export async function prepareCluster(superuserUrl: string, database: Database, name: string): Promise<void> {
  await withClient(superuserUrl, async (client) => {
    await client.query(readFileSync(rolesFile, "utf8"));
    for (const login of logins) await client.query(passwordStatement(client, login, database.url(login)));
    const { rowCount } = await client.query("select from pg_database where datname = $1", [name]);
    if (!rowCount) await client.query(`create database ${client.escapeIdentifier(name)} owner autobench_owner`);
    await client.query(databaseRights(client.escapeIdentifier(name)));
  });
}

/** The same on a Postgres of somebody's own, through the owner's address; existing passwords are left alone. */
export async function prepareExternal(database: Database): Promise<void> {
  await withClient(database.url("autobench_owner"), async (client) => {
    const name = client.escapeIdentifier(client.database ?? "");
    const sql = `${readFileSync(rolesFile, "utf8")}\n${databaseRights(name)}`;
    const { rows } = await client.query<{ rolname: string }>(
      "select rolname from pg_roles where rolname like 'autobench%'",
    );
    const isComplete = [...logins, "autobench_anon", "autobench_member", "autobench_operator"].every((role) =>
      rows.some((row) => row.rolname === role),
    );
    const { rows: rights } = await client.query<{ is_able: boolean }>(
      "select rolsuper as is_able from pg_roles where rolname = current_user",
    );
    if (!rights[0]?.is_able) {
      if (!isComplete) throw new RolesMissing(sql);
      return;
    }
    await client.query("begin");
    await client.query(sql);
    for (const login of logins.filter((role) => !rows.some((row) => row.rolname === role))) {
      const url = new URL(database.url(login));
      if (url.username === login) await client.query(passwordStatement(client, login, url.href));
    }
    await client.query("commit");
  });
}

function passwordStatement(client: pg.Client, login: Login, url: string): string {
  const password = decodeURIComponent(new URL(url).password);
  return `alter role ${login} password ${client.escapeLiteral(password)}`;
}

/** Who may enter a database. These rights belong to the database itself: a copy of it has to state them anew. */
export function databaseRights(name: string): string {
  return `
    revoke all on database ${name} from public;
    grant connect on database ${name} to autobench_owner, autobench_worker, autobench_server, autobench_operations;
    grant create, temporary on database ${name} to autobench_owner;
    grant create on database ${name} to autobench_worker;
    alter database ${name} set timezone = 'UTC';
  `;
}
