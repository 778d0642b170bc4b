// node bench/votes/run.ts [seconds] [sessions] -> [bench/votes/run.ts] -> app_private.cast_vote()
// castVote beside a raw insert, and beside the usual design in which each vote updates two rating rows, with the same checks.
// The sessions loop inside Postgres, a commit after each vote, so that no client's work is measured.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type pg from "pg";
import { liftLimits, openArena } from "../../db/arena/testing/arena.ts";
import { oneRow } from "../../db/cluster/connect.ts";
import { type Bench, median, withBench } from "../cluster.ts";
import { measureOverHttp } from "./over-http.ts";

const seconds = Number(process.argv[2] ?? 4);
const sessions = Number(process.argv[3] ?? 16);
const rounds = 3;
const models = 10;

const contenders = ["raw insert", "castVote", "two rating rows"] as const;
type Contender = (typeof contenders)[number];

interface Result {
  perSecond: number;
  p50: number;
  p99: number;
}

/** The usual design: votes that name their models, and a trigger that moves both models' rows, locked in the order of their ids. */
const prepare = `
  create schema bench;
  create table bench.raw_votes (ballot_id uuid primary key, verdict app_public.verdict not null, created_at timestamptz not null);
  create table bench.votes (
    like app_public.votes,
    first_model_id uuid not null,
    second_model_id uuid not null,
    outcome app_private.outcome not null,
    constraint votes_one_per_ballot primary key (ballot_id),
    constraint votes_ballot foreign key (ballot_id) references app_public.ballots,
    constraint votes_dwell_not_negative check (dwell_ms >= 0),
    constraint votes_network_hash_form check (octet_length(network_hash) = 16)
  );
  create index on bench.votes (created_at);
  create index on bench.votes (network_hash);
  create table bench.ratings (model_id uuid primary key, elo float8 not null, votes bigint not null) with (fillfactor = 50);
  insert into bench.ratings select id, 1000, 0 from app_public.models;
  create table bench.deck (n bigint generated always as identity primary key, contender text not null, session integer not null, ballot_id uuid not null, voter_id bigint not null);
  create index on bench.deck (contender, session, n);
  create function bench.tg_votes__rate() returns trigger language plpgsql as $$
  declare
    a float8;
    b float8;
    v_move float8;
  begin
    select elo into a from bench.ratings where model_id = new.first_model_id for no key update;
    select elo into b from bench.ratings where model_id = new.second_model_id for no key update;
    v_move := 4 * (case new.outcome when 'first' then 1 when 'second' then 0 else 0.5 end - 1 / (1 + 10 ^ ((b - a) / 400)));
    update bench.ratings set elo = elo + v_move, votes = votes + 1 where model_id = new.first_model_id;
    update bench.ratings set elo = elo - v_move, votes = votes + 1 where model_id = new.second_model_id;
    return null;
  end $$;
  create trigger rate after insert on bench.votes for each row when (new.is_counted) execute function bench.tg_votes__rate();
  create procedure bench.run(contender text, session integer, seconds float8, used integer, inout done integer, inout p50 float8, inout p99 float8)
  language plpgsql as $$
  declare
    v_ballots uuid[];
    v_voters bigint[];
    v_ms float8[] := '{}';
    v_end timestamptz;
    v_start timestamptz;
  begin
    select array_agg(d.ballot_id), array_agg(d.voter_id) into v_ballots, v_voters
      from (
        select d.ballot_id, d.voter_id from bench.deck d
          where d.contender = run.contender and d.session = run.session
          order by d.n offset run.used limit ceil(40000 * seconds)
      ) d;
    done := 0;
    v_end := clock_timestamp() + make_interval(secs => seconds); -- reading the deck is not part of it
    while clock_timestamp() < v_end loop
      done := done + 1;
      v_start := clock_timestamp();
      if contender = 'raw insert' then
        insert into bench.raw_votes values (v_ballots[done], (enum_range(null::app_public.verdict))[1 + done % 4], v_start);
      elsif contender = 'castVote' then
        perform app_private.cast_vote(v_voters[done], decode(md5((v_voters[done] / 3)::text), 'hex'), v_ballots[done], (enum_range(null::app_public.verdict))[1 + done % 4]);
      else
        perform bench.cast_vote(v_voters[done], decode(md5((v_voters[done] / 3)::text), 'hex'), v_ballots[done], (enum_range(null::app_public.verdict))[1 + done % 4]);
      end if;
      commit;
      v_ms := v_ms || extract(epoch from clock_timestamp() - v_start)::float8 * 1000;
    end loop;
    select percentile_cont(0.5) within group (order by x), percentile_cont(0.99) within group (order by x) into p50, p99 from unnest(v_ms) x;
  end $$`;

