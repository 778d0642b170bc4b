// [worker/tests/generate_daily_tasks.test.ts] -> worker/tasks/generate_daily_tasks.ts -> app_public.tasks
import type pg from "pg";
import { afterEach, vi } from "vitest";
import { expireLeases, ledgerFaults, makeArena, reserve, utcDay, writePrompts } from "../../db/budget/testing/calls.ts";
import { describe, expect, test } from "../../db/testing/database.ts";
import { type Log, silentLog } from "../../process/log.ts";
import { readLibrary } from "../library.ts";
import { dispatchAndCollect } from "../tasks/dispatch_and_collect.ts";
import { generateDailyTasks } from "../tasks/generate_daily_tasks.ts";
import { Killed, makeWorker, mortal, type TestWorker } from "./setup.ts";
import { draft, startWriter, type Writer } from "./writer.ts";

const pace = { longestWaitMs: 12_000, lookMs: 20 };
let daysAhead = 0;
let writer: Writer | undefined;
afterEach(async () => {
  await writer?.close();
  writer = undefined;
});

/** A day of its own, and somebody who writes its tasks. */
async function aDay(pool: pg.Pool, says?: Parameters<typeof startWriter>[0]): Promise<string> {
  await writePrompts(pool);
  await pool.query("delete from app_private.llm_roles");
  if (says) {
    writer = await startWriter(says);
    const { models } = await makeArena(pool, { baseUrl: writer.baseUrl });
    await pool.query(
      "insert into app_private.llm_roles (role, priority, model_id) values ('write_task', 1, $1)",
      models,
    );
  }
  daysAhead += 100; // out of reach of the days of other tests
  return utcDay(daysAhead);
}

function generate(worker: TestWorker, day: string) {
  const at = new Date(`${day}T00:00:00Z`);
  return generateDailyTasks(worker, pace)({ id: "1", at, attempt: 1, payload: {}, helpers: worker.helpers });
}

interface Task extends pg.QueryResultRow {
  title: string;
  source: string;
  why: string | null;
  round: number | null;
  prompt_text: string;
}

async function tasksOf(pool: pg.Pool, day: string): Promise<Task[]> {
  const { rows } = await pool.query<Task>(
    `select title, prompt_text, prompt_metadata ->> 'source' as source, prompt_metadata ->> 'why' as why,
         (prompt_metadata ->> 'round')::int as round
       from app_public.tasks where challenge_date = $1 and status = 'generated' order by slot`,
    [day],
  );
  return rows;
}

const titles = readLibrary().map((task) => task.title);

