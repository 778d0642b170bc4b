// [worker/ledger.test.ts] -> worker/ledger.ts, worker/tasks/answer_task.ts
import { afterAll, beforeAll } from "vitest";
import { callState, expireLeases, ledgerFaults } from "../db/budget/testing/calls.ts";
import { describe, expect, test } from "../db/testing/database.ts";
import { replaySpool } from "./ledger.ts";
import { type FaultServer, startFaultServer } from "./llm/testing/fault-server.ts";
import type { FaultName } from "./llm/testing/faults.ts";
import { wholeText } from "./llm/testing/replies.ts";
import { Killed, makeWorker, mortal, oneCall, submissionState, watched } from "./tests/setup.ts";

let server: FaultServer;
beforeAll(async () => {
  server = await startFaultServer();
});
afterAll(() => server.close());

/** What reached the provider since. */
function requestsSince(start: number) {
  const requests = server.log.slice(start);
  return { sent: requests.length, billed: requests.filter((request) => request.billed).length };
}

describe("asking once", () => {
  test.for([
    ["ok", "openai", "succeeded", "done", "succeeded", null],
    ["ok", "anthropic", "succeeded", "done", "succeeded", null],
    ["refusal", "openai", "unusable", "done", "failed", /refused/],
    ["garbage", "anthropic", "unusable", "done", "failed", /not JSON/],
    ["empty_content", "openai", "unusable", "done", "failed", /no text/],
    ["status_400", "openai", "rejected", "failed", "failed", /found the request wrong/],
    ["redirect_307", "anthropic", "rejected", "failed", "failed", /elsewhere/],
    ["rate_limited", "openai", "rejected", "pending", "queued", null],
    ["status_529", "anthropic", "rejected", "pending", "queued", null],
    ["refused", "openai", "not_executed", "pending", "queued", null],
    ["tls_not_spoken", "openai", "not_executed", "pending", "queued", null],
    ["status_500", "openai", "in_doubt", "in_doubt", "in_doubt", /the provider failed/],
    ["reset_after_work", "anthropic", "in_doubt", "in_doubt", "in_doubt", /connection broke/],
    ["cut_by_length", "openai", "in_doubt", "in_doubt", "in_doubt", /broke off/],
  ] as const)("%s over %s: %s", async ([fault, protocol, attempt, call, status, reason], { pool }) => {
    const it = await oneCall(pool, server.baseUrl(fault, protocol), protocol);
    const start = server.log.length;
    const worker = makeWorker(pool);
    for (let run = 0; run < 3; run++) await worker.answer(it.call); // the queue may run it again
    expect(await callState(pool, it.call)).toMatchObject({ state: call, tried: [attempt] });
    const state = await submissionState(pool, it.submission);
    expect(state).toMatchObject({ status, html: status === "succeeded" ? wholeText : null });
    if (reason) expect(state.reason).toMatch(reason);
    // Whoever may come again has a job; that of whoever has its page is taken back. The others' is the one that ran.
    if (call === "pending" || status === "succeeded") expect(state.jobs).toBe(call === "pending" ? 1 : 0);
    expect(requestsSince(start).sent).toBe(attempt === "not_executed" ? 0 : 1);
    expect(await ledgerFaults(pool)).toEqual([]);
  });

  test("a refusal for want of room is tried again, and paid once", async ({ pool }) => {
    const plan: FaultName[] = ["rate_limited", "status_529", "ok"];
    const moody = await startFaultServer({ pick: () => plan.shift() ?? "status_500_billed" });
    try {
      const it = await oneCall(pool, moody.baseUrl("any", "openai"));
      const worker = makeWorker(pool);
      for (let run = 0; run < 5; run++) {
        await pool.query("update app_private.llm_calls set next_try_at = now() where id = $1 and state = 'pending'", [
          it.call,
        ]);
        await worker.answer(it.call);
      }
      expect(await callState(pool, it.call)).toMatchObject({
        state: "done",
        tried: ["rejected", "rejected", "succeeded"],
      });
      expect(moody.log.map((request) => request.fault)).toEqual(["rate_limited", "status_529", "ok"]);
    } finally {
      await moody.close();
    }
  });

  test("without the provider's key nothing is sent, and the call waits for it", async ({ pool }) => {
    const it = await oneCall(pool, server.baseUrl("ok", "openai"));
    await pool.query("update app_private.providers set api_key_env = 'MAPLE_API_KEY' where name = $1", [
      it.arena.provider,
    ]);
    const start = server.log.length;
    await makeWorker(pool).answer(it.call);
    expect(await callState(pool, it.call)).toMatchObject({ tried: ["not_executed"] });
    expect(requestsSince(start).sent).toBe(0);
    await pool.query("update app_private.llm_calls set next_try_at = now(), state = 'pending' where id = $1", [
      it.call,
    ]);
    await makeWorker(pool, { keys: { MAPLE_API_KEY: "sk-maple" } }).answer(it.call);
    expect((await submissionState(pool, it.submission)).status).toBe("succeeded");
    expect(server.log.at(-1)?.headers.authorization).toBe("Bearer sk-maple");
  });

  test("at the spend limit nothing is sent, and the call comes again", async ({ pool }) => {
    const it = await oneCall(pool, server.baseUrl("ok", "openai"));
    const start = server.log.length;
    await makeWorker(pool, { dailyLimitUsd: 0 }).answer(it.call);
    expect(await callState(pool, it.call)).toMatchObject({ state: "pending", tried: ["not_executed"] });
    expect([requestsSince(start).sent, (await submissionState(pool, it.submission)).jobs]).toEqual([0, 1]);
  });

  test("six workers at once ask once", async ({ pool }) => {
    const it = await oneCall(pool, server.baseUrl("ok_slow", "openai"));
    const start = server.log.length;
    await Promise.all(Array.from({ length: 6 }, () => makeWorker(pool).answer(it.call)));
    expect(requestsSince(start)).toEqual({ sent: 1, billed: 1 });
    expect((await submissionState(pool, it.submission)).status).toBe("succeeded");
  });
});

