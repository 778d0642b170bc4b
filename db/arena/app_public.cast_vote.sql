-- castVote (GraphQL) -> [app_public.cast_vote()] -> app_private.cast_vote()
-- Definer: nobody may write votes, nor see the counts of a task that is open.
create or replace function app_public.cast_vote(ballot_id uuid, verdict app_public.verdict, dwell_ms integer default null)
returns app_public.vote_result
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if app_public.current_user_id() is not null then
    perform app_private.require_member();
  end if;
  return app_private.cast_vote(
    app_public.current_voter_id(),
    app_private.network_hash(current_setting('app.network', true)),
    cast_vote.ballot_id,
    cast_vote.verdict,
    greatest(cast_vote.dwell_ms, 0)
  );
end;
$$;
comment on function app_public.cast_vote(uuid, app_public.verdict, integer) is
  E'@resultFieldName vote\nUses up the voter''s ballot and says how others voted on that pair. Errors: TB001, TB002, TB074, TB075, TB076, TB077.';
revoke all on function app_public.cast_vote(uuid, app_public.verdict, integer) from public;
grant execute on function app_public.cast_vote(uuid, app_public.verdict, integer) to autobench_anon, autobench_member;
