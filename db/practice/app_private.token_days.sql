-- app_private.reserve_tokens() -> [app_private.token_days] -> app_public.my_allowance(), daily_token_reset
create table if not exists app_private.token_days (
  user_id    uuid not null,
  day        date not null,
  reserved   integer not null default 0,
  used       integer not null default 0,
  closed_at  timestamptz,
  constraint token_days_pkey primary key (user_id, day),
  constraint token_days_user foreign key (user_id) references app_public.users on delete cascade,
  constraint token_days_not_negative check (reserved >= 0 and used >= 0)
);
create index if not exists token_days_closed_at_idx on app_private.token_days (closed_at);
create index if not exists token_days_open_idx on app_private.token_days (day) where closed_at is null;

call app_private.reset_access('app_private.token_days');
-- No policy and no grant: reserve_tokens() and settle_tokens() are the doors, my_allowance() the window.

comment on table app_private.token_days is 'What a member has used of a UTC day''s tokens, and what is reserved: a new day is new because its key is.';
comment on column app_private.token_days.user_id is 'The member.';
comment on column app_private.token_days.day is 'The UTC day: no change of zone buys a second allowance.';
comment on column app_private.token_days.reserved is 'Reserved for calls that are not over.';
comment on column app_private.token_days.used is 'Used.';
comment on column app_private.token_days.closed_at is 'When the day was closed into the usage metrics.';
