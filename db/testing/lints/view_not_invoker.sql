-- db/testing/lints.test.ts -> [db/testing/lints/view_not_invoker.sql] -> pg_class
-- A view reads with its caller's rights (security_invoker), and no function of the caller's sees a row before its own
-- condition has (security_barrier). The views in the list show a materialized view: it has no policies,
-- so only its owner may read it; all of it has been published, and the view in front is the one grant to it.
select c.oid::regclass || ' ' || o.name as offender
  from pg_class c, unnest(array['security_invoker', 'security_barrier']) o (name)
  where c.relkind = 'v' and c.relnamespace::regnamespace::text ~ '^app_'
    and not exists (
      select from pg_options_to_table(c.reloptions) x where x.option_name = o.name and x.option_value::boolean
    )
    and not (o.name = 'security_invoker' and c.oid::regclass::text = any (array[
      'app_public.leaderboard', -- over app_private.leaderboard
      'app_public.head_to_head', -- over app_private.head_to_head
      'app_public.leaderboard_global', -- over app_private's materialized views of the same names
      'app_public.leaderboard_monthly',
      'app_public.leaderboard_weekly'
    ]::text[]));