describe("generate_daily_tasks", () => {
  test("has three slots written, tells the writer of those before, and asks nobody the second time", async ({
    pool,
  }) => {
    const day = await aDay(pool, (n) => draft(n));
    const worker = makeWorker(pool, { tasksPerDay: 3 });
    expect(await generate(worker, day)).toEqual({ day, tasks: 3, sources: { 1: "writer", 2: "writer", 3: "writer" } });
    expect(await generate(worker, day)).toEqual({ day, tasks: 3, sources: {} });
    expect((await tasksOf(pool, day)).map((task) => task.title)).toEqual([1, 2, 3].map((n) => `Draft number ${n}`));
    expect(writer?.asked).toHaveLength(3);
    expect(writer?.asked[0]).not.toContain("Draft number");
    expect(writer?.asked[2]).toContain("Draft number 2");
    expect(writer?.asked[2]).toContain(`${day} 3/3`);
    expect(await ledgerFaults(pool)).toEqual([]);
  });

  test("without a writer it takes from the library, something else for each slot, and says why", async ({ pool }) => {
    const day = await aDay(pool);
    await generate(makeWorker(pool, { tasksPerDay: 3 }), day);
    const tasks = await tasksOf(pool, day);
    expect(tasks).toHaveLength(3);
    for (const task of tasks) {
      expect(task).toMatchObject({ source: "library", why: "No model that writes tasks can be asked." });
      expect(titles).toContain(task.title);
    }
    expect(new Set(tasks.map((task) => task.title)).size).toBe(3);
  });

  test("does not take from the library what was given within sixty days", async ({ pool }) => {
    const day = await aDay(pool);
    const worker = makeWorker(pool, { tasksPerDay: 12 });
    const given: string[] = [];
    for (const back of [59, 30, 1, 0]) {
      const at = new Date(Date.parse(day) - back * 86_400_000).toISOString().slice(0, 10);
      await generate(worker, at);
      given.push(...(await tasksOf(pool, at)).map((task) => task.title));
    }
    expect(given).toHaveLength(48);
    const library = titles.length;
    expect(new Set(given).size).toBe(Math.min(48, library));
  });

  test.for<[string, () => string | number, string]>([
    ["a writer that fails for good", () => 400, "The writer did not answer."],
    ["a writer that is not understood", () => "I would rather not.", "The writer's reply was not a task."],
    ["a theme that is not ours", () => draft(1, { theme: "cryptocurrency" }), "The writer's reply was not a task."],
    [
      "a title that cannot be stored",
      () => draft(1, { title: "Ring\u0007 the bell" }),
      "The writer's reply was not a task.",
    ],
    [
      "a prompt that cannot be stored",
      () => draft(1, { prompt: `\0${"x ".repeat(200)}` }),
      "The writer's reply was not a task.",
    ],
    ["a prompt that is too short", () => draft(1, { prompt: "A page." }), "The writer's reply was not a task."],
    ["a prompt that is too long", () => draft(1, { prompt: "x ".repeat(2001) }), "The writer's reply was not a task."],
  ])("%s: the day is not empty", async ([, says, why], { pool }) => {
    const day = await aDay(pool, says);
    await generate(makeWorker(pool), day);
    expect(await tasksOf(pool, day)).toMatchObject([{ source: "library", why }]);
    expect(writer?.asked.length).toBe(why.includes("not answer") ? 1 : 2);
  });

  test("a draft like an earlier task is written again, once", async ({ pool }) => {
    const day = await aDay(pool, (n) => draft(n === 3 ? 5 : 1, { title: `Title ${n}` }));
    await generate(makeWorker(pool, { tasksPerDay: 2 }), day);
    expect(await tasksOf(pool, day)).toMatchObject([
      { title: "Title 1", source: "writer", round: 1 },
      { title: "Title 3", source: "writer", round: 2 },
    ]);
  });

  test("and when that is like one too, the library has it", async ({ pool }) => {
    const day = await aDay(pool, (n) => draft(1, { title: `Title ${n}` }));
    await generate(makeWorker(pool, { tasksPerDay: 2 }), day);
    expect(await tasksOf(pool, day)).toMatchObject([
      { title: "Title 1", source: "writer" },
      { source: "library", why: "The writer's task was too much like Title 1." },
    ]);
    expect(writer?.asked).toHaveLength(3);
  });

  test("waits for a writer that is busy, as long as it may", async ({ pool }) => {
    const day = await aDay(pool, (n) => draft(n));
    await pool.query(
      `update app_private.providers p set max_parallel = 1 from app_public.models m, app_private.llm_roles r
         where m.provider = p.name and m.id = r.model_id`,
    );
    const { rows } = await pool.query<{ id: string }>(
      `select app_private.ensure_call('check', 'check', gen_random_uuid(), r.model_id, '{"prompt": "", "maxOutputTokens": 1}') as id
         from app_private.llm_roles r`,
    );
    const other = rows[0]?.id ?? "";
    await reserve(pool, other);
    const generating = generate(makeWorker(pool), day);
    const freed = expireLeases(pool, [other]).then(() => pool.query("select app_private.sweep_attempts()"));
    await Promise.all([generating, freed]);
    expect(await tasksOf(pool, day)).toMatchObject([{ source: "writer" }]);
  });

  test.for([
    ["before", "record_task"],
    ["after", "record_task"],
    ["before", "similar_task"],
    ["after", "ensure_call"],
    ["before", "ensure_call"],
    ["after", "open_day"],
    ["after", "finish_attempt"],
    ["after", "record_reply"],
  ] as const)("killed %s %s, it goes on with what was bought", async ([when, at], { pool }) => {
    const day = await aDay(pool, (n) => draft(n));
    const victim = mortal(pool, { when, at });
    const dying = makeWorker(victim.database, { complete: victim.complete });
    await expect(generate(dying, day)).rejects.toThrow(Killed);
    await generate(makeWorker(pool), day);
    expect(await tasksOf(pool, day)).toMatchObject([{ title: "Draft number 1", source: "writer" }]);
    expect(writer?.asked).toHaveLength(1);
    expect(await ledgerFaults(pool)).toEqual([]);
  });

  test("killed while the writer wrote, it is not asked again: the library has it", async ({ pool }) => {
    const day = await aDay(pool, (n) => draft(n));
    const victim = mortal(pool, { when: "after", at: "complete" });
    await expect(generate(makeWorker(victim.database, { complete: victim.complete }), day)).rejects.toThrow(Killed);
    await pool.query(
      "update app_private.llm_attempts set lease_until = now() - interval '1 second' where state = 'sending'",
    );
    await pool.query("select app_private.sweep_attempts()");
    await generate(makeWorker(pool), day);
    expect(await tasksOf(pool, day)).toMatchObject([{ source: "library", why: "The writer did not answer." }]);
    expect(writer?.asked).toHaveLength(1);
  });

  test("two runs at once write each task once, with the writer's words, and buy nothing twice", async ({ pool }) => {
    const day = await aDay(pool, (n) => draft(n));
    const workers = Array.from({ length: 3 }, () => makeWorker(pool, { tasksPerDay: 3 }));
    await Promise.all(workers.map((worker) => generate(worker, day)));
    const tasks = await tasksOf(pool, day);
    expect(tasks.map((task) => task.source)).toEqual(["writer", "writer", "writer"]);
    expect(new Set(tasks.map((task) => task.title)).size).toBe(3);
    expect(writer?.asked).toHaveLength(3);
  });

  test("a day that is over is neither opened nor dispatched", async ({ pool }) => {
    await aDay(pool, (n) => draft(n));
    const day = utcDay(-400);
    const worker = makeWorker(pool);
    expect(await generate(worker, day)).toEqual({ day, skipped: "The day is over." });
    const at = new Date(`${day}T00:05:00Z`);
    expect(await dispatchAndCollect(worker)({ id: "1", at, attempt: 1, payload: {}, helpers: worker.helpers })).toEqual(
      {
        day,
        skipped: "The day is over.",
      },
    );
    expect((await pool.query("select from app_public.tasks where challenge_date = $1", [day])).rowCount).toBe(0);
    expect(writer?.asked).toEqual([]);
  });
});

