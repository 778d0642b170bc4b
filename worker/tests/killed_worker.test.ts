// [worker/tests/killed_worker.test.ts] -> worker/scheduled.ts, worker/presence.ts: a worker that dies in the middle of a run
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { silentLog } from "../../process/log.ts";
import { announce } from "../presence.ts";
import { scheduled } from "../scheduled.ts";
import { expect, test } from "./queue.ts";

test("a killed worker's run is taken over and done", async ({ queue, database, pool }) => {
  await queue.register("test_hang");
  const id = await queue.log("test_hang");
  const url = database.url("autobench_worker");
  const child = spawn(process.execPath, [path.join(import.meta.dirname, "hanging-worker.ts"), url], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = once(child, "exit");
  try {
    await Promise.race([once(child.stdout, "data"), gone]);
    expect(await queue.rows("test_hang")).toMatchObject([{ id, status: "running", attempts: 1 }]);
  } finally {
    child.kill("SIGKILL");
  }
  expect(await gone).toEqual([null, "SIGKILL"]);

  // What it left behind: a run that seems to be at work, and a job that nobody else may take yet.
  let runs = 0;
  const task = scheduled("test_hang", async () => void runs++);
  await queue.drain({ test_hang: task });
  await pool.query("select app_private.process_scheduled_tasks(now() + interval '10 minutes')");
  expect(await queue.rows("test_hang")).toMatchObject([{ status: "running" }]);
  expect(runs).toBe(0);

  const other = await announce(url, "other", { host: "test", beatMs: 50, deadAfter: "0.5 seconds" }, silentLog);
  try {
    const locked = "select from graphile_worker.jobs where locked_by is not null";
    await expect.poll(async () => (await pool.query(locked)).rowCount, { timeout: 10_000 }).toBe(0);
  } finally {
    await other.stop();
  }
  await queue.drain({ test_hang: task });
  expect(await queue.rows("test_hang")).toMatchObject([{ id, status: "completed", attempts: 2, error: null }]);
  expect(runs).toBe(1);
});
