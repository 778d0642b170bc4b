// [db/tasks/day.test.ts] -> app_private.open_day(), record_task(), dispatch_tasks(), similar_task(), recent_tasks()
import { describe, expect, test } from "../testing/database.ts";
import { dispatch, makeArena, utcDay, writeDay, writePrompts } from "../budget/testing/calls.ts";
import { waitForBlocked } from "../budget/testing/sessions.ts";

const record = "select app_private.record_task($1, $2, 'canvas', $3, '{}') as ok";
const text = (of: string) => `${of} `.repeat(30);

describe("app_private.open_day", () => {
  const open = "select id, slot, status, is_showcase, closes_at, expires_at from app_private.open_day($1::date, $2)";

  test("makes the slots of a UTC day once, the first one open, until the next midnight", async ({ db }) => {
    const first = await db.rows(open, ["2031-03-30", 3]);
    expect(first).toMatchObject([
      { slot: 1, is_showcase: true, status: "pending", closes_at: new Date("2031-03-31T00:00:00Z") },
      { slot: 2, is_showcase: false, expires_at: new Date("2031-04-01T00:00:00Z") },
      { slot: 3, is_showcase: false },
    ]);
    expect(await db.rows(open, ["2031-03-30", 3])).toEqual(first);
    expect(await db.rows(open, ["2031-03-30", 4])).toHaveLength(4); // more are added, none is taken away
    expect(await db.rows(open, ["2031-03-30", 1])).toHaveLength(4);
  });

  test("eight sessions at once open it once, and all see the same", async ({ pool }) => {
    const opened = await Promise.all(Array.from({ length: 8 }, () => pool.query(open, ["2031-01-01", 3])));
    expect(new Set(opened.map(({ rows }) => JSON.stringify(rows))).size).toBe(1);
    expect((await pool.query("select from app_public.tasks where challenge_date = '2031-01-01'")).rowCount).toBe(3);
  });
});

describe("app_private.tg_tasks__forward_only", () => {
  test("a task that is written is not rewritten, nor sent back", async ({ db }) => {
    const [id] = await writeDay(db.client, "2031-02-01");
    for (const change of [
      "status = 'pending', generated_at = null",
      "title = 'Another'",
      "prompt_text = repeat('x', 50)",
      "theme = 'other'",
      "challenge_date = '2031-02-02'",
      "slot = 7",
    ]) {
      await db.rows("savepoint before");
      await expect(db.rows(`update app_public.tasks set ${change} where id = $1`, [id]), change).rejects.toMatchObject({
        code: "TB051",
      });
      await db.rows("rollback to savepoint before");
    }
    await db.rows("update app_public.tasks set status = 'dispatched', dispatched_at = now() where id = $1", [id]);
    await db.rows("savepoint before");
    await expect(
      db.rows("update app_public.tasks set status = 'generated', dispatched_at = null where id = $1", [id]),
    ).rejects.toMatchObject({ code: "TB051" });
  });

  test("no step is left out", async ({ db }) => {
    await db.rows("select app_private.open_day('2031-02-01', 1)");
    await expect(
      db.rows(
        `update app_public.tasks set status = 'dispatched', dispatched_at = now(), generated_at = now(), title = 'T', theme = 'canvas',
           prompt_text = repeat('x', 50)`,
      ),
    ).rejects.toMatchObject({ code: "TB051" });
  });
});

describe("app_private.record_task", () => {
  test("the first text stays, and the second run is told so", async ({ db }) => {
    const { id } = await db.row<{ id: string }>("select id from app_private.open_day('2031-02-01', 1)");
    expect(await db.row(record, [id, "First", text("first")])).toEqual({ ok: true });
    expect(await db.row(record, [id, "Second", text("second")])).toEqual({ ok: false });
    expect(await db.row("select title, status from app_public.tasks where id = $1", [id])).toEqual({
      title: "First",
      status: "generated",
    });
  });

  test("two runs at once: the one that comes first writes, the other waits and is told no", async ({ pool }) => {
    const { rows } = await pool.query<{ id: string }>("select id from app_private.open_day('2031-01-02', 1)");
    const [one, two] = [await pool.connect(), await pool.connect()];
    try {
      await one.query("begin");
      expect((await one.query(record, [rows[0]?.id, "One", text("one")])).rows).toEqual([{ ok: true }]);
      const second = two.query(record, [rows[0]?.id, "Two", text("two")]);
      await waitForBlocked(pool, two);
      await one.query("commit");
      expect((await second).rows).toEqual([{ ok: false }]);
    } finally {
      one.release();
      two.release();
    }
    const { rows: kept } = await pool.query("select title from app_public.tasks where challenge_date = '2031-01-02'");
    expect(kept).toEqual([{ title: "One" }]);
  });
});

