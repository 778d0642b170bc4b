-- app_public.votes -> [app_public.tasks_vote_count()] -> voteCount (GraphQL)
-- Definer: nobody sees others' votes; how many there are gives nothing away, since also those that do not count are among them.
create or replace function app_public.tasks_vote_count(task app_public.tasks) returns integer
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select count(*)::integer
    from app_public.ballots b
      inner join app_public.votes v on v.ballot_id = b.id
    where b.task_id = task.id;
$$;
comment on function app_public.tasks_vote_count(app_public.tasks) is
  'How many votes were cast on it: all that can be known of them until it closes.';
revoke all on function app_public.tasks_vote_count(app_public.tasks) from public;
grant execute on function app_public.tasks_vote_count(app_public.tasks) to autobench_anon, autobench_member;
