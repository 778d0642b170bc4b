-- a DBA -> [app_private.model_caps] -> app_private.open_gate()
create table if not exists app_private.model_caps (
  model_id   uuid constraint model_caps_pkey primary key,
  daily_usd  numeric(12, 6) not null,
  constraint model_caps_model foreign key (model_id) references app_public.models on delete cascade,
  constraint model_caps_not_negative check (daily_usd >= 0)
);

call app_private.reset_access('app_private.model_caps');
create policy select_all on app_private.model_caps for select to autobench_operator
  using (true);
grant select on app_private.model_caps to autobench_operator;
-- No write through the API: a cap is set in SQL.

comment on table app_private.model_caps is 'What a model may cost in a UTC day; a model without a row has no cap of its own.';
comment on column app_private.model_caps.model_id is 'The model.';
comment on column app_private.model_caps.daily_usd is 'The most that may be spent and held in a day.';
