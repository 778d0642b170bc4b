// [db/budget/ledger_property.test.ts] -> app_private.ledger_faults
import { describe, expect, test } from "../testing/database.ts";
import {
  type EndState,
  expireLeases,
  finish,
  ledgerFaults,
  makeArena,
  makeCalls,
  openGate,
  type Reserved,
  reserve,
} from "./testing/calls.ts";
import { pick, random } from "./testing/sessions.ts";

const operations = 5000;
const lanes = 6;
const ends: EndState[] = ["succeeded", "unusable", "rejected", "rejected", "not_executed", "in_doubt"];

describe("the ledger", () => {
  test("a fault is seen when there is one", async ({ db }) => {
    const [call] = await makeCalls(db.client, await makeArena(db.client));
    await openGate(db.client, await reserve(db.client, call ?? ""));
    await db.rows("update app_private.daily_spend set held_usd = held_usd + 1 where model_id is not null");
    expect(await ledgerFaults(db.client)).toEqual([
      expect.stringMatching(/^holds do not add up .*: 2\.0+ held, 1\.0+ in/),
    ]);
    await db.rows("delete from app_private.daily_spend");
    expect(await ledgerFaults(db.client)).toHaveLength(2);
    await db.rows("update app_private.llm_attempts set lease_until = now() - interval '6 minutes' where call_id = $1", [
      call,
    ]);
    await db.rows("update app_private.llm_calls set state = 'active'");
    expect(await ledgerFaults(db.client)).toContainEqual(expect.stringContaining("stuck"));
    await db.rows("drop index app_private.llm_attempts_one_live");
    await db.rows(
      `insert into app_private.llm_attempts (call_id, n, provider, worker, lease_until, prices, state, hold_usd)
         values ($1, 9, 'p', 'w', now(), '{}', 'sending', 0)`,
      [call],
    );
    expect(await ledgerFaults(db.client)).toContainEqual(expect.stringContaining("billed twice"));
  });

  test.for([1, 20_260_101])(
    "adds up after 5,000 operations at random, six sessions at once (seed %i)",
    { timeout: 60_000 },
    async (seed, { pool }) => {
      const calls = await makeCalls(pool, await makeArena(pool, { models: 5 }), 400);
      const held: Reserved[] = [];
      const done: Record<string, number> = {};
      let left = operations;
      const limitUsd =
        100 +
        Number(
          (
            await pool.query(
              "select coalesce(sum(held_usd + spent_usd), 0) as usd from app_private.daily_spend where model_id is null",
            )
          ).rows[0].usd,
        );

      const step = async (next: () => number): Promise<string> => {
        const call = pick(calls, next());
        const attempt = held.length ? pick(held, next()) : undefined;
        const act = next();
        if (act < 0.32 || !attempt) {
          const reserved = await reserve(pool, call);
          if (reserved.verdict === "reserved") held.push(reserved);
          return `reserve ${reserved.verdict}`;
        }
        if (act < 0.58) return `gate ${await openGate(pool, attempt, { limitUsd })}`;
        if (act < 0.84) {
          const state = pick(ends, next());
          const isReserved = await pool.query(
            "select from app_private.llm_attempts where id = $1 and state = 'reserved'",
            [attempt.attempt_id],
          );
          if (isReserved.rowCount && state !== "not_executed") return "not sent yet";
          return finish(pool, attempt, state, { retryAfterMs: 1, outputTokens: Math.floor(next() * 2000) }).then(
            (ok) => `finish ${ok ? state : "refused"}`,
            (error: { code?: string }) => {
              if (error.code === "TB044") return "finish forbidden"; // the gate was capped in between
              throw error;
            },
          );
        }
        if (act < 0.87) {
          await expireLeases(pool, [call]);
          return "lease over";
        }
        if (act < 0.9) {
          await pool.query("select app_private.sweep_attempts()");
          return "sweep";
        }
        if (act < 0.98) {
          await pool.query("update app_private.llm_calls set next_try_at = now() where id = $1 and state = 'pending'", [
            call,
          ]);
          return "time passes";
        }
        return pool.query("select app_private.abandon_call($1, 'a test')", [call]).then(
          () => "abandon",
          (error: { code?: string }) => {
            if (error.code === "TB045") return "nothing to abandon";
            throw error;
          },
        );
      };
      const lane = async (number: number): Promise<void> => {
        const next = random(seed + number);
        while (left-- > 0) {
          const what = await step(next);
          done[what] = (done[what] ?? 0) + 1;
          if (left % 1000 === 0) expect(await ledgerFaults(pool)).toEqual([]);
        }
      };
      await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)));

      expect(await ledgerFaults(pool)).toEqual([]);
      // The walk has been everywhere: else it would prove little.
      for (const what of [
        "gate open",
        "gate lost",
        "gate capped",
        "finish succeeded",
        "finish in_doubt",
        "finish refused",
        "sweep",
      ]) {
        expect(done[what] ?? 0, `${what} in ${JSON.stringify(done)}`).toBeGreaterThan(0);
      }
    },
  );
});