/**
 * The crash points C0 to C6: where the process died, the attempt after the sweep, what reached the provider by then, and
 * the submission's end after the job has run again.
 */
const crashes = [
  ["before", "stored_reply", [], 0, "succeeded"],
  ["before", "reserve_attempt", [], 0, "succeeded"],
  ["after", "reserve_attempt", ["not_executed"], 0, "succeeded"],
  ["before", "open_gate", ["not_executed"], 0, "succeeded"],
  ["after", "open_gate", ["in_doubt"], 0, "in_doubt"],
  ["before", "complete", ["in_doubt"], 0, "in_doubt"],
  ["after", "complete", ["in_doubt"], 1, "in_doubt"],
  ["before", "record_reply", ["in_doubt"], 1, "in_doubt"],
  ["after", "record_reply", ["in_doubt"], 1, "succeeded"],
  ["before", "finish_attempt", ["in_doubt"], 1, "succeeded"],
  ["after", "finish_attempt", ["succeeded"], 1, "succeeded"],
  ["before", "record_answer", ["succeeded"], 1, "succeeded"],
  ["after", "record_answer", ["succeeded"], 1, "succeeded"],
] as const;

describe("killed at every step", () => {
  test.for(crashes)("%s %s: %o after the sweep", async ([when, at, tried, sent, end], { pool }) => {
    const it = await oneCall(pool, server.baseUrl("ok", "anthropic"), "anthropic");
    const start = server.log.length;
    const victim = mortal(pool, { when, at });
    await expect(makeWorker(victim.database, { complete: victim.complete }).answer(it.call)).rejects.toThrow(Killed);

    await expireLeases(pool, [it.call]);
    await pool.query("select app_private.sweep_attempts()");
    expect((await callState(pool, it.call)).tried).toEqual(tried);
    expect(requestsSince(start).sent).toBe(sent);

    const survivor = makeWorker(pool);
    for (let run = 0; run < 2; run++) await survivor.answer(it.call);
    const state = await submissionState(pool, it.submission);
    expect(state.status).toBe(end);
    if (end === "in_doubt") expect(state.reason).toBe("The worker went away after the request may have left.");
    else expect(state.html).toBe(wholeText);
    expect(requestsSince(start).billed).toBeLessThanOrEqual(1);
    expect(await ledgerFaults(pool)).toEqual([]);
  });

  test("killed with an answer that is too large to be stored: the submission has failed, and says why", async ({
    pool,
  }) => {
    const it = await oneCall(pool, server.baseUrl("over_8_mib", "openai"));
    const victim = mortal(pool, { when: "after", at: "finish_attempt" });
    await expect(makeWorker(victim.database).answer(it.call)).rejects.toThrow(Killed);
    expect(await submissionState(pool, it.submission)).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("over 8 MiB"),
    });
    await makeWorker(pool).answer(it.call);
    expect(await callState(pool, it.call)).toMatchObject({ state: "done", tried: ["unusable"] });
  });

  test("an answer that was stored but never read is read even when its job is lost", async ({ pool }) => {
    const it = await oneCall(pool, server.baseUrl("ok", "openai"));
    const victim = mortal(pool, { when: "before", at: "finish_attempt" });
    await expect(makeWorker(victim.database).answer(it.call)).rejects.toThrow(Killed);
    await pool.query("select graphile_worker.remove_job('llm_call:' || $1)", [it.call]);
    await expireLeases(pool, [it.call]);
    await pool.query("select app_private.sweep_attempts()");
    expect(await submissionState(pool, it.submission)).toMatchObject({ status: "in_doubt", jobs: 1 });
    await makeWorker(pool).answer(it.call);
    expect(await submissionState(pool, it.submission)).toMatchObject({ status: "succeeded", jobs: 0 });
  });

  test("a worker that was stopped while sending, past its lease, still brings its answer; nobody else has asked", async ({
    pool,
  }) => {
    const it = await oneCall(pool, server.baseUrl("ok", "openai"));
    const start = server.log.length;
    const sleeper = makeWorker(pool, {
      // Stopped after the gate: meanwhile its lease ends, the sweep comes, and another worker tries the call.
      complete: async (...call) => {
        await expireLeases(pool, [it.call]);
        await pool.query("select app_private.sweep_attempts()");
        await makeWorker(pool).answer(it.call);
        expect(requestsSince(start).sent).toBe(0);
        return makeWorker(pool).options.complete(...call);
      },
    });
    await sleeper.answer(it.call);
    expect(await callState(pool, it.call)).toMatchObject({ state: "done", tried: ["succeeded"] });
    expect(requestsSince(start)).toEqual({ sent: 1, billed: 1 });
  });

  test("a worker that was stopped between its reservation and the gate sends nothing", async ({ pool }) => {
    const it = await oneCall(pool, server.baseUrl("ok", "openai"));
    const start = server.log.length;
    const sleeper = makeWorker(pool, {
      noteAttempt: () => undefined,
      database: {
        query: async (sql, values) => {
          if (sql.includes("open_gate")) {
            await expireLeases(pool, [it.call]);
            await pool.query("select app_private.sweep_attempts()");
            await makeWorker(pool).answer(it.call);
          }
          return pool.query(sql, values);
        },
      },
    });
    await sleeper.answer(it.call);
    expect(await callState(pool, it.call)).toMatchObject({ state: "done", tried: ["not_executed", "succeeded"] });
    expect(requestsSince(start)).toEqual({ sent: 1, billed: 1 });
  });

  test("what cannot be noted beside the database is not sent", async ({ pool }) => {
    const it = await oneCall(pool, server.baseUrl("ok", "openai"));
    const start = server.log.length;
    const noteAttempt = () => {
      throw new Error("the disk is full");
    };
    await expect(makeWorker(pool, { noteAttempt }).answer(it.call)).rejects.toThrow("the disk is full");
    expect(await callState(pool, it.call)).toMatchObject({ tried: ["reserved"] });
    expect(requestsSince(start).sent).toBe(0);
  });
});

