-- award_achievements() -> [app_private.complete_modules()] -> app_public.user_progress, app_public.problems
create or replace function app_private.complete_modules(user_id uuid, kept jsonb, out modules jsonb, out n integer)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  -- What was complete once is so for as long as those problems are solved, whatever was published or retired since.
  select coalesce(jsonb_object_agg(m.id, m.problems), '{}'), (count(*) filter (where m.is_complete))::integer
    from (
      select distinct on (c.id) c.id, c.problems, c.is_complete
        from (
          select k.id, k.problems, 1 as place,
              not exists (
                select from jsonb_array_elements_text(k.problems) q (id)
                  where not exists (
                    select from app_public.user_progress p
                      where p.user_id = complete_modules.user_id and p.problem_id = q.id::uuid and p.completed_at is not null
                  )
              ) as is_complete
            from jsonb_each(coalesce(complete_modules.kept, '{}')) k (id, problems)
          union all
          select q.module_id::text, jsonb_agg(q.id order by q.id), 2, true
            from app_public.problems q
              left join app_public.user_progress p on p.user_id = complete_modules.user_id and p.problem_id = q.id
            where q.is_published
            group by q.module_id
            having bool_and(p.completed_at is not null)
        ) c
        order by c.id, c.is_complete desc, c.place
    ) m;
$$;
comment on function app_private.complete_modules(uuid, jsonb) is
  'The modules that a member has worked through with the problems that made each complete, those kept from before among them, and how many still stand.';
revoke all on function app_private.complete_modules(uuid, jsonb) from public;
