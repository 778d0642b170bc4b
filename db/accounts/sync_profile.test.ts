// [db/accounts/sync_profile.test.ts] -> app_private.sync_profile()
import { type Db, describe, expect, member, test } from "../testing/database.ts";

const issuer = "https://issuer.test";
const sync = "select app_private.sync_profile($1, $2, $3, $4) as is_done";
const at = (second: number) => new Date(Date.UTC(2026, 10, 20, 12, 0, second));

const tell = async (db: Db, claims: Record<string, unknown>, second: number, subject = "ada") =>
  (await db.row<{ is_done: boolean }>(sync, [issuer, subject, JSON.stringify(claims), at(second)])).is_done;

const userOf = (db: Db, subject = "ada") =>
  db.row<{ id: string }>(
    `select u.id, u.username, u.full_name, u.avatar_url, a.email, u.updated_at, a.updated_at as account_updated_at
      from app_public.users u join app_private.accounts a on a.user_id = u.id where a.subject = $1`,
    [subject],
  );

const first = { username: "ada", full_name: "Ada", avatar_url: "https://a.test/1.png", email: "1@a.test" };
const second = { username: "ada2", full_name: "Ada II", avatar_url: "https://a.test/2.png", email: "2@a.test" };

describe("app_private.sync_profile", () => {
  test("takes over what the member never edited", async ({ db }) => {
    await tell(db, first, 1);
    expect(await tell(db, second, 2)).toBe(true);
    expect(await userOf(db)).toMatchObject(second);
  });

  test.for([
    ["username", "countess"],
    ["username", "ADA"],
    ["full_name", "Countess"],
    ["full_name", null],
    ["avatar_url", "https://own.test/a.png"],
    ["avatar_url", null],
  ] as const)("leaves %s alone once the member made it %s, also the next time", async ([column, own], { db }) => {
    await tell(db, first, 1);
    const { id } = await userOf(db);
    await db.rowsAs(member(id), `update app_public.users set ${column} = $2 where id = $1`, [id, own]);
    for (const n of [2, 3]) {
      await tell(db, second, n);
      expect(await userOf(db)).toMatchObject({ ...second, [column]: own });
    }
  });

  test("fills in what nobody gave before: Clerk's tokens say nothing but the subject", async ({ db }) => {
    await db.row("select app_private.sign_in($1, 'ada', '{}')", [issuer]);
    await tell(db, first, 1);
    expect(await userOf(db)).toMatchObject(first);
  });

  test("what the provider does not say any more goes, save the name", async ({ db }) => {
    await tell(db, first, 1);
    await tell(db, {}, 2);
    expect(await userOf(db)).toMatchObject({ username: "ada", full_name: null, avatar_url: null, email: null });
  });

  test("an older message that comes late is ignored, one of the same instant counts", async ({ db }) => {
    await tell(db, second, 2);
    expect(await tell(db, first, 1)).toBe(false);
    expect(await userOf(db)).toMatchObject(second);
    expect(await tell(db, first, 2)).toBe(true);
    expect(await userOf(db)).toMatchObject(first);
  });

  test("a message that says nothing new touches no profile", async ({ pool }) => {
    const claims = JSON.stringify({ ...first, username: "same" });
    const row = "select updated_at::text, xmin::text from app_public.users where username = 'same'";
    await pool.query(sync, [issuer, "same", claims, at(1)]);
    const { rows } = await pool.query(row);
    await pool.query(sync, [issuer, "same", claims, at(2)]);
    expect((await pool.query(row)).rows).toEqual(rows);
    expect(rows).toHaveLength(1);
  });

  test("a taken name is left to whoever has it", async ({ db }) => {
    await tell(db, first, 1);
    await db.person({ username: "TAKEN" });
    expect(await tell(db, { ...second, username: "taken" }, 2)).toBe(true);
    expect(await userOf(db)).toMatchObject({ ...second, username: "ada" });
  });

  test("somebody who was erased stays so, until they sign in anew", async ({ db }) => {
    await tell(db, first, 1);
    await db.rows("select app_private.erase_account($1, $2)", [(await userOf(db)).id, at(10)]);
    for (const n of [2, 10, 20]) expect(await tell(db, second, n)).toBe(false);
    await db.row("select app_private.sign_in($1, 'ada', $2)", [issuer, JSON.stringify({ iat: +at(30) / 1000 })]);
    expect(await tell(db, first, 5)).toBe(false); // what was said before they asked to be forgotten
    expect(await userOf(db)).toMatchObject({ full_name: null, email: null });
    expect(await tell(db, second, 40)).toBe(true);
    expect(await userOf(db)).toMatchObject(second);
  });

  test("it is not counted as a member's change, nor kept from a suspended one", async ({ db }) => {
    await tell(db, first, 1);
    const { id } = await userOf(db);
    await db.rows("update app_private.accounts set banned_at = now(), ban_reason = 'spam' where user_id = $1", [id]);
    expect(await tell(db, second, 2)).toBe(true);
    expect(await db.rows("select from app_private.rate_limits")).toEqual([]);
  });
});
