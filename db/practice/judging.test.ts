// [db/practice/judging.test.ts] -> app_private.begin_judging(), app_private.record_judging(), app_private.finish_judging()
import { type Db, describe, expect, member, test } from "../testing/database.ts";
import { aJudge, aPractice, judgeSays, longAnswer, scored, submit } from "./testing/practice.ts";

async function anAnswer(db: Db, text = longAnswer): Promise<{ ada: string; id: string }> {
  await aPractice(db.client);
  await aJudge(db.client);
  const ada = await db.person();
  await db.rowsAs(member(ada), "select app_public.start_problem('leak')");
  const [row] = await db.rowsAs<{ id: string }>(member(ada), submit, ["leak", text, "a-key-of-a-test"]);
  return { ada, id: row?.id ?? "" };
}

const state = (db: Db, id: string) =>
  db.row<{ status: string; score: number | null; is_correct: boolean | null; source: string | null; feedback: string }>(
    `select a.status, v.score, v.is_correct, v.source, v.feedback
       from app_public.answers a left join app_public.verdicts v on v.id = a.verdict_id where a.id = $1`,
    [id],
  );
const allowance = (db: Db, ada: string) =>
  db.row("select reserved, used from app_private.token_days where user_id = $1", [ada]);

describe("a judging", () => {
  test("makes one verdict, which counts, and settles the tokens", async ({ db }) => {
    const { ada, id } = await anAnswer(db);
    expect(await judgeSays(db.client, "answer", id, scored(85))).toBe("done");
    expect(await state(db, id)).toMatchObject({ status: "judged", score: 85, is_correct: true, source: "judge" });
    expect(await allowance(db, ada)).toEqual({ reserved: 0, used: 1000 });
    expect(
      await db.rows("select verdict_id is not null as is_kept, tokens, latency_ms from app_private.judge_replies"),
    ).toEqual([{ is_kept: true, tokens: 1000, latency_ms: 12 }]);
    expect(await judgeSays(db.client, "answer", id, scored(0))).toBe("over");
    expect(await db.rows("select from app_public.verdicts")).toHaveLength(1);
    expect(await db.rowsAs(member(ada), "select score from app_public.verdicts")).toEqual([{ score: 85 }]);
    expect(await db.rowsAs(member(await db.person()), "select score from app_public.verdicts")).toEqual([]);
  });

  test.for([
    [59, false],
    [66, true],
    [100, true],
    [0, false],
  ] as const)("a score of %i is correct: %s, derived in SQL", async ([score, isCorrect], { db }) => {
    const { id } = await anAnswer(db);
    await db.rows("update app_private.practice_settings set second_opinion_within = 0");
    await judgeSays(db.client, "answer", id, { ...scored(score), is_correct: !isCorrect });
    expect(await state(db, id)).toMatchObject({ score, is_correct: isCorrect });
  });

  test.for([
    ["a score of 150", { score: 150, feedback: "Great." }],
    ["a score of -1", { score: -1, feedback: "Bad." }],
    ["a score of 85.5", { score: 85.5, feedback: "Hm." }],
    ["a score of 1e400", { score: 1e308, feedback: "Hm." }],
    ["a score in words", { score: "85", feedback: "Hm." }],
    ["no score", { feedback: "Hm." }],
    ["null", { score: null, feedback: "Hm." }],
    ["no feedback", { score: 85 }],
    ["blank feedback", { score: 85, feedback: "  " }],
    ["what is no JSON", { why: "The reply is no JSON object." }],
  ] as const)("%s is no score: it is judged again, three times at most, and never lands", async ([, said], { db }) => {
    const { ada, id } = await anAnswer(db);
    await db.rows("delete from graphile_worker._private_jobs");
    expect(await judgeSays(db.client, "answer", id, said)).toBe("again");
    expect(await state(db, id)).toMatchObject({ status: "judging", score: null });
    expect(await db.rows("select key from graphile_worker.jobs")).toEqual([{ key: `judging:${id}` }]);
    expect(await judgeSays(db.client, "answer", id, said)).toBe("again");
    expect(await judgeSays(db.client, "answer", id, said)).toBe("done");
    expect(await state(db, id)).toMatchObject({ status: "unscored", score: null });
    expect(await db.rows("select from app_public.verdicts")).toEqual([]);
    expect(await db.rows("select round, state from app_private.judge_replies order by round")).toEqual(
      [1, 2, 3].map((round) => ({ round, state: "unscored" })),
    );
    expect(await allowance(db, ada)).toEqual({ reserved: 0, used: 0 });
    expect(await judgeSays(db.client, "answer", id, scored(90))).toBe("over");
  });

  test("one good reply after two bad ones is enough", async ({ db }) => {
    const { id } = await anAnswer(db);
    for (const said of [{ score: 150 }, { why: "Nothing." }]) {
      expect(await judgeSays(db.client, "answer", id, said)).toBe("again");
    }
    expect(await judgeSays(db.client, "answer", id, scored(90))).toBe("done");
    expect(await state(db, id)).toMatchObject({ status: "judged", score: 90 });
  });

  test("near the threshold a second judgement decides, by another judge where there is one", async ({ db }) => {
    const { id } = await anAnswer(db);
    const second = await aJudge(db.client, undefined, 2);
    expect(await judgeSays(db.client, "answer", id, scored(62))).toBe("again");
    expect(await state(db, id)).toMatchObject({ status: "judging" });
    expect(await judgeSays(db.client, "answer", id, scored(58))).toBe("done");
    expect(await state(db, id)).toMatchObject({ score: 58, is_correct: false });
    expect(
      await db.rows("select model_id = $1 as is_second from app_private.judge_replies order by round", [second]),
    ).toEqual([{ is_second: false }, { is_second: true }]);
  });

  test("where the second opinion never comes, the first one stands", async ({ db }) => {
    const { id } = await anAnswer(db);
    expect(await judgeSays(db.client, "answer", id, scored(62))).toBe("again");
    expect(await judgeSays(db.client, "answer", id, { score: 150 })).toBe("again");
    expect(await judgeSays(db.client, "answer", id, { score: 150 })).toBe("done");
    expect(await state(db, id)).toMatchObject({ status: "judged", score: 62, is_correct: true });
  });

  test("what holds too little is judged by rule, without a call and without tokens", async ({ db }) => {
    const { ada, id } = await anAnswer(db, "leak leak leak leak leak leak leak leak leak leak leak :::");
    expect(await judgeSays(db.client, "answer", id, scored(100))).toBe("over");
    expect(await state(db, id)).toMatchObject({ status: "judged", score: 0, is_correct: false, source: "rule" });
    expect(await db.rows("select from app_private.llm_calls")).toEqual([]);
    expect(await db.rows("select from app_private.token_reservations where user_id = $1", [ada])).toEqual([]);
  });

  test("without a usable judge it waits, and nothing is lost", async ({ db }) => {
    const { id } = await anAnswer(db);
    await db.rows("delete from app_private.llm_roles");
    expect(await judgeSays(db.client, "answer", id, scored(85))).toBe("nobody");
    expect(await state(db, id)).toMatchObject({ status: "judging" });
  });

  test("a call that failed or is in doubt is no verdict: a new round, the latter after a day", async ({ db }) => {
    const { id } = await anAnswer(db);
    const step = () =>
      db.row<{ step: string; round: number; wait_ms: number | null; model_id: string; request: object }>(
        "select * from app_private.begin_judging('answer', $1, '{}', false)",
        [id],
      );
    const end = async (state: string) => {
      const { model_id, round, request } = await step();
      const { call } = await db.row<{ call: string }>(
        "select app_private.ensure_call('judge', 'answer', $1, $2, $3, $4) as call",
        [id, model_id, JSON.stringify({ ...request, prompt: "p" }), round],
      );
      await db.rows("select app_private.reserve_attempt($1, 'test')", [call]);
      await db.rows(
        "select app_private.open_gate(id, lease_token, '1 minute') from app_private.llm_attempts where call_id = $1",
        [call],
      );
      await db.rows(
        "select app_private.end_attempt(id, $2, 'made_up', 'It went as the test wished.', null) from app_private.llm_attempts where call_id = $1",
        [call, state],
      );
    };
    await end("rejected");
    expect(await step()).toMatchObject({ step: "make", round: 2 });
    await end("in_doubt");
    const waits = await step();
    expect(waits).toMatchObject({ step: "wait", round: 2 });
    expect(waits.wait_ms).toBeGreaterThan(86_000_000);
    await db.rows(
      "update app_private.llm_attempts set finished_at = finished_at - interval '25 hours' where state = 'in_doubt'",
    );
    expect(await step()).toMatchObject({ step: "make", round: 3 });
    await judgeSays(db.client, "answer", id, scored(90));
    expect(await state(db, id)).toMatchObject({ status: "judged", score: 90 });
    expect(await db.rows("select state from app_private.judge_replies order by round")).toMatchObject([
      { state: "unscored" },
      { state: "in_doubt" },
      { state: "scored" },
    ]);
  });
});

