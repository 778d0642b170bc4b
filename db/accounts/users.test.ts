// [db/accounts/users.test.ts] -> app_public.users, tg_users__limit_updates(), tg_users__notify()
import { anonymous, type Db, describe, expect, member, test } from "../testing/database.ts";

const change = (db: Db, id: string, column: string, value: unknown) =>
  db.rowsAs(member(id), `update app_public.users set ${column} = $2 where id = $1 returning ${column} as value`, [
    id,
    value,
  ]);

describe("the form of a profile", () => {
  test.for([
    ["username", "with a capital", "Ada"],
    ["username", "with a digit", "a_1"],
    ["username", "of thirty letters", "a".repeat(30)],
    ["full_name", "with a comma", "Ada Lovelace, Countess of Lovelace"],
    ["full_name", "of eighty characters, whatever their bytes", "名".repeat(80)],
    ["full_name", "with joined characters", "👩‍💻 می‌خواهم"],
    ["full_name", "left out", null],
    ["avatar_url", "with a query", "https://example.org/a.png?size=2#x"],
    ["avatar_url", "of 500 characters", `https://${"a".repeat(492)}`],
    ["avatar_url", "left out", null],
  ] as const)("%s may be %s", async ([column, , value], { db }) => {
    expect(await change(db, await db.person(), column, value)).toEqual([{ value }]);
  });

  test.for([
    ["username", "short", "ab"],
    ["username", "long", "a".repeat(31)],
    ["username", "beginning with a digit", "1ada"],
    ["username", "beginning with an underscore", "_ada"],
    ["username", "with a space", "ada lovelace"],
    ["username", "with a line's end", "ada\n"],
    ["username", "with an umlaut", "ädä"],
    ["username", "with a Cyrillic letter", "ad\u0430"],
    ["username", "empty", ""],
    ["full_name", "empty", ""],
    ["full_name", "blank", "   "],
    ["full_name", "blank, with wide spaces", "\u3000\u00a0"],
    ["full_name", "long", "a".repeat(81)],
    ["full_name", "of two lines", "two\nlines"],
    ["full_name", "of two lines, in Unicode's way", "two\u2028lines"],
    ["full_name", "with a tab", "a\tb"],
    ["full_name", "with a terminal's escape", "\u009b31mred"],
    ["full_name", "that turns the text around", "\u202egnp.exe"],
    ["full_name", "that isolates the text", "\u2067abc"],
    ["full_name", "with an invisible space", "Ada\u200b"],
    ["avatar_url", "without TLS", "http://example.org/a.png"],
    ["avatar_url", "a program", "javascript:alert(1)"],
    ["avatar_url", "without a host", "https://"],
    ["avatar_url", "with a quote", 'https://example.org/"onerror="x'],
    ["avatar_url", "with a space", "https://example.org/a b"],
    ["avatar_url", "of two lines", "https://example.org/a\nhttps://b"],
    ["avatar_url", "long", `https://${"a".repeat(493)}`],
  ] as const)("%s may not be %s", async ([column, , value], { db }) => {
    await expect(change(db, await db.person(), column, value)).rejects.toMatchObject({
      code: "23514",
      constraint: `users_${column}_form`,
    });
  });

  test("a name is taken whatever its case", async ({ db }) => {
    await db.person({ username: "ada" });
    const bob = await db.person();
    await expect(change(db, bob, "username", "ADA")).rejects.toMatchObject({
      code: "23505",
      constraint: "users_username_unique",
    });
    await expect(change(db, bob, "username", null)).rejects.toMatchObject({ code: "23502", column: "username" });
    await expect(change(db, bob, "is_listed", null)).rejects.toMatchObject({ code: "23502", column: "is_listed" });
  });

  test("one may change the case of one's own name", async ({ db }) => {
    const ada = await db.person({ username: "ada" });
    expect(await change(db, ada, "username", "Ada")).toEqual([{ value: "Ada" }]);
  });

  test("each rule of the table has an error code and a hint", async ({ db }) => {
    const rules = await db.rows<{ name: string; code: string | null; comment: string }>(
      `select conname as name, substring(obj_description(oid, 'pg_constraint') from '@error (\\w+)') as code,
          obj_description(oid, 'pg_constraint') as comment
        from pg_constraint where conrelid = 'app_public.users'::regclass and contype in ('u', 'c') order by 1`,
    );
    expect(Object.fromEntries(rules.map(({ name, code }) => [name, code]))).toEqual({
      users_avatar_url_form: "TB013",
      users_full_name_form: "TB012",
      users_username_form: "TB011",
      users_username_unique: "TB010",
    });
    for (const { comment } of rules) expect(comment).toMatch(/^(@.+\n)*@error TB\d{3}\n[A-Z].+\.\nHint: [A-Z].+\.$/);
  });
});

