-- app_private.record_verdict(), batch_ai_processor -> [app_private.settle_tokens()] -> app_private.token_reservations, app_private.token_days
create or replace function app_private.settle_tokens(purpose text, subject_id uuid, actual integer) returns integer
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_reservation app_private.token_reservations;
begin
  -- A member pays what was reserved at most: what an installation spends beyond that is its own affair.
  update app_private.token_reservations r
    set state = 'settled', actual = least(greatest(settle_tokens.actual, 0), r.estimate)
    where r.purpose = settle_tokens.purpose and r.subject_id = settle_tokens.subject_id and r.state = 'reserved'
    returning * into v_reservation;
  if not found then
    return 0;
  end if;
  update app_private.token_days t
    set reserved = t.reserved - v_reservation.estimate, used = t.used + v_reservation.actual
    where t.user_id = v_reservation.user_id and t.day = v_reservation.day;
  return v_reservation.actual;
end;
$$;
comment on function app_private.settle_tokens(text, uuid, integer) is
  'Corrects a reservation to what was used; one that has expired or was settled before costs nothing more. Returns what was paid.';
revoke all on function app_private.settle_tokens(text, uuid, integer) from public;
