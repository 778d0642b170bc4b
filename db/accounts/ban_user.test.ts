// [db/accounts/ban_user.test.ts] -> app_operations.ban_user(), app_operations.lift_ban(), app_operations.operator_log
import { randomUUID } from "node:crypto";
import { anonymous, type Db, describe, expect, member, operator, test } from "../testing/database.ts";

const ban = "select id, is_listed from app_operations.ban_user($1, $2)";
const lift = "select id, is_listed from app_operations.lift_ban($1, $2)";
const logOf = (db: Db) =>
  db.rows("select operator_id, action, subject, reason from app_private.operator_log order by id");

describe("app_operations.ban_user", () => {
  test("suspends a member, hides the profile and writes it down", async ({ db }) => {
    const [boss, eve] = [await db.operator(), await db.person()];
    expect(await db.rowsAs(operator(boss), ban, [eve, "sends spam"])).toEqual([{ id: eve, is_listed: false }]);
    expect(
      await db.row("select banned_at = now() as is_now, ban_reason from app_private.accounts where user_id = $1", [
        eve,
      ]),
    ).toEqual({ is_now: true, ban_reason: "sends spam" });
    expect(await logOf(db)).toEqual([{ operator_id: boss, action: "ban_user", subject: eve, reason: "sends spam" }]);
  });

  test("again, it keeps the time and takes the new reason", async ({ db }) => {
    const [boss, eve] = [await db.operator(), await db.person()];
    await db.rowsAs(operator(boss), ban, [eve, "first"]);
    await db.rows("update app_private.accounts set banned_at = '2026-01-01' where user_id = $1", [eve]);
    await db.rowsAs(operator(boss), ban, [eve, "second"]);
    expect(await db.row("select banned_at, ban_reason from app_private.accounts where user_id = $1", [eve])).toEqual({
      banned_at: new Date("2026-01-01"),
      ban_reason: "second",
    });
    expect(await logOf(db)).toHaveLength(2);
  });

  test("a member who has used up their changes is suspended all the same", async ({ db }) => {
    const [boss, eve] = [await db.operator(), await db.person()];
    await db.rows("insert into app_private.rate_limits values ('profile', $1, now(), 30)", [eve]);
    await expect(
      db.rowsAs(member(eve), "update app_public.users set full_name = 'x' where id = $1", [eve]),
    ).rejects.toMatchObject({ code: "TB006" });
    expect(await db.rowsAs(operator(boss), ban, [eve, "sends spam"])).toHaveLength(1);
  });

  test("an operator suspends another, and nobody themselves", async ({ db }) => {
    const [boss, other] = [await db.operator(), await db.operator()];
    await expect(db.rowsAs(operator(boss), ban, [boss, "by mistake"])).rejects.toMatchObject({ code: "TB018" });
    expect(await db.rowsAs(operator(boss), ban, [other, "has left us"])).toHaveLength(1);
    await expect(db.rowsAs(operator(other), ban, [boss, "revenge"])).rejects.toMatchObject({ code: "TB002" });
    expect(await logOf(db)).toHaveLength(1);
  });

  test.for([["none"], ["blank", "   "], ["short", " aa "], ["long", "r".repeat(1001)]] as const)(
    "a reason is needed: %s",
    async ([, reason = null], { db }) => {
      const [boss, eve] = [await db.operator(), await db.person()];
      for (const call of [ban, lift]) {
        await expect(db.rowsAs(operator(boss), call, [eve, reason])).rejects.toMatchObject({
          code: "23514",
          constraint: "operator_log_reason_given",
        });
      }
      expect(await logOf(db)).toEqual([]);
      expect(await db.rows("select from app_private.accounts where banned_at is not null")).toEqual([]);
    },
  );

  test.for([[randomUUID()], [null]])("nobody is suspended or freed by an unknown id", async ([id], { db }) => {
    const boss = await db.operator();
    for (const call of [ban, lift]) {
      await expect(db.rowsAs(operator(boss), call, [id, "some reason"])).rejects.toMatchObject({ code: "TB018" });
    }
    expect(await logOf(db)).toEqual([]);
  });
});

describe("app_operations.lift_ban", () => {
  test("frees the member, who decides whether to be listed", async ({ db }) => {
    const [boss, eve] = [await db.operator(), await db.person()];
    await db.rowsAs(operator(boss), ban, [eve, "sends spam"]);
    expect(await db.rowsAs(operator(boss), lift, [eve, "was no spam"])).toEqual([{ id: eve, is_listed: false }]);
    expect(await db.row("select banned_at, ban_reason from app_private.accounts where user_id = $1", [eve])).toEqual({
      banned_at: null,
      ban_reason: null,
    });
    const listed = "update app_public.users set is_listed = true where id = $1 returning is_listed";
    expect(await db.rowsAs(member(eve), listed, [eve])).toEqual([{ is_listed: true }]);
    expect((await logOf(db)).map(({ action }) => action)).toEqual(["ban_user", "lift_ban"]);
  });
});

describe("who may suspend", () => {
  test.for([ban, lift])("operators alone: %s", async (call, { db }) => {
    const [boss, eve, ada] = [await db.operator(), await db.person(), await db.person()];
    const values = [eve, "some reason"];
    for (const seat of [anonymous, member(ada), member(boss), { role: "autobench_server", userId: boss } as const]) {
      await expect(db.rowsAs(seat, call, values)).rejects.toThrow("permission denied for schema app_operations");
    }
    // The operators' role alone makes nobody an operator: the account does.
    await expect(db.rowsAs(operator(ada), call, values)).rejects.toMatchObject({ code: "TB004" });
    await expect(db.rowsAs(operator(eve), call, values)).rejects.toMatchObject({ code: "TB004" });
    await expect(db.rowsAs({ role: "autobench_operator" }, call, values)).rejects.toMatchObject({ code: "TB001" });
    await expect(db.rowsAs(operator(randomUUID()), call, values)).rejects.toMatchObject({ code: "TB001" });
    expect(await logOf(db)).toEqual([]);
    expect(await db.rowsAs(operator(boss), call, values)).toHaveLength(1);
  });

  test("a suspended operator can do nothing more, not even free themselves", async ({ db }) => {
    const [boss, other] = [await db.operator(), await db.operator()];
    await db.rowsAs(operator(boss), ban, [other, "has left us"]);
    await expect(db.rowsAs(operator(other), lift, [other, "I am back"])).rejects.toMatchObject({ code: "TB002" });
  });
});
