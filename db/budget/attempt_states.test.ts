// [db/budget/attempt_states.test.ts] -> app_private.tg_llm_attempts__arrows(), llm_attempts_one_live
import { describe, expect, test } from "../testing/database.ts";
import { waitForBlocked } from "./testing/sessions.ts";
import { makeArena, makeCall } from "./testing/calls.ts";

const states = [
  "reserved",
  "sending",
  "succeeded",
  "unusable",
  "rejected",
  "not_executed",
  "in_doubt",
  "abandoned",
] as const;
type State = (typeof states)[number];

/** The whole state machine: what is not listed is forbidden. */
const arrows: Record<State, readonly State[]> = {
  reserved: ["sending", "not_executed"],
  sending: ["succeeded", "unusable", "rejected", "not_executed", "in_doubt"],
  succeeded: [],
  unusable: [],
  rejected: [],
  not_executed: [],
  in_doubt: ["succeeded", "unusable", "rejected", "not_executed", "abandoned"],
  abandoned: [],
};
const live: readonly State[] = ["reserved", "sending", "succeeded", "unusable", "in_doubt"];

const insert = `insert into app_private.llm_attempts (call_id, n, provider, worker, lease_until, prices, state, finished_at, hold_day, hold_usd)
  values ($1, $2, 'p', 'w', now(), '{}', $3, case when $3 not in ('reserved', 'sending') then now() end, '2026-01-01', 0)`;

const pairs = states.flatMap((from) => states.map((to) => [from, to] as const));

describe("the arrows of an attempt", () => {
  test("are 64 pairs, of which twelve are moves", () => {
    expect(pairs).toHaveLength(64);
    expect(Object.values(arrows).flat()).toHaveLength(12);
  });

  test.for(pairs)("%s to %s", async ([from, to], { db }) => {
    const call = await makeCall(db.client, await makeArena(db.client));
    await db.rows(insert, [call, 1, from]);
    const move = db.rows(
      `update app_private.llm_attempts
         set state = $2, finished_at = case when $2 not in ('reserved', 'sending') then now() end
         where call_id = $1 returning state`,
      [call, to],
    );
    if (from === to || arrows[from].includes(to)) expect(await move).toEqual([{ state: to }]);
    else await expect(move).rejects.toMatchObject({ code: "TB044" });
  });
});

describe("llm_attempts_one_live", () => {
  test.for(pairs)("beside one that is %s, one that is %s", async ([first, second], { db }) => {
    const call = await makeCall(db.client, await makeArena(db.client));
    await db.rows(insert, [call, 1, first]);
    const other = db.rows(insert, [call, 2, second]);
    if (live.includes(first) && live.includes(second)) {
      await expect(other).rejects.toMatchObject({ code: "23505", constraint: "llm_attempts_one_live" });
    } else expect(await other).toEqual([]);
  });

  test("holds for two sessions that insert at once: the second waits, and loses when the first commits", async ({
    pool,
  }) => {
    const call = await makeCall(pool, await makeArena(pool));
    const [first, second] = [await pool.connect(), await pool.connect()];
    try {
      await first.query("begin");
      await first.query(insert, [call, 1, "sending"]);
      const loses = expect(second.query(insert, [call, 2, "reserved"])).rejects.toMatchObject({
        code: "23505",
        constraint: "llm_attempts_one_live",
      });
      await waitForBlocked(pool, second);
      await first.query("commit");
      await loses;
    } finally {
      first.release();
      second.release();
    }
  });
});
