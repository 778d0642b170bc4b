// [cli/verbs/trigger.test.ts] -> cli/verbs/trigger.ts, as it is called from a shell
import { spawn } from "node:child_process";
import path from "node:path";
import { root } from "../../process/environment.ts";
import { scheduled } from "../../worker/scheduled.ts";
import { expect, test as base } from "../../worker/tests/queue.ts";

interface End {
  code: number | null;
  out: string;
  err: string;
}

const test = base.extend("trigger", ({ database }) => (...args: string[]): Promise<End> => {
  const env = { PATH: process.env["PATH"], WORKER_DATABASE_URL: database.url("autobench_worker") };
  const child = spawn(process.execPath, [path.join(root, "cli", "autobench.ts"), "trigger", ...args], { env });
  let [out, err] = ["", ""];
  child.stdout.on("data", (part: Buffer) => (out += part.toString("utf8")));
  child.stderr.on("data", (part: Buffer) => (err += part.toString("utf8")));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, out, err })));
});

test("asks for a new run each time, and says which", async ({ trigger, queue }) => {
  const ends = [await trigger("cleanup-expired-tokens"), await trigger("cleanup_expired", "--json")];
  const [first, second] = await queue.rows("cleanup_expired");
  expect(ends).toEqual([
    { code: 0, out: `Run ${first?.id} of cleanup-expired-tokens is in the queue.\n`, err: "" },
    { code: 0, out: `${JSON.stringify({ ok: true, id: second?.id, task: "cleanup_expired" })}\n`, err: "" },
  ]);
  for (const row of [first, second])
    expect(row).toMatchObject({ status: "pending", requested_by: "cli", period_key: null });
});

test.for([
  ["done", { code: 0, out: /^Run \d+ of test_work is done after \d+ ms: {"sent":2}\n$/ }],
  ["failed", { code: 1, out: /^Run \d+ of test_work failed after \d+ ms: it did not work\n$/ }],
] as const)("waits until it is %s, and says so by its exit code", async ([how, expected], { trigger, queue }) => {
  await queue.register("test_work", { maxAttempts: 1 });
  const waiting = trigger("test_work", "--wait");
  await expect.poll(() => queue.rows("test_work"), { timeout: 10_000 }).toHaveLength(1);
  const task = scheduled("test_work", async () => {
    if (how === "failed") throw new Error("it did not work");
    return { sent: 2 };
  });
  await queue.drain({ test_work: task });
  const end = await waiting;
  expect(end.out).toMatch(expected.out);
  expect(end).toMatchObject({ code: expected.code, err: "No worker was heard of lately: the run waits for one.\n" });
});

test.for([
  ["an unknown task", ["cleanup"], "There is no such task. Did you mean cleanup_expired?\n"],
  ["no task", [], 'Name one task: "autobench trigger cleanup_expired".\n'],
  ["two tasks", ["cleanup_expired", "cleanup_expired"], 'Name one task: "autobench trigger cleanup_expired".\n'],
] as const)("refuses %s", async ([, args, err], { trigger, queue }) => {
  expect(await trigger(...args)).toEqual({ code: 1, out: "", err });
  expect(await queue.rows("cleanup_expired")).toEqual([]);
});
