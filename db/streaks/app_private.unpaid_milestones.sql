-- app_private.pay_milestones() -> [app_private.unpaid_milestones()] -> app_private.streak_milestones, app_public.points_ledger
create or replace function app_private.unpaid_milestones(streak app_private.streaks) returns setof app_private.streak_milestones
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select m.*
    from app_private.streak_milestones m
    where m.days <= (streak).run_length
      and not exists (
        select from app_public.points_ledger l
          where l.user_id = (streak).user_id and l.reason = 'streak' and l.ref like m.days || '/%'
            and l.day > app_private.run_begins_after(streak)
      );
$$;
comment on function app_private.unpaid_milestones(app_private.streaks) is
  'The milestones that a member''s last run has reached and was not paid for.';
revoke all on function app_private.unpaid_milestones(app_private.streaks) from public;
