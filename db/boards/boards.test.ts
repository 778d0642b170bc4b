// [db/boards/boards.test.ts] -> app_public.leaderboard_weekly, my_rank(), app_private.close_periods()
import { addJudged, addProblem, faults, give, settle, solve } from "../points/testing/practice.ts";
import { anonymous, type Db, describe, expect, type Gql, member, test } from "../testing/graphql.ts";

const kinds = ["all", "month", "week"] as const;

async function refresh(db: Db, at = new Date()): Promise<string[]> {
  await db.rows("select app_private.fold_scores()");
  const done = [];
  for (const kind of kinds) {
    const { is_refreshed } = await db.row<{ is_refreshed: boolean }>(
      "select app_private.refresh_leaderboard($1, $2) as is_refreshed",
      [kind, at],
    );
    if (is_refreshed) done.push(kind);
  }
  return done;
}

async function named(db: Db, username: string): Promise<string> {
  return db.person({ username });
}

const board = async (db: Db, name = "weekly") =>
  (
    await db.rows<{ username: string; rank: number; points: number }>(
      `select username::text, rank, points from app_public.leaderboard_${name} order by position`,
    )
  ).map(({ username, rank, points }) => `${rank} ${username} ${points}`);

describe("the leaderboards", () => {
  test("show scorers alone, equal points sharing a rank, whoever had them first before", async ({ db }) => {
    const [ada, bob, cyd, idle] = [
      await named(db, "ada"),
      await named(db, "bob"),
      await named(db, "cyd"),
      await named(db, "idle"),
    ];
    await give(db.client, bob, 30);
    await give(db.client, ada, 30, "2026-11-20 00:00:01Z"); // not the newest: she had them first
    await give(db.client, cyd, 50);
    expect(idle).toBeTruthy();
    await refresh(db);
    expect(await board(db, "global")).toEqual(["1 cyd 50", "2 ada 30", "2 bob 30"]);
  });

  test("would show idle people first, were null points kept and ranked as the document has it", async ({ db }) => {
    const [ada, idle] = [await named(db, "ada"), await named(db, "idle")];
    await give(db.client, ada, 30);
    await expect(
      db.as({ role: "autobench_owner" }, () =>
        db.rows("update app_private.period_scores set points = null where user_id = $1", [ada]),
      ),
    ).rejects.toThrow("null value");
    await db.rows("alter table app_private.period_scores alter points drop not null");
    await db.rows(
      "insert into app_private.period_scores (kind, starts_on, user_id, points, is_listed) values ('all', '2000-01-01', $1, null, true)",
      [idle],
    );
    const { body } = await db.row<{ body: string }>(
      "select replace(prosrc, 'first_places.kind', $$'all'$$) as body from pg_proc where oid = 'app_private.first_places'::regproc",
    );
    const first = async (sql: string) =>
      (await db.rows<{ user_id: string }>(sql.replace(/;\s*$/, ""))).map(({ user_id }) => user_id);
    expect(await first(body)).toEqual([ada]);
    const asInTheDocument = body.replace(" and s.points > 0", "").replaceAll("- s.points", "s.points desc");
    expect(asInTheDocument).not.toBe(body);
    expect(await first(asInTheDocument)).toEqual([idle, ada]);
  });

  test("are not inflated by many answers and many solved problems", async ({ db }) => {
    const ada = await named(db, "ada");
    for (let n = 0; n < 5; n++) {
      const problem = await addProblem(db.client, { basePoints: 10 });
      await solve(db.client, { user: ada, problem, score: 10 });
      await solve(db.client, { user: ada, problem });
      await solve(db.client, { user: ada, problem });
    }
    await refresh(db);
    const { points } = await db.row<{ points: string }>(
      "select sum(points) as points from app_public.points_ledger where user_id = $1",
      [ada],
    );
    for (const name of ["global", "monthly", "weekly"]) {
      expect(await db.rows(`select points, exercises_completed from app_public.leaderboard_${name}`)).toEqual([
        { points: Number(points), exercises_completed: 5 },
      ]);
    }
    // The document's own query on the same facts, to see that these facts would show the fault.
    const { sum } = await db.row<{ sum: string }>(
      `select sum(a.base_points) from app_public.answers a
         inner join app_public.verdicts v on v.id = a.verdict_id and v.is_correct
         inner join app_public.user_progress p on p.user_id = a.user_id and p.completed_at is not null`,
    );
    expect(Number(sum)).toBe(500);
  });

  test("hold the first 1,000 places", async ({ db }) => {
    await db.rows(`insert into app_public.users (username) select 'many' || n from generate_series(1, 1005) n`);
    await db.rows(
      `insert into app_public.points_ledger (user_id, reason, ref, points, day, at)
         select id, 'battle', 'x', 1 + row_number() over (), '2026-11-20', now() from app_public.users`,
    );
    await refresh(db);
    expect(await board(db)).toHaveLength(1000);
    expect((await board(db))[999]).toBe(
      `1000 ${(await db.row<{ username: string }>("select u.username::text from app_public.users u inner join app_private.period_scores s on s.user_id = u.id and s.kind = 'week' order by s.points desc offset 999 limit 1")).username} 7`,
    );
  });

  test("are refreshed only when something has changed", async ({ db }) => {
    await refresh(db);
    expect(await refresh(db)).toEqual([]);
    const dueAt = (time: string) => db.row("select app_private.boards_due($1) as due", [`2020-01-08 ${time}Z`]);
    await db.rows(
      "update app_private.boards set refreshed_at = '2020-01-08 12:00Z', changed_at = '2020-01-08 11:00Z', starts_on = app_private.score_period(kind, '2020-01-08 12:00Z')",
    );
    expect(await dueAt("12:05")).toEqual({ due: false });
    await give(db.client, await named(db, "ada"), 5);
    expect(await dueAt("12:04")).toEqual({ due: false }); // once in five minutes, however much changes
    expect(await dueAt("12:05")).toEqual({ due: true });
    expect(await refresh(db)).toEqual(["all", "month", "week"]);
    expect(await refresh(db)).toEqual([]);
  });

  test("show nobody who hides, is suspended or erased, before any refresh", async ({ db }) => {
    const people = [await named(db, "ada"), await named(db, "bob"), await named(db, "cyd"), await named(db, "dan")];
    for (const user of people) await give(db.client, user, 10);
    await refresh(db);
    expect(await board(db)).toHaveLength(4);
    await db.rowsAs(member(people[0] ?? ""), "update app_public.users set is_listed = false where id = $1", [
      people[0],
    ]);
    await db.rows("update app_public.users set is_listed = false where id = $1", [people[1]]); // as ban_user() does
    await db.rows("select app_private.erase_account($1)", [people[2]]);
    expect(await board(db)).toEqual(["1 dan 10"]);
    expect(await faults(db.client)).toEqual([]);
  });

  test("of the last period are not shown after midnight, refreshed or not", async ({ db }) => {
    const ada = await named(db, "ada");
    await give(db.client, ada, 10, "2026-10-31 23:00Z");
    await db.rows("update app_private.boards set starts_on = '2026-10-01', changed_at = now() where kind = 'month'");
    await db.rows("select app_private.refresh_leaderboard('month', '2026-10-31 23:59Z')");
    expect(await db.rows("select from app_private.leaderboard_monthly")).toHaveLength(1);
    expect(await board(db, "monthly")).toEqual([]);
    await db.rows("savepoint guarded");
    const { definition } = await db.row<{ definition: string }>(
      "select pg_get_viewdef('app_public.leaderboard_monthly'::regclass) as definition",
    );
    await db.rows(`create or replace view app_public.leaderboard_monthly as ${definition.replace(/where[^;]*/i, "")}`);
    expect(await board(db, "monthly")).toEqual(["1 ada 10"]); // what the view's condition keeps away
    await db.rows("rollback to guarded");
    expect(await db.row("select app_private.boards_due() as due")).toEqual({ due: true });
    await refresh(db);
    expect(await db.rows("select from app_private.leaderboard_monthly")).toHaveLength(0);
  });
});

