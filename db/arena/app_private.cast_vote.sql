-- app_public.cast_vote() -> [app_private.cast_vote()] -> app_public.votes, app_private.pair_counts
create or replace function app_private.cast_vote(
  voter_id bigint,
  network_hash bytea,
  ballot_id uuid,
  verdict app_public.verdict,
  dwell_ms integer default null,
  at timestamptz default null
) returns app_public.vote_result
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ballot app_public.ballots;
  v_now record;
  v_at timestamptz;
  v_day timestamptz;
  v_failed text[]; -- the checks
  v_left app_private.outcome; -- what a vote for the left side says
  v_right app_private.outcome;
  v_outcome app_private.outcome;
  v_is_revealed boolean;
  v_result app_public.vote_result;
begin
  -- The locks come before what they guard is read: whoever draws for the voter, excludes them or their network, or closes the
  -- task, has then either waited for this vote or is seen by it.
  if not (
    pg_try_advisory_xact_lock_shared(app_private.voter_lock(coalesce(cast_vote.voter_id, 0)))
    and pg_try_advisory_xact_lock_shared(app_private.network_lock(coalesce(cast_vote.network_hash, '')))
  ) then
    perform pg_advisory_xact_lock_shared(app_private.voter_lock(coalesce(cast_vote.voter_id, 0))),
      pg_advisory_xact_lock_shared(app_private.network_lock(coalesce(cast_vote.network_hash, '')));
  end if;
  select b.* into v_ballot from app_public.ballots b where b.id = cast_vote.ballot_id;
  if not found or v_ballot.voter_id is distinct from cast_vote.voter_id then
    raise exception 'This is not a ballot of yours.' using errcode = 'TB074', hint = 'Draw a ballot first.';
  end if;
  if not pg_try_advisory_xact_lock_shared(app_private.task_lock(v_ballot.task_id)) then
    -- That a task has closed is told of at once: whoever publishes it may hold its lock for long.
    if v_ballot.stratum = 'sealed' and exists (
      select from app_public.tasks t where t.id = v_ballot.task_id and t.closes_at <= coalesce(cast_vote.at, clock_timestamp())
    ) and not exists (select from app_public.votes c where c.ballot_id = v_ballot.id) then
      raise exception 'This task has closed, and its models are revealed.'
        using errcode = 'TB077', hint = 'Draw another ballot: it will be on a task that is open.';
    end if;
    perform pg_advisory_xact_lock_shared(app_private.task_lock(v_ballot.task_id));
  end if;
  v_at := coalesce(cast_vote.at, clock_timestamp());
  v_day := date_trunc('day', v_at, 'utc');
  select m.first_model_id, m.second_model_id, t.closes_at, t.is_showcase, v.excluded_at, v.voted_on,
      case v_ballot.stratum when 'sealed' then v.sealed_votes else v.revealed_votes end as votes,
      s.votes_per_voter_day, s.votes_per_network_day, s.votes_per_network_model_day,
      coalesce((
        select e.is_excluded from app_private.exclusions e
          where e.network_hash = cast_vote.network_hash
          order by e.id desc limit 1
      ), false) as is_network_excluded
    into strict v_now
    from app_private.arena_settings s
      cross join app_private.matches m
      cross join app_public.tasks t
      cross join app_private.voters v
    where m.id = v_ballot.match_id and t.id = v_ballot.task_id and v.id = v_ballot.voter_id;
  if v_ballot.expires_at <= v_at or (v_ballot.stratum = 'sealed' and v_now.closes_at <= v_at) then
    if exists (select from app_public.votes c where c.ballot_id = v_ballot.id) then
      raise exception 'This ballot has been used.' using errcode = 'TB075', hint = 'A vote is final. Draw another ballot.';
    elsif v_ballot.stratum = 'sealed' and v_now.closes_at <= v_at then
      raise exception 'This task has closed, and its models are revealed.'
        using errcode = 'TB077', hint = 'Draw another ballot: it will be on a task that is open.';
    end if;
    raise exception 'This ballot has expired.' using errcode = 'TB076', hint = 'Draw another ballot.';
  end if;

  -- What is above the day's share is taken and not counted. What does not count anyway uses up nothing of the network's share.
  v_failed := array_remove(array[
    case when v_now.voted_on = (v_at at time zone 'utc')::date and v_now.votes >= v_now.votes_per_voter_day then 'voter_cap' end,
    case when v_now.excluded_at is not null then 'voter' end,
    case when v_now.is_network_excluded then 'network' end
  ], null);
  if cast_vote.network_hash is not null and v_failed = '{}' then
    insert into app_private.network_votes as n (network_hash, starts_at, stratum, votes, by_model)
      values (
        cast_vote.network_hash, v_day, v_ballot.stratum, 1, jsonb_build_object(v_now.first_model_id, 1, v_now.second_model_id, 1)
      )
      on conflict on constraint network_votes_pkey do update
        set votes = n.votes + 1,
          by_model = n.by_model || jsonb_build_object(
            v_now.first_model_id, coalesce((n.by_model ->> v_now.first_model_id::text)::integer, 0) + 1,
            v_now.second_model_id, coalesce((n.by_model ->> v_now.second_model_id::text)::integer, 0) + 1
          )
        where n.votes < v_now.votes_per_network_day
          and coalesce((n.by_model ->> v_now.first_model_id::text)::integer, 0) < v_now.votes_per_network_model_day
          and coalesce((n.by_model ->> v_now.second_model_id::text)::integer, 0) < v_now.votes_per_network_model_day;
    if not found then
      select array[case when n.votes < v_now.votes_per_network_day then 'model_cap' else 'network_cap' end]
        into strict v_failed
        from app_private.network_votes n
        where n.network_hash = cast_vote.network_hash and n.starts_at = v_day and n.stratum = v_ballot.stratum;
    end if;
  end if;

  insert into app_public.votes (ballot_id, verdict, dwell_ms, created_at, is_counted, network_hash)
    values (v_ballot.id, cast_vote.verdict, cast_vote.dwell_ms, v_at, v_failed = '{}', cast_vote.network_hash)
    on conflict on constraint votes_one_per_ballot do nothing;
  if not found then
    raise exception 'This ballot has been used.' using errcode = 'TB075', hint = 'A vote is final. Draw another ballot.';
  end if;
  if v_failed <> '{}' or cast_vote.network_hash is null then
    insert into app_private.vote_checks (ballot_id, kind, state, at)
      select v_ballot.id, f.kind, 'fail', v_at from unnest(v_failed) f (kind)
      union all
      select v_ballot.id, n.kind, 'unknown', v_at
        from unnest(array['network_cap', 'model_cap']) n (kind)
        where cast_vote.network_hash is null;
  end if;

  v_left := app_private.turn_verdict('left', v_ballot.is_first_left);
  v_right := app_private.turn_verdict('right', v_ballot.is_first_left);
  v_is_revealed := v_now.is_showcase or v_now.closes_at <= v_at;
  v_outcome := app_private.turn_verdict(cast_vote.verdict, v_ballot.is_first_left);
  -- Read before this vote is added: the tally is of others, and of all of them, or it would tell whose votes do not count.
  select v_ballot.id, cast_vote.verdict,
      coalesce(sum(c.votes + c.uncounted) filter (where c.outcome = v_left), 0),
      coalesce(sum(c.votes + c.uncounted) filter (where c.outcome = v_right), 0),
      coalesce(sum(c.votes + c.uncounted) filter (where c.outcome = 'tie'), 0),
      coalesce(sum(c.votes + c.uncounted) filter (where c.outcome = 'both_bad'), 0),
      case when v_is_revealed then case v_left when 'first' then v_now.first_model_id else v_now.second_model_id end end,
      case when v_is_revealed then case v_left when 'first' then v_now.second_model_id else v_now.first_model_id end end
    into v_result
    from app_private.pair_counts c
    where c.task_id = v_ballot.task_id and c.first_model_id = v_now.first_model_id
      and c.second_model_id = v_now.second_model_id and c.stratum = v_ballot.stratum;
  -- One upsert, and last: whoever else votes on this pair waits for no more than our commit.
  insert into app_private.pair_counts as c (task_id, first_model_id, second_model_id, stratum, outcome, votes, uncounted)
    values (
      v_ballot.task_id, v_now.first_model_id, v_now.second_model_id, v_ballot.stratum, v_outcome,
      (v_failed = '{}')::integer, (v_failed <> '{}')::integer
    )
    on conflict on constraint pair_counts_pkey do update
      set votes = c.votes + excluded.votes, uncounted = c.uncounted + excluded.uncounted;
  return v_result;
end;
$$;
comment on function app_private.cast_vote(bigint, bytea, uuid, app_public.verdict, integer, timestamptz) is
  'Uses a ballot up, once; counts the vote unless a check fails; says how others voted. Errors: TB074, TB075, TB076, TB077.';
revoke all on function app_private.cast_vote(bigint, bytea, uuid, app_public.verdict, integer, timestamptz) from public;
