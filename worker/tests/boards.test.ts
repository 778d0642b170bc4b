// [worker/tests/boards.test.ts] -> pair_generator, open_matches, refresh_leaderboards, publish_boards, scan_votes
import type pg from "pg";
import { liftLimits, makeVoters, openArena } from "../../db/arena/testing/arena.ts";
import { addAnswer, addTask } from "../../db/testing/arena.ts";
import { createLog, silentLog } from "../../process/log.ts";
import type { WorkerDeps } from "../deps.ts";
import openMatches from "../tasks/open_matches.ts";
import { pairGenerator } from "../tasks/pair_generator.ts";
import publishBoards from "../tasks/publish_boards.ts";
import { refreshLeaderboards } from "../tasks/refresh_leaderboards.ts";
import scanVotes from "../tasks/scan_votes.ts";
import { describe, expect, type Queue, test } from "./queue.ts";
import { startTestWorker } from "./worker.ts";

const deps = { log: silentLog } as WorkerDeps;
const count = async (pool: pg.Pool, table: string): Promise<number> =>
  Number((await pool.query<{ n: string }>(`select count(*) as n from ${table}`)).rows[0]?.n);

/** As cron would ask at this instant; says whether there was a run. */
async function tick(queue: Queue, at = new Date()): Promise<unknown> {
  const before = (await queue.rows("refresh_leaderboards")).length;
  await queue.pool.query(
    "select graphile_worker.add_job('refresh_leaderboards', json_build_object('_cron', json_build_object('ts', $1::text)))",
    [at.toISOString()],
  );
  await queue.drain({ refresh_leaderboards: refreshLeaderboards });
  await queue.drain({ refresh_leaderboards: refreshLeaderboards });
  const rows = await queue.rows("refresh_leaderboards");
  return rows.length > before ? rows.at(-1)?.result : undefined;
}

/** Each voter once: for what stands on the left, or against the one model that they all find worst. */
async function vote(
  pool: pg.Pool,
  task: string,
  voters: readonly string[],
  at = new Date(),
  worst?: string,
): Promise<void> {
  await pool.query(
    `select app_private.cast_vote(v.id, decode(md5(v.id::text), 'hex'), b.id, w.verdict, null, $3)
       from unnest($1::bigint[]) v (id), app_private.draw_ballot(v.id, null, $2, $3) b
         inner join app_private.matches m on m.id = b.match_id
         cross join lateral (
           select (case when $4 = case when b.is_first_left then m.first_model_id else m.second_model_id end
             then 'right' else 'left' end)::app_public.verdict
         ) w (verdict)`,
    [voters, task, at, worst],
  );
}

describe("matches", () => {
  test("are opened when pictures have been taken, and by the timetable what that missed", async ({ queue, pool }) => {
    const task = await addTask(pool, { slot: 2, daysAgo: 3 });
    const answers = [];
    for (const n of [1, 2, 3]) answers.push(await addAnswer(pool, task, `<h1>${n}</h1>`));
    const finish = (submissionId: string | undefined, outcome: object) =>
      pool.query("select app_private.record_artifact($1, $2)", [submissionId, JSON.stringify(outcome)]);
    await pool.query("delete from graphile_worker._private_jobs");
    await queue.log("pair_generator");
    await queue.drain({ pair_generator: pairGenerator });
    expect((await queue.rows("pair_generator")).map(({ result }) => result)).toEqual([{ opened: 0 }]); // no picture yet

    await finish(answers[0]?.submissionId, { status: "skipped", reason: "no browser" });
    await finish(answers[1]?.submissionId, { status: "skipped", reason: "no browser" });
    expect(await queue.jobs()).toMatchObject([{ task: "open_matches" }]); // one for both
    await queue.skipWaiting();
    await queue.drain({ open_matches: openMatches() });
    expect(await count(pool, "app_private.matches")).toBe(1);

    await finish(answers[2]?.submissionId, { status: "failed", reason: "out of memory" });
    await queue.skipWaiting();
    await queue.drain({ open_matches: openMatches() });
    expect(await count(pool, "app_private.matches")).toBe(1); // nobody can look at that page

    await pool.query("update app_public.artifacts set status = 'skipped' where status = 'failed'");
    await queue.log("pair_generator");
    await queue.log("pair_generator");
    await queue.drain({ pair_generator: pairGenerator });
    expect((await queue.rows("pair_generator")).slice(1).map(({ result }) => result)).toEqual([
      { opened: 2 },
      { opened: 0 },
    ]);
  });
});

