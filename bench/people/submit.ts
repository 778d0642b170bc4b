// bench/people/measure.ts -> [bench/people/submit.ts] -> app_public.submit_answer(), app_private.settle_problem(), founding.submissions
// What a client's answer costs until it is paid, over several connections for some seconds; answers a second.
import pg from "pg";
import type { Size } from "./measure.ts";

async function run(
  url: string,
  size: Size,
  once: (client: pg.Client, member: number) => Promise<void>,
): Promise<number> {
  const clients = await Promise.all(
    Array.from({ length: size.clients }, async () => {
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      return client;
    }),
  );
  const until = performance.now() + size.seconds * 1000;
  let done = 0;
  await Promise.all(
    clients.map(async (client) => {
      while (performance.now() < until) {
        await once(client, 1 + Math.floor(Math.random() * size.members));
        done++;
      }
    }),
  );
  await Promise.all(clients.map((client) => client.end()));
  return done / size.seconds;
}

/** Two transactions, as the product has them: the answer is stored; its verdict is stored, counts, and is paid. */
export function settlePayments(url: string, size: Size): Promise<number> {
  return run(url, size, async (client, member) => {
    const { rows } = await client.query<{ id: string; user_id: string; problem_id: string }>({
      name: "answer",
      text: `insert into app_public.answers (user_id, problem_id, body, day, seconds_taken, base_points, time_bonus_points)
        select u.id, p.id, 'Because of the leak.', (now() at time zone 'utc')::date, 300, p.base_points, 0
          from app_public.users u, app_public.problems p
          where u.username = 'member' || $1::int and p.slug = 'problem-' || 1 + floor(random() * 500)
        returning id, user_id, problem_id`,
      values: [member],
    });
    const [answer] = rows;
    if (!answer) return;
    await client.query("begin");
    const { rows: verdicts } = await client.query<{ id: string }>({
      name: "verdict",
      text: `with verdict as (
          insert into app_public.verdicts (answer_id, answered_at, user_id, problem_id, source, rubric_hash, pass_score, score, feedback)
            select a.id, a.answered_at, a.user_id, a.problem_id, 'rule', sha256('x'), 70, 90, 'Look again.'
              from app_public.answers a where a.id = $1
            returning id
        )
        update app_public.answers a set verdict_id = v.id, status = 'judged', judged_at = now()
          from verdict v where a.id = $1 returning v.id`,
      values: [answer.id],
    });
    await client.query({
      name: "settle",
      text: "select app_private.settle_problem($1, $2, $3)",
      values: [answer.user_id, answer.problem_id, verdicts[0]?.id],
    });
    await client.query("commit");
  });
}

/** The door itself: a problem is started and an answer handed in, as a signed-in member; a job to judge it is queued. */
export function submitAnswers(url: string, size: Size): Promise<number> {
  return run(url, size, async (client, member) => {
    await client.query("begin");
    await client.query({
      name: "member",
      text: "select set_config('app.user_id', id::text, true) from app_public.users where username = 'member' || $1::int",
      values: [member],
    });
    const problem = `problem-${1 + Math.floor(Math.random() * 500)}`;
    await client.query({ name: "start", text: "select app_public.start_problem($1)", values: [problem] });
    await client.query({
      name: "submit",
      text: "select app_public.submit_answer($1, 'The target leaked into the features before the split.', gen_random_uuid()::text)",
      values: [problem],
    });
    await client.query("commit");
  });
}

/** One transaction, as the document has it: the row with its verdict, and the trigger that pays. */
export function submitFounding(url: string, size: Size): Promise<number> {
  return run(url, size, async (client, member) => {
    await client.query({
      name: "submission",
      text: `insert into founding.submissions (user_id, problem_id, user_answer, ai_feedback, similarity_score, is_correct, points_awarded)
        select u.id, p.id, 'Because of the leak.', 'Look again.', 90, true, p.base_points
          from founding.users u, founding.problems p
          where u.username = 'member' || $1::int and p.slug = 'problem-' || 1 + floor(random() * 500)`,
      values: [member],
    });
  });
}
