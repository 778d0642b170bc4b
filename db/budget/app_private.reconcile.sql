-- autobench reconcile -> [app_private.reconcile()] -> app_private.dispatch_gate, app_private.llm_calls
create or replace function app_private.reconcile(
  reason text,
  closed_through date default (now() at time zone 'utc')::date,
  out epoch uuid,
  out in_doubt integer
)
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_attempt record;
  v_call app_private.llm_calls;
begin
  perform app_private.log_operator('reconcile', coalesce(reconcile.closed_through::text, 'all days open'), reconcile.reason);
  perform 1 from app_private.dispatch_gate g for update;
  in_doubt := 0;
  -- What was under way when the backup was made may have been answered since; what waited may have been asked since.
  for v_attempt in select a.id from app_private.llm_attempts a where a.state = 'sending' order by a.id for update loop
    perform app_private.end_attempt(v_attempt.id, 'in_doubt', 'restored', 'A backup was restored while this was under way.', null);
    in_doubt := in_doubt + 1;
  end loop;
  for v_attempt in select a.id from app_private.llm_attempts a where a.state = 'reserved' order by a.id for update loop
    perform app_private.end_attempt(v_attempt.id, 'not_executed', 'restored', 'A backup was restored.', '0');
  end loop;
  for v_call in
    select c.* from app_private.llm_calls c where c.state = 'pending' order by c.id for update
  loop
    update app_private.llm_calls c
      set state = 'in_doubt', reason = 'A backup was restored: this may have been asked since.'
      where c.id = v_call.id;
    perform graphile_worker.remove_job('llm_call:' || v_call.id);
    in_doubt := in_doubt + 1;
  end loop;
  update app_private.dispatch_gate g
    set is_open = true, past_epochs = g.past_epochs || g.epoch, epoch = gen_random_uuid(), closed_through = reconcile.closed_through, reason = null, changed_at = now()
    returning g.epoch into reconcile.epoch;
end;
$$;
comment on function app_private.reconcile(text, date) is
  'After a backup was restored: puts in doubt what may have been bought since, closes the days up to `closed_through`, and opens the gate in a new epoch. Errors: TB017.';
revoke all on function app_private.reconcile(text, date) from public;
