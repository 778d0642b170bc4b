// [db/tasks/submissions.test.ts] -> app_public.submissions, app_public.submission_codes, app_public.latest_challenge
import { anonymous, type Db, describe, expect, member, operator, type Seat, test } from "../testing/database.ts";
import {
  dispatch,
  finish,
  makeArena,
  openGate,
  reserve,
  utcDay,
  writeDay,
  writePrompts,
} from "../budget/testing/calls.ts";

const html = "<!doctype html><title>page</title>";

/** A day whose tasks were answered by one model each way: with a page, without one, in doubt, and not yet. */
async function answeredDay(db: Db, day: string, slots = 2): Promise<string[]> {
  await writePrompts(db.client);
  await db.rows("update app_public.models set is_active = false");
  await makeArena(db.client, { models: 4, isContestant: true });
  const tasks = await writeDay(db.client, day, slots);
  await dispatch(db.client, day, { at: `${day}T00:05:00Z` });
  for (const task of tasks) {
    const calls = await db.rows<{ id: string }>(
      `select c.id from app_private.llm_calls c
           inner join app_public.submissions s on s.id = c.subject_id
           inner join app_public.models m on m.id = s.model_id
         where s.task_id = $1 order by m.slug`,
      [task],
    );
    for (const [index, state] of (["succeeded", "unusable", "in_doubt"] as const).entries()) {
      const call = calls[index]?.id ?? "";
      const attempt = await reserve(db.client, call);
      await openGate(db.client, attempt);
      await finish(db.client, attempt, state, { evidence: { durationMs: 1234 } });
      if (state !== "in_doubt") {
        await db.rows("select app_private.record_answer($1, $2, false, '{}', 'No page.')", [
          call,
          state === "succeeded" ? html : null,
        ]);
      }
    }
  }
  return tasks;
}

const seen = (task: string | undefined) =>
  [
    `select s.status from app_public.submissions s where s.task_id = '${task}' order by s.status`,
    `select c.html from app_public.submission_codes c inner join app_public.submissions s on s.id = c.submission_id where s.task_id = '${task}'`,
  ] as const;

async function sees(db: Db, seat: Seat, task: string | undefined): Promise<[number, number]> {
  const [submissions, codes] = seen(task);
  return [(await db.rowsAs(seat, submissions)).length, (await db.rowsAs(seat, codes)).length];
}

describe("who sees an answer, and when", () => {
  test("today: the showcase is open to all, the sealed task to operators alone", async ({ db }) => {
    const [showcase, sealed] = await answeredDay(db, utcDay());
    const seats = [anonymous, member(await db.person())];
    for (const seat of seats) {
      expect(await sees(db, seat, showcase)).toEqual([4, 1]);
      expect(await sees(db, seat, sealed)).toEqual([0, 0]);
    }
    expect(await sees(db, operator(await db.operator()), sealed)).toEqual([4, 1]);
    await db.rows("select app_private.close_task($1)", [sealed]);
    for (const seat of seats) expect(await sees(db, seat, sealed)).toEqual([4, 1]);
  });

  test("yesterday: everything is open; the day before: outcomes, but no pages", async ({ db }) => {
    const boss = operator(await db.operator());
    for (const task of await answeredDay(db, utcDay(-1))) expect(await sees(db, anonymous, task)).toEqual([4, 1]);
    for (const task of await answeredDay(db, utcDay(-2))) {
      expect(await sees(db, anonymous, task)).toEqual([4, 0]);
      expect(await sees(db, boss, task)).toEqual([4, 1]); // until it is purged
    }
  });

  test("a task that is not written yet is nobody's but an operator's", async ({ db }) => {
    await db.rows("select app_private.open_day($1, 1)", [utcDay(1)]);
    const pending = `select from app_public.tasks where challenge_date = '${utcDay(1)}'`;
    expect(await db.rowsAs(anonymous, pending)).toEqual([]);
    expect(await db.rowsAs(operator(await db.operator()), pending)).toHaveLength(1);
  });

  test("nobody writes but the owner", async ({ db }) => {
    await answeredDay(db, utcDay(), 1);
    const seats: Seat[] = [
      anonymous,
      member(await db.person()),
      operator(await db.operator()),
      { role: "autobench_worker" },
    ];
    for (const table of ["tasks", "submissions", "submission_codes"]) {
      for (const seat of seats) {
        const column = table === "tasks" ? "title" : table === "submissions" ? "reason" : "html";
        const verbs = [
          `insert into app_public.${table} default values`,
          `update app_public.${table} set ${column} = 'x'`,
          `delete from app_public.${table}`,
        ];
        for (const sql of verbs) {
          await expect(db.rowsAs(seat, sql), `${seat.role}: ${sql}`).rejects.toThrow(
            seat.role === "autobench_worker"
              ? /permission denied for (schema app_public|table)/
              : `permission denied for table ${table}`,
          );
        }
      }
    }
    expect(
      await db.rows("update app_public.submissions set reason = 'x' where status = 'failed' returning 1"),
    ).not.toEqual([]);
  });

  test("the model took as long as the worker measured, however late its answer was stored", async ({ db }) => {
    const [task] = await answeredDay(db, utcDay(), 1);
    expect(
      await db.row(
        "select latency_ms, output_tokens, cost_usd::float8 as cost from app_public.submissions where task_id = $1 and status = 'succeeded'",
        [task],
      ),
    ).toEqual({ latency_ms: 1234, output_tokens: 500, cost: 0.5 });
  });
});

