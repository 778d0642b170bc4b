-- app_private.tg_streaks__derive() -> [app_private.streak_state()] -> app_private.streaks
create or replace function app_private.streak_state(
  days datemultirange,
  through_day date,
  out frozen datemultirange,
  out freezes integer,
  out run_length integer,
  out longest integer,
  out ends_on date
)
language plpgsql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
declare
  v_run daterange;
  v_length integer;
  v_active integer := 0;
  v_missed integer;
begin
  -- All of it follows from the set of days, from the first day to the last: whatever order they came to be known in,
  -- however late or often, the outcome is the same.
  frozen := '{}';
  freezes := 0;
  run_length := 0;
  longest := 0;
  for v_run in select r from unnest(days) r order by r loop
    if ends_on is not null then
      v_missed := lower(v_run) - ends_on - 1;
      if v_missed > freezes then
        run_length := 0;
      end if;
      frozen := frozen + datemultirange(daterange(ends_on + 1, ends_on + 1 + least(v_missed, freezes)));
      freezes := freezes - least(v_missed, freezes);
    end if;
    v_length := upper(v_run) - lower(v_run);
    freezes := least(2, freezes + (v_active + v_length) / 7 - v_active / 7);
    v_active := v_active + v_length;
    run_length := run_length + v_length;
    longest := greatest(longest, run_length);
    ends_on := upper(v_run) - 1;
  end loop;
  v_missed := through_day - ends_on;
  if v_missed > 0 then
    frozen := frozen + datemultirange(daterange(ends_on + 1, ends_on + 1 + least(v_missed, freezes)));
    ends_on := ends_on + least(v_missed, freezes);
    freezes := freezes - (ends_on - upper(days) + 1);
  end if;
end;
$$;
comment on function app_private.streak_state(datemultirange, date) is
  'What follows from the days on which somebody was active, with no day after through_day known: which missed days a freeze bridges, freezes left, the length of the last run and of the longest in active days, and the last day that the run reaches.';
revoke all on function app_private.streak_state(datemultirange, date) from public;
