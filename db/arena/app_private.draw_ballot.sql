-- app_public.draw_ballot() -> [app_private.draw_ballot()] -> app_private.matches, app_public.ballots
create or replace function app_private.draw_ballot(
  voter_id bigint,
  network_hash bytea,
  task_id uuid default null,
  at timestamptz default now()
) returns app_public.ballots
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_settings app_private.arena_settings;
  v_voter app_private.voters;
  v_ballot app_public.ballots;
  v_voted_on date;
  v_tasks uuid[];
  v_draw float8 := random();
begin
  -- One draw of a voter at a time, and none while a vote of theirs is under way.
  perform pg_advisory_xact_lock(app_private.voter_lock(draw_ballot.voter_id));
  -- Their row as well: a purge of idle visitors passes over who is drawing. The advisory lock comes first, as in exclude_voter().
  select v.* into v_voter from app_private.voters v where v.id = draw_ballot.voter_id for no key update;
  if not found then
    return null; -- the purge was faster
  end if;
  select b.* into v_ballot from app_public.ballots b where b.id = v_voter.current_ballot_id;
  if found then
    select (c.created_at at time zone 'utc')::date into v_voted_on from app_public.votes c where c.ballot_id = v_ballot.id;
    if found then
      -- Counted here, once for each ballot, and not with every vote: a voter has no other ballot that can be used.
      if v_voter.voted_on is distinct from v_voted_on then
        v_voter.voted_on := v_voted_on;
        v_voter.sealed_votes := 0;
        v_voter.revealed_votes := 0;
      end if;
      v_voter.sealed_votes := v_voter.sealed_votes + (v_ballot.stratum = 'sealed')::integer;
      v_voter.revealed_votes := v_voter.revealed_votes + (v_ballot.stratum = 'revealed')::integer;
    elsif v_ballot.expires_at > draw_ballot.at and (v_ballot.stratum = 'revealed' or exists (
      select from app_public.tasks t where t.id = v_ballot.task_id and t.closes_at > draw_ballot.at
    )) then
      -- Still open: the same one again, whatever task is asked for. Else one could draw until a page is known again.
      return v_ballot;
    end if;
  end if;

  select * into strict v_settings from app_private.arena_settings;
  perform app_private.take_draws('network', encode(draw_ballot.network_hash, 'hex'), v_settings.draws_per_network_hour, draw_ballot.at);
  perform app_private.take_draws('voter', draw_ballot.voter_id::text, v_settings.draws_per_voter_hour, draw_ballot.at);

  -- Looked up first: only their matches are then read, however many days there were before.
  if draw_ballot.task_id is null then
    select array_agg(t.id) into v_tasks from app_public.tasks t where t.closes_at > draw_ballot.at and not t.is_showcase;
  else
    select array_agg(t.id) into v_tasks from app_public.tasks t where t.id = draw_ballot.task_id and t.expires_at > draw_ballot.at;
  end if;
  -- By what a vote would tell, and a share of them uniformly: so every pair has its chance, and every chance is known.
  select c.id, c.task_id, c.chance / 2,
      case when c.is_sealed then 'sealed' else 'revealed' end,
      case when c.is_sealed then least(c.closes_at, draw_ballot.at + v_settings.ballot_time)
        else least(c.expires_at, draw_ballot.at + v_settings.ballot_time) end
    into v_ballot.match_id, v_ballot.task_id, v_ballot.propensity, v_ballot.stratum, v_ballot.expires_at
    from (
      select w.*, sum(w.chance) over (order by w.id) as until
        from (
          select m.id, m.task_id, t.closes_at, t.expires_at, not t.is_showcase and t.closes_at > draw_ballot.at as is_sealed,
              case when sum(m.gain) over () > 0
                then v_settings.explore_share / count(*) over () + (1 - v_settings.explore_share) * m.gain / sum(m.gain) over ()
                else 1.0 / count(*) over () end as chance
            from app_private.matches m
              inner join app_public.tasks t on t.id = m.task_id
            where m.task_id = any (v_tasks) and m.opened_at <= draw_ballot.at
              and not exists (
                select from app_public.ballots b where b.voter_id = draw_ballot.voter_id and b.match_id = m.id
              )
        ) w
    ) c
    -- The chances add up to one, save for rounding: the last pair takes what is left.
    order by c.until <= v_draw, case when c.until <= v_draw then -c.until else c.until end
    limit 1;
  if not found then
    raise exception 'There is nothing for you to vote on just now.'
      using errcode = 'TB073', hint = 'Come back when the next tasks have been answered, or look at today''s showcase.';
  end if;

  v_ballot.id := gen_random_uuid();
  v_ballot.voter_id := draw_ballot.voter_id;
  v_ballot.is_first_left := random() < 0.5;
  v_ballot.served_at := draw_ballot.at;
  insert into app_public.ballots select v_ballot.*;
  insert into app_private.open_ballots (ballot_id) values (v_ballot.id);
  perform app_private.ballot_page(v_ballot, s.side, draw_ballot.at) from (values ('left'), ('right')) s (side);
  update app_private.voters v
    set current_ballot_id = v_ballot.id, voted_on = v_voter.voted_on,
      sealed_votes = v_voter.sealed_votes, revealed_votes = v_voter.revealed_votes
    where v.id = draw_ballot.voter_id;
  return v_ballot;
end;
$$;
comment on function app_private.draw_ballot(bigint, bytea, uuid, timestamptz) is
  'The voter''s open ballot, or a new one on a pair that they have not seen: of all sealed tasks, or of one task; null when there is no such voter any more. Errors: TB071, TB073.';
revoke all on function app_private.draw_ballot(bigint, bytea, uuid, timestamptz) from public;
