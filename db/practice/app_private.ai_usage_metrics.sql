-- daily_token_reset -> app_private.close_token_days() -> [app_private.ai_usage_metrics] -> app_operations.member_usage
create table if not exists app_private.ai_usage_metrics (
  user_id    uuid not null,
  day        date not null,
  purpose    text not null,
  calls      integer not null,
  tokens     integer not null,
  closed_at  timestamptz not null default now(),
  constraint ai_usage_metrics_pkey primary key (user_id, day, purpose),
  constraint ai_usage_metrics_user foreign key (user_id) references app_public.users on delete cascade,
  constraint ai_usage_metrics_not_negative check (calls >= 0 and tokens >= 0)
);
create index if not exists ai_usage_metrics_closed_at_idx on app_private.ai_usage_metrics (closed_at);

call app_private.reset_access('app_private.ai_usage_metrics');
create policy select_all on app_private.ai_usage_metrics for select to autobench_operator
  using (true);
grant select on app_private.ai_usage_metrics to autobench_operator;
-- No write: close_token_days() is the door.

comment on table app_private.ai_usage_metrics is 'What models did for a member on a finished day. What it cost stands in the ledger of calls, and stays there.';
comment on column app_private.ai_usage_metrics.user_id is 'The member.';
comment on column app_private.ai_usage_metrics.day is 'The UTC day.';
comment on column app_private.ai_usage_metrics.purpose is 'What for.';
comment on column app_private.ai_usage_metrics.calls is 'How often.';
comment on column app_private.ai_usage_metrics.tokens is 'What the member paid of their allowance.';
comment on column app_private.ai_usage_metrics.closed_at is 'When the day was closed.';