describe("refresh_leaderboards", () => {
  test("weighs pairs when somebody has voted, publishes when a task has closed, and else leaves no row", async ({
    queue,
    pool,
  }) => {
    const { tasks } = await openArena(pool, { models: 4, sealed: 1, day: "2026-05-04" });
    await pool.query(liftLimits);
    const voters = await makeVoters(pool, 6, "boards");
    const sealed = tasks.find(({ is_showcase }) => !is_showcase)?.id ?? "";
    await pool.query("update app_private.boards set refreshed_at = now()"); // people's boards have a test of their own
    const noon = new Date("2026-05-04T12:00:00Z");
    expect(await tick(queue, noon)).toBeUndefined();
    await vote(pool, sealed, voters, noon);
    expect(await tick(queue, new Date("2026-05-04T12:01:00Z"))).toEqual({ snapshots: 0, weighed: expect.any(Number) });
    expect(await count(pool, "app_private.pairing_strengths")).toBeGreaterThanOrEqual(4);
    expect(await tick(queue, new Date("2026-05-04T12:05:00Z"))).toBeUndefined();
    const midnight = new Date("2026-05-05T00:00:00Z");
    expect(await tick(queue, midnight)).toMatchObject({ snapshots: 4 });
    expect(await tick(queue, new Date("2026-05-05T00:03:00Z"))).toBeUndefined();
    // A vote that is judged anew is published as well.
    await pool.query("select app_private.exclude_voter($1, 'a test of it')", [voters[0]]);
    expect(await tick(queue, new Date("2026-05-05T00:04:00Z"))).toMatchObject({ snapshots: 4 });
  });
});

describe("a task's closing", () => {
  test(
    "has the boards published within five seconds, whoever closes it",
    { timeout: 60_000 },
    async ({ database, pool }) => {
      const { tasks } = await openArena(pool, { models: 4, sealed: 2 });
      await pool.query(liftLimits);
      const voters = await makeVoters(pool, 5, "closing");
      const sealed = tasks.filter(({ is_showcase }) => !is_showcase).map(({ id }) => id);
      for (const id of sealed) await vote(pool, id, voters);
      const render = { chromiumPath: "/none", concurrency: 1, mayLackSandbox: false };
      const worker = await startTestWorker(database, { render });
      const published = async (task: string) =>
        (await pool.query("select from app_private.folded_tasks where task_id = $1", [task])).rowCount === 1;
      try {
        for (const [id, close] of [
          [sealed[0], "select app_private.close_task($1)"], // an operator does, now
          [sealed[1], "update app_public.tasks set closes_at = now() + interval '1 second' where id = $1"], // its time comes
        ] as const) {
          const snapshots = await count(pool, "app_public.rating_snapshots");
          await pool.query(close, [id]);
          const { rows } = await pool.query<{ at: Date }>(
            "select closes_at as at from app_public.tasks where id = $1",
            [id],
          );
          await expect.poll(() => published(id ?? ""), { timeout: 10_000, interval: 20 }).toBe(true);
          const late = Date.now() - (rows[0]?.at.getTime() ?? 0);
          console.log(`a board ${late} ms after its task's closing`);
          expect(late).toBeLessThan(5000);
          expect(await count(pool, "app_public.rating_snapshots")).toBeGreaterThan(snapshots);
        }
      } finally {
        await worker.stop();
      }
    },
  );

  test("queues one job for all tasks that close then, and it finds what has closed", async ({ queue, pool }) => {
    await queue.clear();
    await openArena(pool, { models: 3, sealed: 3, day: "2026-06-01" });
    const jobs = async () =>
      (
        await pool.query<{ key: string }>(
          "select key from graphile_worker.jobs where task_identifier = 'publish_boards'",
        )
      ).rows;
    await pool.query("delete from graphile_worker._private_jobs");
    await pool.query("update app_public.tasks set closes_at = '2026-06-01 18:00Z' where challenge_date = '2026-06-01'");
    expect(await jobs()).toEqual([{ key: expect.stringMatching(/^publish_boards:\d/) }]);
    await queue.drain({ publish_boards: publishBoards(deps) });
    expect(await jobs()).toEqual([]);
  });
});

