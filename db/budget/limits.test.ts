// [db/budget/limits.test.ts] -> app_private.reserve_attempt(), app_private.open_gate(), app_private.daily_spend
import { describe, expect, test } from "../testing/database.ts";
import {
  callState,
  finish,
  ledgerFaults,
  makeArena,
  makeCalls,
  openGate,
  reserve,
  type Reserved,
} from "./testing/calls.ts";

const isReserved = (row: Reserved) => row.verdict === "reserved";

describe("a provider's limits hold over all workers", () => {
  test("32 at once, of which five may be under way", async ({ pool }) => {
    const calls = await makeCalls(pool, await makeArena(pool, { maxParallel: 5, outputUsd: 0 }), 32);
    const tries = await Promise.all(calls.map((call) => reserve(pool, call)));
    const [first, ...others] = tries.filter(isReserved);
    expect(others).toHaveLength(4);
    expect(tries.filter((row) => row.verdict === "wait" && row.wait_ms === 250)).toHaveLength(27);

    if (!first) throw new Error("none was reserved");
    await openGate(pool, first);
    await finish(pool, first, "succeeded");
    const rest = calls.filter((_call, index) => tries[index]?.verdict === "wait");
    const again = await Promise.all(rest.map((call) => reserve(pool, call)));
    expect(again.filter(isReserved)).toHaveLength(1);
  });

  test("32 at once, of which seven may begin in a minute; the next one when the first is a minute old", async ({
    pool,
  }) => {
    const arena = await makeArena(pool, { perMinute: 7 });
    const calls = await makeCalls(pool, arena, 32);
    const tries = await Promise.all(calls.map((call) => reserve(pool, call)));
    expect(tries.filter(isReserved)).toHaveLength(7);
    const waiting = tries.filter((row) => row.verdict === "wait");
    expect(waiting).toHaveLength(25);
    for (const row of waiting) {
      expect(row.wait_ms).toBeGreaterThan(50_000);
      expect(row.wait_ms).toBeLessThan(61_000);
    }
    await pool.query(
      `update app_private.llm_attempts set reserved_at = reserved_at - interval '61 seconds'
         where id = (select min(id) from app_private.llm_attempts where provider = $1)`,
      [arena.provider],
    );
    const rest = calls.filter((_call, index) => tries[index]?.verdict === "wait");
    const again = await Promise.all(rest.map((call) => reserve(pool, call)));
    expect(again.filter(isReserved)).toHaveLength(1);
  });

  test("another provider is not held up", async ({ pool }) => {
    const [busy] = await makeCalls(pool, await makeArena(pool, { maxParallel: 1 }), 1);
    const [free] = await makeCalls(pool, await makeArena(pool, { maxParallel: 1 }), 1);
    expect([(await reserve(pool, busy ?? "")).verdict, (await reserve(pool, free ?? "")).verdict]).toEqual([
      "reserved",
      "reserved",
    ]);
  });
});

describe("the day's spend limit", () => {
  test("1,000 claims at once against a limit for a hundred: a hundred are sent, and what is not spent comes back", async ({
    pool,
  }) => {
    const calls = await makeCalls(pool, await makeArena(pool, { models: 4 }), 1000); // each holds one dollar
    const attempts = await Promise.all(calls.map((call) => reserve(pool, call)));
    const verdicts = await Promise.all(attempts.map((attempt) => openGate(pool, attempt, { limitUsd: 100 })));
    expect(verdicts.filter((verdict) => verdict === "open")).toHaveLength(100);
    expect(verdicts.filter((verdict) => verdict === "capped")).toHaveLength(900);
    expect(await spent(pool)).toEqual({ held: 100, spent: 0 });
    expect(await ledgerFaults(pool)).toEqual([]);

    const capped = calls.filter((_call, index) => verdicts[index] === "capped");
    expect(await callState(pool, capped[0] ?? "")).toMatchObject({
      state: "pending",
      reason: "The day's spend limit is reached.",
      tried: ["not_executed"],
    });
    expect((await reserve(pool, capped[0] ?? "")).verdict).toBe("wait");

    // A hundred answers at half of what was held: fifty dollars are free again.
    const open = attempts.filter((_attempt, index) => verdicts[index] === "open");
    await Promise.all(open.map((attempt) => finish(pool, attempt, "succeeded", { outputTokens: 500 })));
    expect(await spent(pool)).toEqual({ held: 0, spent: 50 });
    await pool.query("update app_private.llm_calls set next_try_at = now() where state = 'pending'");
    const second = await Promise.all(
      capped.map(async (call) => openGate(pool, await reserve(pool, call), { limitUsd: 100 })),
    );
    expect(second.filter((verdict) => verdict === "open")).toHaveLength(50);
    expect(await ledgerFaults(pool)).toEqual([]);
  });

  test("a model's own cap stops that model alone", async ({ pool }) => {
    const arena = await makeArena(pool, { models: 2 });
    const [capped, free] = arena.models;
    await pool.query("insert into app_private.model_caps (model_id, daily_usd) values ($1, 3)", [capped]);
    const verdictsOf = async (model: string | undefined) => {
      const calls = await makeCalls(pool, { ...arena, models: [model ?? ""] }, 10);
      const verdicts = await Promise.all(calls.map(async (call) => openGate(pool, await reserve(pool, call))));
      return verdicts.filter((verdict) => verdict === "open").length;
    };
    expect([await verdictsOf(capped), await verdictsOf(free)]).toEqual([3, 10]);
  });

  test("what costs nothing needs no room under the limit, and leaves no row", async ({ db }) => {
    const [call] = await makeCalls(db.client, await makeArena(db.client, { outputUsd: 0 }));
    expect(await openGate(db.client, await reserve(db.client, call ?? ""), { limitUsd: 0 })).toBe("open");
    const [paid] = await makeCalls(db.client, await makeArena(db.client));
    expect(await openGate(db.client, await reserve(db.client, paid ?? ""), { limitUsd: 0 })).toBe("capped");
  });

  test("an answer that costs more than was held is counted in full", async ({ db }) => {
    const [call] = await makeCalls(db.client, await makeArena(db.client));
    const attempt = await reserve(db.client, call ?? "");
    await openGate(db.client, attempt);
    await finish(db.client, attempt, "succeeded", { outputTokens: 2500 });
    expect(await ledgerFaults(db.client)).toEqual([]);
    expect(
      await db.row(
        "select cost_usd::float8 as cost, hold_usd::float8 as hold from app_private.llm_attempts where call_id = $1",
        [call],
      ),
    ).toEqual({ cost: 2.5, hold: 1 });
  });
});

async function spent(query: Parameters<typeof reserve>[0]): Promise<{ held: number; spent: number } | undefined> {
  const { rows } = await query.query<{ held: number; spent: number }>(
    `select held_usd::float8 as held, spent_usd::float8 as spent
       from app_private.daily_spend where model_id is null and day = (now() at time zone 'utc')::date`,
  );
  return rows[0];
}
