-- app_private.daily_spend -> [app_operations.spend] -> spend (operators' GraphQL)
create or replace view app_operations.spend with (security_invoker, security_barrier) as
  select s.day, s.model_id, m.slug as model, s.held_usd, s.spent_usd, c.daily_usd as cap_usd,
      sum(s.spent_usd) over (partition by s.model_id, date_trunc('month', s.day::timestamp) order by s.day) as month_usd
    from app_private.daily_spend s
      left join app_public.models m on m.id = s.model_id
      left join app_private.model_caps c on c.model_id = s.model_id;

revoke all on app_operations.spend from public, autobench_operator;
grant select on app_operations.spend to autobench_operator;

comment on view app_operations.spend is
  'What each day has cost and holds, for each model and (in the row without one) for all, with the month up to that day.';
comment on column app_operations.spend.day is E'@notNull\nThe UTC day.';
comment on column app_operations.spend.model_id is 'The model; null in the row for all.';
comment on column app_operations.spend.model is 'Its short name.';
comment on column app_operations.spend.held_usd is E'@notNull\nHeld for attempts whose cost is not known yet.';
comment on column app_operations.spend.spent_usd is E'@notNull\nSettled.';
comment on column app_operations.spend.cap_usd is 'The model''s own daily cap, if it has one.';
comment on column app_operations.spend.month_usd is E'@notNull\nSettled in that month up to that day.';
