-- app_private.reserve_tokens(), daily_token_reset -> [app_private.release_tokens()] -> app_private.token_reservations, app_private.token_days
create or replace function app_private.release_tokens(user_id uuid, at timestamptz default now()) returns integer
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_released integer;
begin
  with over as (
    update app_private.token_reservations r
      set state = 'expired'
      where r.user_id = release_tokens.user_id and r.state = 'reserved' and r.expires_at <= release_tokens.at
      returning r.day, r.estimate
  ), sums as (
    select o.day, sum(o.estimate)::integer as estimate from over o group by o.day
  ), freed as (
    update app_private.token_days t
      set reserved = t.reserved - s.estimate
      from sums s
      where t.user_id = release_tokens.user_id and t.day = s.day
      returning s.estimate
  )
  select coalesce(sum(f.estimate), 0)::integer into v_released from freed f;
  return v_released;
end;
$$;
comment on function app_private.release_tokens(uuid, timestamptz) is
  'Gives a member back what was reserved for calls that did not come in time; returns how much.';
revoke all on function app_private.release_tokens(uuid, timestamptz) from public;
