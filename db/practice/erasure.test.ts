// [db/practice/erasure.test.ts] -> app_private.erase_answers(), app_public.export_my_data()
import { type Db, describe, expect, member, test } from "../testing/database.ts";
import { aJudge, aPractice, judgeSays, longAnswer, scored, submit } from "./testing/practice.ts";

async function practised(db: Db): Promise<string> {
  const ada = await db.person({ username: `ada_${Math.random().toString(36).slice(2, 8)}` });
  await db.rowsAs(member(ada), "select app_public.start_problem('leak')");
  for (const n of [1, 2]) {
    const [row] = await db.rowsAs<{ id: string }>(member(ada), submit, [
      "leak",
      `${longAnswer} ${n}`,
      `key-of-ada-${n}`,
    ]);
    if (n === 1) await judgeSays(db.client, "answer", row?.id ?? "", scored(90));
  }
  return ada;
}

describe("a member who practised", () => {
  test("gets all of it in their export", async ({ db }) => {
    await aPractice(db.client);
    await aJudge(db.client);
    const ada = await practised(db);
    const [row] = await db.rowsAs<{ data: Record<string, unknown[]> }>(
      member(ada),
      "select app_public.export_my_data() as data",
    );
    expect(row?.data).toMatchObject({
      attempts: [{ version: 1 }],
      answers: [{ body: `${longAnswer} 1` }, { body: `${longAnswer} 2` }],
      verdicts: [{ score: 90 }],
      judge_replies: [{ state: "scored", score: 90 }],
      answer_keys: [{ key: "key-of-ada-1" }, { key: "key-of-ada-2" }],
      token_days: [{ used: 1000 }],
      token_reservations: [{ state: "settled" }, { state: "reserved" }],
      ai_usage_metrics: [],
      judgings: [],
    });
    expect(JSON.stringify(row?.data)).not.toContain("Because."); // the judge's reasoning goes through the rubric
  });

  test("is forgotten, wherever their words were sent, and what it cost stays", async ({ db }) => {
    await aPractice(db.client);
    await aJudge(db.client);
    const [ada, bob] = [await practised(db), await practised(db)];
    await db.rows(
      `insert into app_private.llm_replies (attempt_id, status, headers, body)
         select id, 200, '{}', 'my words' from app_private.llm_attempts`,
    );
    const spent = await db.row(
      "select sum(cost_usd)::text as cost, count(*)::int as calls from app_private.llm_attempts",
    );
    expect(await db.row("select app_private.erase_account($1) as is_gone", [ada])).toEqual({ is_gone: true });
    const left = await db.row<Record<string, number>>(
      `select (select count(*)::int from app_public.answers) as answers,
          (select count(*)::int from app_public.verdicts) as verdicts,
          (select count(*)::int from app_private.llm_replies) as replies,
          (select count(*)::int from app_private.llm_calls where request = '{"erased": true}') as blanked,
          (select count(*)::int from graphile_worker.jobs) as jobs,
          (select count(*)::int from app_public.answers where user_id = $1) as of_bob`,
      [bob],
    );
    // One call was made for each of them; the job of the answer that was judged goes with the real worker's end of it.
    expect(left).toMatchObject({ answers: 2, verdicts: 1, replies: 1, blanked: 1, jobs: 2, of_bob: 2 });
    expect(
      await db.row("select sum(cost_usd)::text as cost, count(*)::int as calls from app_private.llm_attempts"),
    ).toEqual(spent);
  });

  test("with 500 answers is forgotten at once: every way there is indexed", async ({ db }) => {
    await aPractice(db.client);
    const ada = await db.person();
    await db.rows(
      `with v as (
         insert into app_public.verdicts (answer_id, answered_at, user_id, problem_id, source, rubric_hash, pass_score, score, feedback)
           select gen_random_uuid(), now() - make_interval(mins => n), $1, p.id, 'rule', k.rubric_hash, 60, 0, 'No.'
             from generate_series(1, 500) n
               cross join app_public.problems p
               inner join app_private.problem_keys k on k.problem_id = p.id
             where p.slug = 'leak'
           returning *
       )
       insert into app_public.answers (id, answered_at, user_id, problem_id, body, day, seconds_taken, base_points, time_bonus_points, status, verdict_id, judged_at)
         select v.answer_id, v.answered_at, v.user_id, v.problem_id, 'text', '2026-01-01', 1, 1, 0, 'judged', v.id, now() from v`,
      [ada],
    );
    const began = performance.now();
    await db.rows("select app_private.erase_account($1)", [ada]);
    expect(performance.now() - began).toBeLessThan(1000); // a scan for each row would take far longer at size; see bench/people
    expect(await db.rows("select from app_public.verdicts")).toEqual([]);
  });
});
