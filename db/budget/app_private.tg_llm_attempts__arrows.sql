-- update -> app_private.llm_attempts -> [app_private.tg_llm_attempts__arrows()]
create or replace function app_private.tg_llm_attempts__arrows() returns trigger
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
begin
  if old.state <> new.state and (old.state, new.state) not in (
    ('reserved', 'sending'), ('reserved', 'not_executed'),
    ('sending', 'succeeded'), ('sending', 'unusable'), ('sending', 'rejected'), ('sending', 'not_executed'), ('sending', 'in_doubt'),
    ('in_doubt', 'succeeded'), ('in_doubt', 'unusable'), ('in_doubt', 'rejected'), ('in_doubt', 'not_executed'), ('in_doubt', 'abandoned')
  ) then
    raise exception 'An attempt does not go from % to %.', old.state, new.state
      using errcode = 'TB044', hint = 'Nothing moves an attempt that may have been sent back to where it would be sent again.';
  end if;
  return new;
end;
$$;
comment on function app_private.tg_llm_attempts__arrows() is 'Allows an attempt only the moves of the state machine. Errors: TB044.';
revoke all on function app_private.tg_llm_attempts__arrows() from public;

create or replace trigger _200_arrows before update of state on app_private.llm_attempts
  for each row execute function app_private.tg_llm_attempts__arrows();
