-- autobench reconcile -> [app_private.dispatch_gate] -> app_private.require_open_gate()
create table if not exists app_private.dispatch_gate (
  is_only         boolean constraint dispatch_gate_pkey primary key default true,
  epoch           uuid not null default gen_random_uuid(),
  past_epochs     uuid[] not null default '{}',
  is_open         boolean not null default true,
  closed_through  date,
  reason          text,
  changed_at      timestamptz not null default now(),
  constraint dispatch_gate_is_only_one check (is_only),
  constraint dispatch_gate_closed_for_a_reason check (is_open or reason is not null)
);
insert into app_private.dispatch_gate (is_only) values (true) on conflict on constraint dispatch_gate_pkey do nothing;

call app_private.reset_access('app_private.dispatch_gate');
create policy select_all on app_private.dispatch_gate for select to autobench_operator
  using (true);
grant select on app_private.dispatch_gate to autobench_operator;
-- No write: meet_epoch() closes it, reconcile() opens it.

comment on table app_private.dispatch_gate is
  'Whether models may be asked. A restored backup has forgotten what was bought since: it closes the gate until somebody reconciles.';
comment on column app_private.dispatch_gate.is_only is 'There is one row.';
comment on column app_private.dispatch_gate.epoch is 'Kept here and beside the database; when the two differ, one of them is older.';
comment on column app_private.dispatch_gate.past_epochs is 'Those that were reconciled: a machine that still keeps one of them is behind, and the database has forgotten nothing.';
comment on column app_private.dispatch_gate.is_open is 'Whether models may be asked at all.';
comment on column app_private.dispatch_gate.closed_through is 'Days up to this one are not bought any more: they may have been bought before.';
comment on column app_private.dispatch_gate.reason is 'Why it is closed.';
comment on column app_private.dispatch_gate.changed_at is 'Since when.';
