// [db/budget/open_gate.test.ts] -> app_private.reserve_attempt(), app_private.open_gate(), app_private.finish_attempt()
import { randomUUID } from "node:crypto";
import { describe, expect, test } from "../testing/database.ts";
import {
  callState,
  expireLeases,
  finish,
  ledgerFaults,
  makeArena,
  makeCall,
  makeCalls,
  openGate,
  reserve,
  send,
} from "./testing/calls.ts";
import { waitForBlocked } from "./testing/sessions.ts";

describe("app_private.reserve_attempt", () => {
  test("gives one call to one of 32 workers that want it at once", async ({ pool }) => {
    const call = await makeCall(pool, await makeArena(pool));
    const tries = await Promise.all(Array.from({ length: 32 }, () => reserve(pool, call)));
    const verdicts = tries.map((row) => row.verdict);
    expect(verdicts.filter((verdict) => verdict === "reserved")).toHaveLength(1);
    expect(verdicts.filter((verdict) => !["reserved", "taken", "active"].includes(verdict))).toEqual([]);
    expect(await callState(pool, call)).toMatchObject({ state: "active", tried: ["reserved"] });
  });

  test("does not wait for a worker that has the call in its hands", async ({ pool }) => {
    const call = await makeCall(pool, await makeArena(pool));
    const other = await pool.connect();
    try {
      await other.query("begin");
      await reserve(other, call);
      expect(await reserve(pool, call)).toMatchObject({ verdict: "taken", attempt_id: null });
      await other.query("rollback");
      expect((await reserve(pool, call)).verdict).toBe("reserved");
    } finally {
      other.release();
    }
  });

  test("waits until the call may be tried again", async ({ db }) => {
    const call = await makeCall(db.client, await makeArena(db.client));
    await finish(db.client, await sent(db.client, call), "rejected", { retryAfterMs: 90_000 });
    const waiting = await reserve(db.client, call);
    expect(waiting.verdict).toBe("wait");
    expect(waiting.wait_ms).toBeGreaterThan(80_000);
    expect(waiting.wait_ms).toBeLessThanOrEqual(90_001);
  });

  test("hands out what the request was decided to be, the provider, and no other call's lease", async ({ db }) => {
    const arena = await makeArena(db.client);
    const [one, two] = await makeCalls(db.client, arena, 2);
    const [first, second] = [await reserve(db.client, one ?? ""), await reserve(db.client, two ?? "")];
    expect(first).toMatchObject({
      request: { apiModel: "m", prompt: "p", maxOutputTokens: 1000 },
      provider: { name: arena.provider, protocol: "openai" },
    });
    expect(first.lease_token).not.toBe(second.lease_token);
    expect(await openGate(db.client, { ...first, lease_token: second.lease_token })).toBe("lost");
  });
});

async function sent(query: Parameters<typeof reserve>[0], call: string) {
  const attempt = await reserve(query, call);
  expect(await openGate(query, attempt)).toBe("open");
  return attempt;
}

describe("app_private.open_gate", () => {
  test("opens for the holder of a living reservation, once", async ({ db }) => {
    const attempt = await reserve(db.client, await makeCall(db.client, await makeArena(db.client)));
    expect(await openGate(db.client, attempt)).toBe("open");
    expect(await openGate(db.client, attempt)).toBe("lost");
  });

  test("stays shut for a wrong token, an unknown attempt, and a lease that is over", async ({ db }) => {
    const arena = await makeArena(db.client);
    const call = await makeCall(db.client, arena);
    const attempt = await reserve(db.client, call);
    expect(await openGate(db.client, { ...attempt, lease_token: randomUUID() })).toBe("lost");
    expect(await openGate(db.client, { ...attempt, attempt_id: "0" })).toBe("lost");
    await expireLeases(db.client, [call]);
    expect(await openGate(db.client, attempt)).toBe("lost");
    expect(await callState(db.client, call)).toMatchObject({ tried: ["reserved"] });
  });

  test("opens for one of 16 that come at once with the same lease", async ({ pool }) => {
    const attempt = await reserve(pool, await makeCall(pool, await makeArena(pool)));
    const verdicts = await Promise.all(Array.from({ length: 16 }, () => openGate(pool, attempt)));
    expect(verdicts.toSorted()).toEqual([...Array(15).fill("lost"), "open"]);
    expect(await ledgerFaults(pool)).toEqual([]);
  });

  test("a worker that slept through its lease finds it shut after the sweep, and the call can be tried anew", async ({
    pool,
  }) => {
    const call = await makeCall(pool, await makeArena(pool));
    const sleeper = await reserve(pool, call);
    await expireLeases(pool, [call]);
    await pool.query("select app_private.sweep_attempts()");
    const next = await reserve(pool, call);
    expect(next.verdict).toBe("reserved");
    expect(await openGate(pool, sleeper)).toBe("lost");
    expect(await openGate(pool, next)).toBe("open");
  });

  test("sweep and gate at once: whoever is first wins, the other finds nothing", async ({ pool }) => {
    const call = await makeCall(pool, await makeArena(pool));
    const attempt = await reserve(pool, call);
    const worker = await pool.connect();
    try {
      // The worker passes the gate, its lease then over already, and has not committed: the sweep leaves it alone.
      await worker.query("begin");
      expect(await openGate(worker, attempt, { lease: "-1 seconds" })).toBe("open");
      const { rows } = await pool.query("select * from app_private.sweep_attempts()");
      expect(rows[0]).toMatchObject({ not_executed: 0, in_doubt: 0 });
      await worker.query("commit");
      await pool.query("select app_private.sweep_attempts()");
      expect(await callState(pool, call)).toMatchObject({ state: "in_doubt", tried: ["in_doubt"] });
    } finally {
      worker.release();
    }
  });

  test("a gate that was closed since the reservation lets nothing out", async ({ db }) => {
    const attempt = await reserve(db.client, await makeCall(db.client, await makeArena(db.client)));
    await db.rows("update app_private.dispatch_gate set is_open = false, reason = 'test'");
    await expect(openGate(db.client, attempt)).rejects.toMatchObject({ code: "TB043" });
  });
});

