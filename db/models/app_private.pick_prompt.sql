-- worker/prompt.ts -> [app_private.pick_prompt()] -> app_private.prompts
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.pick_prompt(role text, subject_id uuid)
returns table (version text, system text, template text)
language sql stable strict security definer
set search_path = pg_catalog, pg_temp
as $$
  -- The subject's hash falls into one version's share of [0, 1): the same subject always gets the same version.
  with shares as (
    select p.*, sum(p.weight) over (order by p.version) / sum(p.weight) over () as upto
      from app_private.prompts p
      where p.role = pick_prompt.role and p.weight > 0
  )
  select s.version, s.system, s.template
    from shares s
    where s.upto > (hashtextextended(pick_prompt.subject_id::text, 0) & 1048575) / 1048576.0
    order by s.upto
    limit 1;
$$;
comment on function app_private.pick_prompt(text, uuid) is
  'The prompt version that a subject falls to, by weight; always the same for the same subject.';
revoke all on function app_private.pick_prompt(text, uuid) from public;
grant execute on function app_private.pick_prompt(text, uuid) to autobench_worker;