describe("my_rank", () => {
  test("is what counting gives, before and after each fold", async ({ db }) => {
    const people = [];
    for (let n = 0; n < 30; n++) people.push(await db.person());
    let state = 5;
    const random = (below: number): number => {
      state = (state * 1103515245 + 12345) % 2147483648;
      return Math.floor((state / 2147483648) * below);
    };
    for (let step = 0; step < 120; step++) {
      const user = people[random(30)] ?? "";
      if (random(5)) await give(db.client, user, 1 + random(9000));
      else await db.rows("update app_public.users set is_listed = not is_listed where id = $1", [user]);
      if (!random(7)) await db.rows("select app_private.fold_scores()");
      const asked = people[random(30)] ?? "";
      for (const kind of kinds) {
        const [mine] = await db.rowsAs<{ rank: string | null; points: number }>(
          member(asked),
          "select rank, points from app_public.my_rank($1)",
          [kind],
        );
        const { rank } = await db.row<{ rank: string }>(
          `select 1 + count(*) as rank from app_private.period_scores
             where kind = $1 and starts_on = app_private.score_period($1, now()) and is_listed and points > $2`,
          [kind, mine?.points],
        );
        expect(mine?.rank, `step ${step}`).toBe(mine?.points ? rank : null);
      }
    }
    expect(await faults(db.client)).toEqual([]);
  });

  test("comes with those above and below, by GraphQL", async ({ db, gql }) => {
    const ids: Record<string, string> = {};
    const eve = () => ids["eve"] ?? "";
    for (const [n, name] of ["ada", "bob", "cyd", "dan", "eve", "fay", "gus", "hal", "ian"].entries()) {
      ids[name] = await named(db, name);
      await give(db.client, ids[name], 100 - 10 * n);
    }
    const { data, errors } = await gql(
      member(eve()),
      `{ myRank(kind: week) { kind rank points members isListed neighbours(first: 6) { nodes { rank username points } } } }`,
    );
    expect(errors).toBeUndefined();
    expect(data?.["myRank"]).toEqual({
      kind: "week",
      rank: "5",
      points: 60,
      members: "9",
      isListed: true,
      neighbours: {
        nodes: [
          { rank: "2", username: "bob", points: 90 },
          { rank: "3", username: "cyd", points: 80 },
          { rank: "4", username: "dan", points: 70 },
          { rank: "6", username: "fay", points: 50 },
          { rank: "7", username: "gus", points: 40 },
          { rank: "8", username: "hal", points: 30 },
        ],
      },
    });
    expect((await gql(anonymous, "{ myRank { rank } }")).code).toBe("TB004");
  });
});

