// db/testing/database.ts -> [db/arena/testing/arena.ts] -> the tests of db/arena and db/ratings, bench/votes/
// Models that have answered tasks, voters who draw and cast, without anybody being asked for a page.
import type { Query } from "../../cluster/connect.ts";

export interface Arena {
  /** Ids of the models, in the order in which matches hold them. */
  models: string[];
  tasks: { id: string; is_showcase: boolean }[];
}

export interface ArenaOptions {
  models?: number;
  /** Sealed tasks; the showcase comes besides. */
  sealed?: number;
  /** The first of the days, each with a showcase. */
  day?: string;
  theme?: string;
  isRehearsal?: boolean;
}

/** Makes models if there are too few, a day's tasks, and a page of every model for each of them; opens the matches. */
export async function openArena(query: Query, options: ArenaOptions = {}): Promise<Arena> {
  const { models = 4, sealed = 2, theme = "game", isRehearsal = false } = options;
  const day = options.day ?? new Date().toISOString().slice(0, 10);
  await query.query(
    `insert into app_private.providers (name, protocol, base_url, is_rehearsal) values ('test', 'openai', 'https://models.test', false)
       on conflict do nothing`,
  );
  await query.query(
    `insert into app_public.models (slug, display_name, provider, api_model, family, is_rehearsal)
       select format('%s-%s', $2::text, lpad(n::text, 3, '0')), 'Model ' || n, 'test', 'm' || n, 'f', $3::boolean
         from generate_series(1, $1::integer) n
       on conflict do nothing`,
    [models, isRehearsal ? "canned" : "model", isRehearsal],
  );
  const { rows: tasks } = await query.query<{ id: string; is_showcase: boolean }>(
    `insert into app_public.tasks
         (challenge_date, slot, title, prompt_text, theme, status, generated_at, dispatched_at, closes_at, expires_at)
       select $1::date, n, 'Task ' || n, repeat('Make something. ', 4), $3, 'dispatched', d.at, d.at,
           d.at + interval '1 day', d.at + interval '2 days'
         from generate_series(1, $2::integer + 1) n cross join (values (($1::date)::timestamp at time zone 'utc')) d (at)
       returning id, is_showcase`,
    [day, sealed, theme],
  );
  await query.query(
    `insert into app_public.submissions
         (task_id, model_id, status, created_at, started_at, finished_at, latency_ms, cost_usd, html_sha256, html_bytes, revealed_at)
       select t.id, m.id, 'succeeded', t.dispatched_at, t.dispatched_at, t.dispatched_at, 1000, 0.01,
           sha256(convert_to(t.id::text || m.id::text, 'UTF8')), 100,
           case when t.is_showcase then t.dispatched_at else t.closes_at end
         from app_public.tasks t cross join app_public.models m
         where t.challenge_date = $1::date and m.is_rehearsal = $2 and m.slug <= format('%s-%s', $4::text, lpad($3::text, 3, '0'))`,
    [day, isRehearsal, models, isRehearsal ? "canned" : "model"],
  );
  // As where there is no browser: pages count as they are.
  await query.query(
    `update app_public.artifacts a set status = 'skipped', reason = 'There is no browser.', rendered_at = now()
       where a.status = 'queued'`,
  );
  await query.query("delete from graphile_worker._private_jobs");
  await query.query("select app_private.open_matches(($1::date)::timestamp at time zone 'utc')", [day]);
  const { rows } = await query.query<{ id: string }>(
    `select m.id from app_public.models m
       where exists (
         select from app_public.submissions s inner join app_public.tasks t on t.id = s.task_id
           where s.model_id = m.id and t.id = any ($1)
       )
       order by m.id`,
    [tasks.map(({ id }) => id)],
  );
  return { models: rows.map(({ id }) => id), tasks };
}

/** Limits so high that nothing is held back. */
export const liftLimits = `
  update app_private.arena_settings
    set draws_per_voter_hour = 1000000, draws_per_network_hour = 1000000, votes_per_voter_day = 1000000,
      votes_per_network_day = 1000000, votes_per_network_model_day = 1000000`;

/** Anonymous voters, by their cookies; returns their ids. */
export async function makeVoters(query: Query, count: number, prefix = "voter"): Promise<string[]> {
  const { rows } = await query.query<{ id: string }>(
    `insert into app_private.voters (visitor_hash)
       select sha256(convert_to($2::text || n, 'UTF8')) from generate_series(1, $1::integer) n
       returning id`,
    [count, prefix],
  );
  return rows.map(({ id }) => id);
}
