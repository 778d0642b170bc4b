// bench/people/run.ts -> [bench/people/measure.ts] -> what is printed
// Ours and the founding document's, in turns on the same data in the same run; medians.
import os from "node:os";
import pg from "pg";
import { settlePayments, submitAnswers, submitFounding } from "./submit.ts";

export interface Size {
  members: number;
  answers: number;
  seconds: number;
  rounds: number;
  clients: number;
  explain: boolean;
}

const median = (list: number[]): number => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)] ?? Number.NaN;
const show = (ms: number): string => (ms >= 1000 ? `${(ms / 1000).toFixed(2)} s` : `${ms.toFixed(ms < 10 ? 2 : 0)} ms`);

export async function measureAll(url: string, client: pg.Client, size: Size): Promise<void> {
  const time = async (sql: string, values: unknown[] = []): Promise<number> => {
    const began = performance.now();
    await client.query(sql, values);
    return performance.now() - began;
  };
  const value = async (sql: string): Promise<number> => Number((await client.query<{ v: string }>(sql)).rows[0]?.v);
  /** Alternates the two, so that a busy moment of the machine hits neither alone. */
  const compare = async (
    name: string,
    ours: () => Promise<number>,
    theirs: () => Promise<number>,
    aim: number,
    unit: "ms" | "/s" = "ms",
    rounds = size.rounds,
  ): Promise<void> => {
    const [a, b]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      a.push(await ours());
      b.push(await theirs());
    }
    const [x, y] = [median(a), median(b)];
    const ratio = unit === "ms" ? y / x : x / y;
    const print = (n: number): string => (unit === "ms" ? show(n) : `${n.toFixed(0)}/s`);
    console.log(
      `${name.padEnd(46)} ours ${print(x).padStart(10)}  document ${print(y).padStart(10)}  ${ratio.toFixed(1).padStart(8)}x${aim ? `  (aim ${aim}x)` : ""}  load ${os.loadavg()[0]?.toFixed(1)}`,
    );
  };

  // Boards: a thousand members have scored since the last time.
  const touch = async (): Promise<void> => {
    await client.query(
      `insert into app_public.points_ledger (user_id, reason, ref, points, day, at)
         select h.id, 'battle', gen_random_uuid(), 5, (now() at time zone 'utc')::date, now()
           from (select id from app_private.point_holders tablesample system (1) limit 1000) h order by h.id`,
    );
    await client.query(
      "update founding.users u set total_points = total_points + 5 where id in (select id from founding.users tablesample system (1) limit 1000)",
    );
  };
  const kinds = ["all", "month", "week"];
  await client.query("select app_private.fold_scores()");
  for (const kind of kinds) await client.query("select app_private.refresh_leaderboard($1)", [kind]);
  await compare(
    "refresh of the three boards, 1,000 changes",
    async () => {
      await touch();
      let sum = await time("select app_private.fold_scores()");
      for (const kind of kinds) sum += await time("select app_private.refresh_leaderboard($1)", [kind]);
      return sum;
    },
    () => time("select founding.refresh_all_leaderboards()"),
    50,
  );

  // Ranks: of members drawn at random.
  await client.query(
    `create temp table sample as
       select s.user_id, s.points from app_private.period_scores s where s.kind = 'all' order by random() limit 20000;
     create temp table few as select * from sample limit 20; analyze sample; analyze few`,
  );
  const wrong = await value(
    `select count(*) as v from few f
       cross join lateral app_private.rank_of('all', '2000-01-01', f.points) r
       where r.rank <> 1 + (select count(*) from app_private.period_scores s where s.kind = 'all' and s.is_listed and s.points > f.points)`,
  );
  console.log(`ranks that differ from a count: ${wrong}`);
  await compare(
    "exact rank lookups",
    async () =>
      20_000_000 /
      (await time(
        "select sum(r.rank) from sample f cross join lateral app_private.rank_of('all', '2000-01-01', f.points) r",
      )),
    async () =>
      20_000 /
      (await time(
        "select sum(1 + (select count(*) from founding.users u where u.total_points > f.points)) from few f",
      )),
    500,
    "/s",
  );

  // Streaks: everybody's, as they stand; the document's function reads 0 until today's activity, so it asks for yesterday.
  const { rows: body } = await client.query<{ prosrc: string }>(
    "select prosrc from pg_proc where oid = 'founding.calculate_current_streak(uuid)'::regprocedure",
  );
  await client.query(
    `create or replace function founding.calculate_current_streak(p_user_id uuid) returns integer language plpgsql as $f$${body[0]?.prosrc.replace(
      ":= current_date;",
      ":= (now() at time zone 'utc')::date - 1;",
    )}$f$`,
  );
  const ours = (whom: string): string =>
    `select sum(case when s.ends_on >= d.today - 1 - s.freezes then s.run_length else 0 end) as v, sum(s.longest), count(*) filter (where s.last_day < d.today)
       from app_private.streaks s cross join (select (now() at time zone 'utc')::date as today) d ${whom}`;
  const recomputed = (whom: string): string =>
    `select sum(case when x.ends_on >= d.today - 1 - x.freezes then x.run_length else 0 end) as v, sum(x.longest)
       from app_private.streaks s cross join (select (now() at time zone 'utc')::date as today) d
         cross join lateral app_private.streak_state(s.days, s.through_day) x ${whom}`;
  const theirs = (whom: string): string =>
    `select sum(founding.calculate_current_streak(u.id)) as v from founding.users u ${whom}`;
  await client.query(
    `create temp table loyal as select s.user_id from app_private.streaks s where s.longest >= 170; analyze loyal`,
  );
  const loyal = await value("select count(*) as v from loyal");
  const ofLoyal = (key: string): string => `where ${key} in (select l.user_id from loyal l)`;
  await compare(
    "streak audit, all members (kept with the days)",
    () => time(ours("")),
    () => time(theirs("")),
    1.5,
  );
  await compare(
    "streak audit, all members (derived anew)",
    () => time(recomputed("")),
    () => time(theirs("")),
    0,
  );
  await compare(
    `streak audit, ${loyal} loyal members (kept)`,
    () => time(ours(ofLoyal("s.user_id"))),
    () => time(theirs(ofLoyal("u.id"))),
    10,
  );
  await compare(
    `streak audit, ${loyal} loyal members (derived anew)`,
    () => time(recomputed(ofLoyal("s.user_id"))),
    () => time(theirs(ofLoyal("u.id"))),
    10,
  );
  console.log(
    `loyal members' streaks add up to ${await value(ours(ofLoyal("s.user_id")))}, by the document ${await value(theirs(ofLoyal("u.id")))}`,
  );

  // Answers, by several clients at once: handed in at the door; and stored, judged and paid. The document does all at once.
  await compare(
    "submitAnswer (with startProblem)",
    () => submitAnswers(url, size),
    () => submitFounding(url, size),
    0,
    "/s",
  );
  await compare(
    "answers stored, judged and paid",
    () => settlePayments(url, size),
    () => submitFounding(url, size),
    0,
    "/s",
  );

  // Forgetting members with 500 answers and more.
  const { rows: heavy } = await client.query<{ id: string; n: number }>(
    "select a.user_id as id, count(*)::int as n from app_public.answers a group by a.user_id having count(*) >= 500 order by n limit 6",
  );
  const sums = async (): Promise<number[]> => [
    await value("select sum(points) as v from app_public.points_ledger"),
    await value("select sum(points) as v from app_private.period_scores"),
  ];
  const before = await sums();
  const erasures: number[] = [];
  for (const { id } of heavy.slice(1)) erasures.push(await time("select app_private.erase_account($1)", [id]));
  const after = await sums();
  const theirErase = await deletion(client, "delete from founding.users where id = $1", heavy[0]?.id);
  console.log(
    `forgetting members with ${heavy
      .slice(1)
      .map(({ n }) => n)
      .join(
        ", ",
      )} answers: ours ${erasures.map(show).join(", ")} (aim 100 ms); ${heavy[0]?.n} answers, document ${theirErase}; sums ${before.join(", ")} before, ${after.join(", ")} after`,
  );
  const began = performance.now();
  const faults = (await client.query("select fault, count(*) from app_private.points_faults group by fault")).rows;
  console.log(`audit of everything: ${JSON.stringify(faults)} in ${show(performance.now() - began)}`);
  if (size.explain) await explain(client);
}