describe("GraphQL", () => {
  const ask = (gql: Gql, name: string) =>
    gql(
      anonymous,
      `{ ${name}(first: 3) { nodes { rank username points currentStreak longestStreak badgeName badgeIcon exercisesCompleted user { username } } } }`,
    );

  test("names the boards as a person would", async ({ db, gql }) => {
    const ada = await named(db, "ada");
    const problem = await addProblem(db.client, { basePoints: 10 });
    await solve(db.client, { user: ada, problem });
    await refresh(db);
    for (const name of ["leaderboardGlobal", "leaderboardMonthly", "leaderboardWeekly"]) {
      const { data, errors } = await ask(gql, name);
      expect(errors).toBeUndefined();
      expect(data?.[name]).toEqual({
        nodes: [
          {
            rank: 1,
            username: "ada",
            points: 140,
            currentStreak: 1,
            longestStreak: 1,
            badgeName: "Beginner",
            badgeIcon: "🌱",
            exercisesCompleted: 1,
            user: { username: "ada" },
          },
        ],
      });
    }
    const { data } = await gql(
      anonymous,
      `{ userByUsername(username: "ada") { totalPoints currentStreak longestStreak lastActivityDate badge { name icon rankLevel } streak { current isAtRisk freezes } } }`,
    );
    expect(data?.["userByUsername"]).toMatchObject({
      totalPoints: 140,
      currentStreak: 1,
      longestStreak: 1,
      badge: { name: "Beginner", icon: "🌱", rankLevel: 1 },
    });
  });
});

describe("what was", () => {
  test("final standings are kept once, whole, two days after the end, and stay when things change", async ({ db }) => {
    const [ada, bob] = [await named(db, "ada"), await named(db, "bob")];
    const problem = await addProblem(db.client);
    await addJudged(db.client, { user: ada, problem, score: 90, at: "2026-10-10 10:00Z" });
    await settle(db.client, ada, problem);
    await give(db.client, bob, 500, "2026-10-20 10:00Z");
    const close = async (at: string) =>
      (await db.row<{ n: number }>("select app_private.close_periods($1) as n", [at])).n;
    expect(await close("2026-11-02 23:59Z")).toBe(3); // weeks of October; the month waits for two days
    expect(await close("2026-11-03 00:00Z")).toBe(1);
    expect(await close("2026-11-03 00:00Z")).toBe(0);
    const standings = () =>
      db.rows(
        "select f.position, f.rank, u.username::text, f.points from app_public.final_standings f left join app_public.users u on u.id = f.user_id where kind = 'month' order by 1",
      );
    const kept = [
      { position: 1, rank: 1, username: "bob", points: 500 },
      { position: 2, rank: 2, username: "ada", points: 100 },
    ];
    expect(await standings()).toEqual(kept);
    await give(db.client, ada, 900, "2026-10-21 10:00Z");
    await db.rows("select app_private.erase_account($1)", [bob]);
    expect(await standings()).toEqual([{ ...kept[0], username: null }, kept[1]]);
  });
});
