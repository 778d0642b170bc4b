// [worker/scheduled.test.ts] -> worker/scheduled.ts, app_private.scheduled_tasks
import type { JobHelpers } from "graphile-worker";
import { scheduled, type ScheduledRun } from "./scheduled.ts";
import { describe, expect, test } from "./tests/queue.ts";

const cron = (ts: string, backfilled = false) => ({ _cron: { ts, backfilled } });
const midnight = "2020-11-20T00:00:00.000Z";

describe("cron's call", () => {
  test("writes the period's row and does not do the work itself", async ({ queue }) => {
    await queue.register("test_work");
    const runs: ScheduledRun[] = [];
    const task = scheduled("test_work", async (run) => void runs.push(run));
    await queue.pool.query("select graphile_worker.add_job('test_work', $1::json)", [cron(midnight, true)]);
    const seen: number[] = [];
    await queue.drain({
      test_work: async (payload, helpers) => {
        await task(payload, helpers);
        seen.push(runs.length);
      },
    });
    expect(seen).toEqual([0, 1]);
    expect(await queue.rows("test_work")).toMatchObject([
      {
        status: "completed",
        requested_by: "cron",
        period_key: "2020-11-20",
        scheduled_time: new Date(midnight),
        payload: { backfilled: true },
        result: null,
      },
    ]);
    expect(runs).toMatchObject([{ at: new Date(midnight), attempt: 1, payload: { backfilled: true } }]);
    expect(await queue.jobs()).toEqual([]);
  });

  test("repeated for a period leaves one row and one run", async ({ queue }) => {
    await queue.register("test_work");
    let runs = 0;
    const task = scheduled("test_work", async () => void runs++);
    for (const ts of [midnight, midnight, "2020-11-20T00:07:00.000Z", "2020-11-21T00:00:00.000Z"]) {
      await queue.pool.query("select graphile_worker.add_job('test_work', $1::json)", [cron(ts)]);
    }
    await queue.drain({ test_work: task });
    expect((await queue.rows("test_work")).map((row) => row.period_key)).toEqual(["2020-11-20", "2020-11-21"]);
    expect(runs).toBe(2);
  });

  test("keeps what the crontab gives besides", async ({ queue }) => {
    await queue.register("test_work");
    await queue.pool.query("select graphile_worker.add_job('test_work', $1::json)", [{ slot: 2, ...cron(midnight) }]);
    await queue.drain({
      test_work: scheduled("test_work", async ({ payload }) => ({ slot: Number(payload["slot"]) })),
    });
    expect(await queue.rows("test_work")).toMatchObject([{ payload: { slot: 2 }, result: { slot: 2 } }]);
  });

  test("leaves no row for a tick with nothing to do", async ({ queue }) => {
    await queue.register("test_work");
    const asked: Date[] = [];
    let hasWork = false;
    const task = scheduled("test_work", async () => undefined, {
      hasWork: async ({ at }) => {
        asked.push(at);
        return hasWork;
      },
    });
    const tick = async (ts: string) => {
      await queue.pool.query("select graphile_worker.add_job('test_work', $1::json)", [cron(ts)]);
      await queue.drain({ test_work: task });
    };
    await tick(midnight);
    expect(await queue.rows("test_work")).toEqual([]);
    hasWork = true;
    await tick("2020-11-21T00:00:00.000Z");
    expect(await queue.rows("test_work")).toHaveLength(1);
    expect(asked).toEqual([new Date(midnight), new Date("2020-11-21T00:00:00Z")]); // not again for the run itself
  });
});

