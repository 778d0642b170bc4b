// [db/battles/battles.test.ts] -> app_public.challenge_member(), accept_battle(), answer_battle(), cancel_battle(), app_private.finish_battle()
import { finish, makeArena, openGate, reserve } from "../budget/testing/calls.ts";
import { addProblem, faults, solve } from "../points/testing/practice.ts";
import { anonymous, type Db, describe, expect, member, test } from "../testing/graphql.ts";

async function stage(db: Db) {
  const [ada, bob] = [await db.person({ username: "ada" }), await db.person({ username: "bob" })];
  const slug = `battle-${Math.random().toString(36).slice(2, 8)}`;
  await addProblem(db.client, { slug });
  const challenge = (from: string, to: string) =>
    db.as(member(from), () =>
      db.row<{ id: string; status: string }>("select id, status from app_public.challenge_member($1, $2)", [to, slug]),
    );
  return { ada, bob, slug, challenge };
}
const act = (db: Db, user: string, sql: string, values: unknown[]) =>
  db.rowsAs<{ status: string }>(member(user), sql, values);
const accept = "select status from app_public.accept_battle($1)";
const answer = "select status from app_public.answer_battle($1, $2)";
const cancel = "select status, reason from app_public.cancel_battle($1)";
const judge = (db: Db, id: string, round: number, pick: string) =>
  db.row<{ status: string }>("select app_private.record_battle_judgement($1, $2, $3, 'Because.') as status", [
    id,
    round,
    pick,
  ]);

/** Not too little to be judged. */
const enough = "It shows in validation, which used the same rows.";

async function answered(db: Db) {
  const it = await stage(db);
  const { id } = await it.challenge(it.ada, "bob");
  await act(db, it.bob, accept, [id]);
  await act(db, it.ada, answer, [id, `The target leaked. ${enough}`]);
  await act(db, it.bob, answer, [id, `The optimiser. ${enough}`]);
  return { ...it, id };
}
const tokens = (db: Db, user: string) =>
  db.row<{ reserved: number; used: number }>(
    `select coalesce(sum(t.reserved), 0)::int as reserved, coalesce(sum(t.used), 0)::int as used
       from app_private.token_days t where t.user_id = $1`,
    [user],
  );
const battlePoints = async (db: Db, user: string) =>
  (
    await db.rows<{ points: number }>(
      "select points from app_public.points_ledger where user_id = $1 and reason = 'battle'",
      [user],
    )
  ).map(({ points }) => points);