describe("app_public.latest_challenge", () => {
  test("has the founding documents' keys and words, in the order of asking", async ({ db }) => {
    const [showcase] = await answeredDay(db, utcDay());
    await db.rows(
      `update app_public.submissions s set created_at = now() + right(m.slug, 1)::int * interval '1 second'
         from app_public.models m where m.id = s.model_id`,
    );
    const rows = await db.rowsAs<{ model_responses: Record<string, unknown>[]; created_at: Date }>(
      anonymous,
      "select * from app_public.latest_challenge",
    );
    expect(rows).toHaveLength(1);
    const [row] = rows;
    expect(Object.keys(row ?? {})).toEqual(["id", "challenge_date", "prompt_text", "created_at", "model_responses"]);
    expect(row).toMatchObject({ id: showcase, created_at: expect.any(Date) });
    expect(row?.model_responses).toEqual([
      {
        model_id: expect.stringMatching(/-1$/),
        model_provider: expect.any(String),
        response_code: html,
        status: "completed",
        execution_time_ms: 1234,
      },
      {
        model_id: expect.stringMatching(/-2$/),
        model_provider: expect.any(String),
        response_code: null,
        status: "failed",
        execution_time_ms: 1234,
      },
      {
        model_id: expect.stringMatching(/-3$/),
        model_provider: expect.any(String),
        response_code: null,
        status: "failed",
        execution_time_ms: null,
      },
      {
        model_id: expect.stringMatching(/-4$/),
        model_provider: expect.any(String),
        response_code: null,
        status: "pending",
        execution_time_ms: null,
      },
    ]);
    expect(await db.rowsAs(anonymous, "select (app_public.latest_challenge()).id")).toEqual([{ id: showcase }]);
  });

  test("is yesterday's until today's is written, and the same for every seat", async ({ db }) => {
    const [yesterday] = await answeredDay(db, utcDay(-1), 1);
    await db.rows("select app_private.open_day($1, 1)", [utcDay()]);
    const latest = "select id from app_public.latest_challenge";
    const boss = operator(await db.operator());
    for (const seat of [anonymous, member(await db.person()), boss]) {
      expect(await db.rowsAs(seat, latest)).toEqual([{ id: yesterday }]);
    }
    const [today] = await writeDay(db.client, utcDay());
    expect(await db.rowsAs(anonymous, "select id, model_responses from app_public.latest_challenge")).toEqual([
      { id: today, model_responses: [] },
    ]);
  });

  test("is nothing when the newest is older than yesterday", async ({ db }) => {
    await answeredDay(db, utcDay(-2), 1);
    expect(await db.rowsAs(anonymous, "select * from app_public.latest_challenge")).toEqual([]);
    expect(await db.rowsAs(anonymous, "select (app_public.latest_challenge()).id")).toEqual([{ id: null }]);
  });
});

describe("app_private.record_answer", () => {
  test("stores a page once, with its hash and size; a second run changes nothing", async ({ db }) => {
    await writePrompts(db.client);
    await makeArena(db.client, { isContestant: true });
    await writeDay(db.client, utcDay());
    await dispatch(db.client, utcDay());
    const { id } = await db.row<{ id: string }>(
      "select max(id) as id from app_private.llm_calls where subject_type = 'submission'",
    );
    const store = "select app_private.record_answer($1, $2, true, '{Claude}', null) as ok";
    expect(await db.row(store, [id, html])).toEqual({ ok: false }); // nothing was answered yet
    const attempt = await reserve(db.client, id);
    await openGate(db.client, attempt);
    await finish(db.client, attempt, "succeeded");
    expect(await db.row(store, [id, html])).toEqual({ ok: true });
    expect(await db.row(store, [id, "<p>another</p>"])).toEqual({ ok: false });
    expect(
      await db.row(
        `select s.status, s.html_bytes, s.is_truncated, s.names_maker, s.html_sha256 = sha256(convert_to(c.html, 'UTF8')) as is_hash, c.html
           from app_public.submissions s inner join app_public.submission_codes c on c.submission_id = s.id
             inner join app_private.llm_calls l on l.subject_id = s.id where l.id = $1`,
        [id],
      ),
    ).toEqual({
      status: "succeeded",
      html_bytes: html.length,
      is_truncated: true,
      names_maker: ["Claude"],
      is_hash: true,
      html,
    });
    expect(await db.rows("select from graphile_worker.jobs where key = 'llm_call:' || $1", [id])).toEqual([]);
  });
});