/** Ballots enough for all rounds, as drawBallot() would have made them. */
async function deal(client: pg.Client): Promise<void> {
  await openArena(client, { models, sealed: 3 });
  await client.query(liftLimits);
  await client.query(prepare);
  const { source } = await oneRow<{ source: string }>(
    client,
    "select pg_get_functiondef('app_private.cast_vote'::regproc) as source",
  );
  const changes: [RegExp, string][] = [
    [/FUNCTION app_private\.cast_vote/, "FUNCTION bench.cast_vote"],
    [/insert into app_private\.pair_counts[\s\S]*?;\n/, ""],
    [/insert into app_public\.votes \(/, "insert into bench.votes (first_model_id, second_model_id, outcome, "],
    [
      /values \(v_ballot\.id, cast_vote\.verdict, cast_vote\.dwell_ms/,
      "values (v_now.first_model_id, v_now.second_model_id, app_private.turn_verdict(cast_vote.verdict, v_ballot.is_first_left), v_ballot.id, cast_vote.verdict, cast_vote.dwell_ms",
    ],
  ];
  await client.query(
    changes.reduce((text, [from, to]) => {
      if (!from.test(text)) throw new Error(`cast_vote() no longer says ${from}.`);
      return text.replace(from, to);
    }, source),
  );
  const wanted = Math.ceil(12000 * (seconds * rounds + 1) * 2);
  await client.query(
    `with voters as (
       insert into app_private.voters (visitor_hash)
         select sha256(convert_to(n::text, 'UTF8')) from generate_series(1, ceil($1 / 135.0)::integer * 2) n returning id
     ), dealt as (
       insert into app_public.ballots
           (match_id, voter_id, task_id, stratum, is_first_left, propensity, expires_at)
         select m.id, v.id, m.task_id, 'sealed', true, 0.5, now() + interval '1 hour'
           from voters v, app_private.matches m join app_public.tasks t on t.id = m.task_id
           where not t.is_showcase
         returning id, voter_id
     )
     insert into bench.deck (contender, session, ballot_id, voter_id)
       select case when voter_id % 2 = 0 then 'castVote' else 'two rating rows' end, voter_id / 2 % $2, id, voter_id
         from dealt order by random()`,
    [wanted, sessions],
  );
  await client.query(
    "insert into bench.deck (contender, session, ballot_id, voter_id) select 'raw insert', n % $2, gen_random_uuid(), n from generate_series(1, $1::integer) n",
    [wanted * 3, sessions],
  );
  await client.query("analyze");
  await client.query("checkpoint");
}

/** How many of its ballots each session has used, by contender. */
const used = new Map<Contender, number[]>(contenders.map((name) => [name, Array<number>(sessions).fill(0)]));

async function measure(clients: readonly pg.Client[], contender: Contender, length = seconds): Promise<Result> {
  const before = used.get(contender) ?? [];
  const results = await Promise.all(
    clients.map((client, session) =>
      oneRow<{ done: number; p50: number; p99: number }>(client, "call bench.run($1, $2, $3, $4, 0, 0, 0)", [
        contender,
        session,
        length,
        before[session],
      ]),
    ),
  );
  used.set(
    contender,
    results.map(({ done }, session) => done + (before[session] ?? 0)),
  );
  return {
    perSecond: results.reduce((sum, { done }) => sum + done, 0) / length,
    p50: median(results.map(({ p50 }) => p50)),
    p99: Math.max(...results.map(({ p99 }) => p99)),
  };
}

async function compare(clients: readonly pg.Client[], title: string): Promise<number> {
  const results = new Map<Contender, Result[]>(contenders.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of contenders) results.get(name)?.push(await measure(clients, name));
  }
  const rate = (name: Contender): number => median((results.get(name) ?? []).map(({ perSecond }) => perSecond));
  console.log(`\n${title}: ${sessions} sessions, ${models} models, ${rounds} rounds of ${seconds} s, medians`);
  for (const [name, list] of results) {
    const [p50, p99] = [median(list.map((one) => one.p50)), median(list.map((one) => one.p99))];
    console.log(
      `  ${name.padEnd(16)} ${rate(name).toFixed(0).padStart(7)} /s   p50 ${p50.toFixed(2)} ms   p99 ${p99.toFixed(2)} ms`,
    );
  }
  console.log(
    `  castVote / raw insert      ${(rate("castVote") / rate("raw insert")).toFixed(2)}   (aim: at least 0.20)`,
  );
  console.log(
    `  castVote / two rating rows ${(rate("castVote") / rate("two rating rows")).toFixed(2)}   (aim: at least 3.00)`,
  );
  return rate("castVote");
}

/** The raw insert once more, as everybody else measures it; null where there is no pgbench. */
function pgbench(bench: Bench): number | null {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "autobench-pgbench-"));
  try {
    const script = path.join(folder, "insert.sql");
    fs.writeFileSync(script, "insert into bench.raw_votes values (gen_random_uuid(), 'left', now());\n");
    const options = ["-n", "-M", "prepared", "-c", String(sessions), "-j", "1", "-T", String(seconds), "-f", script];
    const run = spawnSync("pgbench", [...options, bench.superuserUrl], { encoding: "utf8" });
    return run.status === 0 ? Number(/tps = ([\d.]+)/.exec(run.stdout)?.[1] ?? Number.NaN) : null;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
}

