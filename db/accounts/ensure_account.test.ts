// [db/accounts/ensure_account.test.ts] -> app_private.ensure_account(), app_private.erased_subjects
import { blocked, twoSessions } from "../lib/sessions.ts";
import { type Db, describe, expect, type Seat, test } from "../testing/database.ts";

const issuer = "https://issuer.test";
const server: Seat = { role: "autobench_server" };

async function signIn(db: Db, subject: string, claims: unknown) {
  const [account] = await db.rowsAs<{ user_id: string; role: string }>(
    server,
    "select user_id, role from app_private.sign_in($1, $2, $3)",
    [issuer, subject, claims === undefined ? null : JSON.stringify(claims)],
  );
  return account;
}

const erasedAt = 1_800_000_000;

async function erased(db: Db): Promise<string | undefined> {
  const account = await signIn(db, "ada", { username: "ada" });
  await db.rows("select app_private.erase_account($1, to_timestamp($2))", [account?.user_id, erasedAt]);
  return account?.user_id;
}

describe("somebody who was erased", () => {
  test.for([erasedAt - 3600, erasedAt])("is not brought back by a token issued at %d", async (iat, { db }) => {
    await erased(db);
    await expect(signIn(db, "ada", { iat, username: "ada" })).rejects.toMatchObject({
      code: "TB003",
      hint: "Sign in anew to begin a fresh one.",
    });
    expect(await db.rows("select from app_public.users where username = 'ada'")).toEqual([]);
  });

  test("begins a fresh account with a token issued later", async ({ db }) => {
    const before = await erased(db);
    const fresh = await signIn(db, "ada", { iat: erasedAt + 1 });
    expect(fresh?.user_id).toMatch(/^[0-9a-f-]{36}$/);
    expect(fresh?.user_id).not.toBe(before);
    // From then on an old token is as good as any: it says the same about the same person.
    expect(await signIn(db, "ada", { iat: erasedAt - 3600 })).toEqual(fresh);
  });

  test("is nobody else", async ({ db }) => {
    await erased(db);
    expect(await signIn(db, "bob", { iat: erasedAt - 3600 })).toMatchObject({ role: "member" });
    expect(
      await db.row("select role from app_private.sign_in('https://other.test', 'ada', $1)", [
        JSON.stringify({ iat: erasedAt - 3600 }),
      ]),
    ).toEqual({ role: "member" });
  });

  test("is kept as a hash alone", async ({ db }) => {
    await erased(db);
    const kept = await db.rows(
      "select encode(subject_hash, 'hex') as hash, erased_at from app_private.erased_subjects",
    );
    expect(kept).toEqual([{ hash: expect.stringMatching(/^[0-9a-f]{64}$/), erased_at: new Date(erasedAt * 1000) }]);
  });

  test("erased twice, the later time counts", async ({ db }) => {
    await erased(db);
    const again = await signIn(db, "ada", { iat: erasedAt + 10 });
    await db.rows("select app_private.erase_account($1, to_timestamp($2))", [again?.user_id, erasedAt - 10]);
    await expect(signIn(db, "ada", { iat: erasedAt })).rejects.toMatchObject({ code: "TB003" });
    expect(await db.rows("select from app_private.erased_subjects")).toHaveLength(1);
  });

  test.for([["soon"], [{}], [[]], [null], [true], [1e300], [-1e300]])(
    "an odd iat does no harm: %j",
    async ([iat], { db }) => {
      expect(await signIn(db, "odd", { iat })).toMatchObject({ role: "member" });
    },
  );

  test("claims that are none do no harm", async ({ db }) => {
    expect(await signIn(db, "odd", undefined)).toMatchObject({ role: "member" });
    expect(await signIn(db, "odder", ["iat"])).toMatchObject({ role: "member" });
  });
});

describe("app_private.ensure_account", () => {
  test("an issuer too long to keep says nothing of who it is", async ({ db }) => {
    await expect(
      db.row("select app_private.sign_in($1, 's', '{}')", [`https://${"i".repeat(500)}`]),
    ).rejects.toMatchObject({ code: "TB005" });
  });

  test("sixteen people who want one name at once all get in, and one gets it", async ({ pool }) => {
    const signedIn = await Promise.all(
      Array.from({ length: 16 }, (_, n) =>
        pool.query<{ user_id: string }>("select user_id from app_private.sign_in($1, $2, $3)", [
          issuer,
          `wants_${n}`,
          JSON.stringify({ username: n % 2 ? "wanted" : "WANTED", email: `${n}@example.org` }),
        ]),
      ),
    );
    const ids = signedIn.map(({ rows }) => rows[0]?.user_id);
    expect(new Set(ids).size).toBe(16);
    const { rows } = await pool.query<{ username: string; email: string }>(
      "select u.username, a.email from app_public.users u join app_private.accounts a on a.user_id = u.id where u.id = any ($1)",
      [ids],
    );
    expect(rows).toHaveLength(16);
    expect(rows.filter(({ username }) => username.toLowerCase() === "wanted")).toHaveLength(1);
    expect(rows.filter(({ username }) => /^member_[0-9a-f]{12}$/.test(username))).toHaveLength(15);
    expect(new Set(rows.map(({ email }) => email)).size).toBe(16);
  });

  test("a name taken in a transaction that fails is free again", async ({ pool }) => {
    await twoSessions(pool, async (one, two) => {
      const signUp = "select app_private.sign_in($1, $2, $3)";
      const claims = JSON.stringify({ username: "contested" });
      await one.query("begin");
      await one.query(signUp, [issuer, "first", claims]);
      const waiting = await blocked(pool, two, signUp, [issuer, "second", claims]);
      await one.query("rollback");
      await waiting.rows;
      const { rows } = await pool.query(
        "select a.subject from app_public.users u join app_private.accounts a on a.user_id = u.id where u.username = 'contested'",
      );
      expect(rows).toEqual([{ subject: "second" }]);
    });
  });
});
