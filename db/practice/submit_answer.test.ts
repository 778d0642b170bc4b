// [db/practice/submit_answer.test.ts] -> app_public.start_problem(), app_public.save_draft(), app_public.submit_answer()
import { anonymous, type Db, describe, expect, member, test } from "../testing/database.ts";
import { aJudge, aPractice, judgeSays, longAnswer, scored, submit } from "./testing/practice.ts";

let keys = 0;
const key = () => `key-of-a-test-${++keys}`;

interface Answer extends Record<string, unknown> {
  id: string;
  day: string;
  seconds_taken: number;
  time_bonus_points: number;
}

async function startedBy(db: Db, userId: string, slug = "leak"): Promise<string> {
  const [row] = await db.rowsAs<{ id: string }>(member(userId), "select id from app_public.start_problem($1)", [slug]);
  return row?.id ?? "";
}

async function submittedBy(db: Db, userId: string, text = longAnswer, slug = "leak", own = key()): Promise<string> {
  const [row] = await db.rowsAs<{ id: string }>(member(userId), submit, [slug, text, own]);
  return row?.id ?? "";
}

const answerOf = (db: Db, id: string) =>
  db.row<Answer>("select *, day::text from app_public.answers where id = $1", [id]);

describe("startProblem", () => {
  test("starts the server's clock once", async ({ db }) => {
    await aPractice(db.client);
    const ada = await db.person();
    const first = await startedBy(db, ada);
    await db.rows("update app_public.attempts set started_at = now() - interval '1 hour'");
    expect(await startedBy(db, ada)).toBe(first);
    expect(
      await db.row("select started_at < now() - interval '59 minutes' as is_old from app_public.attempts"),
    ).toEqual({
      is_old: true,
    });
  });

  test.for([
    ["nowhere", "TB080"],
    ["later", "TB081"],
    [null, "TB080"],
  ] as const)("refuses %s", async ([slug, code], { db }) => {
    await aPractice(db.client);
    const ada = await db.person();
    await expect(db.rowsAs(member(ada), "select app_public.start_problem($1)", [slug])).rejects.toMatchObject({ code });
  });

  test("is for members in good standing", async ({ db }) => {
    await aPractice(db.client);
    const ada = await db.person();
    const call = "select app_public.start_problem('leak')";
    await expect(db.rowsAs(anonymous, call)).rejects.toThrow("permission denied for function start_problem");
    await db.rows("update app_private.accounts set banned_at = now(), ban_reason = 'spam' where user_id = $1", [ada]);
    await expect(db.rowsAs(member(ada), call)).rejects.toMatchObject({ code: "TB002" });
  });
});

describe("saveDraft", () => {
  const save = "select draft, version from app_public.save_draft($1, $2, $3)";

  test("keeps two tabs from overwriting each other, and shows the second what stands there", async ({ db }) => {
    await aPractice(db.client);
    const ada = await db.person();
    const attempt = await startedBy(db, ada);
    expect(await db.rowsAs(member(ada), save, [attempt, "from the first tab", 1])).toEqual([
      { draft: "from the first tab", version: 2 },
    ]);
    const refusal = await db
      .rowsAs(member(ada), save, [attempt, "from the second", 1])
      .catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: "TB082" });
    const { current } = JSON.parse((refusal as { detail: string }).detail) as { current: Record<string, unknown> };
    expect(current).toMatchObject({ id: attempt, draft: "from the first tab", version: 2 });
    expect(await db.rowsAs(member(ada), save, [attempt, "both", 2])).toEqual([{ draft: "both", version: 3 }]);
  });

  test("saves no one else's, and nothing too long", async ({ db }) => {
    await aPractice(db.client);
    const [ada, eve] = [await db.person(), await db.person()];
    const attempt = await startedBy(db, ada);
    await expect(db.rowsAs(member(eve), save, [attempt, "mine", 1])).rejects.toMatchObject({ code: "TB007" });
    await expect(db.rowsAs(member(ada), save, [attempt, "x".repeat(20_001), 1])).rejects.toMatchObject({
      constraint: "attempts_draft_bounded",
    });
    expect(await db.rowsAs(member(eve), "select * from app_public.attempts")).toEqual([]);
  });
});

