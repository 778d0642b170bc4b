// [db/battles/battles.test.ts] -> app_public.challenge_member(), accept_battle(), answer_battle(), cancel_battle(), app_private.finish_battle()
import { blocked, twoSessions } from "../lib/sessions.ts";
import { addProblem, faults } from "../points/testing/practice.ts";
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

async function answered(db: Db) {
  const it = await stage(db);
  const { id } = await it.challenge(it.ada, "bob");
  await act(db, it.bob, accept, [id]);
  await act(db, it.ada, answer, [id, "The target leaked."]);
  await act(db, it.bob, answer, [id, "The optimiser."]);
  return { ...it, id };
}
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
    await act(db, bob, answer, [first.id, "x"]);
    await act(db, ada, answer, [first.id, "y"]);
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

  test("of a member who is erased is over, and what they wrote is gone", async ({ db }) => {
    const { ada, bob, id } = await answered(db);
    await db.rows("select app_private.erase_account($1)", [ada]);
    expect(await db.row("select status, challenger_id, reason from app_public.battles where id = $1", [id])).toEqual({
      status: "cancelled",
      challenger_id: null,
      reason: "Somebody has left.",
    });
    expect(await db.rows("select user_id from app_private.battle_seats where battle_id = $1", [id])).toEqual([
      { user_id: bob },
    ]);
  });
});

test("two battles of one member accepted at once: one waits and is refused", async ({ pool }) => {
  const people: string[] = [];
  for (const name of ["one", "two", "three"]) {
    const { rows } = await pool.query<{ user_id: string }>(
      "select user_id from app_private.sign_in('https://issuer.test', $1, $2)",
      [`battle_${name}`, JSON.stringify({ username: `battle_${name}` })],
    );
    people.push(rows[0]?.user_id ?? "");
  }
  const problem = await addProblem(pool);
  const open = async (challenger = "", opponent = ""): Promise<string> =>
    (
      await pool.query<{ id: string }>(
        "insert into app_public.battles (challenger_id, opponent_id, problem_id) values ($1, $2, $3) returning id",
        [challenger, opponent, problem],
      )
    ).rows[0]?.id ?? "";
  const battles = [await open(people[0], people[1]), await open(people[2], people[1])];
  await twoSessions(pool, async (one, two) => {
    for (const session of [one, two]) {
      await session.query("begin");
      await session.query("select set_config('app.user_id', $1, true)", [people[1]]);
    }
    await one.query(accept, [battles[0]]);
    const waiting = await blocked(pool, two, accept, [battles[1]]);
    await one.query("commit");
    await expect(waiting.rows).rejects.toMatchObject({ code: "23P01" });
    await two.query("rollback");
  });
});
