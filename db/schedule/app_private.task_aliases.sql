-- the founding documents' names -> [app_private.task_aliases] -> app_private.known_task()
create table if not exists app_private.task_aliases (
  alias  text constraint task_aliases_pkey primary key,
  name   text not null,
  constraint task_aliases_task foreign key (name) references app_private.task_registry,
  constraint task_aliases_form check (alias ~ '^[a-z][a-z0-9-]{2,59}$' and alias <> name)
);
create index if not exists task_aliases_name_idx on app_private.task_aliases (name);

call app_private.reset_access('app_private.task_aliases');
create policy select_all on app_private.task_aliases for select to autobench_operator
  using (true);
grant select on app_private.task_aliases to autobench_operator;
-- No write: the rows stand in this file.

comment on table app_private.task_aliases is 'Other names under which a task may be asked for: those of the founding documents.';
comment on column app_private.task_aliases.alias is 'The other name.';
comment on column app_private.task_aliases.name is 'The task that is meant.';

insert into app_private.task_aliases as a (alias, name) values
  ('batch-ai-processor', 'batch_ai_processor'),
  ('cleanup-expired-challenges', 'cleanup_expired'),
  ('cleanup-expired-tokens', 'cleanup_expired'),
  ('daily-token-reset', 'daily_token_reset'),
  ('evaluate-models', 'dispatch_and_collect'),
  ('generate-daily-challenge', 'generate_daily_tasks'),
  ('refresh-leaderboards', 'refresh_leaderboards'),
  ('streak-updater', 'streak_updater')
on conflict on constraint task_aliases_pkey do update set name = excluded.name where a.name <> excluded.name;
