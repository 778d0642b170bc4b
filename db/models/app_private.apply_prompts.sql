-- autobench sync prompts -> [app_private.apply_prompts()] -> app_private.prompts
create or replace function app_private.apply_prompts(prompts jsonb)
returns table (role text, version text, change text)
language plpgsql volatile strict
set search_path = pg_catalog, pg_temp
as $$
declare
  v_prompt record;
  v_known app_private.prompts;
begin
  for v_prompt in
    select p.role, p.version, p.system, p.template
      from jsonb_to_recordset(apply_prompts.prompts) as p (role text, version text, system text, template text)
      order by p.role, p.version
  loop
    select * into v_known
      from app_private.prompts p
      where p.role = v_prompt.role and p.version = v_prompt.version;
    if not found then
      insert into app_private.prompts (role, version, system, template)
        values (v_prompt.role, v_prompt.version, v_prompt.system, v_prompt.template);
      apply_prompts.change := 'added';
    elsif v_known.system = v_prompt.system and v_known.template = v_prompt.template then
      continue;
    else
      raise exception 'The prompt %/% was changed.', v_prompt.role, v_prompt.version
        using errcode = 'TB050', hint = 'A version that was used is never rewritten: write it as a new version.';
    end if;
    apply_prompts.role := v_prompt.role;
    apply_prompts.version := v_prompt.version;
    return next;
  end loop;
end;
$$;
comment on function app_private.apply_prompts(jsonb) is
  'Takes in new prompt versions; returns what was added. Errors: TB050.';
revoke all on function app_private.apply_prompts(jsonb) from public;