describe("submitAnswer", () => {
  test("stores the answer, queues its judging, and reserves what that may take", async ({ db }) => {
    await aPractice(db.client);
    const ada = await db.person();
    await startedBy(db, ada);
    const id = await submittedBy(db, ada);
    expect(await answerOf(db, id)).toMatchObject({
      user_id: ada,
      body: longAnswer,
      status: "judging",
      verdict_id: null,
      base_points: 100,
      time_bonus_points: 40,
    });
    expect(await db.rows("select task_identifier, key from graphile_worker.jobs")).toEqual([
      { task_identifier: "judge_answer", key: `judging:${id}` },
    ]);
    const [allowance] = await db.rowsAs<{ reserved: number; used: number; daily_tokens: number }>(
      member(ada),
      "select * from app_public.my_allowance()",
    );
    expect(allowance).toMatchObject({ daily_tokens: 25_000, used: 0 });
    expect(allowance?.reserved).toBeGreaterThan(1500);
  });

  test("the same key returns the same answer, and costs nothing more", async ({ db }) => {
    await aPractice(db.client);
    const ada = await db.person();
    await startedBy(db, ada);
    const first = await submittedBy(db, ada, longAnswer, "leak", "the-same-key");
    expect(await submittedBy(db, ada, "Another text altogether.", "leak", "the-same-key")).toBe(first);
    const eve = await db.person();
    await startedBy(db, eve);
    expect(await submittedBy(db, eve, longAnswer, "leak", "the-same-key")).not.toBe(first); // a key is one's own
    expect(await db.row("select count(*)::int as n from app_private.token_reservations")).toEqual({ n: 2 });
  });

  test.for([
    ["an unknown problem", "nowhere", longAnswer, "a-good-key", { code: "TB080" }],
    ["a module that is not open", "later", longAnswer, "a-good-key", { code: "TB081" }],
    ["a problem that was not started", "drift", longAnswer, "a-good-key", { code: "TB084" }],
    ["nothing", "leak", "", "a-good-key", { code: "TB083" }],
    ["blanks", "leak", " \n\t", "a-good-key", { code: "TB083" }],
    ["null", "leak", null, "a-good-key", { code: "TB083" }],
    ["20,001 characters", "leak", "x".repeat(20_001), "a-good-key", { code: "TB083" }],
    ["no key", "leak", longAnswer, null, { constraint: "answer_keys_form" }],
    ["a short key", "leak", longAnswer, "k", { constraint: "answer_keys_form" }],
  ] as const)("refuses %s", async ([, slug, text, own, expected], { db }) => {
    await aPractice(db.client);
    const ada = await db.person();
    await startedBy(db, ada);
    await expect(db.rowsAs(member(ada), submit, [slug, text, own])).rejects.toMatchObject(expected);
    expect(await db.rows("select from app_private.answer_keys")).toEqual([]);
  });

  test("refuses what has retired, is held back, or has a module that is", async ({ db }) => {
    await aPractice(db.client);
    const ada = await db.person();
    await startedBy(db, ada);
    for (const change of [
      "update app_public.problems set is_published = false, retired_at = now() where slug = 'leak'",
      "update app_public.problems set is_published = false where slug = 'leak'",
      "update app_public.modules set is_published = false where slug = 'first'",
    ]) {
      await db.rows("savepoint before");
      await db.rows(change);
      await expect(db.rowsAs(member(ada), submit, ["leak", longAnswer, key()])).rejects.toMatchObject({
        code: "TB080",
      });
      await db.rows("rollback to before");
    }
    expect(await submittedBy(db, ada)).toBeTruthy();
  });

  test("opens the next module when enough of the one before is solved", async ({ db }) => {
    await aPractice(db.client);
    await aJudge(db.client);
    const ada = await db.person();
    const isOpen = "select m.slug, app_public.modules_is_open(m) as is_open from app_public.modules m order by slug";
    const state = async () => (await db.rowsAs<{ is_open: boolean }>(member(ada), isOpen)).map((row) => row.is_open);
    expect(await state()).toEqual([true, false]);
    await startedBy(db, ada);
    await judgeSays(db.client, "answer", await submittedBy(db, ada), scored(20));
    expect(await state()).toEqual([true, false]);
    await judgeSays(db.client, "answer", await submittedBy(db, ada), scored(90));
    expect(await state()).toEqual([true, true]); // one of two is half
    expect(await startedBy(db, ada, "later")).toBeTruthy();
    expect(await db.rowsAs<{ is_open: boolean }>(anonymous, isOpen)).toMatchObject([
      { is_open: true },
      { is_open: false },
    ]);
  });

  test("counts thirty answers an hour", async ({ db }) => {
    await aPractice(db.client);
    await db.rows("update app_private.practice_settings set daily_tokens = 10000000, answers_per_hour = 3");
    const ada = await db.person();
    await startedBy(db, ada);
    for (let n = 0; n < 3; n++) await submittedBy(db, ada);
    await expect(db.rowsAs(member(ada), submit, ["leak", longAnswer, key()])).rejects.toMatchObject({ code: "TB006" });
  });

  test("over the day's tokens it says so, and when a new day begins", async ({ db }) => {
    await aPractice(db.client);
    await db.rows("update app_private.practice_settings set daily_tokens = 2500");
    const ada = await db.person();
    await startedBy(db, ada);
    await submittedBy(db, ada);
    const refusal = await db.rowsAs(member(ada), submit, ["leak", longAnswer, key()]).catch((error: unknown) => error);
    const { tomorrow } = await db.row<{ tomorrow: string }>(
      "select ((now() at time zone 'utc')::date + 1)::text as tomorrow",
    );
    expect(refusal).toMatchObject({
      code: "TB085",
      hint: `Try again after ${tomorrow} 00:00 UTC.`,
      detail: JSON.stringify({ resetsAt: `${tomorrow}T00:00:00Z` }).replace(":", ": "),
    });
    expect(await submittedBy(db, ada, "too little")).toBeTruthy(); // no model is asked for that
    await db.rows("update app_private.practice_settings set daily_tokens = 1600"); // for which no day suffices: no time is named
    await expect(submittedBy(db, ada)).rejects.toMatchObject({ code: "TB08B", detail: undefined });
  });

  test.for([
    ["Pacific/Kiritimati", 14],
    ["Pacific/Pago_Pago", -11],
    ["Europe/Berlin", undefined],
    ["UTC", 0],
  ] as const)("the day is the member's own in %s", async ([zone, hours], { db }) => {
    await aPractice(db.client);
    const ada = await db.person();
    await db.rows("insert into app_private.time_zone_changes values ($1, now() - interval '1 day', $2)", [ada, zone]);
    await startedBy(db, ada);
    const { day } = await answerOf(db, await submittedBy(db, ada));
    const { expected } = await db.row<{ expected: string }>("select (now() at time zone $1)::date::text as expected", [
      zone,
    ]);
    expect(day).toBe(expected);
    if (hours !== undefined) {
      const { by_hours } = await db.row<{ by_hours: string }>(
        "select (now() at time zone 'utc' + make_interval(hours => $1))::date::text as by_hours",
        [hours],
      );
      expect(day).toBe(by_hours);
    }
    // A later change of zone moves no day that is past.
    await db.rows("insert into app_private.time_zone_changes values ($1, now(), 'Asia/Tokyo')", [ada]);
    expect(await db.rows("select day::text from app_public.answers")).toEqual([{ day }]);
  });

  test("freezes the time bonus, and what the answer is worth", async ({ db }) => {
    await aPractice(db.client);
    await aJudge(db.client);
    const ada = await db.person();
    await startedBy(db, ada);
    await db.rows("update app_public.attempts set started_at = now() - interval '250 seconds'");
    const id = await submittedBy(db, ada);
    expect(await answerOf(db, id)).toMatchObject({ seconds_taken: 250, time_bonus_points: 20 });
    await db.rows("update app_public.problems set base_points = 1, time_bonus_points = 1, expected_seconds = 60");
    await judgeSays(db.client, "answer", id, scored(90));
    expect(await db.row("select worth from app_private.judged_answers")).toEqual({ worth: 120 });
  });
});

