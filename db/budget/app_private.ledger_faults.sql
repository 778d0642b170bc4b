-- app_private.llm_calls, app_private.llm_attempts -> [app_private.ledger_faults] -> app_operations.ledger_faults, GET /metrics
create or replace view app_private.ledger_faults with (security_invoker, security_barrier) as
  select 'billed twice' as fault, a.call_id, format('%s attempts may have been executed', count(*)) as detail
    from app_private.llm_attempts a
    where a.state in ('succeeded', 'unusable', 'in_doubt', 'sending')
    group by a.call_id
    having count(*) > 1
  union all
  select 'stuck', a.call_id, format('%s since %s', a.state, a.lease_until)
    from app_private.llm_attempts a
    where a.state in ('reserved', 'sending') and a.lease_until < now() - interval '5 minutes'
  union all
  select 'active without an attempt', c.id, 'no attempt is under way'
    from app_private.llm_calls c
    where c.state = 'active'
      and not exists (select from app_private.llm_attempts a where a.call_id = c.id and a.state in ('reserved', 'sending'))
  union all
  select 'unsettled', a.call_id, format('%s without a cost', a.state)
    from app_private.llm_attempts a
    where a.state in ('succeeded', 'unusable', 'abandoned') and a.cost_usd is null
  union all
  select 'holds do not add up', null, format('%s, %s: %s held, %s in open attempts', day, model, s.held_usd, o.held_usd)
    from (
      select d.day, coalesce(d.model_id::text, 'all') as model, d.held_usd from app_private.daily_spend d
    ) s
      full join (
        select a.hold_day as day, coalesce(c.model_id::text, 'all') as model, sum(a.hold_usd) as held_usd
          from app_private.llm_attempts a
            inner join app_private.llm_calls c on c.id = a.call_id
          where a.hold_usd > 0 and a.state in ('sending', 'in_doubt')
          group by grouping sets ((a.hold_day, c.model_id), (a.hold_day))
      ) o using (day, model)
    where coalesce(s.held_usd, 0) <> coalesce(o.held_usd, 0)
  union all
  select 'costs do not add up', null, format('%s, %s: %s spent, %s in attempts', day, model, s.spent_usd, o.spent_usd)
    from (
      select d.day, coalesce(d.model_id::text, 'all') as model, d.spent_usd from app_private.daily_spend d
    ) s
      full join (
        select a.hold_day as day, coalesce(c.model_id::text, 'all') as model, sum(a.cost_usd) as spent_usd
          from app_private.llm_attempts a
            inner join app_private.llm_calls c on c.id = a.call_id
          where a.hold_usd > 0 and a.state in ('succeeded', 'unusable', 'abandoned')
          group by grouping sets ((a.hold_day, c.model_id), (a.hold_day))
      ) o using (day, model)
    where coalesce(s.spent_usd, 0) <> coalesce(o.spent_usd, 0)
  union all
  select 'submission without its end', c.id, format('call %s, submission %s', c.state, s.status)
    from app_private.llm_calls c
      inner join app_public.submissions s on s.id = c.subject_id
    where c.subject_type = 'submission'
      and ((c.state = 'failed' and s.status <> 'failed') or (c.state = 'in_doubt' and s.status <> 'in_doubt'));

revoke all on app_private.ledger_faults from public, autobench_operator;
grant select on app_private.ledger_faults to autobench_operator;

comment on view app_private.ledger_faults is 'What must never be in the ledger: always empty.';
comment on column app_private.ledger_faults.fault is 'What is wrong.';
comment on column app_private.ledger_faults.call_id is 'The call, if it is about one.';
comment on column app_private.ledger_faults.detail is 'The particulars.';
