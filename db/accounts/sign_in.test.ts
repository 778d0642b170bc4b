// [db/accounts/sign_in.test.ts] -> app_private.sign_in(), app_private.ensure_account()
import { anonymous, describe, expect, member, test } from "../testing/database.ts";

const signIn = "select user_id, role from app_private.sign_in($1, $2, $3)";

describe("app_private.sign_in", () => {
  test("makes an account on first sight and finds it again", async ({ db }) => {
    const claims = JSON.stringify({
      preferred_username: "ada",
      name: "Ada Lovelace",
      picture: "https://example.org/a.png",
    });
    const first = await db.row<{ user_id: string }>(signIn, ["https://issuer.test", "auth0|1", claims]);
    const second = await db.row(signIn, ["https://issuer.test", "auth0|1", "{}"]);
    expect(second).toEqual(first);
    expect(
      await db.row("select username, full_name, avatar_url from app_public.users where id = $1", [first.user_id]),
    ).toEqual({ username: "ada", full_name: "Ada Lovelace", avatar_url: "https://example.org/a.png" });
  });

  test("a claim never makes an operator", async ({ db }) => {
    const claims = JSON.stringify({ role: "operator", roles: ["operator", "service"], is_admin: true });
    expect(await db.row(signIn, ["https://issuer.test", "x", claims])).toMatchObject({ role: "member" });
  });

  test.for([
    ["a taken name, in another case", { username: "ADA" }],
    ["no name", {}],
    ["a name that begins with a digit", { username: "1st" }],
    ["a name of other letters only", { username: "名前" }],
    [
      "hostile values",
      { username: "<script>", name: "\u0000".slice(1), picture: "javascript:alert(1)", email: "none" },
    ],
    ["values of other types", { username: 7, name: ["a"], picture: {}, email: false }],
  ] as const)("signs in with %s", async ([, claims], { db }) => {
    await db.row(signIn, ["https://issuer.test", "first", JSON.stringify({ username: "ada" })]);
    const { user_id } = await db.row<{ user_id: string }>(signIn, ["https://issuer.test", "s", JSON.stringify(claims)]);
    const user = await db.row<{ username: string; avatar_url: string | null }>(
      "select username, avatar_url from app_public.users where id = $1",
      [user_id],
    );
    expect(user.username).toMatch(/^[A-Za-z][A-Za-z0-9_]{2,29}$/);
    expect(user.username.toLowerCase()).not.toBe("ada");
    expect(user.avatar_url).toBeNull();
  });

  test.for([
    ["issuer", "", "s"],
    ["subject", "https://issuer.test", ""],
    ["overlong subject", "https://issuer.test", "s".repeat(256)],
  ] as const)("refuses an empty or odd %s", async ([, issuer, subject], { db }) => {
    await expect(db.row(signIn, [issuer, subject, "{}"])).rejects.toMatchObject({ code: "TB005" });
  });

  test("refuses a suspended account", async ({ db }) => {
    const id = await db.person({ username: "ada" });
    await db.rows("update app_private.accounts set banned_at = now(), ban_reason = 'spam' where user_id = $1", [id]);
    const { issuer, subject } = await db.row("select issuer, subject from app_private.accounts where user_id = $1", [
      id,
    ]);
    await expect(db.row(signIn, [issuer, subject, "{}"])).rejects.toMatchObject({ code: "TB002" });
  });

  test("two first requests at once make one account", async ({ pool }) => {
    const tries = await Promise.all(
      Array.from({ length: 16 }, () => pool.query(signIn, ["https://issuer.test", "twice", '{"username":"twice"}'])),
    );
    expect(new Set(tries.map(({ rows }) => rows[0].user_id)).size).toBe(1);
    expect((await pool.query("select from app_public.users where username = 'twice'")).rowCount).toBe(1);
  });

  test("is a door for the server's login alone", async ({ db }) => {
    const ada = await db.person();
    for (const seat of [anonymous, member(ada)]) {
      await expect(db.rowsAs(seat, signIn, ["i", "s", "{}"])).rejects.toThrow(
        "permission denied for schema app_private",
      );
    }
    expect(await db.rowsAs({ role: "autobench_server" }, signIn, ["i", "s", "{}"])).toHaveLength(1);
  });
});
