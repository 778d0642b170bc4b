-- tg_users__limit_updates() -> [app_private.take_rate()] -> app_private.rate_limits
create or replace function app_private.take_rate(
  bucket text,
  caller text,
  most integer,
  per interval,
  at timestamptz default clock_timestamp()
) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_resets_at timestamptz := take_rate.at + take_rate.per;
begin
  -- One statement, so that parallel requests cannot all read the same count and pass together.
  insert into app_private.rate_limits as r (bucket, caller, window_starts_at, used)
    select take_rate.bucket, take_rate.caller, take_rate.at, 1
      where take_rate.most > 0
    on conflict on constraint rate_limits_pkey do update
      set used = case when r.window_starts_at <= take_rate.at - take_rate.per then 1 else r.used + 1 end,
          window_starts_at = case
            when r.window_starts_at <= take_rate.at - take_rate.per then take_rate.at
            else r.window_starts_at
          end
      where r.window_starts_at <= take_rate.at - take_rate.per or r.used < take_rate.most;
  if not found then
    select coalesce(max(r.window_starts_at) + take_rate.per, v_resets_at) into v_resets_at
      from app_private.rate_limits r
      where r.bucket = take_rate.bucket and r.caller = take_rate.caller;
    raise exception 'That was too often.'
      using errcode = 'TB006',
        hint = format('Try again after %s.', to_char(v_resets_at at time zone 'utc', 'YYYY-MM-DD HH24:MI:SS "UTC"'));
  end if;
end;
$$;
comment on function app_private.take_rate(text, text, integer, interval, timestamptz) is
  'Takes one from a caller''s allowance of `most` per window, or refuses. Errors: TB006.';
revoke all on function app_private.take_rate(text, text, integer, interval, timestamptz) from public;
