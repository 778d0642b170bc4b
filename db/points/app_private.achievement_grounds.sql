-- award_achievements(), award_all_achievements() -> [app_private.achievement_grounds()] -> app_private.complete_modules()
create or replace function app_private.achievement_grounds(user_id uuid, metric text) returns jsonb
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select case achievement_grounds.metric
      when 'modules' then jsonb_build_object(
        'modules',
        (select c.modules from app_private.complete_modules(achievement_grounds.user_id, '{}') c)
      )
      else '{}'
    end;
$$;
comment on function app_private.achievement_grounds(uuid, text) is
  'What is kept of an achievement beside its rule: of one for modules, the problems that made each of them complete.';
revoke all on function app_private.achievement_grounds(uuid, text) from public;
