-- requestCoaching (GraphQL) -> [app_public.request_coaching()] -> app_public.queue_jobs
-- Definer: members may ask for a note without being able to write jobs.
create or replace function app_public.request_coaching() returns app_public.queue_jobs
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_user_id uuid := app_private.require_member();
  v_job app_public.queue_jobs;
begin
  perform app_private.take_rate('coach', v_user_id::text, 10, '1 hour');
  insert into app_public.queue_jobs as j (user_id, input)
    values (v_user_id, app_private.coach_summary(v_user_id))
    -- The same summary again: what was answered, or waits, is what there is to say. What had failed is tried once more.
    on conflict on constraint queue_jobs_paid_once do update
      set status = case j.status when 'failed' then 'pending' else j.status end,
          finished_at = case j.status when 'failed' then null else j.finished_at end,
          attempts = case j.status when 'failed' then 0 else j.attempts end
    returning * into v_job;
  if v_job.status = 'pending' then
    perform app_private.reserve_tokens(v_user_id, 'coach', v_job.id, 1000 + octet_length(v_job.input::text) / 3)
      where not exists (
        select from app_private.token_reservations r
          where r.purpose = 'coach' and r.subject_id = v_job.id and r.state = 'reserved' and r.expires_at > now()
      );
  end if;
  return v_job;
end;
$$;
comment on function app_public.request_coaching() is
  E'@resultFieldName coaching\nAsks the coach for a note on the member''s recent practice; while nothing has changed the answer is the one that is there. Errors: TB001, TB002, TB006, TB085, TB08B.';
revoke all on function app_public.request_coaching() from public;
grant execute on function app_public.request_coaching() to autobench_member;
