-- judge_answer -> [app_private.judge_later()] -> app_private.queue_judging()
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.judge_later(purpose text, id uuid, wait_ms double precision) returns void
language sql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
  -- By the database's clock: a worker's may be wrong by an hour.
  select app_private.queue_judging(judge_later.purpose, judge_later.id, now() + make_interval(secs => judge_later.wait_ms / 1000));
$$;
comment on function app_private.judge_later(text, uuid, double precision) is 'Puts a judging off.';
revoke all on function app_private.judge_later(text, uuid, double precision) from public;
grant execute on function app_private.judge_later(text, uuid, double precision) to autobench_worker;
