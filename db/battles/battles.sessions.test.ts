// [db/battles/battles.sessions.test.ts] -> app_public.accept_battle() with real sessions
import { blocked, twoSessions } from "../lib/sessions.ts";
import { addProblem } from "../points/testing/practice.ts";
import { expect, test } from "../testing/database.ts";

const accept = "select status from app_public.accept_battle($1)";

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