describe("a call in doubt whose reply has come", () => {
  async function inDoubt(db: Db, id: string, isAnswered: boolean): Promise<string> {
    const { call } = await db.row<{ call: string }>(
      `select app_private.ensure_practice_call('answer', $1, s.model_id, s.request || '{"prompt": "p"}', s.round) as call
         from app_private.begin_judging('answer', $1, '{}', false) s`,
      [id],
    );
    await db.rows("select app_private.reserve_attempt($1, 'test')", [call]);
    await db.rows(
      "select app_private.open_gate(id, lease_token, '1 minute') from app_private.llm_attempts where call_id = $1",
      [call],
    );
    await db.rows(
      "select app_private.end_attempt(id, 'in_doubt', 'lease_over', 'Away.', null) from app_private.llm_attempts where call_id = $1",
      [call],
    );
    if (isAnswered) {
      await db.rows(
        "select app_private.record_reply(id, lease_token, 200, '{}', '{}') from app_private.llm_attempts where call_id = $1",
        [call],
      );
    }
    return call;
  }
  const begin = (db: Db, id: string) =>
    db.row<{ step: string; call_id: string }>(
      "select step, call_id from app_private.begin_judging('answer', $1, '{}', false)",
      [id],
    );

  test("is read at once, not asked a second time", async ({ db }) => {
    const { id } = await anAnswer(db);
    const call = await inDoubt(db, id, true);
    expect(await begin(db, id)).toEqual({ step: "ask", call_id: call });
  });

  test("has its job pulled forward; one without a reply waits", async ({ db }) => {
    const { id } = await anAnswer(db);
    const other = (
      await db.rows<{ id: string }>(
        "insert into app_public.answers (user_id, problem_id, body, day, seconds_taken, base_points, time_bonus_points) select user_id, problem_id, body, day, 1, 1, 0 from app_public.answers returning id",
      )
    )[0]?.id;
    await inDoubt(db, id, true);
    await inDoubt(db, other ?? "", false);
    await db.rows("select app_private.judge_later('answer', a.id, 86400000) from app_public.answers a");
    expect(await db.row("select app_private.sweep_judgings(now() + interval '6 minutes') as n")).toEqual({ n: 1 });
    expect(await db.rows("select key from graphile_worker.jobs where run_at <= now()")).toEqual([
      { key: `judging:${id}` },
    ]);
    expect(await db.row("select app_private.sweep_judgings(now() + interval '6 minutes') as n")).toEqual({ n: 0 });
  });

  test("that is gone again is no reply: after an hour a new round asks", async ({ db }) => {
    const { id } = await anAnswer(db);
    const call = await inDoubt(db, id, false);
    await db.rows("update app_private.llm_calls set state = 'done' where id = $1", [call]);
    expect(await begin(db, id)).toMatchObject({ step: "wait" });
    await db.rows("update app_private.llm_attempts set finished_at = finished_at - interval '61 minutes'");
    expect(await begin(db, id)).toMatchObject({ step: "make" });
    expect(await db.rows("select state, reason from app_private.judge_replies")).toEqual([
      { state: "unscored", reason: "The reply is gone." },
    ]);
  });
});

