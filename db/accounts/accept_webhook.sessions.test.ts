// [db/accounts/accept_webhook.sessions.test.ts] -> app_private.accept_webhook(), sync_profile(), lock_subject()
import type pg from "pg";
import { blocked, twoSessions } from "../lib/sessions.ts";
import { describe, expect, test } from "../testing/database.ts";

const issuer = "https://issuer.test";
const sync = "select app_private.sync_profile($1, $2, $3, $4) as is_done";
const at = (second: number) => new Date(Date.UTC(2026, 10, 20, 12, 0, second));
const message = (id: string, name: string, second: number) => [
  id,
  issuer,
  JSON.stringify({ type: "user.updated", data: { id: "both", first_name: name, updated_at: +at(second) } }),
  at(50),
];
const accept = "select app_private.accept_webhook($1, $2, $3, $4) as is_done";
const nameOf = async (pool: pg.Pool) =>
  (
    await pool.query(
      "select u.full_name from app_public.users u join app_private.accounts a on a.user_id = u.id where a.subject = 'both'",
    )
  ).rows;

describe("two messages at once", () => {
  test("about one person: whichever comes first, the newer one stays", async ({ pool }) => {
    await twoSessions(pool, async (one, two) => {
      await one.query("begin");
      await one.query(accept, message("newer", "Newer", 9));
      const waiting = await blocked(pool, two, accept, message("older", "Older", 8));
      await one.query("commit");
      expect(await waiting.rows).toEqual([{ is_done: false }]);
      expect(await nameOf(pool)).toEqual([{ full_name: "Newer" }]);
    });
  });

  test("of one id: the second waits, and counts only if the first failed", async ({ pool }) => {
    await twoSessions(pool, async (one, two) => {
      await one.query("begin");
      await one.query(accept, message("retried", "Lost", 20));
      const waiting = await blocked(pool, two, accept, message("retried", "Kept", 20));
      await one.query("rollback");
      expect(await waiting.rows).toEqual([{ is_done: true }]);
      expect(await nameOf(pool)).toEqual([{ full_name: "Kept" }]);

      await one.query("begin");
      await one.query(accept, message("doubled", "First", 30));
      const later = await blocked(pool, two, accept, message("doubled", "Second", 31));
      await one.query("commit");
      expect(await later.rows).toEqual([{ is_done: false }]);
      expect(await nameOf(pool)).toEqual([{ full_name: "First" }]);
    });
  });

  test("about two people who take one name: one has it, and neither fails", async ({ pool }) => {
    for (const subject of ["left", "right"]) {
      await pool.query(sync, [issuer, subject, JSON.stringify({ username: subject }), at(1)]);
    }
    await twoSessions(pool, async (one, two) => {
      const claims = JSON.stringify({ username: "middle", full_name: "Middle" });
      await one.query("begin");
      await one.query(sync, [issuer, "left", claims, at(2)]);
      const waiting = await blocked(pool, two, sync, [issuer, "right", claims, at(2)]);
      await one.query("commit");
      expect(await waiting.rows).toEqual([{ is_done: true }]);
    });
    const { rows } = await pool.query("select username from app_public.users where full_name = 'Middle' order by 1");
    expect(rows).toEqual([{ username: "middle" }, { username: "right" }]);
  });

  test("an update while the person is being erased does not bring them back", async ({ pool }) => {
    await pool.query(sync, [issuer, "leaving", JSON.stringify({ username: "leaving" }), at(1)]);
    await twoSessions(pool, async (one, two) => {
      await one.query("begin");
      await one.query("select app_private.erase_account(user_id) from app_private.accounts where subject = 'leaving'");
      const waiting = await blocked(pool, two, sync, [issuer, "leaving", JSON.stringify({ username: "back" }), at(2)]);
      await one.query("commit");
      expect(await waiting.rows).toEqual([{ is_done: false }]);
    });
    expect((await pool.query("select from app_private.accounts where subject = 'leaving'")).rowCount).toBe(0);
  });
});
