// [worker/tests/answer_task.test.ts] -> worker/tasks/answer_task.ts, worker/tasks/sweep_calls.ts
import { Logger, makeWorkerUtils, runOnce, type TaskList } from "graphile-worker";
import type pg from "pg";
import { afterAll, beforeAll } from "vitest";
import { callState, expireLeases, reserve } from "../../db/budget/testing/calls.ts";
import { describe, expect, test } from "../../db/testing/database.ts";
import type { LogData } from "../../process/log.ts";
import { type FaultServer, startFaultServer } from "../llm/testing/fault-server.ts";
import { wholeText } from "../llm/testing/replies.ts";
import answerTask from "../tasks/answer_task.ts";
import sweepCalls from "../tasks/sweep_calls.ts";
import { makeWorker, oneCall, submissionState } from "./setup.ts";

let server: FaultServer;
beforeAll(async () => {
  server = await startFaultServer();
});
afterAll(() => server.close());

const logger = new Logger(() => () => undefined);

/** Runs what is due through the real queue. */
function runQueue(pool: pg.Pool, worker = makeWorker(pool)): Promise<void> {
  const taskList: TaskList = { answer_task: answerTask(worker), sweep_calls: sweepCalls(worker) };
  return runOnce({ pgPool: pool, taskList, noHandleSignals: true, logger });
}

describe("answer_task", () => {
  test("is queued by the dispatch, asks, stores the page, and leaves no job behind", async ({ pool }) => {
    const it = await oneCall(pool, server.baseUrl("ok", "openai"));
    await runQueue(pool);
    expect(await submissionState(pool, it.submission)).toMatchObject({ status: "succeeded", html: wholeText, jobs: 0 });
    await runQueue(pool);
    const start = server.log.length;
    await makeWorker(pool).answer(it.call); // a job that runs again after all
    expect(server.log.length).toBe(start);
  });

  test("flags a page that bears the model's own registered name", async ({ pool }) => {
    const it = await oneCall(pool, server.baseUrl("ok", "openai"));
    await pool.query("update app_public.models set display_name = 'A-Page' where id = any ($1)", [it.arena.models]);
    await runQueue(pool);
    const { rows } = await pool.query("select names_maker from app_public.submissions where id = $1", [it.submission]);
    expect(rows).toEqual([{ names_maker: ["a page"] }]);
  });

  test("comes again when the provider wishes, by the database's clock", async ({ pool }) => {
    const it = await oneCall(pool, server.baseUrl("rate_limited", "openai"));
    await runQueue(pool);
    const soon = await jobOf(pool, it.call);
    expect(soon.in_seconds).toBeGreaterThan(4);
    expect(soon.in_seconds).toBeLessThan(8);
    await makeWorker(pool).answer(it.call); // too early: the job is put off once more, not doubled
    expect((await jobOf(pool, it.call)).in_seconds).toBeGreaterThan(3);
    expect((await submissionState(pool, it.submission)).jobs).toBe(1);
  });

  test("a clock that is an hour wrong changes nothing", async ({ pool }) => {
    const it = await oneCall(pool, server.baseUrl("ok", "openai"));
    await pool.query("update app_private.providers set max_parallel = 1 where name = $1", [it.arena.provider]);
    const { rows } = await pool.query<{ id: string }>(
      "select app_private.ensure_call('check', 'check', gen_random_uuid(), $1, '{}') as id",
      it.arena.models,
    );
    await reserve(pool, rows[0]?.id ?? "");
    const now = Date.now;
    Date.now = () => now() + 3_600_000;
    try {
      await makeWorker(pool).answer(it.call);
    } finally {
      Date.now = now;
    }
    expect((await jobOf(pool, it.call)).in_seconds).toBeLessThan(1);
  });

  test("a gate that is closed asks nobody, and the job says why", async ({ pool }) => {
    const it = await oneCall(pool, server.baseUrl("ok", "openai"));
    await pool.query("update app_private.dispatch_gate set is_open = false, reason = 'test'");
    const start = server.log.length;
    await runQueue(pool);
    expect(server.log.length).toBe(start);
    const { rows } = await pool.query("select last_error from graphile_worker.jobs where key = 'llm_call:' || $1", [
      it.call,
    ]);
    expect(rows).toEqual([{ last_error: "The gate to the models is closed." }]);
    await pool.query("update app_private.dispatch_gate set is_open = true");
  });
});

async function jobOf(pool: pg.Pool, call: string): Promise<{ in_seconds: number }> {
  const { rows } = await pool.query<{ in_seconds: number }>(
    "select extract(epoch from run_at - now())::float8 as in_seconds from graphile_worker.jobs where key = 'llm_call:' || $1",
    [call],
  );
  const [row] = rows;
  if (!row) throw new Error("There is no job.");
  return row;
}

describe("sweep_calls", () => {
  test("puts in doubt what may have left, sees to lost jobs, and finds nothing the second time", async ({ pool }) => {
    const it = await oneCall(pool, server.baseUrl("ok", "openai"));
    const lines: LogData[] = [];
    const log = {
      error: () => 0,
      info: () => 0,
      debug: () => 0,
      warn: (_sentence: string, data?: LogData) => lines.push(data ?? {}),
    };
    const worker = { ...makeWorker(pool), log };
    await reserve(pool, it.call);
    await expireLeases(pool, [it.call]);
    const utils = await makeWorkerUtils({ pgPool: pool });
    for (let run = 0; run < 2; run++) {
      await utils.addJob("sweep_calls", {});
      await runOnce({ pgPool: pool, taskList: { sweep_calls: sweepCalls(worker) }, noHandleSignals: true, logger });
    }
    await utils.release();
    expect(lines).toEqual([expect.objectContaining({ not_executed: 1, in_doubt: 0, replayed: 0 })]);
    expect((await callState(pool, it.call)).state).toBe("pending");
  });

  test("sweeps even where the answers on disk cannot be stored", async ({ pool }) => {
    const it = await oneCall(pool, server.baseUrl("ok", "openai"));
    await reserve(pool, it.call);
    await expireLeases(pool, [it.call]);
    const worker = { ...makeWorker(pool), replaySpool: () => Promise.reject(new Error("the disk is gone")) };
    await sweepCalls(worker)({}, worker.helpers);
    expect((await callState(pool, it.call)).tried).toEqual(["not_executed"]);
  });
});
