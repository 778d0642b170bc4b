-- fold_tasks(), rating_faults() -> [app_private.elo_of_tasks()] -> app_private.elo_fold()
create or replace function app_private.elo_of_tasks(models uuid[], ratings float8[], task_ids uuid[]) returns float8[]
language plpgsql stable strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_k float8;
  v_task_id uuid;
  v_firsts integer[];
  v_seconds integer[];
  v_scores float8[];
begin
  select s.elo_k into strict v_k from app_private.arena_settings s;
  foreach v_task_id in array task_ids loop
    select array_agg(f.n order by v.created_at, v.ballot_id), array_agg(s.n order by v.created_at, v.ballot_id),
        array_agg(
          case app_private.turn_verdict(v.verdict, b.is_first_left) when 'first' then 1 when 'second' then 0 else 0.5 end::float8
          order by v.created_at, v.ballot_id
        )
      into v_firsts, v_seconds, v_scores
      from app_public.ballots b
        inner join app_public.votes v on v.ballot_id = b.id
        inner join app_private.matches m on m.id = b.match_id
        inner join unnest(elo_of_tasks.models) with ordinality f (id, n) on f.id = m.first_model_id
        inner join unnest(elo_of_tasks.models) with ordinality s (id, n) on s.id = m.second_model_id
      where b.task_id = v_task_id and b.stratum = 'sealed' and v.is_counted and v.verdict <> 'both_bad';
    if v_firsts is not null then
      ratings := app_private.elo_fold(ratings, v_firsts, v_seconds, v_scores, v_k);
    end if;
  end loop;
  return ratings;
end;
$$;
comment on function app_private.elo_of_tasks(uuid[], float8[], uuid[]) is
  'Elo ratings after the counted votes of some tasks, each task''s in the order in which they were cast.';
revoke all on function app_private.elo_of_tasks(uuid[], float8[], uuid[]) from public;
