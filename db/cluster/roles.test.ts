// [db/cluster/roles.test.ts] -> db/cluster/roles.ts, db/roles.sql
// Roles belong to a whole cluster, so this file has one of its own, in which there are none yet.
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { Cluster } from "./embedded.ts";
import { type Database, embeddedDatabase, logins, withDatabase } from "./database.ts";
import { oneRow, withClient } from "./connect.ts";
import { migrate } from "./migrate.ts";
import { prepareCluster, prepareExternal, RolesMissing } from "./roles.ts";
import { startThrowAwayCluster } from "../testing/cluster.ts";

let cluster: Cluster | undefined;
let root = "";
const wanted = [...logins, "autobench_anon", "autobench_member", "autobench_operator"].toSorted();

const run = (sql: string, url = root) => withClient(url, (client) => client.query(sql));
const roles = () =>
  withClient(root, async (client) => {
    const { rows } = await client.query<{ rolname: string }>(
      "select rolname from pg_roles where rolname like 'autobench%' order by 1",
    );
    return rows.map(({ rolname }) => rolname);
  });
const whoIs = (url: string) =>
  withClient(url, async (client) => (await oneRow<{ who: string }>(client, "select session_user as who")).who);

/** Addresses of one database: the owner's login as given, the others with a password of their own. */
function database(owner: string, name = "bench"): Database {
  const url = (login: string) => {
    const address = new URL(withDatabase(root, name));
    [address.username, address.password] = [login, `${login}'s "p@ss/word`];
    return address.href;
  };
  return { url: (login) => (login === "autobench_owner" ? withDatabase(owner, name) : url(login)) };
}

beforeEach(async () => {
  cluster ??= await startThrowAwayCluster();
  root = cluster.superuserUrl("postgres");
  await withClient(root, async (client) => {
    const { rows } = await client.query<{ datname: string }>(
      "select datname from pg_database where datname not in ('postgres', 'template0', 'template1')",
    );
    for (const { datname } of rows)
      await client.query(`drop database ${client.escapeIdentifier(datname)} with (force)`);
    for (const role of [...(await roles()), "dba"]) await client.query(`drop role if exists ${role}`);
    await client.query("create role dba login password 'dba'");
    await client.query("create database bench owner dba");
  });
});
afterAll(() => cluster?.stop());

describe("prepareExternal", () => {
  const dba = () => {
    const address = new URL(root);
    [address.username, address.password] = ["dba", "dba"];
    return address.href;
  };

  test("an owner who may not make roles is given the SQL for somebody who may", async () => {
    const error = await prepareExternal(database(dba())).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RolesMissing);
    const { message, sql } = error as RolesMissing;
    expect(message).toContain(`Let a superuser run:\n\n${sql}`);
    expect(message).not.toMatch(/p@ss|p%40ss|password '/);
    expect(await roles()).toEqual([]); // and nothing was begun

    await run(sql, withDatabase(root, "bench"));
    expect(await roles()).toEqual(wanted);
    await prepareExternal(database(dba())); // now all is there
  });

  test("one role that is missing is enough to say so", async () => {
    const { sql } = (await prepareExternal(database(dba())).catch((reason: unknown) => reason)) as RolesMissing;
    await run(sql, withDatabase(root, "bench"));
    await run("drop role autobench_anon");
    await expect(prepareExternal(database(dba()))).rejects.toThrow(RolesMissing);
  });

  test("a superuser makes the roles, with the passwords of the addresses", async () => {
    const mine = database(root);
    await prepareExternal(mine);
    expect(await roles()).toEqual(wanted);
    for (const login of ["autobench_worker", "autobench_server", "autobench_operations"] as const) {
      expect(await whoIs(mine.url(login))).toBe(login);
    }
    await prepareExternal(mine); // again: nothing changes
    expect(await roles()).toEqual(wanted);
  });

  test("a password that was set meanwhile is left alone", async () => {
    const mine = database(root);
    await prepareExternal(mine);
    await run("alter role autobench_worker password 'changed by hand'");
    await prepareExternal(mine);
    await expect(whoIs(mine.url("autobench_worker"))).rejects.toMatchObject({ code: "28P01" });
    expect(await whoIs(mine.url("autobench_server"))).toBe("autobench_server");
  });

  test("rights that somebody added are taken back, and attributes too", async () => {
    const mine = database(root);
    await prepareExternal(mine);
    await run("alter role autobench_server superuser createrole; alter role autobench_member login bypassrls");
    await prepareExternal(mine);
    const odd = await withClient(root, (client) =>
      client.query(
        `select rolname from pg_roles where rolname like 'autobench%'
          and (rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls
            or rolcanlogin <> (rolname = any ($1)) or rolinherit <> (rolname not in ('autobench_worker', 'autobench_server', 'autobench_operations')))`,
        [logins],
      ),
    );
    expect(odd.rows).toEqual([]);
  });

  test("an owner lets the logins into a database of their own, once the roles are there", async () => {
    await prepareExternal(database(root));
    await run("create database other owner dba");
    const mine = database(dba(), "other");
    for (let n = 0; n < 2; n++) {
      await prepareExternal(mine);
      for (const login of ["autobench_worker", "autobench_server"] as const) {
        expect(await whoIs(mine.url(login))).toBe(login);
      }
    }
    await run("revoke connect on database other from autobench_server");
    await prepareExternal(mine);
    expect(await whoIs(mine.url("autobench_server"))).toBe("autobench_server");
  });

  test("whoever does not own the database is given the SQL", async () => {
    await prepareExternal(database(root));
    await run("create database other");
    const error = await prepareExternal(database(dba(), "other")).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RolesMissing);
    await run((error as RolesMissing).sql, withDatabase(root, "other"));
    await run("grant connect on database other to dba");
    await prepareExternal(database(dba(), "other")); // now there is nothing that it would have to change
  });

  test("two at once make the roles once, and both succeed", async () => {
    const mine = database(root);
    await Promise.all([prepareExternal(mine), prepareExternal(mine)]);
    expect(await roles()).toEqual(wanted);
    expect(await whoIs(mine.url("autobench_worker"))).toBe("autobench_worker");
  });

  test("a name that needs quoting is one name", async () => {
    const name = `odd "bench" --`;
    await withClient(root, (client) => client.query(`create database ${client.escapeIdentifier(name)}`));
    const mine: Database = { url: (login) => withDatabase(database(root).url(login), encodeURIComponent(name)) };
    await prepareExternal(mine);
    expect(await whoIs(dba())).toBe("dba");
    expect(await whoIs(mine.url("autobench_worker"))).toBe("autobench_worker");
  });

  test("the schema can then be migrated, whoever the owner logs in as", async () => {
    const mine = database(root);
    await prepareExternal(mine);
    await migrate(mine);
    const foreign = await withClient(withDatabase(root, "bench"), (client) =>
      client.query(
        "select oid::regclass::text from pg_class where relnamespace::regnamespace::text like 'app\\_%' and relowner <> 'autobench_owner'::regrole",
      ),
    );
    expect(foreign.rows).toEqual([]);
  });
});

