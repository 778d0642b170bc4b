-- app_private.exclusions -> [app_private.votes_judged_since()] -> board_counts(), hash_exclusions()
create or replace function app_private.votes_judged_since(exclusion_id bigint)
returns table (
  ballot_id uuid, was_counted boolean, task_id uuid, first_model_id uuid, second_model_id uuid, outcome app_private.outcome
)
language plpgsql stable strict
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Nearly always: then no vote is looked at, however many there are.
  if not exists (select from app_private.exclusions e where e.id > votes_judged_since.exclusion_id) then
    return;
  end if;
  return query
    with judged as (
      select e.voter_id, e.network_hash from app_private.exclusions e where e.id > votes_judged_since.exclusion_id
    ), votes as (
      select b.id
        from (select distinct j.voter_id from judged j) j
          cross join lateral (select o.id from app_public.ballots o where o.voter_id = j.voter_id offset 0) b
      union
      select v.ballot_id
        from (select distinct j.network_hash from judged j) j
          cross join lateral (select o.ballot_id from app_public.votes o where o.network_hash = j.network_hash offset 0) v
    ), stood as (
      select v.*, b.match_id, b.is_first_left,
          not exists (
            select from app_private.vote_checks c where c.ballot_id = v.ballot_id and c.state = 'fail' and c.kind not in ('voter', 'network')
          ) and not coalesce((
            select e.is_excluded from app_private.exclusions e
              where e.voter_id = b.voter_id and e.id <= votes_judged_since.exclusion_id
              order by e.id desc limit 1
          ), false) and not coalesce((
            select e.is_excluded from app_private.exclusions e
              where e.network_hash = v.network_hash and e.id <= votes_judged_since.exclusion_id
              order by e.id desc limit 1
          ), false) as was_counted
        from votes o
          inner join app_public.votes v on v.ballot_id = o.id
          inner join app_public.ballots b on b.id = v.ballot_id
        where b.stratum = 'sealed'
    )
    select s.ballot_id, s.was_counted, m.task_id, m.first_model_id, m.second_model_id, app_private.turn_verdict(s.verdict, s.is_first_left)
      from stood s
        inner join app_private.matches m on m.id = s.match_id
      where s.was_counted <> s.is_counted;
end;
$$;
comment on function app_private.votes_judged_since(bigint) is
  'Votes on sealed tasks that count otherwise now than when this exclusion was the last one: the log says who was excluded then.';
revoke all on function app_private.votes_judged_since(bigint) from public;
