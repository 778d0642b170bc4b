-- exportMyData (GraphQL) -> [app_public.export_my_data()] -> every table that holds something of a member
-- Definer: it shows a member their own account, which nobody can read through the API.
create or replace function app_public.export_my_data() returns jsonb
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
begin
  return jsonb_build_object(
    'profile', (select to_jsonb(u) from app_public.users u where u.id = v_user_id),
    'account', (select to_jsonb(a) - 'user_id' from app_private.accounts a where a.user_id = v_user_id),
    'time_zone_changes', (
      select coalesce(jsonb_agg(to_jsonb(c) - 'user_id' order by c.changed_at), '[]')
        from app_private.time_zone_changes c
        where c.user_id = v_user_id
    ),
    'votes', (
      select coalesce(jsonb_agg(jsonb_build_object(
          'task_id', b.task_id, 'verdict', v.verdict, 'dwell_ms', v.dwell_ms, 'created_at', v.created_at
        ) order by v.created_at), '[]')
        from app_private.voters w
          inner join app_public.ballots b on b.voter_id = w.id
          inner join app_public.votes v on v.ballot_id = b.id
        where w.user_id = v_user_id
    )
  );
end;
$$;
comment on function app_public.export_my_data() is
  'Everything that is kept about the signed-in member, as JSON. Errors: TB001, TB002.';
revoke all on function app_public.export_my_data() from public;
grant execute on function app_public.export_my_data() to autobench_member;
