-- prepare_partitions, pg_class -> [app_private.answer_partitions()] -> app_operations.answer_partitions
-- Definer: operators may see which months there are without reading the catalogue's sizes or the answers.
create or replace function app_private.answer_partitions(at timestamptz default now())
returns table (month_on date, is_there boolean, misplaced bigint)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  with months as (
    select (date_trunc('month', answer_partitions.at at time zone 'utc') + make_interval(months => n))::date as month_on
      from generate_series(0, 2) n
    union
    select date_trunc('month', r.answered_at at time zone 'utc')::date
      from app_private.answers_rest r
      where r.answered_at < date_trunc('month', answer_partitions.at at time zone 'utc') at time zone 'utc'
  )
  select m.month_on,
      exists (
        select from pg_inherits i
          where i.inhparent = 'app_public.answers'::regclass
            and i.inhrelid = to_regclass('app_private.answers_' || to_char(m.month_on, 'YYYY_MM'))
      ),
      (
        select count(*) from app_private.answers_rest r
          where r.answered_at >= m.month_on::timestamp at time zone 'utc'
            and r.answered_at < (m.month_on + interval '1 month') at time zone 'utc'
      )
    from months m
    order by m.month_on;
$$;
comment on function app_private.answer_partitions(timestamptz) is
  'This month and the next two, and past ones whose answers are misplaced: whether answers have their partition, and how many had to be put elsewhere.';
revoke all on function app_private.answer_partitions(timestamptz) from public;
grant execute on function app_private.answer_partitions(timestamptz) to autobench_operator, autobench_worker;