describe("scan_votes", () => {
  test("flags who votes as nobody honest would, once, and tells when few votes count", async ({ queue, pool }) => {
    await queue.clear();
    const lines: { level: string; message: string; flagged?: number; received?: number }[] = [];
    const log = createLog({ level: "warn", write: (line) => void lines.push(JSON.parse(line)) });
    const { tasks, models } = await openArena(pool, { models: 8, sealed: 4, day: "2026-07-01" });
    await pool.query(liftLimits);
    const [rigger] = await makeVoters(pool, 1, "rigger");
    const others = await makeVoters(pool, 40, "honest");
    const at = new Date("2026-07-01T12:00:00Z");
    for (const { id } of tasks.filter(({ is_showcase }) => !is_showcase)) await vote(pool, id, others, at, models[0]);
    // Always for one model, the one that everybody else finds worst.
    await pool.query(
      `with drawn as (
         insert into app_public.ballots (match_id, voter_id, task_id, stratum, is_first_left, propensity, served_at, expires_at)
           select m.id, $1, m.task_id, 'sealed', m.first_model_id = $2, 0.5, $3, $3::timestamptz + interval '1 hour'
             from app_private.matches m join app_public.tasks t on t.id = m.task_id
             where $2 in (m.first_model_id, m.second_model_id) and t.challenge_date = '2026-07-01'
           returning id
       )
       insert into app_public.votes (ballot_id, verdict, created_at, is_counted) select id, 'left', $3, false from drawn`,
      [rigger, models[0], at],
    );
    await pool.query(
      "insert into app_private.vote_checks (ballot_id, kind, state) select ballot_id, 'voter_cap', 'fail' from app_public.votes where not is_counted",
    );
    await pool.query("update app_private.arena_settings set flag_level = 0.5");
    for (let n = 0; n < 2; n++) {
      await pool.query("select app_private.log_scheduled_task('scan_votes', run_at => '2026-07-01 12:20Z')");
      await queue.drain({ scan_votes: scanVotes({ log } as WorkerDeps) });
    }
    const results = (await queue.rows("scan_votes")).map(({ result }) => result as { flagged: number; alarms: number });
    expect(results[0]?.flagged).toBeGreaterThanOrEqual(1);
    expect(results[1]?.flagged).toBe(0);
    const { rows } = await pool.query<{ model_id: string }>(
      "select model_id from app_private.vote_flags where voter_id = $1",
      [rigger],
    );
    expect(rows.map(({ model_id }) => model_id)).toContain(models[0]);
    expect(lines[0]).toMatchObject({
      level: "warn",
      message: "votes were flagged as hardly honest",
      flagged: results[0]?.flagged,
    });

    lines.length = 0;
    await pool.query("update app_public.votes set is_counted = false where created_at = $1", [at]);
    await pool.query("select app_private.log_scheduled_task('scan_votes', run_at => '2026-07-01 12:50Z')");
    await queue.drain({ scan_votes: scanVotes({ log } as WorkerDeps) });
    expect(lines).toMatchObject([
      { level: "error", message: "few of the votes count: a check may be broken", counted: 0 },
    ]);
  });
});
