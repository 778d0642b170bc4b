-- refresh_leaderboards -> app_private.leaderboard -> [app_public.leaderboard] -> leaderboard (GraphQL)
-- With its owner's rights, since a materialized view has no row-level security: what is in it has been published.
create or replace view app_public.leaderboard with (security_barrier) as
  select * from app_private.leaderboard;

revoke all on app_public.leaderboard from public, autobench_anon, autobench_member;
grant select on app_public.leaderboard to autobench_anon, autobench_member;

comment on view app_public.leaderboard is
  E'@name standing\n@primaryKey snapshot_id,model_id\n@behavior -query:resource:connection -query:resource:list -query:resource:single\n@foreignKey (model_id) references app_public.models (id)|@fieldName model|@foreignFieldName standings\n@foreignKey (snapshot_id) references app_public.rating_snapshots (id)|@fieldName snapshot|@behavior -manyRelation:resource:list -manyRelation:resource:connection\nThe board as it stands: over all themes (theme is null) and each theme, with ties and without, canned models apart. Closed tasks only.';
comment on column app_public.leaderboard.snapshot_id is E'@notNull\nThe snapshot that the line is of.';
comment on column app_public.leaderboard.theme is 'The theme of the tasks; null for all of them.';
comment on column app_public.leaderboard.has_ties is E'@notNull\nWhether a tie counts as half a win for either, or not at all.';
comment on column app_public.leaderboard.is_rehearsal is E'@notNull\nWhether it is the board of canned models.';
comment on column app_public.leaderboard.published_at is E'@notNull\nWhen the board was published.';
comment on column app_public.leaderboard.rank is E'@notNull\nOne more than the models that are better beyond doubt.';
comment on column app_public.leaderboard.rank_low is E'@notNull\nThe best rank that the intervals leave open.';
comment on column app_public.leaderboard.rank_high is E'@notNull\nThe worst rank that the intervals leave open.';
comment on column app_public.leaderboard.model_id is E'@notNull\nThe model.';
comment on column app_public.leaderboard.slug is E'@notNull\nIts short name.';
comment on column app_public.leaderboard.display_name is E'@notNull\nIts name.';
comment on column app_public.leaderboard.rating is E'@notNull\nBradley-Terry rating: 1000 is the mean of the board.';
comment on column app_public.leaderboard.ci_low is E'@notNull\nWhere the 95 % interval, clustered by task, begins.';
comment on column app_public.leaderboard.ci_high is E'@notNull\nWhere it ends.';
comment on column app_public.leaderboard.elo is E'@notNull\nOnline Elo, over all themes and with ties.';
comment on column app_public.leaderboard.votes is E'@notNull\nVotes on its pages, without those that found both bad.';
comment on column app_public.leaderboard.win_rate is 'Share of them that it won.';
comment on column app_public.leaderboard.ties is E'@notNull\nTies among them.';
comment on column app_public.leaderboard.quality_floor is 'Share of its showings that were voted both bad.';
comment on column app_public.leaderboard.tasks is E'@notNull\nTasks on which its pages were voted on.';
comment on column app_public.leaderboard.success_rate is 'Share of closed tasks to which it gave a page.';
comment on column app_public.leaderboard.median_latency_ms is 'Median time that it took for one, in milliseconds.';
comment on column app_public.leaderboard.cost_per_answer is 'What one cost on average, in dollars.';
comment on column app_public.leaderboard.status is E'@notNull\nHow much the rating can be trusted.';

create or replace function app_public.leaderboard(theme text default null, has_ties boolean default true, is_rehearsal boolean default null)
returns setof app_public.leaderboard
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select b.*
    from app_public.leaderboard b
    where b.theme is not distinct from leaderboard.theme and b.has_ties = leaderboard.has_ties
      and b.is_rehearsal = coalesce(leaderboard.is_rehearsal, not exists (select from app_public.rating_snapshots s where not s.is_rehearsal))
    order by b.rating desc, b.model_id;
$$;
comment on function app_public.leaderboard(text, boolean, boolean) is
  'A board as it stands: of one theme, or of all; with ties, or without; of canned models when asked for, or when there is no other.';
revoke all on function app_public.leaderboard(text, boolean, boolean) from public;
grant execute on function app_public.leaderboard(text, boolean, boolean) to autobench_anon, autobench_member;
