-- app_private.streak_now() -> [app_public.streak] -> user.streak (GraphQL)
do $$
begin
  create type app_public.streak as (
    current     integer,
    longest     integer,
    last_day    date,
    is_at_risk  boolean,
    freezes     integer
  );
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.streak is 'Days in a row on which a member answered something of worth.';
comment on column app_public.streak.current is E'@notNull\nActive days of the run that is alive; before today''s first answer those up to yesterday.';
comment on column app_public.streak.longest is E'@notNull\nActive days of the longest run.';
comment on column app_public.streak.last_day is 'The last active day.';
comment on column app_public.streak.is_at_risk is E'@notNull\nWhether the run ends, or costs a freeze, unless something is answered today.';
comment on column app_public.streak.freezes is E'@notNull\nMissed days that can still be bridged.';
revoke all on type app_public.streak from public;
grant usage on type app_public.streak to autobench_anon, autobench_member;