describe("app_private.finish_attempt", () => {
  test.for([
    ["succeeded", "done"],
    ["unusable", "done"],
    ["rejected", "failed"],
    ["not_executed", "failed"],
    ["in_doubt", "in_doubt"],
  ] as const)("%s makes the call %s, and is taken once", async ([state, end], { db }) => {
    const attempt = await send(db.client, await makeArena(db.client));
    expect(await finish(db.client, attempt, state)).toBe(true);
    expect(await callState(db.client, attempt.call)).toMatchObject({ state: end, tried: [state] });
    expect(await finish(db.client, attempt, state === "in_doubt" ? "in_doubt" : "succeeded")).toBe(false);
    expect(await ledgerFaults(db.client)).toEqual([]);
  });

  test("waits twice as long each time, at least as long as the provider wishes, an hour at the most", async ({
    db,
  }) => {
    const arena = await makeArena(db.client);
    const call = await makeCall(db.client, arena);
    const waits: number[] = [];
    for (const retryAfterMs of [1000, 1000, 20_000, 86_400_000]) {
      await db.rows("update app_private.llm_calls set next_try_at = now() where id = $1", [call]);
      await finish(db.client, await sent(db.client, call), "rejected", { retryAfterMs });
      waits.push(((await reserve(db.client, call)).wait_ms ?? 0) / 1000);
    }
    expect(waits.map((seconds) => Math.round(seconds))).toEqual([2, 4, 20, 3600]);
  });

  test("gives up after the last try, but a lost lease costs none", async ({ db }) => {
    const call = await makeCall(db.client, await makeArena(db.client));
    await db.rows("update app_private.llm_calls set max_attempts = 2 where id = $1", [call]);
    for (let round = 0; round < 5; round++) {
      await reserve(db.client, call);
      await expireLeases(db.client, [call]);
      await db.rows("select app_private.sweep_attempts()");
    }
    expect(await callState(db.client, call)).toMatchObject({ state: "pending", attempts: 5 });
    for (const state of ["pending", "failed"]) {
      await db.rows("update app_private.llm_calls set next_try_at = now() where id = $1", [call]);
      await finish(db.client, await sent(db.client, call), "rejected", { retryAfterMs: 1000 });
      expect((await callState(db.client, call)).state).toBe(state);
    }
  });

  test("a call that was reserved 200 times in vain fails, and breaks nothing", async ({ db }) => {
    const call = await makeCall(db.client, await makeArena(db.client));
    await db.rows("update app_private.llm_calls set attempts = 199, max_attempts = 200 where id = $1", [call]);
    await reserve(db.client, call);
    await expireLeases(db.client, [call]);
    await db.rows("select app_private.sweep_attempts()");
    expect((await callState(db.client, call)).state).toBe("failed");
  });

  test("a late answer is accepted after the sweep, a second one is refused", async ({ db }) => {
    const attempt = await send(db.client, await makeArena(db.client));
    await expireLeases(db.client, [attempt.call]);
    await db.rows("select app_private.sweep_attempts()");
    expect(await callState(db.client, attempt.call)).toMatchObject({ state: "in_doubt", tried: ["in_doubt"] });
    const stored = "select app_private.record_reply($1, $2, 200, '{}', 'late') as ok";
    expect(await db.row(stored, [attempt.attempt_id, attempt.lease_token])).toEqual({ ok: true });
    expect(await finish(db.client, { ...attempt, lease_token: randomUUID() }, "succeeded")).toBe(false);
    expect(await finish(db.client, attempt, "succeeded")).toBe(true);
    expect(await callState(db.client, attempt.call)).toMatchObject({ state: "done", tried: ["succeeded"] });
    expect(await finish(db.client, attempt, "rejected", { retryAfterMs: 1 })).toBe(false);
    expect(await ledgerFaults(db.client)).toEqual([]);
  });

  test("late worker and sweeper at once: exactly one settles", async ({ pool }) => {
    const attempt = await send(pool, await makeArena(pool));
    await expireLeases(pool, [attempt.call]);
    const [worker, sweeper] = [await pool.connect(), await pool.connect()];
    try {
      await sweeper.query("begin");
      await sweeper.query("select app_private.sweep_attempts()");
      const late = finish(worker, attempt, "succeeded");
      await waitForBlocked(pool, worker);
      await sweeper.query("commit");
      expect(await late).toBe(true);
    } finally {
      worker.release();
      sweeper.release();
    }
    expect(await callState(pool, attempt.call)).toMatchObject({ state: "done", tried: ["succeeded"] });
  });

  test("takes the rows of the day in the gate's order: the model's, then that of all", async ({ pool }) => {
    const [one, two] = [await makeArena(pool), await makeArena(pool)];
    await send(pool, one); // its row, then the row for all …
    const attempt = await send(pool, two); // … which now stands before this one
    const [gate, worker] = [await pool.connect(), await pool.connect()];
    try {
      await gate.query("begin");
      await gate.query("select from app_private.daily_spend where model_id = $1 for update", two.models);
      const finishing = finish(worker, attempt, "succeeded");
      await waitForBlocked(pool, worker);
      await gate.query("select from app_private.daily_spend where model_id is null for update nowait");
      await gate.query("commit");
      expect(await finishing).toBe(true);
    } finally {
      gate.release();
      worker.release();
    }
  });
});
