// node bench/ratings/run.ts [models] [votes...] -> [bench/ratings/run.ts] -> app_private.bradley_terry(), app_private.fit_board(), app_private.elo_fold()
// Ratings with intervals in SQL, from counts and from raw votes, beside the usual way: all votes into a program, an iterative fit,
// and a hundred bootstraps over the votes for the interval.
import type pg from "pg";
import { dice, normal, winChance } from "../../db/ratings/simulation.ts";
import { bootstrap } from "./bootstrap.ts";
import { median, withBench } from "../cluster.ts";

const models = Number(process.argv[2] ?? 200);
const sizes = process.argv.length > 3 ? process.argv.slice(3).map(Number) : [1_000_000, 10_000_000];
const tieShare = 0.25;

const seconds = async <T>(work: () => Promise<T> | T): Promise<[number, T]> => {
  const start = performance.now();
  const result = await work();
  return [(performance.now() - start) / 1000, result];
};

/** Raw votes of uniformly drawn pairs, and the counts that their own transactions would have kept. */
async function play(client: pg.Client, votes: number): Promise<void> {
  const roll = dice(7);
  const strengths = Array.from({ length: models }, () => normal(roll, 150));
  await client.query("drop schema if exists bench cascade; create schema bench");
  await client.query("create table bench.chances (first smallint, second smallint, chance float8)");
  for (let i = 1; i <= models; i++) {
    const chances = strengths.slice(i).map((strength) => winChance((strengths[i - 1] ?? 0) - strength));
    if (chances.length) {
      await client.query(
        "insert into bench.chances select $1::smallint, $1::smallint + n, c from unnest($2::float8[]) with ordinality u (c, n)",
        [i, chances],
      );
    }
  }
  await client.query("select setseed(0.5)");
  await client.query(
    `create unlogged table bench.votes as
       select (v.n % 100)::smallint as task, p.first, p.second,
           (case when v.luck < $2 then 0 when v.luck < $2 + (1 - $2) * p.chance then 1 else 2 end)::smallint as outcome
         from (select n, random() as luck, floor(random() * $3)::integer + 1 as pair from generate_series(1, $1::integer) n) v
         join (select *, row_number() over (order by first, second)::integer as pair from bench.chances) p on p.pair = v.pair`,
    [votes, tieShare, (models * (models - 1)) / 2],
  );
  await client.query(
    "create table bench.counts as select first, second, outcome, count(*)::integer as votes from bench.votes group by 1, 2, 3",
  );
  await client.query(
    "create table bench.task_counts as select task, first, second, outcome, count(*)::integer as votes from bench.votes group by 1, 2, 3, 4",
  );
  await client.query("vacuum analyze bench.counts");
  await client.query("vacuum analyze bench.task_counts");
  await client.query("vacuum analyze bench.votes");
}

const fitOf = (counts: string): string => `
  with counts as materialized (${counts}), cells as (
    select i, j, coalesce(w.votes, 0)::float8 as wins, coalesce(t.votes, 0)::float8 as ties
      from generate_series(1, ${models}) i cross join generate_series(1, ${models}) j
      left join counts w on w.first = least(i, j) and w.second = greatest(i, j) and w.outcome = case when i < j then 1 else 2 end
      left join counts t on t.first = least(i, j) and t.second = greatest(i, j) and t.outcome = 0
  ), lines as (
    select i, array_agg(wins order by j) as wins, array_agg(ties order by j) as ties from cells group by i
  ), matrices as (
    select array_agg(wins order by i) as wins, array_agg(ties order by i) as ties from lines
  )
  select b.rating, b.se_sandwich from matrices, app_private.bradley_terry(wins, ties) b order by b.position`;

const fromTasks = `
  with entries as (
    select task + 1 as task, first, second,
        sum(votes) filter (where outcome = 1) as w, sum(votes) filter (where outcome = 0) as t, sum(votes) filter (where outcome = 2) as l
      from bench.task_counts group by 1, 2, 3
  ), arrays as (
    select array_agg(task::integer) as tasks, array_agg(first::integer) as firsts, array_agg(second::integer) as seconds,
        array_agg(coalesce(w, 0)::float8) as w, array_agg(coalesce(t, 0)::float8) as t, array_agg(coalesce(l, 0)::float8) as l
      from entries
  )
  select b.rating, b.se from arrays a, app_private.fit_board(${models}, a.tasks, a.firsts, a.seconds, a.w, a.t, a.l) b order by b.position`;

async function compare(client: pg.Client, votes: number): Promise<void> {
  await play(client, votes);
  const counted = fitOf("select first, second, outcome, votes from bench.counts");
  const raw = fitOf("select first, second, outcome, count(*) as votes from bench.votes group by 1, 2, 3");
  const [sqlCounts, { rows: fit }] = await seconds(() =>
    client.query<{ rating: number; se_sandwich: number }>(counted),
  );
  const [sqlRaw] = await seconds(() => client.query(raw));
  const [clustered] = await seconds(() => client.query(fromTasks));
  const [elo] = await seconds(() =>
    client.query(
      `select app_private.elo_fold(array_fill(1000::float8, array[${models}]), array_agg(first::integer), array_agg(second::integer),
           array_agg(case outcome when 1 then 1 when 2 then 0 else 0.5 end::float8)) from bench.votes`,
    ),
  );
  const [usual, other] = await seconds(() => bootstrap(client, { models, votes, rounds: 100 }));
  const apart = Math.max(...fit.map(({ rating }, index) => Math.abs(rating - (other.ratings[index] ?? Number.NaN))));
  const ratios = fit.map(({ se_sandwich }, index) => se_sandwich / (other.errors[index] ?? Number.NaN));
  const row = (name: string, time: number, note = ""): void =>
    console.log(
      `  ${name.padEnd(46)} ${time.toFixed(2).padStart(8)} s   ${(usual / time).toFixed(1).padStart(6)} x   ${note}`,
    );
  console.log(`\n${votes.toLocaleString("en")} votes, ${models} models, all with 95 % intervals`);
  row(
    "usual: votes read, fitted, 100 bootstraps",
    usual,
    `of which reading ${other.reading.toFixed(2)} s, resampling ${other.resampling.toFixed(2)} s, fitting ${other.fitting.toFixed(2)} s`,
  );
  row(
    "SQL, from kept counts",
    sqlCounts,
    `the same ratings to ${apart.toExponential(1)} Elo; its errors are ${median(ratios).toFixed(3)} of the bootstrap's`,
  );
  row("SQL, from raw votes", sqlRaw);
  row(
    "SQL, from counts of 100 tasks, clustered",
    clustered,
    "what the board shows; the usual way has no such interval",
  );
  console.log(`  online Elo of all votes, replayed in SQL: ${elo.toFixed(2)} s`);
}

await withBench(async (bench) => {
  const client = await bench.connect();
  for (const votes of sizes) await compare(client, votes);
});
