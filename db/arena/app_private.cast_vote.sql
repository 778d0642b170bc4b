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
  v_match app_private.matches;
  v_now record;
  v_at timestamptz;
  v_network text := encode(cast_vote.network_hash, 'hex');
  v_used record;
  v_failed text[] := '{}';
  v_left app_private.outcome; -- what a vote for the left side says
  v_right app_private.outcome;
  v_outcome app_private.outcome;
  v_is_revealed boolean;
  v_result app_public.vote_result;
begin
  -- The locks come first and the clock is read after them: whoever closes the task, or excludes the voter, has then either
  -- waited for this vote or is seen by it.
  select b.* into v_ballot from app_public.ballots b where b.id = cast_vote.ballot_id;
  if not found or v_ballot.voter_id is distinct from cast_vote.voter_id then
    raise exception 'This is not a ballot of yours.' using errcode = 'TB074', hint = 'Draw a ballot first.';
  end if;
  -- A task that has closed is told of at once: whoever publishes it may hold its lock.
  if v_ballot.stratum = 'sealed' and exists (
    select from app_public.tasks t where t.id = v_ballot.task_id and t.closes_at <= coalesce(cast_vote.at, clock_timestamp())
  ) and not exists (select from app_public.votes c where c.ballot_id = v_ballot.id) then
    raise exception 'This task has closed, and its models are revealed.'
      using errcode = 'TB077', hint = 'Draw another ballot: it will be on a task that is open.';
  end if;
  perform pg_advisory_xact_lock_shared(hashtextextended('voter:' || v_ballot.voter_id, 0)),
    pg_advisory_xact_lock_shared(hashtextextended('network:' || v_network, 0)),
    pg_advisory_xact_lock_shared(app_private.task_lock(v_ballot.task_id));
  v_at := coalesce(cast_vote.at, clock_timestamp());
  select * into strict v_match from app_private.matches m where m.id = v_ballot.match_id;
  select s.votes_per_voter_day, s.votes_per_network_day, s.votes_per_network_model_day, t.closes_at, t.is_showcase, v.excluded_at,
      coalesce((
        select e.is_excluded from app_private.exclusions e
          where e.network_hash = cast_vote.network_hash
          order by e.id desc limit 1
      ), false) as is_network_excluded
    into strict v_now
    from app_private.arena_settings s
      cross join app_public.tasks t
      cross join app_private.voters v
    where t.id = v_ballot.task_id and v.id = v_ballot.voter_id;
  if v_ballot.expires_at <= v_at or (v_ballot.stratum = 'sealed' and v_now.closes_at <= v_at) then
    if exists (select from app_public.votes c where c.ballot_id = v_ballot.id) then
      raise exception 'This ballot has been used.' using errcode = 'TB075', hint = 'A vote is final. Draw another ballot.';
    elsif v_ballot.stratum = 'sealed' and v_now.closes_at <= v_at then
      raise exception 'This task has closed, and its models are revealed.'
        using errcode = 'TB077', hint = 'Draw another ballot: it will be on a task that is open.';
    end if;
    raise exception 'This ballot has expired.' using errcode = 'TB076', hint = 'Draw another ballot.';
  end if;

  -- What is above the day's share is taken and not counted; the rows in one order, so that two votes never wait for each other.
  for v_used in
    insert into app_private.vote_allowances as a (kind, caller, starts_at, used)
      select c.kind, c.caller, date_bin('1 day', v_at, timestamptz '2000-01-01 00:00:00+00'), 1
        from (values
          ('model:' || v_ballot.stratum, v_network || ':' || v_match.first_model_id),
          ('model:' || v_ballot.stratum, v_network || ':' || v_match.second_model_id),
          ('network:' || v_ballot.stratum, v_network),
          ('voter:' || v_ballot.stratum, v_ballot.voter_id::text)
        ) c (kind, caller)
        where c.caller is not null
      on conflict on constraint vote_allowances_pkey do update set used = a.used + 1
      returning a.kind, a.used
  loop
    if v_used.kind like 'voter:%' and v_used.used > v_now.votes_per_voter_day then
      v_failed := v_failed || 'voter_cap'::text;
    elsif v_used.kind like 'network:%' and v_used.used > v_now.votes_per_network_day then
      v_failed := v_failed || 'network_cap'::text;
    elsif v_used.kind like 'model:%' and v_used.used > v_now.votes_per_network_model_day and 'model_cap' <> all (v_failed) then
      v_failed := v_failed || 'model_cap'::text;
    end if;
  end loop;
  if v_now.excluded_at is not null then
    v_failed := v_failed || 'voter'::text;
  end if;
  if v_now.is_network_excluded then
    v_failed := v_failed || 'network'::text;
  end if;

  insert into app_public.votes (ballot_id, verdict, dwell_ms, created_at, is_counted, network_hash)
    values (v_ballot.id, cast_vote.verdict, cast_vote.dwell_ms, v_at, v_failed = '{}', cast_vote.network_hash)
    on conflict on constraint votes_one_per_ballot do nothing;
  if not found then
    raise exception 'This ballot has been used.' using errcode = 'TB075', hint = 'A vote is final. Draw another ballot.';
  end if;
  delete from app_private.open_ballots o where o.ballot_id = v_ballot.id;
  update app_private.voters v set has_voted = true where v.id = v_ballot.voter_id and not v.has_voted;
  if v_failed <> '{}' or v_network is null then
    insert into app_private.vote_checks (ballot_id, kind, state, at)
      select v_ballot.id, f.kind, 'fail', v_at from unnest(v_failed) f (kind)
      union all
      select v_ballot.id, n.kind, 'unknown', v_at from unnest(array['network_cap', 'model_cap']) n (kind) where v_network is null;
  end if;

  v_left := app_private.turn_verdict('left', v_ballot.is_first_left);
  v_right := app_private.turn_verdict('right', v_ballot.is_first_left);
  v_is_revealed := v_now.is_showcase or v_now.closes_at <= v_at;
  v_outcome := app_private.turn_verdict(cast_vote.verdict, v_ballot.is_first_left);
  -- Read before this vote is added: the tally is of others, whether or not this vote counts.
  select v_ballot.id, cast_vote.verdict,
      coalesce(sum(c.votes) filter (where c.outcome = v_left), 0),
      coalesce(sum(c.votes) filter (where c.outcome = v_right), 0),
      coalesce(sum(c.votes) filter (where c.outcome = 'tie'), 0),
      coalesce(sum(c.votes) filter (where c.outcome = 'both_bad'), 0),
      case when v_is_revealed then case v_left when 'first' then v_match.first_model_id else v_match.second_model_id end end,
      case when v_is_revealed then case v_left when 'first' then v_match.second_model_id else v_match.first_model_id end end
    into v_result
    from app_private.pair_counts c
    where c.task_id = v_match.task_id and c.first_model_id = v_match.first_model_id
      and c.second_model_id = v_match.second_model_id and c.stratum = v_ballot.stratum;
  -- One upsert, and last: whoever else votes on this pair waits for no more than our commit.
  insert into app_private.pair_counts as c (task_id, first_model_id, second_model_id, stratum, outcome, votes, uncounted)
    values (
      v_match.task_id, v_match.first_model_id, v_match.second_model_id, v_ballot.stratum, v_outcome,
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
