-- draw_ballot(), cast_vote() -> [app_private.network_hash()] -> app_private.network_salts, app_public.votes.network_hash
create or replace function app_private.network_hash(prefix text, at timestamptz default now()) returns bytea
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_day constant date := (network_hash.at at time zone 'utc')::date;
  v_salt bytea;
begin
  if coalesce(prefix, '') = '' then
    return null; -- not known: nothing can be said of it
  end if;
  select s.salt into v_salt from app_private.network_salts s where s.day = v_day;
  if not found then
    insert into app_private.network_salts (day, created_at) values (v_day, network_hash.at)
      on conflict on constraint network_salts_pkey do nothing;
    -- A new day is when an old salt goes: a salt is of use for its own day only.
    delete from app_private.network_salts s where s.day < v_day - 1;
    select s.salt into strict v_salt from app_private.network_salts s where s.day = v_day;
  end if;
  return substr(extensions.hmac(convert_to(prefix, 'UTF8'), v_salt, 'sha256'), 1, 16);
end;
$$;
comment on function app_private.network_hash(text, timestamptz) is
  'What is kept of a network: an HMAC of its prefix under the salt of the UTC day; null when the network is not known.';
revoke all on function app_private.network_hash(text, timestamptz) from public;
