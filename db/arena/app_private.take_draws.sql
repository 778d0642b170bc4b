-- draw_ballot() -> [app_private.take_draws()] -> app_private.draw_allowances
create or replace function app_private.take_draws(
  kind text,
  caller text,
  most integer,
  at timestamptz default now()
) returns void
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_hour constant timestamptz := date_bin('1 hour', take_draws.at, timestamptz '2000-01-01 00:00:00+00');
begin
  -- One statement, so that parallel requests cannot all read the same count and pass together.
  insert into app_private.draw_allowances as a (kind, caller, starts_at, used)
    values (take_draws.kind, take_draws.caller, v_hour, 1)
    on conflict on constraint draw_allowances_pkey do update set used = a.used + 1
      where a.used < take_draws.most;
  if not found then
    raise exception 'That was too many ballots for an hour.'
      using errcode = 'TB071',
        hint = format('Come back after %s.', to_char((v_hour + interval '1 hour') at time zone 'utc', 'YYYY-MM-DD HH24:MI "UTC"'));
  end if;
end;
$$;
comment on function app_private.take_draws(text, text, integer, timestamptz) is
  'Takes one from the ballots that a voter or a network may draw in an hour, or refuses. Errors: TB071.';
revoke all on function app_private.take_draws(text, text, integer, timestamptz) from public;
