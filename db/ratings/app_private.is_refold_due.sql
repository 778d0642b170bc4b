-- app_private.folded_tasks, app_private.arena_settings -> [app_private.is_refold_due()] -> fold_tasks(), board_work(), rating_faults()
create or replace function app_private.is_refold_due() returns boolean
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select exists (
    select from (select f.* from app_private.folded_tasks f order by f.position desc limit 1) l
        cross join app_private.arena_settings s
      where l.exclusion_id <> coalesce((select max(e.id) from app_private.exclusions e), 0)
        or (l.elo_k, l.elo_start) <> (s.elo_k, s.elo_start)
  );
$$;
comment on function app_private.is_refold_due() is
  'Whether votes were judged anew, or Elo''s settings changed, since tasks were folded: then all of them are folded anew.';
revoke all on function app_private.is_refold_due() from public;
