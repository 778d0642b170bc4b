// [db/accounts/erase_me.test.ts] -> app_public.erase_me(), app_private.erase_account()
import { anonymous, type Db, describe, expect, member, operator, test } from "../testing/database.ts";

const call = "select app_public.erase_me($1) as is_erased";

/** Every row of every table that refers to a member, or is one. */
async function traces(db: Db, id: string): Promise<string[]> {
  const columns = await db.rows<{ query: string; name: string }>(
    `select format('select 1 from %s where %I = $1', f.conrelid::regclass, a.attname) as query,
        format('%s.%s', f.conrelid::regclass, a.attname) as name
      from pg_constraint f join pg_attribute a on a.attrelid = f.conrelid and a.attnum = any (f.conkey)
      where f.contype = 'f' and f.confrelid = 'app_public.users'::regclass
      union all select 'select 1 from app_public.users where id = $1', 'app_public.users.id'`,
  );
  const found: string[] = [];
  for (const { query, name } of columns) if ((await db.rows(query, [id])).length) found.push(name);
  return found.toSorted();
}

describe("app_public.erase_me", () => {
  test("forgets the member once their name is repeated, in any case", async ({ db }) => {
    const [ada, bob] = [await db.person({ username: "ada", email: "ada@example.org" }), await db.person()];
    await db.rowsAs(member(ada), "select app_public.set_time_zone('Europe/Berlin')");
    expect(await traces(db, ada)).toEqual([
      "app_private.accounts.user_id",
      "app_private.time_zone_changes.user_id",
      "app_public.user_badges.user_id",
      "app_public.users.id",
    ]);
    expect(await db.rowsAs(member(ada), call, ["ADA"])).toEqual([{ is_erased: true }]);
    expect(await traces(db, ada)).toEqual([]);
    expect(await traces(db, bob)).toEqual([
      "app_private.accounts.user_id",
      "app_public.user_badges.user_id",
      "app_public.users.id",
    ]);
    expect(await db.rows("select subject_hash from app_private.erased_subjects")).toHaveLength(1);
  });

  test.for([["bob"], ["ada "], [""], [null], ["%"], ["a_a"]] as const)(
    "erases nothing when %j is given for ada",
    async ([confirmation], { db }) => {
      const ada = await db.person({ username: "ada" });
      await db.person({ username: "bob" });
      await expect(db.rowsAs(member(ada), call, [confirmation])).rejects.toMatchObject({ code: "TB014" });
      expect(await db.rows("select from app_public.users where username = any ('{ada,bob}')")).toHaveLength(2);
      expect(await db.rows("select from app_private.erased_subjects")).toEqual([]);
    },
  );

  test("the name is free for somebody else", async ({ db }) => {
    const ada = await db.person({ username: "ada" });
    await db.rowsAs(member(ada), call, ["ada"]);
    const other = await db.person({ username: "ada" });
    expect(await db.row("select username from app_public.users where id = $1", [other])).toEqual({ username: "ada" });
  });

  test("what an operator did stays written down when they go", async ({ db }) => {
    const [boss, eve] = [await db.operator(), await db.person({ username: "eve" })];
    await db.rowsAs(operator(boss), "select app_operations.ban_user($1, 'spam')", [eve]);
    const { username } = await db.row<{ username: string }>("select username from app_public.users where id = $1", [
      boss,
    ]);
    await db.rowsAs(operator(boss), call, [username]);
    expect(await traces(db, boss)).toEqual([]);
    expect(await db.rows("select operator_id, action, subject from app_private.operator_log")).toEqual([
      { operator_id: null, action: "ban_user", subject: eve },
    ]);
  });

  test("is for members in good standing: a suspended one cannot slip away", async ({ db }) => {
    const [ada, gone] = [await db.person({ username: "ada" }), await db.person({ username: "gone" })];
    await expect(db.rowsAs(anonymous, call, ["ada"])).rejects.toThrow("permission denied for function erase_me");
    await expect(db.rowsAs({ role: "autobench_member" }, call, ["ada"])).rejects.toMatchObject({ code: "TB001" });
    await db.rowsAs(member(gone), call, ["gone"]);
    await expect(db.rowsAs(member(gone), call, ["gone"])).rejects.toMatchObject({ code: "TB001" });
    await db.rows("update app_private.accounts set banned_at = now(), ban_reason = 'spam' where user_id = $1", [ada]);
    await expect(db.rowsAs(member(ada), call, ["ada"])).rejects.toMatchObject({ code: "TB002" });
  });

  test("nobody reads or writes who was forgotten", async ({ db }) => {
    for (const seat of [anonymous, member(await db.person())]) {
      await expect(db.rowsAs(seat, "select * from app_private.erased_subjects")).rejects.toThrow(
        "permission denied for schema app_private",
      );
    }
    for (const role of ["autobench_operator", "autobench_server", "autobench_worker"] as const) {
      await expect(db.rowsAs({ role }, "select * from app_private.erased_subjects")).rejects.toThrow(
        "permission denied for table erased_subjects",
      );
    }
  });
});