describe("a run", () => {
  test("keeps what the work says of itself, and holds no connection meanwhile", async ({ queue }) => {
    await queue.register("test_work");
    await queue.log("test_work", { by: "hand" });
    const held: number[] = [];
    const task = scheduled("test_work", async () => {
      held.push(queue.pool.totalCount - queue.pool.idleCount);
      return { done: 3, names: ["a"] };
    });
    await queue.drain({ test_work: task });
    expect(held).toEqual([0]);
    expect(await queue.rows("test_work")).toMatchObject([
      { status: "completed", payload: { by: "hand" }, result: { done: 3, names: ["a"] }, requested_by: "sql" },
    ]);
  });

  test("stays pending while a retry is due, then fails for good, with its reason", async ({ queue }) => {
    await queue.register("test_work", { maxAttempts: 2 });
    await queue.log("test_work");
    let tries = 0;
    const task = scheduled("test_work", async () => {
      throw new Error(`no such host, try ${++tries}`);
    });
    await queue.drain({ test_work: task });
    expect(await queue.rows("test_work")).toMatchObject([
      { status: "pending", attempts: 1, error: "no such host, try 1" },
    ]);
    await queue.skipWaiting();
    await queue.drain({ test_work: task });
    expect(await queue.rows("test_work")).toMatchObject([
      { status: "failed", attempts: 2, error: "no such host, try 2" },
    ]);
    await queue.skipWaiting();
    await queue.drain({ test_work: task });
    expect(tries).toBe(2);
    expect(await queue.jobs()).toEqual([{ task: "test_work", attempts: 2, last_error: "no such host, try 2" }]);
  });

  test("that fails holds up no other", async ({ queue }) => {
    await queue.register("test_work");
    for (const n of [1, 2, 3, 4]) await queue.log("test_work", { n });
    const task = scheduled("test_work", async ({ payload }) => {
      if (payload["n"] === 1) throw new Error("the first one fails");
    });
    await queue.drain({ test_work: task });
    expect((await queue.rows("test_work")).map((row) => row.status)).toEqual([
      "pending",
      "completed",
      "completed",
      "completed",
    ]);
  });

  test("is not done again when its job comes twice", async ({ queue }) => {
    await queue.register("test_work");
    const id = await queue.log("test_work");
    let runs = 0;
    const task = scheduled("test_work", async () => void runs++);
    await queue.drain({ test_work: task });
    await queue.pool.query("select graphile_worker.add_job('test_work', $1::json)", [{ id: Number(id) }]);
    await queue.pool.query(`select graphile_worker.add_job('test_work', '{"id": 999999}')`);
    await queue.drain({ test_work: task });
    expect(runs).toBe(1);
    expect(await queue.jobs()).toEqual([]);
  });

  test("keeps no secret of an error, in the row or in the queue", async ({ queue }) => {
    await queue.register("test_work", { maxAttempts: 1 });
    await queue.log("test_work");
    const secrets = ["hunter2", "sk-live-0123456789", "eyJhbGciOi.eyJzdWIiOi.c2ln"];
    await queue.drain({
      test_work: scheduled("test_work", async () => {
        throw new Error(
          `postgres://me:${secrets[0]}@host/db refused ${secrets[1]} and Bearer ${secrets[2]} \0${"x".repeat(9000)}`,
        );
      }),
    });
    const [row] = await queue.rows("test_work");
    const kept = JSON.stringify([row?.error, await queue.jobs()]);
    expect(row?.error).toMatch(/^postgres:\/\/me:\[hidden\]@host\/db refused \[hidden\] and Bearer \[hidden\] x+$/);
    expect(row?.error).toHaveLength(2000);
    for (const secret of secrets) expect(kept).not.toContain(secret);
  });

  test.for([
    ["something that is no error", () => Promise.reject("a text"), "a text"],
    ["an error without a message", () => Promise.reject(new RangeError()), "RangeError"],
    ["a result that is no JSON", async () => ({ n: 1n }), "Do not know how to serialize a BigInt"],
  ] as const)("that ends with %s has failed", async ([, work, error], { queue }) => {
    await queue.register("test_work");
    await queue.log("test_work");
    await queue.drain({ test_work: scheduled("test_work", work) });
    expect(await queue.rows("test_work")).toMatchObject([{ status: "pending", attempts: 1, error }]);
    expect(await queue.jobs()).toMatchObject([{ last_error: error }]);
  });

  test("that comes too late is skipped", async ({ queue }) => {
    await queue.register("test_work", { usefulFor: "24 hours" });
    await queue.pool.query("select graphile_worker.add_job('test_work', $1::json)", [cron(midnight, true)]);
    let runs = 0;
    await queue.drain({ test_work: scheduled("test_work", async () => void runs++) });
    expect(await queue.rows("test_work")).toMatchObject([
      { status: "completed", result: { skipped: "It was of use until 2020-11-21 00:00 UTC." } },
    ]);
    expect(runs).toBe(0);
  });

  test("passes on why it failed even when that cannot be written down", async () => {
    const warnings: string[] = [];
    const helpers = {
      job: { attempts: 1, max_attempts: 3 },
      logger: { warn: (sentence: string) => warnings.push(sentence) },
      query: async (sql: string) => {
        if (sql.includes("begin_")) return { rows: [{ at: new Date(), payload: {}, attempt: 1 }] };
        throw new Error("the database is away");
      },
    } as unknown as JobHelpers;
    const task = scheduled("test_work", () => Promise.reject(new Error("the model is away")));
    await expect(task({ id: 1 }, helpers)).rejects.toThrow("the model is away");
    expect(warnings).toEqual(["a failure could not be written down"]);
  });
});

test.for([[{}], [null], [{ id: "1" }], [{ id: 1.5 }], [[1]], ["id"]])("refuses a job with %j", async ([payload]) => {
  const task = scheduled("test_work", async () => undefined);
  await expect(task(payload, {} as JobHelpers)).rejects.toThrow(
    "test_work is called by the crontab, or through app_private.log_scheduled_task().",
  );
});
