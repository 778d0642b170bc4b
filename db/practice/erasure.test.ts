// [db/practice/erasure.test.ts] -> app_private.erase_answers(), app_public.export_my_data()
import { blocked, twoSessions } from "../lib/sessions.ts";
import { type Db, describe, expect, member, test } from "../testing/database.ts";
import { aJudge, aMember, aPractice, asMember, judgeSays, longAnswer, scored, submit } from "./testing/practice.ts";

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

  test("gets neither what is kept back from them nor what a run in shadow says", async ({ db }) => {
    await aPractice(db.client);
    await aJudge(db.client);
    const ada = await db.person();
    await db.rowsAs(member(ada), "select app_public.start_problem('leak')");
    const [answer] = await db.rowsAs<{ id: string }>(member(ada), submit, ["leak", longAnswer, "a-key-of-a-test"]);
    const reference = "The label leaked into a feature that is only known after the outcome";
    expect(await judgeSays(db.client, "answer", answer?.id ?? "", scored(90, `${reference}.`))).toBe("done");
    await db.rows("select app_private.open_rejudge('leak', 'v2', 'A test.')");
    const { id } = await db.row<{ id: string }>("select id from app_private.judgings");
    expect(await judgeSays(db.client, "rejudge", id, scored(20, "Only in shadow."))).toBe("done");
    const [row] = await db.rowsAs<{ data: Record<string, unknown[]> }>(
      member(ada),
      "select app_public.export_my_data() as data",
    );
    expect(row?.data["judge_replies"]).toMatchObject([{ subject_id: answer?.id, score: 90, feedback: null }]);
    expect(JSON.stringify(row?.data)).not.toContain(reference);
    expect(JSON.stringify(row?.data)).not.toContain("Only in shadow.");
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

  test("is forgotten for good: a reply that comes later is not kept", async ({ db }) => {
    await aPractice(db.client);
    const model = await aJudge(db.client);
    const ada = await db.person();
    await db.rowsAs(member(ada), "select app_public.start_problem('leak')");
    const [answer] = await db.rowsAs<{ id: string }>(member(ada), submit, ["leak", longAnswer, "a-key-of-a-test"]);
    const { call } = await db.row<{ call: string }>(
      `select app_private.ensure_practice_call('answer', $1, $2, '{"prompt": "my words"}') as call`,
      [answer?.id, model],
    );
    await db.rows("select app_private.reserve_attempt($1, 'test')", [call]);
    await db.rows("select app_private.erase_account($1)", [ada]);
    expect(
      await db.row(
        "select app_private.record_reply(id, lease_token, 200, '{}', 'my words') as is_kept from app_private.llm_attempts where call_id = $1",
        [call],
      ),
    ).toEqual({ is_kept: false });
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

describe("a call that is just being made while its member is erased", () => {
  const ensure = `select app_private.ensure_practice_call($1, $2::uuid, $3::uuid, '{"prompt": "my words"}') as call`;

  test("is waited for and forgotten too, and afterwards none is made: of an answer, a battle, a batch", async ({
    pool,
  }) => {
    await aPractice(pool);
    const model = await aJudge(pool);
    const makers: Record<string, (user: string, other: string) => Promise<string>> = {
      async answer(user) {
        await asMember(pool, user, "select id from app_public.start_problem('leak')");
        return (await asMember<{ id: string }>(pool, user, submit, ["leak", longAnswer, "a-key-of-a-test"])).id;
      },
      async battle(user, other) {
        const { id } = await asMember<{ id: string }>(
          pool,
          user,
          "select id from app_public.challenge_member($1, 'leak')",
          [`rival_${other.slice(0, 8)}`],
        );
        await asMember(pool, other, "select id from app_public.accept_battle($1)", [id]);
        return id;
      },
      async batch(user, other) {
        for (const id of [user, other]) await asMember(pool, id, "select id from app_public.request_coaching()");
        const { rows } = await pool.query<{ batch_id: string }>("select * from app_private.claim_coach_batch(now())");
        expect(rows).toHaveLength(2);
        return rows[0]?.batch_id ?? "";
      },
    };
    for (const [kind, make] of Object.entries(makers)) {
      const [user, other] = [await aMember(pool), await aMember(pool)];
      await pool.query("update app_public.users set username = 'rival_' || left(id::text, 8) where id = $1", [other]);
      const subject = await make(user, other);
      await twoSessions(pool, async (one, two) => {
        await one.query("begin");
        const { rows } = await one.query<{ call: string }>(ensure, [kind, subject, model]);
        const erasing = await blocked(pool, two, "select app_private.erase_account($1)", [user]);
        await one.query("commit");
        await erasing.rows;
        const call = await pool.query("select state, request from app_private.llm_calls where id = $1", [
          rows[0]?.call,
        ]);
        expect(call.rows, kind).toEqual([{ state: "failed", request: { erased: true } }]);
        expect((await one.query(ensure, [kind, subject, model])).rows, kind).toEqual([{ call: null }]);
      });
    }
  });
});
