// [cli/external.test.ts] -> cli/session.ts, db/cluster/roles.ts
// A Postgres of one's own: DATABASE_URL and the addresses of the other logins.
import { existsSync } from "node:fs";
import { withClient } from "../db/cluster/connect.ts";
import { logins, variables } from "../db/cluster/database.ts";
import { startThrowAwayCluster } from "../db/testing/cluster.ts";
import { describe, expect, test as base } from "./testing/autobench.ts";
import { emptyDatabase, type External } from "./testing/external.ts";

const current = /^The schema is current \(\d{6}\.sql\)\.$/m;

const test = base
  .extend("ours", { scope: "file" }, async ({}, { onCleanup }): Promise<External> => {
    const database = await emptyDatabase("postgres");
    onCleanup(database.drop);
    return database;
  })
  .extend("owned", { scope: "file" }, async ({}, { onCleanup }): Promise<External> => {
    const database = await emptyDatabase("autobench_owner");
    onCleanup(database.drop);
    return database;
  });

describe("with DATABASE_URL", () => {
  test("server and worker refuse an empty database, and say what to run", async ({ autobench, ours }) => {
    const all = await Promise.all(["server", "worker"].map((verb) => autobench.run(verb, ours.addresses)));
    for (const { code, errors } of all) {
      expect([code, errors.trim()]).toEqual([1, 'The database is empty. Run "autobench migrate".']);
    }
    const { code, output } = await autobench.run("doctor", ours.addresses);
    expect(code).toBe(1);
    expect(output).toMatch(/^PROBLEM +schema and worker +The database is empty\. Run "autobench migrate"\.$/m);
  });

  test("a superuser migrates an empty database, several times at once", async ({ autobench, ours }) => {
    const environment = { ...ours.addresses, DATABASE_URL: ours.superuserUrl };
    const all = await Promise.all([1, 2, 3, 4].map(() => autobench.run("migrate", environment)));
    for (const { code, output, errors } of all) {
      expect([code, errors]).toEqual([0, ""]);
      expect(output).toMatch(current);
    }
    const owners = await withClient(ours.superuserUrl, async (client) => {
      const { rows } = await client.query<{ schema: string; owner: string }>(
        "select nspname as schema, nspowner::regrole::text as owner from pg_namespace where nspname ~ '^(app|graphile)_' order by 1",
      );
      return rows.map(({ schema, owner }) => `${schema} ${owner}`);
    });
    expect(owners).toEqual([
      "app_operations autobench_owner",
      "app_private autobench_owner",
      "app_public autobench_owner",
      "graphile_migrate autobench_owner",
      "graphile_worker autobench_worker",
    ]);
  });

  test("migrates once more and finds nothing to do", async ({ autobench, ours }) => {
    const { code, output } = await autobench.run("migrate", { ...ours.addresses, DATABASE_URL: ours.superuserUrl });
    expect([code, output]).toEqual([0, expect.stringMatching(current)]);
  });

  test("the owner migrates a database of their own", async ({ autobench, owned }) => {
    const { code, output, errors } = await autobench.run("migrate", owned.addresses);
    expect([code, errors]).toEqual([0, ""]);
    expect(output).toMatch(current);
  });

  test("each process needs the address of its own login alone", async ({ autobench, ours }) => {
    const { WORKER_DATABASE_URL = "", SERVER_DATABASE_URL = "" } = ours.addresses;
    const worker = autobench.spawn("worker", { WORKER_DATABASE_URL });
    const server = autobench.spawn("server --json", { SERVER_DATABASE_URL });
    await worker.until(/the worker is up/);
    const [line] = await server.until(/^\{"ok".*\}$/m);
    const ready = await fetch(`${(JSON.parse(line) as { url: string }).url}/ready`);
    expect([ready.status, await ready.json()]).toMatchObject([200, { isReady: true }]);
    const doctor = await autobench.run("doctor", { SERVER_DATABASE_URL });
    expect([doctor.code, doctor.errors]).toEqual([0, ""]);
    expect(doctor.output).toMatch(/^ok +schema and worker +current, and a worker is at work$/m);
    expect(doctor.output).toMatch(/^warning +login operations +OPERATIONS_DATABASE_URL is missing/m);
    const endings = await Promise.all([worker.end("SIGTERM"), server.end("SIGTERM")]);
    expect(endings.map(({ code }) => code)).toEqual([0, 0]);
  });

  test("a missing address is named", async ({ autobench, ours }) => {
    const { WORKER_DATABASE_URL = "", SERVER_DATABASE_URL = "" } = ours.addresses;
    const [server, worker, url] = await Promise.all([
      autobench.run("server", { WORKER_DATABASE_URL }),
      autobench.run("worker", { SERVER_DATABASE_URL }),
      autobench.run("url", { SERVER_DATABASE_URL }),
    ]);
    expect(server.errors).toContain("SERVER_DATABASE_URL is missing");
    expect(worker.errors).toContain("WORKER_DATABASE_URL is missing");
    expect(url.errors).toContain("DATABASE_URL is missing");
    expect([server.code, worker.code, url.code]).toEqual([1, 1, 1]);
  });

  test("start runs everything on it, and makes no embedded database", async ({ autobench, ours }) => {
    const environment = { ...ours.addresses, DATABASE_URL: ours.superuserUrl };
    const running = autobench.spawn("start", environment);
    const [, site] = await running.until(/Site +(http:\S+)/);
    expect((await fetch(`${site}/ready`)).status).toBe(200);
    expect((await autobench.run("url", environment)).output.trim()).toBe(ours.superuserUrl);
    const ending = await running.end();
    expect([ending.code, ending.errors]).toEqual([0, ""]);
    expect(ending.seconds).toBeLessThan(3);
    expect(existsSync(autobench.folder)).toBe(false);
  });
});

describe("on a cluster without the roles", () => {
  test("a login that may not make them prints what a DBA is to run, and that is enough", async ({ autobench }) => {
    const cluster = await startThrowAwayCluster();
    try {
      const superuser = (sql: string, name = "postgres") =>
        withClient(cluster.superuserUrl(name), (client) => client.query(sql));
      await superuser("create role tenant login password 'tenant'");
      await superuser("create database bench owner tenant");
      const address = (login: string) => `postgres://${login}:${login}@127.0.0.1:${cluster.port}/bench`;
      const addresses = Object.fromEntries(logins.map((login) => [variables[login], address(login)]));

      const refused = await autobench.run("migrate", { ...addresses, DATABASE_URL: address("tenant") });
      expect(refused.code).toBe(1);
      const [said = "", sql = ""] = refused.errors.split("Let a superuser run:\n\n");
      expect(said).toMatch(/^The roles of Autobench do not all exist/);

      await superuser(sql, "bench");
      for (const login of logins) await superuser(`alter role ${login} password '${login}'`);
      const migrated = await autobench.run("migrate", addresses);
      expect([migrated.code, migrated.errors]).toEqual([0, ""]);
      expect(migrated.output).toMatch(current);
    } finally {
      await cluster.stop();
    }
  });
});