describe("changes of a profile", () => {
  test("a member may change it thirty times an hour", async ({ db }) => {
    const ada = await db.person();
    const bob = await db.person();
    for (let n = 1; n <= 30; n++) await change(db, ada, "full_name", `Ada ${n}`);
    await expect(change(db, ada, "full_name", "Ada 31")).rejects.toMatchObject({
      code: "TB006",
      hint: expect.stringMatching(/^Try again after \d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC\.$/),
    });
    expect(await change(db, bob, "full_name", "Bob")).toHaveLength(1); // each has an allowance of their own
    await db.rows("update app_private.rate_limits set window_starts_at = now() - interval '59 minutes 30 seconds'");
    await expect(change(db, ada, "full_name", "Ada 31")).rejects.toMatchObject({ code: "TB006" });
    await db.rows("update app_private.rate_limits set window_starts_at = now() - interval '1 hour'");
    expect(await change(db, ada, "full_name", "Ada 31")).toHaveLength(1);
  });

  test("what SQL or a webhook changes is not counted", async ({ db }) => {
    const ada = await db.person();
    for (let n = 1; n <= 31; n++) {
      await db.rows("update app_public.users set full_name = $2 where id = $1", [ada, `Ada ${n}`]);
    }
    expect(await db.rows("select from app_private.rate_limits where caller = $1", [ada])).toEqual([]);
  });

  test("updated_at moves and created_at stays", async ({ db }) => {
    const ada = await db.person();
    const before = { created_at: new Date("2026-01-01"), updated_at: new Date("2026-01-02") };
    await db.rows("alter table app_public.users disable trigger _100_timestamps");
    await db.rows("update app_public.users set created_at = $2, updated_at = $3 where id = $1", [
      ada,
      before.created_at,
      before.updated_at,
    ]);
    await db.rows("alter table app_public.users enable trigger _100_timestamps");
    await change(db, ada, "full_name", "Ada");
    const after = await db.row<typeof before>("select created_at, updated_at from app_public.users where id = $1", [
      ada,
    ]);
    expect(after.created_at).toEqual(before.created_at);
    expect(after.updated_at.getTime()).toBeGreaterThan(Date.now() - 60_000);
  });

  test("those who listen for a member hear the id alone", async ({ pool }) => {
    const { rows } = await pool.query<{ user_id: string }>(
      "select user_id from app_private.sign_in('https://issuer.test', 'listened', '{\"username\":\"listened\"}')",
    );
    const id = rows[0]?.user_id;
    const listener = await pool.connect();
    try {
      await listener.query(`listen "user:${id}"`);
      const heard = new Promise<string | undefined>((resolve) =>
        listener.once("notification", ({ payload }) => resolve(payload)),
      );
      await pool.query("update app_public.users set full_name = 'Secret Name' where id = $1", [id]);
      expect(JSON.parse((await heard) ?? "")).toEqual({ id });
    } finally {
      listener.release(true);
    }
  });

  test("a visitor's change is refused before it is counted", async ({ db }) => {
    await db.person();
    await expect(db.rowsAs(anonymous, "update app_public.users set full_name = 'x'")).rejects.toThrow(
      "permission denied for table users",
    );
    expect(await db.rows("select from app_private.rate_limits")).toEqual([]);
  });
});
