// [db/accounts/operations.rls.test.ts] -> app_operations.accounts, app_operations.operator_log, app_private.accounts
import { anonymous, describe, expect, member, operator, test } from "../testing/database.ts";

describe("app_operations.accounts", () => {
  test("shows what members may do, not who they are to their provider", async ({ db }) => {
    const [boss, eve] = [await db.operator(), await db.person({ email: "eve@example.org" })];
    await db.rowsAs(operator(boss), "select app_operations.ban_user($1, 'sends spam')", [eve]);
    const rows = await db.rowsAs(operator(boss), "select * from app_operations.accounts order by user_id");
    expect(rows.map(({ user_id }) => user_id)).toEqual([boss, eve].toSorted());
    for (const row of rows) {
      expect(Object.keys(row).toSorted()).toEqual(["ban_reason", "banned_at", "created_at", "role", "user_id"]);
    }
    expect(rows.find(({ user_id }) => user_id === eve)).toMatchObject({ role: "member", ban_reason: "sends spam" });
    expect(rows.find(({ user_id }) => user_id === boss)).toMatchObject({ role: "operator", banned_at: null });
  });

  test.for(["email", "issuer", "subject", "provider_profile"])("hides %s from operators", async (column, { db }) => {
    const boss = await db.operator();
    await expect(db.rowsAs(operator(boss), `select ${column} from app_private.accounts`)).rejects.toThrow(
      "permission denied for table accounts",
    );
    await expect(
      db.rowsAs(operator(boss), `select 1 from app_private.accounts where ${column} is not null`),
    ).rejects.toThrow("permission denied for table accounts");
  });

  test("is written by nobody", async ({ db }) => {
    const boss = await db.operator();
    for (const [relation, name] of [
      ["app_operations.accounts", "view accounts"],
      ["app_private.accounts", "table accounts"],
    ]) {
      for (const change of [`update ${relation} set role = 'operator'`, `delete from ${relation}`]) {
        await expect(db.rowsAs(operator(boss), change)).rejects.toThrow(`permission denied for ${name}`);
      }
    }
  });

  test("a role is one of two, and a ban has a reason", async ({ db }) => {
    const ada = await db.person();
    for (const [change, constraint] of [
      ["role = 'admin'", "accounts_role_known"],
      ["banned_at = now()", "accounts_ban_has_reason"],
      ["ban_reason = 'spam'", "accounts_ban_has_reason"],
      ["email = 'none'", "accounts_email_form"],
    ]) {
      await expect(
        db.as({ role: "autobench_owner" }, () =>
          db.rows(`update app_private.accounts set ${change} where user_id = $1`, [ada]),
        ),
      ).rejects.toMatchObject({ code: "23514", constraint });
    }
  });
});

describe("app_operations.operator_log", () => {
  test("is read by operators", async ({ db }) => {
    const [boss, other, eve] = [await db.operator(), await db.operator(), await db.person()];
    await db.rowsAs(operator(boss), "select app_operations.ban_user($1, 'sends spam')", [eve]);
    expect(
      await db.rowsAs(operator(other), "select operator_id, action, subject, reason from app_operations.operator_log"),
    ).toEqual([{ operator_id: boss, action: "ban_user", subject: eve, reason: "sends spam" }]);
  });

  test.for([
    "update app_private.operator_log set reason = 'other'",
    "delete from app_private.operator_log",
    "insert into app_private.operator_log (action, subject, reason) values ('a', 'b', 'reason')",
    "truncate app_private.operator_log",
  ])("is changed by nobody: %s", async (change, { db }) => {
    const boss = await db.operator();
    await expect(db.rowsAs(operator(boss), change)).rejects.toThrow("permission denied for table operator_log");
  });

  test("is written through app_operations functions alone", async ({ db }) => {
    const boss = await db.operator();
    await expect(
      db.rowsAs(operator(boss), "select app_private.log_operator('ban_user', 'x', 'a reason')"),
    ).rejects.toThrow("permission denied for function log_operator");
  });
});

test.for(["accounts", "operator_log", "workers"])("app_operations.%s is closed to all others", async (view, { db }) => {
  const [ada, boss] = [await db.person(), await db.operator()];
  const read = `select * from app_operations.${view}`;
  for (const seat of [
    anonymous,
    member(ada),
    member(boss),
    { role: "autobench_server" },
    { role: "autobench_operations" },
    { role: "autobench_worker" },
  ] as const) {
    await expect(db.rowsAs(seat, read)).rejects.toThrow("permission denied for schema app_operations");
  }
  expect(await db.rowsAs(operator(boss), read)).toBeInstanceOf(Array);
});
