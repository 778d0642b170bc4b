-- autobench sync problems -> [app_private.apply_problems()] -> app_public.modules, app_public.problems, app_private.problem_keys
create or replace function app_private.apply_problems(content jsonb, is_forced boolean default false)
returns table (kind text, name text, change text)
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_retiring text[];
  v_standing integer;
begin
  perform pg_advisory_xact_lock(hashtextextended('apply_problems', 0));

  select array_agg(p.slug order by p.slug) filter (where not g.is_given), count(*) into v_retiring, v_standing
    from app_public.problems p
      cross join lateral (
        select exists (select from jsonb_array_elements(content -> 'problems') g where (g ->> 'id')::uuid = p.id)
      ) g (is_given)
    where p.retired_at is null;
  if cardinality(v_retiring) > 0.2 * v_standing and not is_forced then
    raise exception '% of % problems would be retired: %.', cardinality(v_retiring), v_standing, array_to_string(v_retiring, ', ')
      using errcode = 'TB088', hint = 'Bring their folders back, or say --force.';
  end if;

  return query
  with given as (
    select m.slug, m.name, m.description, m.display_order, coalesce(m.is_published, true) as is_published
      from jsonb_populate_recordset(null::app_public.modules, content -> 'modules') m
  ), merged as (
    merge into app_public.modules as k
    using given as g on k.slug = g.slug
    when not matched then
      insert (slug, name, description, display_order, is_published) values (g.slug, g.name, g.description, g.display_order, g.is_published)
    when matched and (k.name, k.description, k.display_order, k.is_published, k.retired_at)
      is distinct from (g.name, g.description, g.display_order, g.is_published, null::timestamptz)
    then
      update set name = g.name, description = g.description, display_order = g.display_order, is_published = g.is_published, retired_at = null
    when not matched by source and k.retired_at is null then
      update set retired_at = now(), is_published = false
    returning k.slug, case when merge_action() = 'INSERT' then 'added' when k.retired_at is not null then 'retired' else 'changed' end as action
  )
  select 'module', m.slug, m.action from merged m order by m.slug;

  return query
  with given as (
    select m.id as module_id, r.id as prerequisite_id
      from jsonb_array_elements(content -> 'modules') g
        inner join app_public.modules m on m.slug = g ->> 'slug'
        cross join lateral jsonb_array_elements_text(coalesce(g -> 'requires', '[]')) e (slug)
        inner join app_public.modules r on r.slug = e.slug
  ), merged as (
    merge into app_public.module_prerequisites as k
    using given as g on k.module_id = g.module_id and k.prerequisite_id = g.prerequisite_id
    when not matched then insert (module_id, prerequisite_id) values (g.module_id, g.prerequisite_id)
    when not matched by source then delete
    returning k.module_id, k.prerequisite_id, merge_action() as action
  )
  select 'prerequisite', m.slug || ' after ' || r.slug, case e.action when 'INSERT' then 'added' else 'retired' end
    from merged e
      inner join app_public.modules m on m.id = e.module_id
      inner join app_public.modules r on r.id = e.prerequisite_id
    order by m.slug, r.slug;

  return query
  with given as (
    select p.*, m.id as of_module_id, coalesce(p.is_published, true) as is_open, g.value ->> 'hash' as hash
      from jsonb_array_elements(content -> 'problems') g
        cross join lateral jsonb_populate_record(null::app_public.problems, g.value - 'content_hash') p
        inner join app_public.modules m on m.slug = g.value ->> 'module'
  ), before as (
    select p.id, p.slug, p.module_id from app_public.problems p
  ), merged as (
    merge into app_public.problems as k
    using given as g on k.id = g.id
    when not matched then
      insert (id, slug, module_id, title, statement, difficulty, display_order, base_points, time_bonus_points, expected_seconds,
        pass_score, minimum_length, is_published, content_hash)
      values (g.id, g.slug, g.of_module_id, g.title, g.statement, g.difficulty, coalesce(g.display_order, 0), g.base_points,
        g.time_bonus_points, g.expected_seconds, g.pass_score, g.minimum_length, g.is_open, decode(g.hash, 'hex'))
    when matched and (k.content_hash, k.slug, k.module_id, k.retired_at)
      is distinct from (decode(g.hash, 'hex'), g.slug, g.of_module_id, null::timestamptz)
    then
      update set slug = g.slug, module_id = g.of_module_id, title = g.title, statement = g.statement, difficulty = g.difficulty,
        display_order = coalesce(g.display_order, 0), base_points = g.base_points, time_bonus_points = g.time_bonus_points,
        expected_seconds = g.expected_seconds, pass_score = g.pass_score, minimum_length = g.minimum_length,
        is_published = g.is_open, content_hash = decode(g.hash, 'hex'), retired_at = null
    when not matched by source and k.retired_at is null then
      update set retired_at = now(), is_published = false
    returning k.id, k.slug, k.module_id, k.retired_at, merge_action() as action
  )
  select 'problem', m.slug,
      case
        when m.action = 'INSERT' then 'added'
        when m.retired_at is not null then 'retired'
        when (b.slug, b.module_id) is distinct from (m.slug, m.module_id) then 'moved'
        else 'changed'
      end
    from merged m
      left join before b on b.id = m.id
    order by m.slug;

  -- A retired problem keeps its key and examples: what was judged by them can still be looked at.
  merge into app_private.problem_keys as k
    using (
      select (g ->> 'id')::uuid as id, g ->> 'rubric' as rubric, g ->> 'reference' as reference
        from jsonb_array_elements(content -> 'problems') g
    ) as g on k.problem_id = g.id
    when not matched then
      insert (problem_id, rubric, reference, rubric_hash) values (g.id, g.rubric, g.reference, sha256(convert_to(g.rubric, 'UTF8')))
    when matched and (k.rubric, k.reference) is distinct from (g.rubric, g.reference) then
      update set rubric = g.rubric, reference = g.reference, rubric_hash = sha256(convert_to(g.rubric, 'UTF8'));
  merge into app_private.problem_examples as k
    using (
      select (g ->> 'id')::uuid as problem_id, e.*
        from jsonb_array_elements(content -> 'problems') g
          cross join lateral jsonb_to_recordset(g -> 'examples')
            as e (name text, answer text, is_correct boolean, score_min integer, score_max integer)
    ) as g on k.problem_id = g.problem_id and k.name = g.name
    when not matched then
      insert (problem_id, name, answer, is_correct, score_min, score_max)
      values (g.problem_id, g.name, g.answer, g.is_correct, g.score_min, g.score_max)
    when matched and (k.answer, k.is_correct, k.score_min, k.score_max) is distinct from (g.answer, g.is_correct, g.score_min, g.score_max) then
      update set answer = g.answer, is_correct = g.is_correct, score_min = g.score_min, score_max = g.score_max
    when not matched by source
      and exists (select from app_public.problems p where p.id = k.problem_id and p.retired_at is null)
    then delete;
end;
$$;
comment on function app_private.apply_problems(jsonb, boolean) is
  'Makes modules and problems what content/problems says, and returns what changed; what is gone is retired, never deleted. Errors: TB087, TB088.';
revoke all on function app_private.apply_problems(jsonb, boolean) from public;