describe("feedback", () => {
  const reference = "the label leaked into a feature that is only known after the outcome";
  test.for([
    ["names nothing of it", "Look at when the feature was counted.", false],
    ["repeats it", `You should have said that ${reference}.`, true],
    ["repeats it in another dress", "THE LABEL: leaked -- into *a* feature, that is... only!", true],
    ["repeats six words", "the label leaked into a feature", false],
    [
      "is what the member wrote",
      "You write that cancellation calls are counted after the customer decided so well done.",
      false,
    ],
  ] as const)("that %s: kept back is %s", async ([, feedback, isKept], { db }) => {
    const { id } = await anAnswer(db);
    await judgeSays(db.client, "answer", id, scored(90, feedback));
    const said = await state(db, id);
    expect(said.feedback === feedback).toBe(!isKept);
    if (isKept) expect(said.feedback).toContain("kept back");
    expect(await db.row("select has_leaked, feedback from app_private.judge_replies")).toEqual({
      has_leaked: isKept,
      feedback,
    });
  });

  test("that repeats the rubric is kept back too; without the check it would be shown", async ({ db }) => {
    const { id } = await anAnswer(db);
    await db.rows(
      `create or replace function app_private.says_too_much(feedback text, secrets text, known text, run_length integer default 7)
         returns boolean language sql as 'select false'`,
    );
    await judgeSays(db.client, "answer", id, scored(90, `It is: ${reference}.`));
    expect((await state(db, id)).feedback).toContain(reference);
  });
});

describe("prompt versions", () => {
  test("carry weights: each answer falls to one by its id, always the same", async ({ db }) => {
    await aPractice(db.client);
    await db.rows(
      "update app_private.prompts set weight = case version when 'v1' then 3 else 1 end where role = 'judge'",
    );
    const [counts] = await db.rows<{ v1: number; same: boolean }>(
      `select count(*) filter (where p.version = 'v1')::int as v1, bool_and(p.version = q.version) as same
         from (select gen_random_uuid() as id from generate_series(1, 2000)) s
           cross join lateral app_private.pick_prompt('judge', s.id) p
           cross join lateral app_private.pick_prompt('judge', s.id) q`,
    );
    expect(counts?.v1).toBeGreaterThan(1400);
    expect(counts?.v1).toBeLessThan(1600);
    expect(counts?.same).toBe(true);
  });

  test("show side by side what they find and cost", async ({ db }) => {
    const { id } = await anAnswer(db);
    await judgeSays(db.client, "answer", id, { why: "Nothing." });
    await judgeSays(db.client, "answer", id, scored(90));
    const boss = await db.operator();
    const rows = await db.rowsAs(
      { role: "autobench_operator", userId: boss },
      "select version, answers, pass_rate, mean_score, unscored, cost_usd > 0 as has_cost, examples from app_operations.judge_versions order by version",
    );
    expect(rows).toEqual([
      { version: "v1", answers: 1, pass_rate: 1, mean_score: 90, unscored: 1, has_cost: true, examples: 0 },
      { version: "v2", answers: 0, pass_rate: null, mean_score: null, unscored: 0, has_cost: false, examples: 0 },
    ]);
  });
});
