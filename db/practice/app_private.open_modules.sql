-- app_public.submit_answer(), app_public.modules_is_open() -> [app_private.open_modules()] -> app_private.judged_answers
create or replace function app_private.open_modules(user_id uuid)
returns table (module_id uuid, is_open boolean, waits_for text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  with solved as (
    select distinct j.problem_id from app_private.judged_answers j where j.user_id = open_modules.user_id and j.is_correct
  ), done as (
    -- What has retired needs no solving, and counts where it was solved.
    select m.id, m.name,
        count(*) filter (where s.problem_id is not null) >= ceil(
          count(*) filter (where p.is_published) * (select g.unlock_share from app_private.practice_settings g)
        ) as is_done
      from app_public.modules m
        left join app_public.problems p on p.module_id = m.id
        left join solved s on s.problem_id = p.id
      group by m.id
  )
  select m.id, coalesce(bool_and(d.is_done), true), string_agg(d.name, ', ' order by d.name) filter (where not d.is_done)
    from app_public.modules m
      left join app_public.module_prerequisites e on e.module_id = m.id
      left join done d on d.id = e.prerequisite_id
    where m.is_published
    group by m.id;
$$;
comment on function app_private.open_modules(uuid) is
  'Which modules are open to a member, and for which others they wait; to nobody (null) only those that need nothing before.';
revoke all on function app_private.open_modules(uuid) from public;
