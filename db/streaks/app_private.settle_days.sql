-- app_private.settle_problem() -> [app_private.settle_days()] -> app_private.streaks, app_private.settle_milestones()
create or replace function app_private.settle_days(user_id uuid, problem_id uuid, active datemultirange) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_active datemultirange := coalesce(settle_days.active, '{}');
  v_gone datemultirange;
begin
  -- Days on which answers to this problem were worth something once, and no answer is any more.
  select range_agg(daterange(d.day, d.day, '[]')) into v_gone
    from (
      select distinct a.day
        from app_public.answers a
        where a.user_id = settle_days.user_id and a.problem_id = settle_days.problem_id and not v_active @> a.day
    ) d
      inner join app_private.streaks s on s.user_id = settle_days.user_id and s.days @> d.day
    where not exists (
      select from app_private.judged_answers j
        where j.user_id = settle_days.user_id and j.day = d.day and j.score > 0
          and j.answered_at between ((d.day - 2)::timestamp at time zone 'utc') and ((d.day + 3)::timestamp at time zone 'utc')
    );
  if v_gone is not null then
    update app_private.streaks s set days = (s.days - v_gone) + v_active where s.user_id = settle_days.user_id;
    delete from app_private.streaks s where s.user_id = settle_days.user_id and isempty(s.days);
    perform app_private.settle_milestones(settle_days.user_id);
  elsif not isempty(v_active) then
    insert into app_private.streaks as s (user_id, days, through_day)
      values (settle_days.user_id, v_active, upper(v_active) - 1)
      on conflict on constraint streaks_pkey do update set days = s.days + excluded.days where not s.days @> excluded.days;
    -- A day that comes back brings back what went with it. None that was paid ever goes because a day is added.
    if found and exists (
      select from app_private.milestone_payments(settle_days.user_id) p where not p.is_standing
    ) then
      perform app_private.settle_milestones(settle_days.user_id);
    end if;
  end if;
end;
$$;
comment on function app_private.settle_days(uuid, uuid, datemultirange) is
  'Adds the days on which answers to a problem were worth something to the member''s set of days, and takes out those on which none is any more.';
revoke all on function app_private.settle_days(uuid, uuid, datemultirange) from public;
