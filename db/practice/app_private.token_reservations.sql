-- app_private.reserve_tokens() -> [app_private.token_reservations] -> app_private.settle_tokens(), app_private.ai_usage_metrics
create table if not exists app_private.token_reservations (
  id             bigint generated always as identity constraint token_reservations_pkey primary key,
  user_id        uuid not null,
  day            date not null,
  purpose        text not null,
  subject_id     uuid not null,
  estimate       integer not null,
  actual         integer,
  state          text not null default 'reserved',
  created_at     timestamptz not null default now(),
  expires_at     timestamptz not null,
  aggregated_at  timestamptz,
  constraint token_reservations_user foreign key (user_id) references app_public.users on delete cascade,
  constraint token_reservations_once unique (purpose, subject_id),
  constraint token_reservations_purpose_known check (purpose in ('judge', 'coach', 'battle')),
  constraint token_reservations_state_known check (state in ('reserved', 'settled', 'expired')),
  constraint token_reservations_settled_whole check ((state = 'settled') = (actual is not null)),
  constraint token_reservations_within_estimate check (estimate >= 0 and actual between 0 and estimate)
);
create index if not exists token_reservations_user_id_idx on app_private.token_reservations (user_id, day);
create index if not exists token_reservations_open_idx on app_private.token_reservations (expires_at) where state = 'reserved';
create index if not exists token_reservations_aggregated_at_idx on app_private.token_reservations (aggregated_at);

call app_private.reset_access('app_private.token_reservations');
-- No policy and no grant: reserve_tokens() and settle_tokens() are the doors.

comment on table app_private.token_reservations is 'What was reserved for a model''s work for a member, and what it came to.';
comment on column app_private.token_reservations.id is 'Identity of the reservation.';
comment on column app_private.token_reservations.user_id is 'The member.';
comment on column app_private.token_reservations.day is 'The UTC day from whose allowance it is.';
comment on column app_private.token_reservations.purpose is 'What for: judge, coach or battle.';
comment on column app_private.token_reservations.subject_id is 'The answer, the coach''s job, or the seat in a battle.';
comment on column app_private.token_reservations.estimate is 'What was reserved: the most that a member pays for it.';
comment on column app_private.token_reservations.actual is 'What they paid.';
comment on column app_private.token_reservations.state is 'reserved, settled, or expired: then it went back, and what comes later costs the member nothing.';
comment on column app_private.token_reservations.created_at is 'When it was made.';
comment on column app_private.token_reservations.expires_at is 'Until when it waits.';
comment on column app_private.token_reservations.aggregated_at is 'When its day was closed.';
