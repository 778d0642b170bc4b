// autobench migrate, npm start, npm test -> [db/cluster/roles.ts] -> db/roles.sql
// Makes the cluster's roles and the database, when the given login may; else says what a DBA should run.
import { readFileSync } from "node:fs";
import path from "node:path";
import type pg from "pg";
import { root } from "../../process/environment.ts";
import { ExplainedError } from "../../process/explained.ts";
import { type Database, type Login, logins } from "./database.ts";
import { oneRow, withClient } from "./connect.ts";

const seats = ["autobench_anon", "autobench_member", "autobench_operator"] as const;

export const rolesFile = path.join(root, "db", "roles.sql");

/** Roles cannot be made with this login: `sql` is what somebody who may should run. */
export class RolesMissing extends ExplainedError {
  readonly sql: string;
  constructor(sql: string) {
    super(
      `The roles of Autobench do not all exist or may not enter this database, and this login may not change that. Let a superuser run:\n\n${sql}`,
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
    const rights = databaseRights(client.escapeIdentifier(client.database ?? ""));
    const sql = `${readFileSync(rolesFile, "utf8")}\n${rights}`;
    const { rows } = await client.query<{ rolname: string }>(
      "select rolname from pg_roles where rolname like 'autobench%'",
    );
    const missing = [...logins, ...seats].filter((role) => !rows.some((row) => row.rolname === role));
    const { is_superuser, is_owner } = await oneRow<{ is_superuser: boolean; is_owner: boolean }>(
      client,
      `select r.rolsuper as is_superuser, pg_has_role(d.datdba, 'usage') as is_owner
         from pg_roles r, pg_database d where r.rolname = current_user and d.datname = current_database()`,
    );
    if (!is_superuser) {
      if (missing.length) throw new RolesMissing(sql);
      if (await mayEnter(client)) return;
      if (!is_owner) throw new RolesMissing(sql);
      await client.query(`begin; select pg_advisory_xact_lock(hashtext('autobench')); ${rights} commit`);
      return;
    }
    // One at a time in the whole cluster: roles belong to all its databases, and cannot be altered by two at once.
    await client.query("begin; lock table pg_catalog.pg_authid in share row exclusive mode");
    await client.query(sql);
    for (const login of missing.filter((role): role is Login => logins.some((known) => known === role))) {
      const url = new URL(database.url(login));
      if (url.username === login) await client.query(passwordStatement(client, login, url.href));
    }
    await client.query("commit");
  });
}

/** Whether the logins have their rights on the database: they were given by a DBA, or by an earlier run. */
async function mayEnter(client: pg.Client): Promise<boolean> {
  const { may } = await oneRow<{ may: boolean }>(
    client,
    `select bool_and(has_database_privilege(login, current_database(), 'connect'))
         and has_database_privilege('autobench_owner', current_database(), 'create')
         and has_database_privilege('autobench_worker', current_database(), 'create') as may
       from unnest($1::text[]) login`,
    [logins],
  );
  return may;
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
