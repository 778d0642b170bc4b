// [db/sharing/sharing.test.ts] -> app_public.share_progress(), shared_progress(), unshare_progress()
import { addProblem, solve } from "../points/testing/practice.ts";
import { anonymous, type Db, describe, expect, member, test } from "../testing/graphql.ts";

async function share(db: Db, days = 7): Promise<{ user: string; token: string }> {
  const user = await db.person({ username: "ada", email: "ada@example.org" });
  await solve(db.client, { user, problem: await addProblem(db.client) });
  const [row] = await db.rowsAs<{ token: string }>(member(user), "select app_public.share_progress($1) as token", [
    days,
  ]);
  return { user, token: row?.token ?? "" };
}
const read = async (db: Db, token: string) =>
  (
    await db.rowsAs<{ card: Record<string, unknown> | null }>(
      anonymous,
      "select app_public.shared_progress($1) as card",
      [token],
    )
  )[0]?.card;

describe("a card", () => {
  test("shows what was, to whoever has the link, and nothing that is private", async ({ db }) => {
    const { token, user } = await share(db);
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    const card = await read(db, token);
    expect(card).toMatchObject({ username: "ada", solved: 1, streak: 1, badge: "🌱 Beginner" });
    expect(JSON.stringify(card)).not.toContain("example.org");
    expect(JSON.stringify(card)).not.toContain(user);
    await solve(db.client, { user, problem: await addProblem(db.client) });
    expect(await read(db, token)).toEqual(card);
  });

  test("is not there once it has expired, before any cleanup, and goes with it", async ({ db }) => {
    const { token } = await share(db);
    await db.rows(
      "update app_private.shareable_progress set created_at = now() - interval '8 days', expires_at = now() - interval '1 second'",
    );
    expect(await read(db, token)).toBeNull();
    expect(await db.rows("select from app_private.shareable_progress")).toHaveLength(1);
    expect(
      await db.row(
        "select app_private.purge_batch('app_private.shareable_progress', now() + interval '2 minutes') as n",
      ),
    ).toEqual({ n: 1 });
  });

  test("is taken back by its member, hidden with a suspended one, and found by no guess", async ({ db }) => {
    const { token, user } = await share(db, 1000);
    const { days } = await db.row<{ days: number }>(
      "select extract(day from expires_at - created_at)::int as days from app_private.shareable_progress",
    );
    expect(days).toBe(90);
    await db.rows("update app_private.accounts set banned_at = now(), ban_reason = 'x' where user_id = $1", [user]);
    expect(await read(db, token)).toBeNull();
    await db.rows("update app_private.accounts set banned_at = null, ban_reason = null where user_id = $1", [user]);
    expect(await read(db, token)).not.toBeNull();
    expect(await read(db, token.replace(/./g, "0"))).toBeNull();
    expect(await db.rowsAs(member(user), "select app_public.unshare_progress() as n")).toEqual([{ n: 1 }]);
    expect(await read(db, token)).toBeNull();
  });
});