describe("app_private.dispatch_tasks", () => {
  const day = "2031-05-01";
  const asked = `select t.slot, m.slug, s.status, c.state, c.request
    from app_public.submissions s
      inner join app_public.tasks t on t.id = s.task_id
      inner join app_public.models m on m.id = s.model_id
      inner join app_private.llm_calls c on c.subject_id = s.id and c.subject_type = 'submission'
    where t.challenge_date = $1 order by 1, 2`;

  test("makes one submission, one call and one job for each task and model; a second run nothing", async ({ db }) => {
    await writePrompts(db.client);
    const { provider } = await makeArena(db.client, { models: 3, isContestant: true });
    await makeArena(db.client, { models: 2, isContestant: false });
    await writeDay(db.client, day, 2);
    expect((await dispatch(db.client, day)).map((row) => [row.submissions, row.is_waiting])).toEqual([
      [3, false],
      [3, false],
    ]);
    expect((await dispatch(db.client, day)).map((row) => row.submissions)).toEqual([0, 0]);
    const rows = await db.rows<{ slot: number; slug: string; request: { prompt: string } }>(asked, [day]);
    expect(rows.map((row) => [row.slot, row.slug])).toEqual(
      [1, 2].flatMap((slot) => [1, 2, 3].map((n) => [slot, `${provider}-${n}`])),
    );
    expect(rows[0]).toMatchObject({
      status: "queued",
      state: "pending",
      request: { apiModel: "m", system: "You write pages.", maxOutputTokens: 1000, promptVersion: "v1" },
    });
    expect(rows[0]?.request.prompt).toContain(`${day} 1`);
    expect(await db.rows("select key from graphile_worker.jobs where key like 'llm_call:%'")).toHaveLength(6);
    expect(await db.rows("select * from app_operations.duplicate_submissions")).toEqual([]);
  });

  test("two sessions at once: the second waits and finds it done", async ({ pool }) => {
    const at = "2031-01-03";
    await writePrompts(pool);
    const { models } = await makeArena(pool, { models: 4, isContestant: true });
    await writeDay(pool, at, 3);
    const [one, two] = [await pool.connect(), await pool.connect()];
    try {
      await one.query("begin");
      const first = await dispatch(one, at);
      const second = dispatch(two, at);
      await waitForBlocked(pool, two);
      await one.query("commit");
      expect(first.map((row) => row.submissions)).toEqual([4, 4, 4]);
      expect((await second).map((row) => row.submissions)).toEqual([0, 0, 0]);
    } finally {
      one.release();
      two.release();
    }
    await Promise.all(Array.from({ length: 8 }, () => dispatch(pool, at)));
    expect((await pool.query(asked, [at])).rowCount).toBe(12);
    await pool.query("update app_public.models set is_active = false where id = any ($1)", [models]);
  });

  test("leaves a task that is still being written to the next run, and says so", async ({ db }) => {
    await writePrompts(db.client);
    await makeArena(db.client, { models: 2, isContestant: true });
    await db.rows("select app_private.open_day($1, 2)", [day]);
    await db.rows(
      "update app_public.tasks set status = 'generated', generated_at = now(), title = 'T', theme = 'canvas', prompt_text = repeat('x', 50) where slot = 1 and challenge_date = $1",
      [day],
    );
    expect(await dispatch(db.client, day)).toMatchObject([
      { submissions: 2, is_waiting: false },
      { submissions: 0, is_waiting: true },
    ]);
    await writeDay(db.client, day, 2);
    expect((await dispatch(db.client, day)).map((row) => row.submissions)).toEqual([0, 2]);
  });

  test("asks nobody for a task that has closed", async ({ db }) => {
    await writePrompts(db.client);
    await makeArena(db.client, { isContestant: true });
    await writeDay(db.client, day);
    expect(await dispatch(db.client, day, { at: "2031-05-02T00:00:00Z" })).toMatchObject([
      { submissions: 0, is_waiting: false },
    ]);
    expect(
      await db.rows("select from app_private.llm_calls where subject_type = 'submission' and created_at = now()"),
    ).toEqual([]);
    expect(await dispatch(db.client, day, { at: "2031-05-01T23:59:59Z" })).toMatchObject([{ submissions: 1 }]);
  });

  test("skips models that cannot be asked, once and with the reason, and asks those whose key is set", async ({
    db,
  }) => {
    await writePrompts(db.client);
    const keyed = await makeArena(db.client, { isContestant: true, keyName: "MAPLE_API_KEY" });
    const keyless = await makeArena(db.client, { isContestant: true, keyName: "BIRCH_API_KEY" });
    const off = await makeArena(db.client, { isContestant: true });
    const inactive = await makeArena(db.client, { isContestant: true });
    await db.rows("update app_private.providers set is_enabled = false where name = $1", [off.provider]);
    await db.rows("update app_public.models set is_active = false where id = any ($1)", [inactive.models]);
    await writeDay(db.client, day, 2);
    for (const submissions of [1, 0]) {
      const rows = await dispatch(db.client, day, { keys: ["MAPLE_API_KEY"] });
      expect(rows.map((row) => row.submissions)).toEqual([submissions, submissions]);
    }
    expect((await db.rows<{ slug: string }>(asked, [day])).map((row) => row.slug)).toEqual([
      `${keyed.provider}-1`,
      `${keyed.provider}-1`,
    ]);
    expect(
      await db.rows(
        "select s.model_id, s.reason from app_private.skipped_models s where s.challenge_date = $1 order by s.reason",
        [day],
      ),
    ).toEqual([
      { model_id: keyless.models[0], reason: "BIRCH_API_KEY is not set." },
      { model_id: off.models[0], reason: `The provider ${off.provider} is switched off.` },
    ]);
  });

  test("canned and real models never meet in a day", async ({ db }) => {
    await writePrompts(db.client);
    const real = await makeArena(db.client, { isContestant: true });
    const canned = await makeArena(db.client, { isContestant: true, isRehearsal: true });
    const slugs = async (at: string, isRehearsal: boolean) => {
      await writeDay(db.client, at);
      await dispatch(db.client, at, { isRehearsal });
      return (await db.rows<{ slug: string }>(asked, [at])).map((row) => row.slug);
    };
    expect(await slugs(day, false)).toEqual([`${real.provider}-1`]);
    expect(await slugs("2031-05-02", true)).toEqual([`${canned.provider}-1`]);
    expect(await db.rows("select from app_private.skipped_models")).toEqual([]); // nobody is missed who was not meant
  });
});

