-- app_operations functions -> [app_private.operator_log] -> app_operations.operator_log
create table if not exists app_private.operator_log (
  id           bigint generated always as identity constraint operator_log_pkey primary key,
  operator_id  uuid,
  action       text not null,
  subject      text not null,
  reason       text not null,
  at           timestamptz not null default now(),
  constraint operator_log_operator foreign key (operator_id) references app_public.users on delete set null,
  constraint operator_log_reason_given check (char_length(btrim(reason)) between 3 and 1000)
);
create index if not exists operator_log_operator_id_idx on app_private.operator_log (operator_id);

call app_private.reset_access('app_private.operator_log');
create policy select_all on app_private.operator_log for select to autobench_operator
  using (true);
grant select on app_private.operator_log to autobench_operator;
-- No write: log_operator() is the only door, and what was done stays written down.

comment on table app_private.operator_log is 'What operators did by hand, and why.';
comment on column app_private.operator_log.id is 'Identity of the entry.';
comment on column app_private.operator_log.operator_id is 'Who did it; null when it was done in SQL, or the operator has gone.';
comment on column app_private.operator_log.action is 'The function that was called.';
comment on column app_private.operator_log.subject is 'What it was done to.';
comment on column app_private.operator_log.reason is 'Why, in the operator''s words.';
comment on column app_private.operator_log.at is 'When.';
comment on constraint operator_log_reason_given on app_private.operator_log is
  E'@error TB017\nA reason of 3 to 1000 characters is needed.\nHint: Say why, for those who read the log later.';