describe("a battle", () => {
  test("is asked for, accepted, answered by both, judged in both orders, and pays the winner once", async ({ db }) => {
    const { ada, bob, id } = await answered(db);
    expect(await db.rows("select from graphile_worker.jobs where key = 'battle:' || $1", [id])).toHaveLength(1);
    expect(await judge(db, id, 1, "challenger")).toEqual({ status: "active" });
    expect(await judge(db, id, 2, "challenger")).toEqual({ status: "finished" });
    expect(await judge(db, id, 2, "opponent")).toEqual({ status: "finished" });
    expect(await db.row("select winner_id from app_public.battles where id = $1", [id])).toEqual({ winner_id: ada });
    expect([await battlePoints(db, ada), await battlePoints(db, bob)]).toEqual([[50], []]);
    expect(await faults(db.client)).toEqual([]);
    expect(
      await db.rows("select achievement_type from app_public.user_achievements where user_id = $1", [ada]),
    ).toEqual([{ achievement_type: "first_battle_won" }]);
  });

  test.for([
    ["challenger", "opponent"],
    ["opponent", "challenger"],
    ["challenger", "draw"],
    ["draw", "draw"],
  ] as const)("judged %s and %s is a draw, and pays nobody", async ([one, two], { db }) => {
    const { ada, bob, id } = await answered(db);
    await judge(db, id, 1, one);
    await judge(db, id, 2, two);
    expect(await db.row("select status, winner_id from app_public.battles where id = $1", [id])).toEqual({
      status: "finished",
      winner_id: null,
    });
    expect([await battlePoints(db, ada), await battlePoints(db, bob)]).toEqual([[], []]);
  });

  test("is one at a time, by the constraint", async ({ db }) => {
    const { ada, bob, challenge } = await stage(db);
    const cyd = await db.person({ username: "cyd" });
    const first = await challenge(ada, "bob");
    const second = await challenge(cyd, "bob");
    await act(db, bob, accept, [first.id]);
    await expect(act(db, bob, accept, [second.id])).rejects.toMatchObject({
      code: "23P01",
      constraint: "battle_seats_one_live_battle",
    });
    await act(db, bob, answer, [first.id, enough]);
    await act(db, ada, answer, [first.id, enough]);
    await judge(db, first.id, 1, "draw");
    await judge(db, first.id, 2, "draw");
    expect(await act(db, bob, accept, [second.id])).toEqual([{ status: "active" }]);
    await db.rows("savepoint guarded");
    await db.rows("alter table app_private.battle_seats drop constraint battle_seats_one_live_battle");
    const third = await challenge(ada, "bob");
    expect(await act(db, bob, accept, [third.id])).toEqual([{ status: "active" }]); // what the constraint keeps away
    await db.rows("rollback to guarded");
  });

  test("is accepted by the one who was asked, answered once by those who take part, and seen by them alone", async ({
    db,
  }) => {
    const { ada, bob, challenge } = await stage(db);
    const eve = await db.person({ username: "mallory" });
    const { id } = await challenge(ada, "bob");
    expect((await challenge(ada, "BOB")).id).toBe(id); // asked twice is asked once
    await expect(act(db, ada, accept, [id])).rejects.toMatchObject({ code: "TB093" });
    await expect(act(db, eve, accept, [id])).rejects.toMatchObject({ code: "TB095" });
    await expect(act(db, bob, answer, [id, "early"])).rejects.toMatchObject({ code: "TB096" });
    await act(db, bob, accept, [id]);
    await expect(act(db, bob, answer, [id, ""])).rejects.toMatchObject({ constraint: "battle_seats_body_bounded" });
    await act(db, bob, answer, [id, "once"]);
    await expect(act(db, bob, answer, [id, "twice"])).rejects.toMatchObject({ code: "TB096" });
    expect(await act(db, ada, "select answer from app_public.battle_answers($1)", [id])).toEqual([]);
    expect(await act(db, bob, "select answer from app_public.battle_answers($1)", [id])).toEqual([{ answer: "once" }]);
    expect(await act(db, eve, "select from app_public.battles", [])).toEqual([]);
    expect(await act(db, ada, "select from app_public.battles", [])).toHaveLength(1);
    await expect(db.rowsAs(anonymous, "select from app_public.battles")).rejects.toThrow(
      "permission denied for table battles",
    );
    await expect(challenge(ada, "ada")).rejects.toMatchObject({ code: "TB092" });
    await expect(challenge(ada, "nobody")).rejects.toMatchObject({ code: "TB092" });
  });

  test("is called off before anybody answers, and when its time is over", async ({ db }) => {
    const { ada, bob, challenge } = await stage(db);
    const declined = await challenge(ada, "bob");
    expect(await act(db, bob, cancel, [declined.id])).toEqual([
      { status: "cancelled", reason: "The challenge was declined." },
    ]);
    const late = await challenge(ada, "bob");
    await act(db, bob, accept, [late.id]);
    await act(db, bob, answer, [late.id, "here"]);
    await expect(act(db, ada, cancel, [late.id])).rejects.toMatchObject({ code: "TB098" });
    expect(await db.row("select app_private.cancel_late_battles(now() + interval '23 hours') as n")).toEqual({ n: 0 });
    expect(await db.row("select app_private.cancel_late_battles(now() + interval '25 hours') as n")).toEqual({ n: 1 });
    const again = await challenge(bob, "ada");
    expect(await act(db, ada, accept, [again.id])).toEqual([{ status: "active" }]);
  });

  test("goes a week after it was called off, and one that was fought stays", async ({ db }) => {
    const { id, bob, challenge, ada } = await answered(db);
    await judge(db, id, 1, "draw");
    await judge(db, id, 2, "draw");
    const other = await challenge(ada, "bob");
    await act(db, bob, cancel, [other.id]);
    const purge = (after: string) =>
      db.row("select app_private.purge_batch('app_public.battles', now() + $1::interval) as n", [after]);
    expect([await purge("6 days"), await purge("8 days"), await purge("1 year")]).toEqual([
      { n: 0 },
      { n: 1 },
      { n: 0 },
    ]);
  });

  test("reserves tokens of both and settles them, a half each, or nothing when it is called off", async ({ db }) => {
    const { ada, bob, id, challenge } = await answered(db);
    expect((await tokens(db, ada)).reserved).toBeGreaterThan(2048);
    expect((await tokens(db, bob)).reserved).toBeGreaterThan(2048);
    const { models } = await makeArena(db.client);
    const { call } = await db.row<{ call: string }>(
      `select app_private.ensure_practice_call('battle', $1, $2, '{"prompt": "p", "maxOutputTokens": 9}') as call`,
      [id, models[0]],
    );
    const attempt = await reserve(db.client, call);
    await openGate(db.client, attempt);
    await finish(db.client, attempt, "succeeded", { outputTokens: 590 });
    await judge(db, id, 1, "challenger");
    await judge(db, id, 2, "challenger");
    for (const user of [ada, bob]) expect(await tokens(db, user)).toEqual({ reserved: 0, used: 300 });

    const late = await challenge(ada, "bob");
    await act(db, bob, accept, [late.id]);
    await act(db, bob, answer, [late.id, enough]);
    expect((await tokens(db, bob)).reserved).toBeGreaterThan(2048);
    await db.rows("select app_private.cancel_late_battles(now() + interval '25 hours')");
    expect(await tokens(db, bob)).toEqual({ reserved: 0, used: 300 });

    const left = await challenge(ada, "bob");
    await act(db, bob, accept, [left.id]);
    await act(db, bob, answer, [left.id, enough]);
    await db.rows("select app_private.erase_account($1)", [ada]);
    expect(await tokens(db, bob)).toEqual({ reserved: 0, used: 300 });
  });

  test("takes no answer beyond the day's tokens", async ({ db }) => {
    const { ada, bob, challenge } = await stage(db);
    const { id } = await challenge(ada, "bob");
    await act(db, bob, accept, [id]);
    await db.rows("select app_private.reserve_tokens($1, 'judge', gen_random_uuid(), 24000)", [bob]);
    await expect(act(db, bob, answer, [id, enough])).rejects.toMatchObject({ code: "TB085" });
    await db.rows("update app_private.practice_settings set daily_tokens = 2000");
    await expect(act(db, ada, answer, [id, enough])).rejects.toMatchObject({ code: "TB08B" });
  });

  test.for([
    ["dots ........................", enough, "opponent"],
    [enough, "leak leak leak leak leak leak", "challenger"],
    ["?", "!", null],
  ] as const)("of too little is lost by rule, and asks nobody: %s", async ([one, two, winner], { db }) => {
    const { ada, bob, challenge } = await stage(db);
    const { id } = await challenge(ada, "bob");
    await act(db, bob, accept, [id]);
    await act(db, ada, answer, [id, one]);
    expect(await act(db, bob, answer, [id, two])).toEqual([{ status: "finished" }]);
    const { winner_id, reason } = await db.row<{ winner_id: string; reason: string }>(
      "select winner_id, reason from app_public.battles where id = $1",
      [id],
    );
    expect(winner_id).toBe({ challenger: ada, opponent: bob, none: null }[winner ?? "none"]);
    expect(reason).toMatch(winner ? /^An answer holds too little/ : /^Both answers hold too little/);
    expect(await db.rows("select from graphile_worker.jobs where key = 'battle:' || $1", [id])).toEqual([]);
    for (const user of [ada, bob]) expect(await tokens(db, user)).toEqual({ reserved: 0, used: 0 });
  });

  test("is over a problem that is open to both", async ({ db }) => {
    const { ada, bob, slug, challenge } = await stage(db);
    await db.rows("update app_public.modules set is_published = false where slug = $1", [slug]);
    await expect(challenge(ada, "bob")).rejects.toMatchObject({ code: "TB080" });
    await db.rows("update app_public.modules set is_published = true where slug = $1", [slug]);
    const before = await addProblem(db.client);
    await db.rows(
      `insert into app_public.module_prerequisites (module_id, prerequisite_id)
         select m.id, p.module_id from app_public.modules m, app_public.problems p where m.slug = $1 and p.id = $2`,
      [slug, before],
    );
    await expect(challenge(ada, "bob")).rejects.toMatchObject({ code: "TB081" });
    await solve(db.client, { user: ada, problem: before });
    const { id } = await challenge(ada, "bob");
    await expect(act(db, bob, accept, [id])).rejects.toMatchObject({ code: "TB081" });
    await solve(db.client, { user: bob, problem: before });
    expect(await act(db, bob, accept, [id])).toEqual([{ status: "active" }]);
  });

  test("is paid once for each pair and problem, whoever wins", async ({ db }) => {
    const { ada, bob, id, challenge } = await answered(db);
    for (const round of [1, 2]) await judge(db, id, round, "challenger");
    const again = await challenge(bob, "ada");
    await act(db, ada, accept, [again.id]);
    await act(db, ada, answer, [again.id, enough]);
    await act(db, bob, answer, [again.id, enough]);
    for (const round of [1, 2]) await judge(db, again.id, round, "challenger");
    expect(await db.row("select winner_id from app_public.battles where id = $1", [again.id])).toEqual({
      winner_id: bob,
    });
    expect([await battlePoints(db, ada), await battlePoints(db, bob)]).toEqual([[50], []]);
  });

  test("of a member who is erased is over, and what they wrote is gone", async ({ db }) => {
    const { ada, bob, id } = await answered(db);
    await judge(db, id, 1, "challenger");
    await db.rows("select app_private.erase_account($1)", [ada]);
    expect(await db.row("select status, challenger_id, reason from app_public.battles where id = $1", [id])).toEqual({
      status: "cancelled",
      challenger_id: null,
      reason: "Somebody has left.",
    });
    expect(await db.rows("select user_id from app_private.battle_seats where battle_id = $1", [id])).toEqual([
      { user_id: bob },
    ]);
    expect(await db.rows("select from app_private.battle_judgements where battle_id = $1", [id])).toEqual([]);
    const { models } = await makeArena(db.client);
    expect(
      await db.row("select app_private.ensure_practice_call('battle', $1, $2, '{}') as call", [id, models[0]]),
    ).toEqual({ call: null });
  });
});