describe("the time bonus", () => {
  test.for([
    [0, 40],
    [100, 40],
    [101, 40],
    [175, 30],
    [250, 20],
    [399, 0],
    [400, 0],
    [86_400, 0],
  ])("after %i of 400 seconds is %i of 40", async ([seconds, points], { db }) => {
    expect(await db.row("select app_private.time_bonus(40, 400, $1) as points", [seconds])).toEqual({ points });
  });

  test("never rises, and stays between nothing and all of it", async ({ db }) => {
    const rows = await db.rows<{ wrong: number }>(
      `select count(*)::int as wrong
         from (
           select b.points, p.most, lag(b.points) over (partition by p.most, e.expected order by s.taken) as before
             from (values (0), (1), (7), (10000)) p (most)
               cross join (values (60), (400), (86400)) e (expected)
               cross join generate_series(0, 1200, 7) s (taken)
               cross join lateral (select app_private.time_bonus(p.most, e.expected, s.taken) as points) b
         ) x
         where points > before or points < 0 or points > most`,
    );
    expect(rows).toEqual([{ wrong: 0 }]);
  });
});

describe("what an answer holds", () => {
  test.for([
    ["", 0],
    [" .,!? \n", 0],
    ["the the the The THE", 4],
    ["data leak", 10],
    [":", 0],
    ["Thought process:", 16],
    ["数据泄漏到特征里", 9],
    ["\u200b\u200b", 0],
  ] as const)("%j is %i", async ([text, length], { db }) => {
    expect(await db.row("select app_private.content_length($1) as length", [text])).toEqual({ length });
  });
});
