// [db/testing/arena.ts] -> tests that need a task and answers to it
// Puts a day's task and finished answers into a database, by the doors' own effects and without asking any model.
import type { Query } from "../cluster/connect.ts";
import { oneRow } from "../cluster/connect.ts";

export interface TestTask {
  id: string;
  day: string;
}

/** A dispatched task of a day. The first slot is the showcase; the others are sealed until they close. */
export async function addTask(
  database: Query,
  options: { slot?: number; closesIn?: string; daysAgo?: number; title?: string } = {},
): Promise<TestTask> {
  const { id, day } = await oneRow<TestTask>(
    database,
    `insert into app_public.tasks (challenge_date, slot, title, prompt_text, theme, status, generated_at, dispatched_at, closes_at, expires_at)
       select d.day, $1, $4, 'Write one self-contained page that shows what is asked for here.', 'test', 'dispatched', now(), now(),
           now() + $2::interval, now() + $2::interval + interval '1 day'
         from (select (now() at time zone 'utc')::date - $3::int as day) d
       returning id, challenge_date::text as day`,
    [options.slot ?? 1, options.closesIn ?? "6 hours", options.daysAgo ?? 0, options.title ?? "A test task"],
  );
  return { id, day };
}

export interface TestAnswer {
  submissionId: string;
  modelId: string;
  slug: string;
}

let answers = 0;

/** A model of its own and its answer, as record_answer() leaves it; a failed one when `html` is null. */
export async function addAnswer(
  database: Query,
  task: TestTask,
  html: string | null,
  options: { name?: string; namesMaker?: string[] } = {},
): Promise<TestAnswer> {
  const slug = `model-${++answers}-${Math.random().toString(36).slice(2, 8)}`;
  await database.query(
    `insert into app_private.providers (name, protocol, base_url, is_rehearsal)
       values ('test-provider', 'openai', 'http://127.0.0.1:9/v1', true) on conflict do nothing`,
  );
  const { id: modelId } = await oneRow<{ id: string }>(
    database,
    `insert into app_public.models (slug, display_name, provider, api_model, family)
       values ($1, $2, 'test-provider', $1, 'test-family') returning id`,
    [slug, options.name ?? slug],
  );
  const { id: submissionId } = await oneRow<{ id: string }>(
    database,
    `insert into app_public.submissions (task_id, model_id, revealed_at)
       select t.id, $2, case when t.is_showcase then t.dispatched_at else t.closes_at end
         from app_public.tasks t where t.id = $1
       returning id`,
    [task.id, modelId],
  );
  if (html === null) {
    await database.query(
      "update app_public.submissions set status = 'failed', reason = 'The model refused.', finished_at = now() where id = $1",
      [submissionId],
    );
  } else {
    await database.query(
      `insert into app_public.submission_codes (submission_id, html, revealed_at, expires_at)
         select s.id, $2, s.revealed_at, t.expires_at
           from app_public.submissions s inner join app_public.tasks t on t.id = s.task_id where s.id = $1`,
      [submissionId, html],
    );
    await database.query(
      `update app_public.submissions
         set status = 'succeeded', started_at = now(), finished_at = now(), latency_ms = 12345, input_tokens = 420,
           output_tokens = 6789, cost_usd = 0.0123, is_truncated = false, names_maker = $3::text[],
           html_sha256 = sha256(convert_to($2, 'UTF8')), html_bytes = octet_length($2)
         where id = $1`,
      [submissionId, html, options.namesMaker ?? null],
    );
  }
  return { submissionId, modelId, slug };
}
