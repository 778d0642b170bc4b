-- app_private.vote_health() -> [app_operations.vote_health] -> voteHealth (operators' GraphQL)
create or replace view app_operations.vote_health with (security_invoker, security_barrier) as
  select h.hour_at, h.received, h.counted, h.share, h.is_alarm
    from app_private.vote_health() h;

revoke all on app_operations.vote_health from public, autobench_operator;
grant select on app_operations.vote_health to autobench_operator;

comment on view app_operations.vote_health is E'@primaryKey hour_at\nVotes of the last two days by the hour, and how many of them count.';
comment on column app_operations.vote_health.hour_at is E'@notNull\nWhen the hour began.';
comment on column app_operations.vote_health.received is E'@notNull\nVotes that came.';
comment on column app_operations.vote_health.counted is E'@notNull\nThose that count.';
comment on column app_operations.vote_health.share is E'@notNull\nTheir share.';
comment on column app_operations.vote_health.is_alarm is E'@notNull\nWhether it is so low that a check may be broken.';
