// bench/votes/run.ts -> [bench/votes/over-http.ts] -> POST /graphql (castVote)
// The same vote as a voter casts it: through HTTP, cookie, document guard, PostGraphile and one transaction.
import { createHmac } from "node:crypto";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import type pg from "pg";
import { type Bench, median } from "../cluster.ts";
import { startPart } from "./processes.ts";
import { cast, Voter, verdicts } from "./voter.ts";

export interface OverHttp {
  perSecond: number;
  p50: number;
  p99: number;
}

/** Ballots for voters with cookies, each pair once; returns each voter's cookie and ballots. */
async function deal(client: pg.Client, voters: number): Promise<{ visitor: string; ballots: string[] }[]> {
  const { rows } = await client.query<{ visitor: string; ballots: string[] }>(
    `with made as (
       select translate(rtrim(encode(substr(sha256(convert_to('http' || clock_timestamp() || n, 'UTF8')), 1, 16), 'base64'), '='), '+/', '-_') as visitor
         from generate_series(1, $1::integer) n
     ), voters as (
       insert into app_private.voters (visitor_hash) select sha256(convert_to(visitor, 'UTF8')) from made returning id, visitor_hash
     ), dealt as (
       insert into app_public.ballots (match_id, voter_id, task_id, stratum, is_first_left, propensity, expires_at)
         select m.id, v.id, m.task_id, 'sealed', true, 0.5, now() + interval '1 hour'
           from voters v, app_private.matches m join app_public.tasks t on t.id = m.task_id
           where not t.is_showcase
         returning id, voter_id
     )
     select m.visitor, array_agg(d.id::text order by random()) as ballots
       from made m
         join voters v on v.visitor_hash = sha256(convert_to(m.visitor, 'UTF8'))
         join dealt d on d.voter_id = v.id
       group by m.visitor`,
    [voters],
  );
  return rows;
}

/** So many rounds of so many seconds, with a connection for each session; the first round warms up. */
export async function measureOverHttp(
  bench: Bench,
  client: pg.Client,
  options: { sessions: number; seconds: number; rounds: number },
): Promise<OverHttp> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "autobench-votes-"));
  const server = startPart("server", bench.database, folder);
  try {
    const url = await server.ready;
    if (url === undefined) throw new Error("The server did not start.");
    const secret = fs.readFileSync(path.join(folder, "voter.secret"), "utf8").trim();
    const cookieOf = (visitor: string) =>
      `autobench_voter=${visitor}.${createHmac("sha256", secret).update(visitor).digest("base64url")}`;
    const rounds: OverHttp[] = [];
    for (let round = 0; round <= options.rounds; round++) {
      const seconds = round === 0 ? 1 : options.seconds;
      const hands = await deal(client, Math.ceil((seconds * 3000) / 135) + options.sessions);
      const times: number[] = [];
      const end = performance.now() + seconds * 1000;
      const started = performance.now();
      await Promise.all(
        Array.from({ length: options.sessions }, async () => {
          const voter = new Voter(() => url);
          for (let hand = hands.pop(); hand && performance.now() < end; hand = hands.pop()) {
            voter.cookie = cookieOf(hand.visitor);
            for (const id of hand.ballots) {
              if (performance.now() >= end) break;
              const began = performance.now();
              const { code } = await voter.ask(cast, { id, verdict: verdicts[times.length % 4] });
              if (code) throw new Error(`castVote was refused with ${code}.`);
              times.push(performance.now() - began);
            }
          }
          voter.leave();
        }),
      );
      const sorted = times.toSorted((a, b) => a - b);
      const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
      if (round === 0) await client.query("analyze"); // plans made while the tables were empty are made anew
      if (round > 0)
        rounds.push({ perSecond: times.length / ((performance.now() - started) / 1000), p50: at(0.5), p99: at(0.99) });
    }
    const of = (pick: (one: OverHttp) => number) => median(rounds.map(pick));
    return { perSecond: of((one) => one.perSecond), p50: of((one) => one.p50), p99: of((one) => one.p99) };
  } finally {
    server.child.kill("SIGTERM");
    await server.ended;
    fs.rmSync(folder, { recursive: true, force: true });
  }
}
