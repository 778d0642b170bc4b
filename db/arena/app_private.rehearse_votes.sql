-- autobench rehearse -> [app_private.rehearse_votes()] -> app_private.draw_ballot(), app_private.cast_vote()
create or replace function app_private.rehearse_votes(day date, votes integer, strengths jsonb) returns integer
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  c_each constant integer := 12; -- votes of one voter, so that no cap is met
  v_begin constant timestamptz := rehearse_votes.day::timestamp at time zone 'utc' + interval '15 minutes';
  v_at timestamptz;
  v_cast integer := 0;
  v_voters bigint[];
  v_ballot app_public.ballots;
  v_chance float8;
  v_luck float8;
begin
  insert into app_private.voters (visitor_hash, created_at)
    select sha256(convert_to('rehearsal:' || n, 'UTF8')), v_begin
      from generate_series(1, greatest(1, (rehearse_votes.votes + c_each - 1) / c_each)) n
    on conflict on constraint voters_one_per_visitor do nothing;
  select array_agg(v.id order by v.id) into v_voters
    from app_private.voters v
      inner join generate_series(1, greatest(1, (rehearse_votes.votes + c_each - 1) / c_each)) n
        on v.visitor_hash = sha256(convert_to('rehearsal:' || n, 'UTF8'));

  for k in 1..rehearse_votes.votes loop
    v_at := v_begin + (k::float8 / rehearse_votes.votes) * interval '23 hours 30 minutes';
    begin
      v_ballot := app_private.draw_ballot(v_voters[1 + k % cardinality(v_voters)], null, null, v_at);
    exception when sqlstate 'TB073' then
      continue; -- this voter has seen every pair
    end;
    -- A page may be better or worse than its model is good for, by a hundred points at most.
    select 1 / (1 + exp(-sum(
        case when (m.first_model_id = f.id) = v_ballot.is_first_left then 1 else -1 end
          * ((strengths ->> f.slug)::float8 + 0.6 * (2 * get_byte(sha256(convert_to(v_ballot.task_id::text || f.slug, 'UTF8')), 0) / 255.0 - 1))
      )))
      into strict v_chance
      from app_private.matches m
        inner join app_public.models f on f.id in (m.first_model_id, m.second_model_id)
      where m.id = v_ballot.match_id;
    v_luck := random();
    perform app_private.cast_vote(
      v_ballot.voter_id, null, v_ballot.id,
      case
        when v_luck < 0.05 then 'both_bad'
        when v_luck < 0.22 then 'tie'
        when random() < v_chance then 'left'
        else 'right'
      end::app_public.verdict,
      (4000 + 40000 * random())::integer, v_at + interval '20 seconds'
    );
    v_cast := v_cast + 1;
  end loop;
  return v_cast;
end;
$$;
comment on function app_private.rehearse_votes(date, integer, jsonb) is
  'Votes on the sealed tasks of a rehearsed day, drawn and cast as all are, by voters who exist for that alone; returns how many.';
revoke all on function app_private.rehearse_votes(date, integer, jsonb) from public;
