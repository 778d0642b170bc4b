// [db/boards/people_as_of.test.ts] -> app_public.people_as_of()
import { addProblem, give, judge, settle, solve } from "../points/testing/practice.ts";
import { anonymous, describe, expect, test } from "../testing/database.ts";

const kinds = ["all", "month", "week"] as const;

describe("people_as_of", () => {
  test("shows a board as it stood, whatever came later", async ({ db }) => {
    const [ada, bob] = [await db.person({ username: "ada" }), await db.person({ username: "bob" })];
    await give(db.client, ada, 10, "2026-11-17 10:00Z");
    await give(db.client, bob, 20, "2026-11-18 10:00Z");
    await give(db.client, ada, 50, "2026-11-19 10:00Z");
    const asOf = async (at: string) =>
      (
        await db.rowsAs<{ rank: number; points: number; name: string }>(
          anonymous,
          "select p.rank, p.points, u.username::text as name from app_public.people_as_of('week', $1) p inner join app_public.users u on u.id = p.user_id order by p.position",
          [at],
        )
      ).map(({ rank, points, name }) => `${rank} ${name} ${points}`);
    expect(await asOf("2026-11-17 12:00Z")).toEqual(["1 ada 10"]);
    expect(await asOf("2026-11-18 12:00Z")).toEqual(["1 bob 20", "2 ada 10"]);
    expect(await asOf("2026-11-19 12:00Z")).toEqual(["1 ada 60", "2 bob 20"]);
  });

  test("is what the whole ledger says, for every kind and random histories", async ({ db }) => {
    const people: string[] = [];
    for (let n = 0; n < 12; n++) people.push(await db.person());
    let state = 11;
    const random = (below: number): number => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return Math.floor((state / 2147483648) * below);
    };
    const start = Date.now() - 30 * 86_400_000;
    const instant = () => new Date(start + random(29 * 24 * 60) * 60_000).toISOString();
    for (let n = 0; n < 150; n++) await give(db.client, people[random(12)], 1 + random(6), instant());
    for (let n = 0; n < 40; n++) {
      // Taken back later: a reversal counts for the moment of what it takes back.
      await db.rows(
        `insert into app_public.points_ledger (user_id, reason, ref, points, day, at, posted_at)
           select l.user_id, 'reversal', l.ref, - l.points, l.day, l.at, l.posted_at + make_interval(hours => $1)
             from app_public.points_ledger l
             where l.reason = 'battle' and not exists (select from app_public.points_ledger r where r.ref = l.ref and r.reason = 'reversal')
             order by l.ref limit 1`,
        [random(200)],
      );
    }
    for (let n = 0; n < 60; n++) {
      const [kind, at] = [kinds[random(3)], instant()];
      expect(
        await db.rows(
          "select user_id, rank, points, reached_at from app_public.people_as_of($1, $2) order by position",
          [kind, at],
        ),
      ).toEqual(
        await db.rows(
          `select e.user_id, rank() over (order by - sum(e.points))::int as rank, sum(e.points)::int as points,
               max(e.at) filter (where e.points > 0) as reached_at
             from (
               select l.user_id, l.at, sum(l.points) as points from app_public.points_ledger l
                 where l.at <= $2 and l.posted_at <= $2
                   and app_private.score_period($1, l.at) = app_private.score_period($1, $2)
                 group by l.user_id, l.at
             ) e
             group by e.user_id having sum(e.points) > 0 order by 2, 4, 1`,
          [kind, at],
        ),
      );
    }
  });

  test("counts a solve once, and one that is worth nothing too, as the running boards do", async ({ db }) => {
    const ada = await db.person({ username: "ada" });
    const worthless = await addProblem(db.client, { basePoints: 0 });
    await solve(db.client, { user: ada, problem: worthless });
    const problem = await addProblem(db.client);
    const { answer } = await solve(db.client, { user: ada, problem });
    for (const score of [0, 90]) await settle(db.client, ada, problem, await judge(db.client, answer, score));
    await solve(db.client, { user: ada, problem, bonus: 20 }); // better, and no second solve
    expect(
      await db.rows("select from app_public.points_ledger where user_id = $1 and reason = 'solve'", [ada]),
    ).toHaveLength(2); // what counting rows would give, and one of them for another problem or twice for one
    for (const kind of kinds) {
      expect(await db.rows("select solved from app_public.people_as_of($1, clock_timestamp())", [kind])).toEqual(
        await db.rows(
          "select solved from app_private.period_scores where kind = $1 and starts_on = app_private.score_period($1, now())",
          [kind],
        ),
      );
    }
    expect(await db.rows("select solved from app_public.people_as_of('all', clock_timestamp())")).toEqual([
      { solved: 2 },
    ]);
  });

  test("reads no more of the ledger than 31 days for all time", async ({ db }) => {
    await expect(
      db.rowsAs(anonymous, "select from app_public.people_as_of('all', now() - interval '32 days')"),
    ).rejects.toMatchObject({ code: "TB099" });
    expect(
      await db.rowsAs(anonymous, "select from app_public.people_as_of('month', now() - interval '32 days')"),
    ).toEqual([]);
  });
});