await withBench(async (bench: Bench) => {
  const owner = await bench.connect();
  await deal(owner);
  const clients = await Promise.all(Array.from({ length: sessions }, () => bench.connect()));
  for (const name of contenders) await measure(clients, name, 1);
  await owner.query("analyze"); // plans made while the tables were empty are made anew
  const here = await compare(clients, "This machine's disk");
  const outside = pgbench(bench);
  if (outside !== null)
    console.log(`  castVote / pgbench's raw single insert (${outside.toFixed(0)} /s)  ${(here / outside).toFixed(2)}`);
  // Most servers' disks take longer to make a commit safe; whoever holds a hot row holds it for that long.
  for (const delay of [500, 2000]) {
    for (const client of clients) await client.query(`set commit_delay = ${delay}; set commit_siblings = 0`);
    await compare(clients, `A commit that takes ${delay / 1000} ms more`);
  }
  for (const client of clients) await client.query("reset commit_delay; reset commit_siblings");
  const http = await measureOverHttp(bench, owner, { sessions, seconds, rounds });
  console.log(
    `\nThrough GraphQL: one server process, ${sessions} connections, ${rounds} rounds of ${seconds} s, medians`,
  );
  console.log(
    `  castVote         ${http.perSecond.toFixed(0).padStart(7)} /s   p50 ${http.p50.toFixed(2)} ms   p99 ${http.p99.toFixed(2)} ms`,
  );
  const check = await oneRow<{ counted: string; votes: string; rated: string }>(
    owner,
    `select (select sum(votes) from app_private.pair_counts) as counted,
       (select count(*) from app_public.votes) as votes,
       (select sum(r.votes)::bigint / 2 from bench.ratings r) as rated`,
  );
  console.log(
    `\ncastVote: ${check.votes} votes stored, ${check.counted} counted. Two rating rows: ${check.rated} rated.`,
  );
  if (check.votes !== check.counted) throw new Error("Votes and counts differ.");
});
