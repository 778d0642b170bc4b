// autobench rehearse -> [cli/rehearse.ts] -> app_private.rehearse_task(), app_private.rehearse_votes(), app_private.refresh_leaderboards()
// A history as it might have been, of canned models alone, so that every page and plot can be seen at once.
import type pg from "pg";
import { oneRow } from "../db/cluster/connect.ts";
import { drawFromLibrary, readLibrary } from "../worker/library.ts";
import { rehearsalModels, type Skill, skills } from "../worker/rehearsal/models.ts";
import { pageFor } from "../worker/rehearsal/pages/answer.ts";
import { seeded } from "../worker/rehearsal/seed.ts";

export interface RehearsedDay {
  day: string;
  tasks: number;
  votes: number;
  snapshots: number;
}

const contestants = rehearsalModels.filter((model) => model.skill !== undefined);
/** How much better each hand is than the one before it, in natural units: about 90 points. */
const step = 0.5;

/** The days before today, the oldest first, that no task was ever given on. */
export async function freeDays(client: pg.Client, days: number): Promise<string[]> {
  const { rows } = await client.query<{ day: string }>(
    `select d.day::text
       from (select (now() at time zone 'utc')::date - n as day from generate_series(1, $1::integer) n) d
       where not exists (select from app_public.tasks t where t.challenge_date = d.day)
       order by d.day`,
    [days],
  );
  return rows.map(({ day }) => day);
}

/** One day: its tasks, every canned model's page, the votes, the boards after it. All of it, or nothing. */
export async function rehearseDay(
  client: pg.Client,
  options: { day: string; tasks: number; votes: number },
): Promise<RehearsedDay> {
  const { day } = options;
  await client.query("begin");
  try {
    const library = readLibrary();
    for (let slot = 1; slot <= options.tasks; slot++) {
      const { rows: recent } = await client.query<{ theme: string; title: string }>(
        "select theme, title from app_private.recent_tasks($1::date)",
        [day],
      );
      const task = drawFromLibrary(library, recent, `rehearse ${day} ${slot}`);
      const answers = contestants.map((model) => answerOf(task, model.slug, model.skill ?? "novice", model.pace));
      await client.query("select app_private.rehearse_task($1, $2, $3, $4, $5, $6)", [
        day,
        slot,
        task.title,
        task.theme,
        task.prompt,
        JSON.stringify(answers),
      ]);
    }
    // Voted on as they are; the pictures are taken when the worker gets to them.
    const ofDay = `from app_public.submissions s join app_public.tasks t on t.id = s.task_id
       where a.submission_id = s.id and t.challenge_date = $1`;
    await client.query(
      `update app_public.artifacts a set status = 'skipped', reason = 'Not yet.', rendered_at = now() ${ofDay}`,
      [day],
    );
    await client.query(
      "select app_private.open_matches(($1::date)::timestamp at time zone 'utc' + interval '10 minutes')",
      [day],
    );
    const strengths = Object.fromEntries(
      contestants.map(({ slug, skill }) => [slug, skills.indexOf(skill ?? "novice") * step]),
    );
    const { votes } = await oneRow<{ votes: number }>(
      client,
      "select app_private.rehearse_votes($1, $2, $3) as votes",
      [day, options.votes, JSON.stringify(strengths)],
    );
    const { snapshots } = await oneRow<{ snapshots: number }>(
      client,
      "select app_private.refresh_leaderboards(($1::date + 1)::timestamp at time zone 'utc') as snapshots",
      [day],
    );
    await client.query(
      `update app_public.artifacts a set status = 'queued', reason = null, rendered_at = null ${ofDay}`,
      [day],
    );
    await client.query("commit");
    return { day, tasks: options.tasks, votes, snapshots };
  } catch (error) {
    await client.query("rollback");
    throw error;
  }
}

function answerOf(
  task: { title: string; prompt: string },
  model: string,
  skill: Skill,
  [fastest, slowest]: readonly [number, number],
): Record<string, unknown> {
  const html = pageFor(`${task.title}\n\n${task.prompt}`, skill);
  const random = seeded(`rehearse\n${model}\n${task.prompt}`);
  return {
    model,
    html,
    latency_ms: random.int(fastest, slowest),
    input_tokens: Math.round(task.prompt.length / 4) + 180,
    output_tokens: Math.round(html.length / 3.4),
  };
}
