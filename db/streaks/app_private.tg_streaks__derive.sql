-- app_private.streaks -> [app_private.tg_streaks__derive()] -> app_private.streak_state()
create or replace function app_private.tg_streaks__derive() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  new.last_day := upper(new.days) - 1;
  new.through_day := greatest(new.through_day, new.last_day);
  select s.frozen, s.freezes, s.run_length, s.longest, s.ends_on
    into new.frozen, new.freezes, new.run_length, new.longest, new.ends_on
    from app_private.streak_state(new.days, new.through_day) s;
  if tg_op = 'INSERT' or (old.days, old.frozen) is distinct from (new.days, new.frozen) then
    new.is_paid := false;
  end if;
  return new;
end;
$$;
comment on function app_private.tg_streaks__derive() is
  'Derives everything of a streak from its days: no other value can be written, and none can be wrong.';
revoke all on function app_private.tg_streaks__derive() from public;

create or replace trigger _300_derive before insert or update on app_private.streaks
  for each row execute function app_private.tg_streaks__derive();
