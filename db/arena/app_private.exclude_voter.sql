-- app_operations.exclude_voter() -> [app_private.exclude_voter()] -> app_private.judge_votes(), app_private.exclusions
create or replace function app_private.exclude_voter(
  voter_id bigint,
  reason text,
  is_excluded boolean default true,
  at timestamptz default now()
) returns integer
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ballots uuid[];
  v_moved integer;
begin
  -- One at a time, from before the id is drawn until it is committed: who has seen one exclusion has seen all of lesser id.
  perform pg_advisory_xact_lock(hashtextextended('exclusions', 0));
  -- Votes of theirs that are under way are waited for; later ones see how the voter stands.
  perform pg_advisory_xact_lock(app_private.voter_lock(exclude_voter.voter_id));
  update app_private.voters v
    set excluded_at = case when exclude_voter.is_excluded then exclude_voter.at end
    where v.id = exclude_voter.voter_id and (v.excluded_at is null) = exclude_voter.is_excluded;
  if not found then
    raise exception 'There is no such voter to be excluded or restored.'
      using errcode = 'TB079', hint = 'Check the id, and how the voter stands already.';
  end if;
  select coalesce(array_agg(b.id), '{}') into v_ballots
    from app_public.ballots b
      inner join app_public.votes v on v.ballot_id = b.id
    where b.voter_id = exclude_voter.voter_id;
  v_moved := app_private.judge_votes(
    v_ballots, 'voter', case when exclude_voter.is_excluded then 'fail' else 'pass' end, exclude_voter.at
  );
  insert into app_private.exclusions (voter_id, is_excluded, reason, votes, operator_id, at)
    values (
      exclude_voter.voter_id, exclude_voter.is_excluded, exclude_voter.reason, v_moved, app_public.current_user_id(), exclude_voter.at
    );
  return v_moved;
end;
$$;
comment on function app_private.exclude_voter(bigint, text, boolean, timestamptz) is
  'Takes all votes of a voter out of the count, or puts them back, and writes it down; returns how many moved. Errors: TB017, TB079.';
revoke all on function app_private.exclude_voter(bigint, text, boolean, timestamptz) from public;
