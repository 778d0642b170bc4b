-- app_private.open_gate() -> [app_private.daily_spend] -> app_operations.spend
create table if not exists app_private.daily_spend (
  id         bigint generated always as identity constraint daily_spend_pkey primary key,
  day        date not null,
  model_id   uuid,
  held_usd   numeric(16, 8) not null default 0,
  spent_usd  numeric(16, 8) not null default 0,
  constraint daily_spend_once unique nulls not distinct (day, model_id),
  constraint daily_spend_model foreign key (model_id) references app_public.models,
  constraint daily_spend_not_negative check (held_usd >= 0 and spent_usd >= 0)
);
create index if not exists daily_spend_model_id_idx on app_private.daily_spend (model_id);

call app_private.reset_access('app_private.daily_spend');
create policy select_all on app_private.daily_spend for select to autobench_operator
  using (true);
grant select on app_private.daily_spend to autobench_operator;
-- No write: the gate holds, the end of an attempt settles.

comment on table app_private.daily_spend is 'What a UTC day has cost and holds: for each model, and for all in the row without one.';
comment on column app_private.daily_spend.id is 'Identity of the row.';
comment on column app_private.daily_spend.day is 'The UTC day.';
comment on column app_private.daily_spend.model_id is 'The model; null in the row for all.';
comment on column app_private.daily_spend.held_usd is 'Held for attempts whose cost is not known yet.';
comment on column app_private.daily_spend.spent_usd is 'Settled.';
