-- app_public.published_ratings -> [app_public.rating_history()] -> ratingHistory (GraphQL)
create or replace function app_public.rating_history(model_id uuid, theme text default null, has_ties boolean default true)
returns setof app_public.leaderboard
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select p.*
    from app_public.published_ratings p
    where p.model_id = rating_history.model_id and p.theme is not distinct from rating_history.theme
      and p.has_ties = rating_history.has_ties
    order by p.published_at, p.snapshot_id;
$$;
comment on function app_public.rating_history(uuid, text, boolean) is
  'A model''s line on every board that was published, the oldest first: of one theme, or of all; with ties, or without.';
revoke all on function app_public.rating_history(uuid, text, boolean) from public;
grant execute on function app_public.rating_history(uuid, text, boolean) to autobench_anon, autobench_member;
