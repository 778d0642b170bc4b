// [db/lib/reset_access.test.ts] -> app_private.reset_access()
import { type Db, describe, expect, test } from "../testing/database.ts";

const rights = (db: Db, table: string) =>
  db.rows(
    `select coalesce(r.rolname, 'public') as grantee, x.privilege_type as may
      from (
        select (aclexplode(c.relacl)).* from pg_class c where c.oid = $1::regclass
        union all
        select (aclexplode(a.attacl)).* from pg_attribute a where a.attrelid = $1::regclass
      ) x
        left join pg_roles r on r.oid = x.grantee
      where r.rolname is distinct from 'autobench_owner'`,
    [table],
  );

describe("app_private.reset_access", () => {
  test("takes away every policy and every right, of columns too, and turns row-level security on", async ({ db }) => {
    await db.rows("create table app_public.spare (id int, name text)");
    await db.rows("grant all on app_public.spare to public");
    for (const role of ["anon", "member", "operator", "server", "operations", "worker"]) {
      await db.rows(`grant select, insert, update, delete on app_public.spare to autobench_${role}`);
      await db.rows(`grant select (name), update (name), references (id) on app_public.spare to autobench_${role}`);
    }
    await db.rows("create policy one on app_public.spare using (true)");
    await db.rows(`create policy "Another One" on app_public.spare for update to autobench_member using (true)`);
    expect(await rights(db, "app_public.spare")).not.toEqual([]); // else the next lines would prove nothing

    await db.rows("call app_private.reset_access('app_public.spare')");
    expect(await rights(db, "app_public.spare")).toEqual([]);
    expect(await db.rows("select from pg_policy where polrelid = 'app_public.spare'::regclass")).toEqual([]);
    expect(await db.row("select relrowsecurity from pg_class where oid = 'app_public.spare'::regclass")).toEqual({
      relrowsecurity: true,
    });
    await db.rows("call app_private.reset_access('app_public.spare')"); // again, with nothing left to do
  });

  test("touches no other table", async ({ db }) => {
    const before = await rights(db, "app_public.users");
    await db.rows("create table app_public.spare (id int)");
    await db.rows("call app_private.reset_access('app_public.spare')");
    expect(await rights(db, "app_public.users")).toEqual(before);
    expect(before).not.toEqual([]);
  });

  test("is for the owner alone", async ({ db }) => {
    for (const role of ["autobench_worker", "autobench_server", "autobench_operator"] as const) {
      await expect(db.rowsAs({ role }, "call app_private.reset_access('app_private.workers')")).rejects.toThrow(
        "permission denied for procedure reset_access",
      );
    }
  });
});

describe("what the owner makes", () => {
  test("is no one else's to run or use, in any schema, before a grant names them", async ({ db }) => {
    await db.rows("create function app_public.spare() returns int language sql return 1");
    await db.rows("create type app_public.spare_kind as enum ('a')");
    await db.rows("create table app_public.spare_table (id int)");
    for (const role of ["anon", "member", "operator", "server", "operations", "worker"].map((r) => `autobench_${r}`)) {
      expect(
        await db.row(
          `select has_function_privilege($1, 'app_public.spare()', 'execute') as runs,
            has_type_privilege($1, 'app_public.spare_kind', 'usage') as uses,
            has_table_privilege($1, 'app_public.spare_table', 'select, insert, update, delete, truncate') as reads`,
          [role],
        ),
      ).toEqual({ runs: false, uses: false, reads: false });
    }
  });

  test.for(["public", "app_public", "app_private", "app_operations"])(
    "nobody else makes objects in %s",
    async (schema, { db }) => {
      const makers = await db.rows(
        `select r.rolname from pg_roles r
        where r.rolname like 'autobench%' and r.rolname <> 'autobench_owner' and has_schema_privilege(r.oid, $1, 'create')`,
        [schema],
      );
      expect(makers).toEqual([]);
    },
  );
});
