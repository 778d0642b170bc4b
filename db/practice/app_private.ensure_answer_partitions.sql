-- prepare_partitions, npm start -> [app_private.ensure_answer_partitions()] -> app_public.answers
-- Definer: the worker's login may have months made without being able to make tables.
create or replace function app_private.ensure_answer_partitions(at timestamptz default now(), months_ahead integer default 3)
returns setof text
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_month date;
  v_name text;
begin
  perform pg_advisory_xact_lock(hashtextextended('ensure_answer_partitions', 0));
  for v_month in
    select (date_trunc('month', at at time zone 'utc') + make_interval(months => n))::date
      from generate_series(0, least(months_ahead, 24)) n
    union
    -- And months that went by without one.
    select date_trunc('month', r.answered_at at time zone 'utc')::date
      from app_private.answers_rest r
      where r.answered_at < date_trunc('month', at at time zone 'utc') at time zone 'utc'
    order by 1
  loop
    v_name := 'answers_' || to_char(v_month, 'YYYY_MM');
    continue when to_regclass('app_private.' || v_name) is not null;
    execute format('create table app_private.%I (like app_public.answers including defaults including constraints)', v_name);
    execute format('alter table app_private.%I enable row level security', v_name);
    execute format('comment on table app_private.%I is %L', v_name, format('Answers of %s.', to_char(v_month, 'YYYY-MM')));
    -- What came while the month had no partition moves in before it is attached.
    execute format(
      'with moved as (delete from app_private.answers_rest where answered_at >= %L and answered_at < %L returning *)
         insert into app_private.%I select * from moved',
      v_month::timestamp at time zone 'utc', (v_month + interval '1 month') at time zone 'utc', v_name
    );
    execute format(
      'alter table app_public.answers attach partition app_private.%I for values from (%L) to (%L)',
      v_name, v_month::timestamp at time zone 'utc', (v_month + interval '1 month') at time zone 'utc'
    );
    return next v_name;
  end loop;
end;
$$;
comment on function app_private.ensure_answer_partitions(timestamptz, integer) is
  'Makes the partitions of answers for this month and the next ones, and for past ones whose answers have none; returns the names of those that were missing.';
revoke all on function app_private.ensure_answer_partitions(timestamptz, integer) from public;
grant execute on function app_private.ensure_answer_partitions(timestamptz, integer) to autobench_worker;