describe("dispatch_and_collect", () => {
  const dispatchDay = (worker: TestWorker, day: string, log = silentLog) =>
    dispatchAndCollect({ ...worker, log })({
      id: "1",
      at: new Date(`${day}T00:05:00Z`),
      attempt: 1,
      payload: {},
      helpers: worker.helpers,
    });

  test("asks once, comes again while a task is still written, and finds a dispatched day done", async ({ pool }) => {
    const day = await aDay(pool);
    await pool.query("update app_public.models set is_active = false");
    await makeArena(pool, { models: 2, isContestant: true });
    const worker = makeWorker(pool, { tasksPerDay: 1 });
    await expect(dispatchDay(worker, day)).rejects.toThrow("The day has no task yet.");
    await pool.query("select app_private.open_day($1, 2)", [day]);
    await expect(dispatchDay(worker, day)).rejects.toThrow("still being written");
    await generate(worker, day);
    const warn = vi.fn<Log["warn"]>();
    expect(await dispatchDay(worker, day, { ...silentLog, warn })).toEqual({ day, tasks: 2, submissions: 4 });
    expect(warn).not.toHaveBeenCalled();
    expect(await dispatchDay(worker, day)).toEqual({ day, tasks: 2, submissions: 0 });
  });

  test("one model alone is asked, with a warning", async ({ pool }) => {
    const day = await aDay(pool);
    await pool.query("update app_public.models set is_active = false");
    await makeArena(pool, { models: 1, isContestant: true });
    const worker = makeWorker(pool, { tasksPerDay: 1 });
    await generate(worker, day);
    const warn = vi.fn<Log["warn"]>();
    expect(await dispatchDay(worker, day, { ...silentLog, warn })).toEqual({ day, tasks: 1, submissions: 1 });
    expect(warn).toHaveBeenCalledWith("fewer than two models can be compared", { day, usable: 1 });
  });
});
