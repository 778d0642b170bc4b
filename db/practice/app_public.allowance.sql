-- [app_public.allowance] -> app_public.my_allowance()
do $$
begin
  create type app_public.allowance as (
    daily_tokens  integer,
    used          integer,
    reserved      integer,
    resets_at     timestamptz
  );
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.allowance is 'What a member may have done by models in a UTC day, in tokens.';
comment on column app_public.allowance.daily_tokens is 'What a day holds.';
comment on column app_public.allowance.used is 'What was used of today.';
comment on column app_public.allowance.reserved is 'What is reserved for answers that wait for the judge.';
comment on column app_public.allowance.resets_at is 'When the next day begins.';
revoke all on type app_public.allowance from public;
grant usage on type app_public.allowance to autobench_anon, autobench_member;