describe("what the writer is held against", () => {
  test("sixty days of themes and titles, and no pending task", async ({ db }) => {
    for (const back of [-61, -60, -1, 0]) await writeDay(db.client, utcDay(back));
    await db.rows("select app_private.open_day($1, 2)", [utcDay()]);
    const rows = await db.rows<{ title: string }>("select * from app_private.recent_tasks($1::date)", [utcDay()]);
    expect(rows.map((row) => row.title)).toEqual([-60, -1, 0].map((back) => `Task ${utcDay(back)} 1`));
  });

  test("finds the most similar one by its words, and the same title whatever its words", async ({ db }) => {
    const similar = "select similar_title, similarity from app_private.similar_task($1, $2, $3::date)";
    expect(await db.rows(similar, ["T", text("x"), utcDay()])).toEqual([]);
    await writeDay(db.client, utcDay(-61));
    expect(await db.rows(similar, ["T", text("x"), utcDay()])).toEqual([]);
    const [old] = await writeDay(db.client, utcDay(-60));
    const { prompt_text } = await db.row("select prompt_text from app_public.tasks where id = $1", [old]);
    expect(await db.row(similar, ["T", prompt_text, utcDay()])).toEqual({
      similar_title: `Task ${utcDay(-60)} 1`,
      similarity: 1,
    });
    const other = "Build a calculator for people who count sheep, with a moon that yawns and buttons of wool.";
    expect((await db.row<{ similarity: number }>(similar, ["T", other, utcDay()])).similarity).toBeLessThan(0.5);
    expect(await db.row(similar, [`TASK ${utcDay(-60)} 1`, other, utcDay()])).toMatchObject({ similarity: 1 });
  });
});
