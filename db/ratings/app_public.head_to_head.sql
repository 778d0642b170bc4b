-- refresh_leaderboards -> app_private.head_to_head -> [app_public.head_to_head] -> headToHead (GraphQL)
-- With its owner's rights, since a materialized view has no row-level security: what is in it has been published.
create or replace view app_public.head_to_head with (security_barrier) as
  select * from app_private.head_to_head;

revoke all on app_public.head_to_head from public, autobench_anon, autobench_member;
grant select on app_public.head_to_head to autobench_anon, autobench_member;

comment on view app_public.head_to_head is
  E'@name meeting\n@behavior -query:resource:connection -query:resource:list\n@foreignKey (model_id) references app_public.models (id)|@fieldName model|@foreignFieldName meetings\n@foreignKey (opponent_id) references app_public.models (id)|@fieldName opponent|@behavior -manyRelation:resource:list -manyRelation:resource:connection\nHow each model fared against each other, over all themes (theme is null) and in each: sealed votes on closed tasks.';
comment on column app_public.head_to_head.model_id is E'@notNull\nThe model.';
comment on column app_public.head_to_head.opponent_id is E'@notNull\nThe model that it met.';
comment on column app_public.head_to_head.theme is 'The theme of the tasks; null for all of them.';
comment on column app_public.head_to_head.wins is E'@notNull\nVotes for the model.';
comment on column app_public.head_to_head.losses is E'@notNull\nVotes for its opponent.';
comment on column app_public.head_to_head.ties is E'@notNull\nVotes that found them as good.';
comment on column app_public.head_to_head.both_bad is E'@notNull\nVotes that found both bad.';
comment on column app_public.head_to_head.tasks is E'@notNull\nTasks that these were cast on.';
comment on column app_public.head_to_head.win_rate is 'Share of the votes that the model won, a tie being half; null when all found both bad.';
comment on column app_public.head_to_head.win_rate_low is 'Where Wilson''s 95 % interval of it begins.';
comment on column app_public.head_to_head.win_rate_high is 'Where it ends.';

create or replace function app_public.head_to_head(theme text default null, is_rehearsal boolean default null)
returns setof app_public.head_to_head
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select h.*
    from app_public.head_to_head h
      inner join app_public.models m on m.id = h.model_id
      inner join app_public.models o on o.id = h.opponent_id
    where h.theme is not distinct from head_to_head.theme
      and m.is_rehearsal = coalesce(head_to_head.is_rehearsal, not exists (select from app_public.rating_snapshots s where not s.is_rehearsal))
    order by m.slug, o.slug;
$$;
comment on function app_public.head_to_head(text, boolean) is
  'How each model fared against each other: on tasks of one theme, or on all; canned models when asked for, or when there are no others.';
revoke all on function app_public.head_to_head(text, boolean) from public;
grant execute on function app_public.head_to_head(text, boolean) to autobench_anon, autobench_member;
