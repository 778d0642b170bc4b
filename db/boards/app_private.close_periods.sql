-- refresh_leaderboards -> [app_private.close_periods()] -> app_public.final_standings
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.close_periods(at timestamptz default now()) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_board app_private.boards;
  v_step interval;
  v_starts_on date;
  v_closed integer := 0;
begin
  for v_board in select b.* from app_private.boards b where b.kind <> 'all' order by b.kind for update loop
    v_step := case v_board.kind when 'month' then interval '1 month' else interval '1 week' end;
    v_starts_on := coalesce(
      (v_board.closed_on + v_step)::date,
      (select min(s.starts_on) from app_private.period_scores s where s.kind = v_board.kind)
    );
    -- Two days after its end: what was handed in within the period has been judged by then.
    while ((v_starts_on + v_step) at time zone 'utc') + interval '2 days' <= close_periods.at loop
      insert into app_public.final_standings (kind, starts_on, position, rank, user_id, points, solved, reached_at)
        select s.kind, s.starts_on, row_number() over (order by - s.points, s.reached_at, s.user_id),
            rank() over (order by - s.points), s.user_id, s.points, s.solved, s.reached_at
          from app_private.period_scores s
          where s.kind = v_board.kind and s.starts_on = v_starts_on and s.is_listed and s.points > 0;
      update app_private.boards b set closed_on = v_starts_on where b.kind = v_board.kind;
      v_closed := v_closed + 1;
      v_starts_on := (v_starts_on + v_step)::date;
    end loop;
  end loop;
  return v_closed;
end;
$$;
comment on function app_private.close_periods(timestamptz) is
  'Keeps the final standings of every period that has been over for two days, whole and once; says how many periods there were.';
revoke all on function app_private.close_periods(timestamptz) from public;
grant execute on function app_private.close_periods(timestamptz) to autobench_worker;
