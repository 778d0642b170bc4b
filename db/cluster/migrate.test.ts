// [db/cluster/migrate.test.ts] -> db/cluster/migrate.ts
import fs from "node:fs";
import path from "node:path";
import { describe, expect, inject, test as base } from "vitest";
import { root } from "../../process/environment.ts";
import { oneRow, withClient } from "./connect.ts";
import { embeddedDatabase, withDatabase } from "./database.ts";
import { compileManifest, installQueue, migrate, migrateSettings, refuseOldVersion } from "./migrate.ts";
import { databaseRights } from "./roles.ts";

/** An empty database of its own for each test. */
const test = base.extend("empty", async ({}, { onCleanup }) => {
  const cluster = inject("cluster");
  const name = `empty_${process.pid}_${Math.random().toString(36).slice(2)}`;
  await withClient(cluster.superuserUrl, async (client) => {
    await client.query(`create database ${name} owner autobench_owner`);
    await client.query(databaseRights(name));
  });
  onCleanup(() =>
    withClient(cluster.superuserUrl, async (client) => void (await client.query(`drop database ${name} with (force)`))),
  );
  return { ...embeddedDatabase(cluster, name), superuserUrl: withDatabase(cluster.superuserUrl, name) };
});

/** Numbers of the committed migrations; what follows the number in a file's name is not kept in the database. */
const committed = () =>
  fs
    .globSync("migrations/committed/*.sql", { cwd: root })
    .map((file) => path.basename(file).slice(0, 6))
    .toSorted();
const applied = (url: string) =>
  withClient(url, async (client) => {
    const { rows } = await client.query<{ filename: string }>(
      "select filename from graphile_migrate.migrations order by filename",
    );
    return rows.map(({ filename }) => filename.slice(0, 6));
  });

describe("migrate", () => {
  test("brings an empty database to the newest schema, and run again does nothing", async ({ empty }) => {
    for (let n = 0; n < 2; n++) {
      await migrate(empty);
      expect(await applied(empty.superuserUrl)).toEqual(committed());
    }
    const owners = await withClient(empty.superuserUrl, (client) =>
      client.query(
        `select nspname as schema, nspowner::regrole::text as owner from pg_namespace
          where nspname in ('app_public', 'graphile_worker', 'graphile_migrate') order by 1`,
      ),
    );
    expect(owners.rows).toContainEqual({ schema: "graphile_worker", owner: "autobench_worker" });
    for (const { schema, owner } of owners.rows) {
      if (schema !== "graphile_worker") expect(owner).toBe("autobench_owner");
    }
  });

  test("two at once: one migrates, the other waits, and both succeed", async ({ empty }) => {
    await Promise.all([migrate(empty), migrate(empty)]);
    expect(await applied(empty.superuserUrl)).toEqual(committed());
  });
});

describe("migrateSettings", () => {
  test("whoever logs in, what is made belongs to the owner", async ({ empty }) => {
    expect((await migrateSettings(empty.superuserUrl)).pgSettings).toMatchObject({ role: "autobench_owner" });
    expect((await migrateSettings(empty.url("autobench_owner"))).pgSettings).not.toHaveProperty("role");
  });

  test("a lock that cannot be had is given up", async ({ empty }) => {
    expect((await migrateSettings(empty.superuserUrl)).pgSettings).toMatchObject({ lock_timeout: "5s" });
  });
});

describe("compileManifest", () => {
  test("is all of db/ in one text, without an include left, and installs twice over itself", async ({ empty }) => {
    const sql = await compileManifest();
    expect(sql).not.toMatch(/^--! ?include/m);
    const files = fs.globSync("db/*/{app_*,schemas}.sql", { cwd: root });
    expect(files.length).toBeGreaterThan(40);
    expect(files.filter((file) => !sql.includes(fs.readFileSync(path.join(root, file), "utf8").trim()))).toEqual([]);
    await installQueue(empty.url("autobench_worker"));
    await withClient(empty.superuserUrl, async (client) => {
      await client.query("set role autobench_owner");
      await client.query(sql);
      await client.query(sql); // every file can be run again
      expect(await oneRow(client, "select count(*)::int as n from app_public.users")).toEqual({ n: 0 });
    });
  });
});

describe("an old Postgres", () => {
  test.for([
    [150_007, "15"],
    [170_010, "17"],
    [179_999, "17"],
    [90_624, "9"],
  ] as const)("%d is refused as Postgres %s", ([version, name]) => {
    expect(() => refuseOldVersion(version)).toThrow(
      `DATABASE_URL points at Postgres ${name}; Autobench needs Postgres 18 or newer.`,
    );
  });

  test.for([180_000, 180_004, 190_000])("%d is not", (version) => {
    expect(() => refuseOldVersion(version)).not.toThrow();
  });
});
