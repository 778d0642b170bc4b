// [db/lib/timestamps.test.ts] -> app_private.tg__timestamps(), app_public.ci
import { describe, expect, test } from "../testing/database.ts";

describe("app_private.tg__timestamps", () => {
  test("created_at is kept, whatever is written to it; updated_at moves on and never back", async ({ db }) => {
    await db.rows("create table app_private.spare (n int, created_at timestamptz, updated_at timestamptz)");
    await db.rows(
      `create trigger _100_timestamps before insert or update on app_private.spare
        for each row execute function app_private.tg__timestamps()`,
    );
    await db.rows(
      "insert into app_private.spare values (1, '2026-01-01', '2026-01-02'), (2, '2026-01-01', 'infinity')",
    );
    await db.rows("update app_private.spare set created_at = '1999-01-01', updated_at = '1999-01-01'");
    expect(
      await db.rows(
        "select n, created_at = '2026-01-01' as is_kept, updated_at >= now() as is_moved from app_private.spare order by n",
      ),
    ).toEqual([
      { n: 1, is_kept: true, is_moved: true },
      { n: 2, is_kept: true, is_moved: true },
    ]);
    expect(await db.row("select updated_at::text from app_private.spare where n = 2")).toEqual({
      updated_at: "infinity",
    });
  });

  test("every table with updated_at keeps it by this trigger", async ({ db }) => {
    const without = await db.rows(
      `select c.oid::regclass::text as name
        from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'updated_at'
        where c.relkind in ('r', 'p') and not c.relispartition
          and c.relnamespace in ('app_public'::regnamespace, 'app_private'::regnamespace)
          and not exists (
            select from pg_trigger t
              where t.tgrelid = c.oid and t.tgname = '_100_timestamps'
                and t.tgfoid = 'app_private.tg__timestamps()'::regprocedure
          )`,
    );
    expect(without).toEqual([]);
  });
});

describe("app_public.ci", () => {
  test.for([
    ["ada", "ADA", true],
    ["straße", "STRASSE", false],
    ["ä", "Ä", true],
    ["ä", "a", false],
    ["ada", "ada ", false],
    ["ada", "adá", false],
  ] as const)("%j and %j are the same: %s", async ([one, two, isSame], { db }) => {
    expect(await db.row("select $1::text = $2::text collate app_public.ci as is_same", [one, two])).toEqual({
      is_same: isSame,
    });
  });
});
