-- pair_generator, open_matches -> [app_private.open_matches()] -> app_private.matches, app_private.refresh_pairing()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.open_matches(at timestamptz default now()) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_opened integer;
begin
  insert into app_private.matches (task_id, first_model_id, second_model_id, opened_at)
    select a.task_id, a.model_id, b.model_id, open_matches.at
      from app_private.pairable_submissions a
        inner join app_private.pairable_submissions b
          on b.task_id = a.task_id and b.model_id > a.model_id and b.is_rehearsal = a.is_rehearsal
      where a.expires_at > open_matches.at
      order by a.task_id, a.model_id, b.model_id
    on conflict on constraint matches_one_per_pair do nothing;
  get diagnostics v_opened = row_count;
  if v_opened > 0 then
    perform app_private.refresh_pairing(open_matches.at);
  end if;
  return v_opened;
end;
$$;
comment on function app_private.open_matches(timestamptz) is
  'Opens a match for each pair of submissions that can be voted on, once; returns how many were opened.';
revoke all on function app_private.open_matches(timestamptz) from public;
grant execute on function app_private.open_matches(timestamptz) to autobench_worker;
