// [db/practice/close_token_days.test.ts] -> app_private.close_token_days(): batches, and what somebody holds
import type pg from "pg";
import { twoSessions } from "../lib/sessions.ts";
import { describe, expect, test } from "../testing/database.ts";

const close = "select days, tokens::int, seen from app_private.close_token_days('2026-03-02T00:10:00Z', $1)";

async function usedDays(pool: pg.Pool, members: number): Promise<void> {
  await pool.query(
    `with member as (
       insert into app_public.users (username) select 'c' || left(md5(gen_random_uuid()::text), 20) from generate_series(1, $1) returning id
     ), day as (
       insert into app_private.token_days (user_id, day, reserved, used) select id, '2026-03-01', 300, 10 from member
     )
     insert into app_private.token_reservations (user_id, day, purpose, subject_id, estimate, actual, state, expires_at)
       select m.id, '2026-03-01', p.purpose, gen_random_uuid(), 300, p.actual, p.state, '2026-03-01T06:00:00Z'
         from member m cross join (values ('judge', 10, 'settled'), ('coach', null, 'reserved')) p (purpose, actual, state)`,
    [members],
  );
}

describe("close_token_days", () => {
  test("closes batch by batch, each in a transaction of its own, until one comes back short", async ({ pool }) => {
    await usedDays(pool, 25);
    const seen = [];
    for (let n = 0; n < 4; n++) seen.push((await pool.query(close, [10])).rows[0]);
    expect(seen).toEqual([
      { days: 10, tokens: 100, seen: 10 },
      { days: 10, tokens: 100, seen: 10 },
      { days: 5, tokens: 50, seen: 5 },
      { days: 0, tokens: 0, seen: 0 },
    ]);
    const { rows } = await pool.query(
      `select (select sum(tokens)::int from app_private.ai_usage_metrics) as tokens,
          (select count(*)::int from app_private.token_reservations where state = 'expired') as expired,
          (select sum(reserved)::int from app_private.token_days) as reserved`,
    );
    expect(rows).toEqual([{ tokens: 250, expired: 25, reserved: 0 }]);
  });

  test("waits for nobody: what is being settled is left, and found the next time", async ({ pool }) => {
    await usedDays(pool, 3);
    await twoSessions(pool, async (settling, closing) => {
      await settling.query("begin");
      const { rowCount } = await settling.query(
        `select app_private.settle_tokens('coach', r.subject_id, 200)
           from app_private.token_reservations r where r.state = 'reserved' and r.aggregated_at is null limit 1`,
      );
      expect(rowCount).toBe(1);
      expect((await closing.query(close, [10])).rows).toEqual([{ days: 2, tokens: 20, seen: 2 }]);
      await settling.query("commit; begin");
      // A reservation alone is held: its day is whole only when that is free.
      await settling.query("select from app_private.token_reservations where aggregated_at is null for update");
      expect((await closing.query(close, [10])).rows).toEqual([{ days: 0, tokens: 0, seen: 1 }]);
      await settling.query("commit");
      expect((await closing.query(close, [10])).rows).toEqual([{ days: 1, tokens: 210, seen: 1 }]);
    });
  });
});
