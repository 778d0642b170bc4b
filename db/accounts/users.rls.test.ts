// [db/accounts/users.rls.test.ts] -> app_public.users, app_public.me(), app_public.current_user_id()
import { randomUUID } from "node:crypto";
import { anonymous, type Db, describe, expect, member, operator, type Seat, test } from "../testing/database.ts";

const denied = "permission denied for table users";

async function people(db: Db) {
  const ada = await db.person({ username: "ada" });
  const bob = await db.person({ username: "bob" });
  const hidden = await db.person({ username: "hidden" });
  const banned = await db.person({ username: "banned" });
  await db.rows("update app_public.users set is_listed = false where id = $1", [hidden]);
  await db.rows("update app_private.accounts set banned_at = now(), ban_reason = 'spam' where user_id = $1", [banned]);
  return { ada, bob, hidden, banned, boss: await db.operator() };
}

const namesSeen = async (db: Db, seat: Seat) =>
  (await db.rowsAs<{ username: string }>(seat, "select username from app_public.users"))
    .map(({ username }) => username)
    .filter((name) => !name.startsWith("person_"))
    .toSorted();

describe("who sees app_public.users", () => {
  test("a visitor sees those who are listed", async ({ db }) => {
    await people(db);
    expect(await namesSeen(db, anonymous)).toEqual(["ada", "banned", "bob"]);
  });

  test("a member sees those who are listed, and themselves", async ({ db }) => {
    const { ada, hidden } = await people(db);
    expect(await namesSeen(db, member(ada))).toEqual(["ada", "banned", "bob"]);
    expect(await namesSeen(db, member(hidden))).toEqual(["ada", "banned", "bob", "hidden"]);
  });

  test("an operator sees everybody", async ({ db }) => {
    const { boss } = await people(db);
    expect(await namesSeen(db, operator(boss))).toEqual(["ada", "banned", "bob", "hidden"]);
  });

  test("the member's seat without a member sees what a visitor sees", async ({ db }) => {
    await people(db);
    expect(await namesSeen(db, { role: "autobench_member" })).toEqual(["ada", "banned", "bob"]);
    expect(await namesSeen(db, member(randomUUID()))).toEqual(["ada", "banned", "bob"]);
  });

  test.for(["autobench_server", "autobench_operations", "autobench_worker"] as const)(
    "%s sees nothing of it until it becomes somebody",
    async (role, { db }) => {
      const { ada } = await people(db);
      await expect(db.rowsAs({ role, userId: ada }, "select id from app_public.users")).rejects.toThrow(
        "permission denied for schema app_public",
      );
    },
  );

  test("me() is the own row, listed or not, and nothing for a visitor", async ({ db }) => {
    const { hidden } = await people(db);
    expect(await db.rowsAs(member(hidden), "select username from app_public.me()")).toEqual([{ username: "hidden" }]);
    expect(await db.rowsAs(anonymous, "select username from app_public.me()")).toEqual([{ username: null }]);
  });

  test("a setting left over from another request is nobody", async ({ db }) => {
    await people(db);
    const asked = await db.rowsAs(
      { role: "autobench_member", userId: "" },
      "select app_public.current_user_id() as id",
    );
    expect(asked).toEqual([{ id: null }]);
  });
});

describe("who changes app_public.users", () => {
  test.for([
    ["username", "'ada_2'"],
    ["full_name", "'Ada L.'"],
    ["avatar_url", "'https://example.org/new.png'"],
    ["is_listed", "false"],
  ] as const)("a member changes %s of their own row and of no other", async ([column, value], { db }) => {
    const { ada, bob } = await people(db);
    const change = `update app_public.users set ${column} = ${value} where id = $1 returning id`;
    expect(await db.rowsAs(member(ada), change, [ada])).toEqual([{ id: ada }]);
    expect(await db.rowsAs(member(ada), change, [bob])).toEqual([]);
    expect(
      await db.rows(`select id from app_public.users where ${column} = ${value} and id = any ($1)`, [[ada, bob]]),
    ).toEqual([{ id: ada }]);
  });

  test("a member who changes all rows changes their own", async ({ db }) => {
    const { ada } = await people(db);
    const changed = await db.rowsAs(member(ada), "update app_public.users set full_name = 'Mine' returning id");
    expect(changed).toEqual([{ id: ada }]);
  });

  test.for([
    ["id", "gen_random_uuid()"],
    ["time_zone", "'Europe/Berlin'"],
    ["created_at", "now()"],
    ["updated_at", "now()"],
  ] as const)("a member cannot change %s", async ([column, value], { db }) => {
    const { ada } = await people(db);
    await expect(
      db.rowsAs(member(ada), `update app_public.users set ${column} = ${value} where id = $1`, [ada]),
    ).rejects.toThrow(denied);
  });

  test("whatever is added to the table later is not theirs to change", async ({ db }) => {
    const columns = await db.rows(
      `select a.attname::text as name from pg_attribute a
        where a.attrelid = 'app_public.users'::regclass and a.attnum > 0 and not a.attisdropped
          and has_column_privilege('autobench_member', a.attrelid, a.attnum, 'update')
        order by 1`,
    );
    expect(columns.map(({ name }) => name)).toEqual(["avatar_url", "full_name", "is_listed", "username"]);
  });

  test("nobody makes or deletes a member by hand", async ({ db }) => {
    const { ada, boss } = await people(db);
    for (const seat of [anonymous, member(ada), operator(boss)]) {
      await expect(db.rowsAs(seat, "insert into app_public.users (username) values ('eve')")).rejects.toThrow(denied);
      await expect(db.rowsAs(seat, "delete from app_public.users where id = $1", [ada])).rejects.toThrow(denied);
      await expect(db.rowsAs(seat, "truncate app_public.users cascade")).rejects.toThrow(denied);
    }
    expect(await db.rows("select id from app_public.users where id = $1", [ada])).toHaveLength(1);
  });

  test("a visitor changes nothing", async ({ db }) => {
    await people(db);
    await expect(db.rowsAs(anonymous, "update app_public.users set full_name = 'x'")).rejects.toThrow(denied);
  });

  test("an operator changes their own profile and nobody else's", async ({ db }) => {
    const { ada, boss } = await people(db);
    const change = "update app_public.users set full_name = 'Boss' where id = $1 returning id";
    expect(await db.rowsAs(operator(boss), change, [boss])).toEqual([{ id: boss }]);
    expect(await db.rowsAs(operator(boss), change, [ada])).toEqual([]);
  });

  test("a suspended member reads on, and changes nothing", async ({ db }) => {
    const { banned } = await people(db);
    expect(await db.rowsAs(member(banned), "select username from app_public.me()")).toEqual([{ username: "banned" }]);
    await expect(
      db.rowsAs(member(banned), "update app_public.users set full_name = 'x' where id = $1", [banned]),
    ).rejects.toMatchObject({ code: "TB002" });
  });
});