describe("the database is away when the answer comes", () => {
  const away = () => Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });

  test("it is stored when the database is back within our patience", async ({ pool }) => {
    const it = await oneCall(pool, server.baseUrl("ok", "openai"));
    let failures = 0;
    const shaky = watched(pool, {
      before(sql) {
        if (/record_reply|finish_attempt/.test(sql) && failures++ % 2 === 0) throw away();
      },
    });
    await makeWorker(shaky, { patienceMs: 10_000 }).answer(it.call);
    expect(failures).toBe(4);
    expect((await submissionState(pool, it.submission)).status).toBe("succeeded");
  });

  test.for(["57P01", "40P01", "53300", "25006", "ENOTFOUND"])("%s counts as away", async (code, { pool }) => {
    const it = await oneCall(pool, server.baseUrl("ok", "openai"));
    let isAway = true;
    const shaky = watched(pool, {
      before(sql) {
        if (sql.includes("finish_attempt") && isAway) {
          isAway = false;
          throw Object.assign(new Error("not now"), { code });
        }
      },
    });
    await makeWorker(shaky, { patienceMs: 5000 }).answer(it.call);
    expect((await submissionState(pool, it.submission)).status).toBe("succeeded");
  });

  test("after that it waits on disk, and settles the call when it is replayed, even after the sweep", async ({
    pool,
  }) => {
    const it = await oneCall(pool, server.baseUrl("ok", "openai"));
    const start = server.log.length;
    let isAway = false;
    const gone = watched(pool, {
      before(sql) {
        isAway ||= sql.includes("record_reply");
        if (isAway) throw away();
      },
    });
    const worker = makeWorker(gone);
    await expect(worker.answer(it.call)).rejects.toThrow("ECONNREFUSED"); // the page cannot be stored either
    await expect(worker.replaySpool()).rejects.toThrow("ECONNREFUSED"); // still away: it stays on disk
    await expireLeases(pool, [it.call]);
    await pool.query("select app_private.sweep_attempts()");
    expect(await callState(pool, it.call)).toMatchObject({ state: "in_doubt" });

    expect(await replaySpool(pool, worker.options.spool)).toBe(1);
    expect(await replaySpool(pool, worker.options.spool)).toBe(0);
    expect(await callState(pool, it.call)).toMatchObject({ state: "done", tried: ["succeeded"] });
    await makeWorker(pool).answer(it.call);
    expect(await submissionState(pool, it.submission)).toMatchObject({ status: "succeeded", html: wholeText });
    expect(requestsSince(start)).toEqual({ sent: 1, billed: 1 });
    expect(await ledgerFaults(pool)).toEqual([]);
  });
});
