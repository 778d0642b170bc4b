// [db/schedule/readiness.test.ts] -> app_private.readiness()
import { anonymous, describe, expect, member, operator, test } from "../testing/database.ts";

const ask = "select migrations, worker_seen_at from app_private.readiness()";

describe("app_private.readiness", () => {
  test.for(["autobench_server", "autobench_worker"] as const)("tells %s what has run", async (role, { db }) => {
    await db.rows(
      "insert into app_private.workers (host, process_id, seen_at) values ('a', 1, '2026-11-20'), ('b', 2, '2026-11-19')",
    );
    expect(await db.rowsAs({ role }, ask)).toEqual([{ migrations: null, worker_seen_at: new Date("2026-11-20") }]);

    await db.rows("create schema graphile_migrate");
    await db.rows("create table graphile_migrate.migrations (hash text, filename text)");
    expect(await db.rowsAs({ role }, ask)).toMatchObject([{ migrations: null }]);
    await db.rows("insert into graphile_migrate.migrations values ('2', '000002-b.sql'), ('1', '000001-a.sql')");
    expect(await db.rowsAs({ role }, ask)).toMatchObject([{ migrations: ["000001-a.sql", "000002-b.sql"] }]);
  });

  test("says so when no worker was ever heard of", async ({ db }) => {
    expect(await db.rowsAs({ role: "autobench_server" }, ask)).toEqual([{ migrations: null, worker_seen_at: null }]);
  });

  test("is not for callers of the API", async ({ db }) => {
    for (const seat of [anonymous, member(await db.person())]) {
      await expect(db.rowsAs(seat, ask)).rejects.toThrow("permission denied for schema app_private");
    }
    await expect(db.rowsAs(operator(await db.operator()), ask)).rejects.toThrow(
      "permission denied for function readiness",
    );
  });
});
