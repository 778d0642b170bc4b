-- insert, update -> [app_private.tg__timestamps()] -> created_at, updated_at of any table
create or replace function app_private.tg__timestamps() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_op = 'UPDATE' then
    new.created_at := old.created_at;
    new.updated_at := greatest(now(), old.updated_at);
  end if;
  return new;
end;
$$;
comment on function app_private.tg__timestamps() is 'Keeps created_at as it was and moves updated_at forward.';
revoke all on function app_private.tg__timestamps() from public;
