// [db/accounts/export_my_data.test.ts] -> app_public.export_my_data()
import { anonymous, type Db, describe, expect, member, test } from "../testing/database.ts";

const call = "select app_public.export_my_data() as data";

/** Tables that refer to a member and are left out of the export, each with its reason. */
const leftOut: Record<string, string> = {
  "app_private.exclusions": "Whose votes an operator took out belongs to the installation.",
  "app_private.operator_log": "What an operator did for the installation belongs to the installation.",
};

async function dataOf(db: Db, id: string) {
  const [row] = await db.rowsAs<{ data: Record<string, unknown> }>(member(id), call);
  return row?.data ?? {};
}

describe("app_public.export_my_data", () => {
  test("holds everything that the accounts' tables know of a member", async ({ db }) => {
    const ada = await db.person({
      username: "ada",
      name: "Ada L.",
      picture: "https://a.test/a.png",
      email: "ada@example.org",
    });
    await db.rowsAs(member(ada), "select app_public.set_time_zone('Europe/Berlin')");
    const data = await dataOf(db, ada);
    expect(data).toMatchObject({
      profile: { id: ada, username: "ada", full_name: "Ada L.", time_zone: "Europe/Berlin", is_listed: true },
      account: {
        issuer: "https://issuer.test",
        subject: expect.stringMatching(/^person_/),
        email: "ada@example.org",
        role: "member",
        provider_profile: { username: "ada", email: "ada@example.org" },
      },
      time_zone_changes: [{ time_zone: "Europe/Berlin", changed_at: expect.any(String) }],
    });
    for (const [part, table] of [
      ["profile", "app_public.users"],
      ["account", "app_private.accounts"],
    ] as const) {
      const columns = await db.rows<{ name: string }>(
        "select attname::text as name from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped",
        [table],
      );
      const expected = columns.map(({ name }) => name).filter((name) => name !== "user_id");
      expect(Object.keys(data[part] as object).toSorted()).toEqual(expected.toSorted());
    }
  });

  test("holds nothing of anybody else", async ({ db }) => {
    const eve = await db.person({ username: "mallory", name: "Mallory M.", email: "mallory@example.org" });
    await db.rowsAs(member(eve), "select app_public.set_time_zone('Asia/Tokyo')");
    const ada = await db.person({ username: "ada" });
    const text = JSON.stringify(await dataOf(db, ada));
    expect(text).toContain("ada");
    for (const strange of [eve, "mallory", "Mallory", "Asia/Tokyo"]) expect(text).not.toContain(strange);
  });

  test("a member of whom little is known gets little, and no nulls for lists", async ({ db }) => {
    const data = await dataOf(db, await db.person({ username: null }));
    expect(data.time_zone_changes).toEqual([]);
    expect(data.account).toMatchObject({ email: null, banned_at: null });
  });

  test("every table that refers to a member is in it, or is left out for a reason", async ({ db }) => {
    const referring = await db.rows<{ name: string }>(
      `select distinct format('%s.%s', n.nspname, c.relname) as name
        from pg_constraint f
          join pg_class c on c.oid = f.conrelid
          join pg_namespace n on n.oid = c.relnamespace
        where f.contype = 'f' and f.confrelid = 'app_public.users'::regclass and not c.relispartition
        order by 1`,
    );
    const { body } = await db.row<{ body: string }>(
      "select prosrc as body from pg_proc where oid = 'app_public.export_my_data()'::regprocedure",
    );
    const tables = referring.map(({ name }) => name);
    expect(tables).toContain("app_private.accounts");
    expect(Object.keys(leftOut).filter((name) => !tables.includes(name) || body.includes(name))).toEqual([]);
    for (const table of tables.filter((name) => !(name in leftOut))) {
      expect(body, `${table} refers to a member`).toMatch(new RegExp(`from ${table.replace(".", "\\.")}\\b`));
    }
  });

  test("is for members in good standing", async ({ db }) => {
    const [ada, gone] = [await db.person(), await db.person()];
    await expect(db.rowsAs(anonymous, call)).rejects.toThrow("permission denied for function export_my_data");
    await expect(db.rowsAs({ role: "autobench_member" }, call)).rejects.toMatchObject({ code: "TB001" });
    await db.rows("select app_private.erase_account($1)", [gone]);
    await expect(db.rowsAs(member(gone), call)).rejects.toMatchObject({ code: "TB001" });
    await db.rows("update app_private.accounts set banned_at = now(), ban_reason = 'spam' where user_id = $1", [ada]);
    await expect(db.rowsAs(member(ada), call)).rejects.toMatchObject({ code: "TB002" });
  });
});
