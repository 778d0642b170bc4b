-- GET /api/leaderboard.csv, autobench export -> [app_private.leaderboard_csv()] -> app_private.leaderboard
-- Definer: the server and the worker hold execute grants alone.
create or replace function app_private.leaderboard_csv(
  theme text default null,
  has_ties boolean default true,
  is_rehearsal boolean default null
) returns setof text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select 'rank,rank_low,rank_high,model,rating,ci_low,ci_high,elo,votes,win_rate,ties,quality_floor,tasks,success_rate,median_latency_ms,cost_per_answer,status,published_at'
  union all
  (
    select array_to_string(array[
        b.rank::text, b.rank_low::text, b.rank_high::text, b.slug, b.rating::text, b.ci_low::text, b.ci_high::text, b.elo::text, b.votes::text,
        b.win_rate::text, b.ties::text, b.quality_floor::text, b.tasks::text, b.success_rate::text, b.median_latency_ms::text,
        b.cost_per_answer::text, b.status::text, to_char(b.published_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
      ], ',', '')
      from app_private.leaderboard b
      where b.theme is not distinct from leaderboard_csv.theme and b.has_ties = leaderboard_csv.has_ties
        and b.is_rehearsal = coalesce(leaderboard_csv.is_rehearsal, not exists (select from app_public.rating_snapshots s where not s.is_rehearsal))
      order by b.rating desc, b.slug
  );
$$;
comment on function app_private.leaderboard_csv(text, boolean, boolean) is
  'A board as lines of CSV, the first of them the header; what is not known is empty.';
revoke all on function app_private.leaderboard_csv(text, boolean, boolean) from public;
grant execute on function app_private.leaderboard_csv(text, boolean, boolean) to autobench_server, autobench_worker;