/** The document's deletion looks through whole tables for each row that refers to one: nobody waits for its end here. */
async function deletion(client: pg.Client, sql: string, id: string | undefined): Promise<string> {
  const began = performance.now();
  await client.query("set statement_timeout = '2min'");
  const isOver = await client.query(sql, [id]).then(
    () => false,
    (error: { code?: string }) => {
      if (error.code === "57014") return true;
      throw error;
    },
  );
  await client.query("reset statement_timeout");
  return `${isOver ? "cut off after " : ""}${show(performance.now() - began)}`;
}

/** The hot queries' plans, to be read. */
async function explain(client: pg.Client): Promise<void> {
  for (const sql of [
    "select * from app_public.leaderboard_weekly order by position limit 50",
    "select * from app_private.rank_of('all', '2000-01-01', 500)",
    "select s.user_id from app_private.period_scores s where s.kind = 'week' and s.starts_on = app_private.score_period('week', now()) and s.is_listed and s.points > 0 order by - s.points, s.reached_at, s.user_id limit 1000",
    "select * from app_public.people_as_of('week', now() - interval '1 day')",
    "select * from app_public.people_as_of('all', now() - interval '1 day')",
    "select app_private.spend_freezes()",
    "select app_private.pay_milestones()",
    "select app_private.award_all_achievements()",
    "select app_private.award_badges()",
    "select app_private.close_periods()",
  ]) {
    const { rows } = await client.query<{ "QUERY PLAN": string }>(`explain (analyze, buffers) ${sql}`);
    console.log(`\n${sql}\n${rows.map((row) => row["QUERY PLAN"]).join("\n")}`);
  }
}
