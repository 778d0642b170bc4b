-- app_public.submit_answer(), batch_ai_processor -> [app_private.reserve_tokens()] -> app_private.token_days, app_private.token_reservations
create or replace function app_private.reserve_tokens(
  user_id uuid,
  purpose text,
  subject_id uuid,
  estimate integer,
  at timestamptz default now()
) returns bigint
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_day date := (reserve_tokens.at at time zone 'utc')::date;
  v_settings app_private.practice_settings;
  v_id bigint;
begin
  select * into strict v_settings from app_private.practice_settings s;
  if reserve_tokens.estimate > v_settings.daily_tokens then
    raise exception 'This is too long for a day''s tokens.'
      using errcode = 'TB08B', hint = 'Shorten it: no day has more of them.';
  end if;
  perform app_private.release_tokens(reserve_tokens.user_id, reserve_tokens.at);
  -- One statement decides and takes: requests at once cannot all read the same sum and pass together.
  insert into app_private.token_days as t (user_id, day, reserved)
    values (reserve_tokens.user_id, v_day, reserve_tokens.estimate)
    on conflict on constraint token_days_pkey do update
      set reserved = t.reserved + excluded.reserved
      where t.used + t.reserved + excluded.reserved <= v_settings.daily_tokens;
  if not found then
    raise exception 'Your tokens for today do not suffice for this.'
      using errcode = 'TB085',
        detail = jsonb_build_object('resetsAt', to_char(v_day + 1, 'YYYY-MM-DD"T"00:00:00"Z"')),
        hint = format('Try again after %s 00:00 UTC.', v_day + 1);
  end if;
  -- What had expired, or came to nothing, may be reserved anew; what is reserved already is not.
  insert into app_private.token_reservations as r (user_id, day, purpose, subject_id, estimate, created_at, expires_at)
    values (
      reserve_tokens.user_id, v_day, reserve_tokens.purpose, reserve_tokens.subject_id, reserve_tokens.estimate,
      reserve_tokens.at, reserve_tokens.at + v_settings.reserve_for
    )
    on conflict on constraint token_reservations_once do update
      set day = excluded.day, estimate = excluded.estimate, actual = null, state = 'reserved', created_at = excluded.created_at,
        expires_at = excluded.expires_at, aggregated_at = null
      where r.user_id = excluded.user_id and (r.state = 'expired' or (r.state = 'settled' and r.actual = 0))
    returning r.id into strict v_id;
  return v_id;
end;
$$;
comment on function app_private.reserve_tokens(uuid, text, uuid, integer, timestamptz) is
  'Reserves tokens of a member''s UTC day, or refuses; never more than the day allows, however many ask at once. Errors: TB085, TB08B.';
revoke all on function app_private.reserve_tokens(uuid, text, uuid, integer, timestamptz) from public;
