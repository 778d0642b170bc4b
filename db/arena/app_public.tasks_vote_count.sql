-- app_private.pair_counts -> [app_public.tasks_vote_count()] -> voteCount (GraphQL)
-- Definer: nobody sees others' votes; how many there are gives nothing away, since also those that do not count are among them.
create or replace function app_public.tasks_vote_count(task app_public.tasks) returns integer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select coalesce(sum(c.votes + c.uncounted), 0)::integer
    from app_private.pair_counts c
    where c.task_id = task.id;
$$;
comment on function app_public.tasks_vote_count(app_public.tasks) is
  'How many votes were cast on it: all that can be known of them until it closes.';
revoke all on function app_public.tasks_vote_count(app_public.tasks) from public;
grant execute on function app_public.tasks_vote_count(app_public.tasks) to autobench_anon, autobench_member;
