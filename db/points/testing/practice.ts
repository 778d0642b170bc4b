// [db/points/testing/practice.ts] -> tests of points, streaks, boards and battles
// Judged answers put where the practice ground keeps them, without any judge: points follow from these alone.
import { randomUUID } from "node:crypto";
import { oneRow, type Query } from "../../cluster/connect.ts";

let made = 0;

/** A published problem in a module of its own, or beside another one; returns its id. */
export async function addProblem(
  database: Query,
  options: { basePoints?: number; bonus?: number; expectedSeconds?: number; slug?: string; beside?: string } = {},
): Promise<string> {
  const slug = options.slug ?? `problem-${++made}-${randomUUID().slice(0, 8)}`;
  const { id } = await oneRow<{ id: string }>(
    database,
    `with own as (
       insert into app_public.modules (slug, name, description, display_order, is_published)
         select $1, $1, 'For tests.', 1, true where $5::uuid is null returning id
     ), module as (
       select id from own union all select module_id from app_public.problems where id = $5
     )
     insert into app_public.problems
         (slug, module_id, title, statement, difficulty, base_points, time_bonus_points, expected_seconds, pass_score, minimum_length, is_published, content_hash)
       select $1, m.id, $1, 'What went wrong here?', 'beginner', $2, $3, $4, 70, 20, true, sha256('x') from module m
       returning id`,
    [slug, options.basePoints ?? 100, options.bonus ?? 0, options.expectedSeconds ?? 600, options.beside ?? null],
  );
  return id;
}

export interface JudgedAnswer {
  user: string;
  problem: string;
  score: number;
  at?: string | Date;
  bonus?: number;
  seconds?: number;
}

export interface Judged {
  answer: string;
  verdict: string;
}

/** An answer with its verdict, as submit_answer() and record_verdict() leave them; not settled yet. */
export async function addJudged(database: Query, answer: JudgedAnswer): Promise<Judged> {
  const { id } = await oneRow<{ id: string }>(
    database,
    `insert into app_public.answers
         (user_id, problem_id, body, answered_at, day, seconds_taken, base_points, time_bonus_points)
       select $1, p.id, 'Because of the leak.', a.at, app_private.member_day($1, a.at), $4, p.base_points, $5
         from app_public.problems p cross join (select coalesce($3::timestamptz, clock_timestamp()) as at) a
         where p.id = $2
       returning id`,
    [answer.user, answer.problem, answer.at ?? null, answer.seconds ?? 300, answer.bonus ?? 0],
  );
  return { answer: id, verdict: await judge(database, id, answer.score) };
}

/** A new verdict for an answer, which from now on is the one that counts; not settled yet. */
export async function judge(database: Query, answer: string, score: number): Promise<string> {
  const { id } = await oneRow<{ id: string }>(
    database,
    `with verdict as (
       insert into app_public.verdicts
           (answer_id, answered_at, user_id, problem_id, source, rubric_hash, pass_score, score, feedback)
         select a.id, a.answered_at, a.user_id, a.problem_id, 'rule', sha256('x'), 70, $2, 'Look again.'
           from app_public.answers a where a.id = $1
         returning id
     )
     update app_public.answers a set verdict_id = v.id, status = 'judged', judged_at = now()
       from verdict v where a.id = $1
       returning v.id`,
    [answer, score],
  );
  return id;
}

export async function settle(
  database: Query,
  user: string,
  problem: string,
  cause: string = randomUUID(),
): Promise<void> {
  await database.query("select app_private.settle_problem($1, $2, $3)", [user, problem, cause]);
}

/** Answers, and is judged and paid. */
export async function solve(
  database: Query,
  answer: Omit<JudgedAnswer, "score"> & { score?: number },
): Promise<Judged> {
  const judged = await addJudged(database, { score: 90, ...answer });
  await settle(database, answer.user, answer.problem, judged.verdict);
  return judged;
}

/** What the audit finds; never anything. */
export async function faults(database: Query): Promise<unknown[]> {
  return (await database.query("select * from app_private.points_faults")).rows;
}

/** Takes a guard out of a function, for the rest of the transaction; fails when the guard is not there. */
export async function replaced(database: Query, signature: string, guard: string, by: string): Promise<void> {
  const { definition } = await oneRow<{ definition: string }>(
    database,
    "select pg_get_functiondef($1::regprocedure) as definition",
    [signature],
  );
  if (!definition.includes(guard)) throw new Error(`${signature} has no ${guard}`);
  await database.query(definition.replaceAll(guard, by));
}

/** Noon of a day of October 2026, or of as many days later. */
export const noon = (day: number): string => new Date(Date.UTC(2026, 9, day, 12)).toISOString();

/** A member who answered something of worth, and no more, on each of these days. */
export async function active(database: Query, user: string, from: number, to: number): Promise<void> {
  const problem = await addProblem(database);
  for (let day = from; day <= to; day++) await addJudged(database, { user, problem, score: 30, at: noon(day) });
  await settle(database, user, problem);
}

/** Posts points as a battle would: they need no problem. */
export async function give(database: Query, user: string | undefined, points: number, at = "now"): Promise<void> {
  await database.query("select app_private.lock_points(array[$1::uuid])", [user]);
  await database.query(
    `insert into app_public.points_ledger (user_id, reason, ref, points, day, at, posted_at)
       select $1, 'battle', gen_random_uuid(), $2, (a at time zone 'utc')::date, a, a from (select $3::timestamptz as a) x`,
    [user, points, at],
  );
}
