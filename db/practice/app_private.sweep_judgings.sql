-- crontab -> sweep_calls -> [app_private.sweep_judgings()] -> app_private.queue_judging()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.sweep_judgings(at timestamptz default now()) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_lost record;
  v_count integer := 0;
begin
  for v_lost in
    select w.purpose, w.id
      from (
        select 'answer' as purpose, a.id
          from app_public.answers a
          where a.status = 'judging' and a.answered_at < sweep_judgings.at - interval '5 minutes'
        union all
        select r.purpose, j.id
          from app_private.judgings j
            inner join app_private.judge_runs r on r.id = j.run_id
          where j.state = 'waiting' and r.created_at < sweep_judgings.at - interval '5 minutes'
      ) w
      where not exists (select from graphile_worker.jobs k where k.key = 'judging:' || w.id and k.attempts < k.max_attempts)
        -- A reply has come after all: nobody needs to wait any longer.
        or exists (
          select from graphile_worker.jobs k
              inner join app_private.llm_calls c on c.subject_id = w.id and c.subject_type = w.purpose
              cross join app_private.stored_reply(c.id) r
            where k.key = 'judging:' || w.id and k.locked_at is null and k.run_at > sweep_judgings.at + interval '1 minute'
              and c.state in ('done', 'in_doubt') and r.status between 200 and 299
              and not exists (select from app_private.judge_replies j where j.call_id = c.id)
        )
      limit 1000
  loop
    perform app_private.queue_judging(v_lost.purpose, v_lost.id);
    v_count := v_count + 1;
  end loop;
  return v_count;
end;
$$;
comment on function app_private.sweep_judgings(timestamptz) is 'Queues what waits for the judge and has lost its job, or has its reply already; returns how many.';
revoke all on function app_private.sweep_judgings(timestamptz) from public;
grant execute on function app_private.sweep_judgings(timestamptz) to autobench_worker;
