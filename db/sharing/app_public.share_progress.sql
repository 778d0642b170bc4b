-- shareProgress (GraphQL) -> [app_public.share_progress()] -> app_private.shareable_progress
-- Definer: members may make a card without being able to write one.
create or replace function app_public.share_progress(days integer default 7) returns text
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_user app_public.users;
  v_token text;
begin
  perform app_private.take_rate('share', v_user_id::text, 20, '1 day');
  select u.* into strict v_user from app_public.users u where u.id = v_user_id;
  insert into app_private.shareable_progress (user_id, expires_at, snapshot)
    select v_user_id, now() + make_interval(days => least(greatest(coalesce(share_progress.days, 7), 1), 90)),
        jsonb_build_object(
          'username', v_user.username,
          'points', app_public.users_total_points(v_user),
          'solved', (select count(*) from app_public.user_progress p where p.user_id = v_user_id and p.completed_at is not null),
          'streak', s.current,
          'longest_streak', s.longest,
          'badge', (select b.icon || ' ' || b.name from app_public.users_badge(v_user) b),
          'achievements', (
            select coalesce(jsonb_agg(a.name order by e.earned_at, a.name), '[]')
              from app_public.user_achievements e
                inner join app_public.achievements a on a.type = e.achievement_type
              where e.user_id = v_user_id
          )
        )
      from app_private.streak_now(v_user_id) s
    returning token into v_token;
  return v_token;
end;
$$;
comment on function app_public.share_progress(integer) is
  E'@resultFieldName token\nMakes a public card of the member''s progress as it is now, for up to 90 days; it is shown at /share/<token>. Errors: TB001, TB002, TB006.';
revoke all on function app_public.share_progress(integer) from public;
grant execute on function app_public.share_progress(integer) to autobench_member;
