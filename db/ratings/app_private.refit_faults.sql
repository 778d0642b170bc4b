-- autobench verify -> [app_private.refit_faults()] -> app_private.board_counts(), app_private.fit_board()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.refit_faults() returns table (fault text, subject text, stored text, found text)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  z constant float8 := 1.959963984540054;
  s app_public.rating_snapshots;
  v_models uuid[];
begin
  for s in
    select l.*
      from app_public.rating_snapshots l
      where l.id in (select max(o.id) from app_public.rating_snapshots o group by o.theme, o.is_rehearsal, o.has_ties)
        -- What was counted anew since is published with the next refresh.
        and l.counts_hash = app_private.hash_counts(l.theme, l.is_rehearsal)
      order by l.id
  loop
    select array_agg(r.model_id order by r.model_id) into v_models from app_public.ratings r where r.snapshot_id = s.id;
    return query
      with counts as (
        select c.task_id, array_position(v_models, c.first_model_id) as first, array_position(v_models, c.second_model_id) as second,
            c.first_wins::float8 as first_wins, c.second_wins::float8 as second_wins,
            case when s.has_ties then c.ties else 0 end::float8 as ties,
            dense_rank() over (order by c.task_id)::integer as task
          from app_private.board_counts(s.theme, s.is_rehearsal) c
          where c.first_wins + c.second_wins + c.ties > 0
      ), columns as (
        select coalesce(array_agg(c.task), '{}') as tasks, coalesce(array_agg(c.first), '{}') as firsts,
            coalesce(array_agg(c.second), '{}') as seconds, coalesce(array_agg(c.first_wins), '{}') as first_wins,
            coalesce(array_agg(c.ties), '{}') as ties, coalesce(array_agg(c.second_wins), '{}') as second_wins
          from counts c
      ), fitted as (
        select v_models[f.position] as model_id, f.rating, f.rating - z * f.se as ci_low, f.rating + z * f.se as ci_high, f.rank
          from columns c
            cross join app_private.fit_board(
              coalesce(cardinality(v_models), 0), c.tasks, c.firsts, c.seconds, c.first_wins, c.ties, c.second_wins, s.prior_votes
            ) f
      )
      select 'the published board is not what its counts give', concat_ws(' ', s.id, model_id),
          concat_ws(' ', r.rating, r.ci_low, r.ci_high, r.rank), concat_ws(' ', f.rating, f.ci_low, f.ci_high, f.rank)
        from (select o.* from app_public.ratings o where o.snapshot_id = s.id) r
          full join fitted f using (model_id)
        where greatest(abs(r.rating - f.rating), abs(r.ci_low - f.ci_low), abs(r.ci_high - f.ci_high)) > 1e-9
          or r.rank is distinct from f.rank;
  end loop;
end;
$$;
comment on function app_private.refit_faults() is
  'Fits every board that stands anew from its counts and returns each line that differs by more than a billionth: none.';
revoke all on function app_private.refit_faults() from public;
grant execute on function app_private.refit_faults() to autobench_worker;
