-- crontab -> cleanup_expired -> app_private.purge_batch() -> [app_private.retention_rules] -> the tables it names
create table if not exists app_private.retention_rules (
  table_name   text constraint retention_rules_pkey primary key,
  column_name  text not null,
  keep         interval,
  batch        integer not null default 1000,
  why          text not null,
  constraint retention_rules_keep_positive check (keep > interval '0'),
  constraint retention_rules_batch_sane check (batch between 1 and 100000)
);

call app_private.reset_access('app_private.retention_rules');
create policy select_all on app_private.retention_rules for select to autobench_operator
  using (true);
grant select on app_private.retention_rules to autobench_operator;
-- No write through the API: how long things are kept is a decision made in SQL.

comment on table app_private.retention_rules is 'What is deleted when: a row of the table goes `keep` after its instant.';
comment on column app_private.retention_rules.table_name is 'The table, with its schema.';
comment on column app_private.retention_rules.column_name is 'The instant from which the time is counted; indexed.';
comment on column app_private.retention_rules.keep is 'How long a row stays; null keeps for ever.';
comment on column app_private.retention_rules.batch is 'How many rows go in one transaction.';
comment on column app_private.retention_rules.why is 'Why the rule is as it is.';

-- An operator's change of keep or batch stays: only missing rules are added.
insert into app_private.retention_rules (table_name, column_name, keep, why) values
  ('app_private.rate_limits', 'window_starts_at', '2 days', 'No window is longer than a day.'),
  ('app_private.webhook_messages', 'received_at', '7 days', 'A message is refused by its age long before.'),
  ('app_private.scheduled_tasks', 'finished_at', '90 days', 'A quarter of a year of runs shows every habit of the schedule.'),
  ('app_private.erased_subjects', 'erased_at', '400 days', 'No token or webhook from before lives as long.'),
  ('app_public.submission_codes', 'expires_at', '24 hours', 'A page is kept for a day after it has expired.'),
  ('app_private.llm_replies', 'received_at', '3 days', 'The reply holds the page: it goes when the page goes.'),
  ('app_private.handles', 'expires_at', '1 hour', 'A handle that has expired opens nothing.'),
  ('app_private.network_salts', 'created_at', '24 hours', 'By a daily run it goes within 48 hours, and not before its day is over: then nobody can tell which network a hash was.'),
  ('app_private.draw_allowances', 'starts_at', '2 days', 'No window is longer than a day.'),
  ('app_private.network_votes', 'starts_at', '2 days', 'A share is a day''s.'),
  ('app_private.unused_ballots', 'served_at', '2 days', 'A ballot that was not used says nothing.'),
  ('app_private.idle_voters', 'created_at', '7 days', 'A visitor who never voted has left nothing that needs them.'),
  ('app_private.answer_keys', 'created_at', '30 days', 'Nobody repeats a request after a month.'),
  ('app_private.token_reservations', 'aggregated_at', '7 days', 'By then they are summed up in the usage metrics.'),
  ('app_private.token_days', 'closed_at', '7 days', 'By then they are summed up in the usage metrics.'),
  ('app_private.ai_usage_metrics', 'closed_at', '90 days', 'A quarter of a year shows every habit; what was paid stays in the ledger of calls.'),
  ('app_private.shareable_progress', 'expires_at', '1 minute', 'A card that has expired is shown to nobody; what is left of it is tidied away.'),
  ('app_public.battles', 'cancelled_at', '7 days', 'Nothing came of it; a week is enough to see why.'),
  ('app_private.blobs', 'created_at', null, 'The pictures of revealed tasks stay: a model''s gallery is pictures.')
on conflict on constraint retention_rules_pkey do nothing;