describe("prepareCluster", () => {
  test("makes roles, passwords and database, and run again changes nothing", async () => {
    if (!cluster) throw new Error("There is no cluster.");
    const mine = embeddedDatabase(cluster, "fresh");
    for (let n = 0; n < 2; n++) {
      await prepareCluster(root, mine, "fresh");
      expect(await roles()).toEqual(wanted);
      for (const login of logins) expect(await whoIs(mine.url(login))).toBe(login);
    }
  });

  test("lets no other role into the database, nor make anything temporary there", async () => {
    if (!cluster) throw new Error("There is no cluster.");
    await prepareCluster(root, embeddedDatabase(cluster, "fresh"), "fresh");
    const dba = new URL(withDatabase(root, "fresh"));
    [dba.username, dba.password] = ["dba", "dba"];
    await expect(whoIs(dba.href)).rejects.toMatchObject({ code: "42501", message: /permission denied for database/ });
    for (const login of ["autobench_worker", "autobench_server", "autobench_operations"] as const) {
      await expect(run("create temp table t (n int)", embeddedDatabase(cluster, "fresh").url(login))).rejects.toThrow(
        'permission denied to create temporary tables in database "fresh"',
      );
    }
  });

  test("each login becomes those whom it may become, and no other", async () => {
    if (!cluster) throw new Error("There is no cluster.");
    const mine = embeddedDatabase(cluster, "fresh");
    await prepareCluster(root, mine, "fresh");
    const may: Record<(typeof logins)[number], string[]> = {
      autobench_owner: ["autobench_owner", "autobench_worker"],
      autobench_worker: ["autobench_worker"],
      autobench_server: ["autobench_anon", "autobench_member", "autobench_server"],
      autobench_operations: ["autobench_member", "autobench_operations", "autobench_operator"],
    };
    for (const login of logins) {
      const became = await withClient(mine.url(login), async (client) => {
        const able: string[] = [];
        for (const role of [...wanted, "postgres", "dba"]) {
          await client.query(`set role ${role}`).then(
            () => able.push(role),
            () => undefined, // refused
          );
        }
        return able;
      });
      expect(became, login).toEqual(may[login]);
    }
  });

  test("the servers' logins give up by themselves", async () => {
    if (!cluster) throw new Error("There is no cluster.");
    const mine = embeddedDatabase(cluster, "fresh");
    await prepareCluster(root, mine, "fresh");
    const limits = (login: (typeof logins)[number]) =>
      withClient(mine.url(login), (client) =>
        oneRow(
          client,
          `select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock,
            current_setting('idle_in_transaction_session_timeout') as idle, current_setting('transaction_timeout') as transaction`,
        ),
      );
    expect(await limits("autobench_server")).toEqual({ statement: "5s", lock: "2s", idle: "10s", transaction: "15s" });
    expect(await limits("autobench_operations")).toEqual({
      statement: "15s",
      lock: "2s",
      idle: "10s",
      transaction: "30s",
    });
    expect(await limits("autobench_worker")).toMatchObject({ idle: "1min" });
  });
});
