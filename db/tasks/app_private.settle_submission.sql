-- tg_llm_calls__settle() -> [app_private.settle_submission()] -> app_public.submissions
create or replace function app_private.settle_submission(call app_private.llm_calls) returns void
language plpgsql volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_attempt app_private.llm_attempts;
  v_is_useless boolean;
begin
  select * into v_attempt from app_private.llm_attempts a where a.call_id = call.id order by a.n desc limit 1;
  -- An answer that is of no use is at its end: nothing of it has to be read, and often nothing of it could be stored.
  v_is_useless := call.state = 'done' and v_attempt.state = 'unusable';
  -- The figures of the attempt that counts; of a done call the page itself is recorded by record_answer().
  update app_public.submissions s
    set status = case call.state
          when 'pending' then 'queued'
          when 'active' then 'running'
          when 'done' then case when v_is_useless then 'failed' else 'running' end
          when 'failed' then 'failed'
          else 'in_doubt'
        end::app_public.submission_status,
      started_at = coalesce(v_attempt.sending_at, s.started_at),
      finished_at = case when v_is_useless or call.state in ('failed', 'in_doubt') then now() end,
      latency_ms = case
        when call.state = 'done' then coalesce(
          -- What the worker has measured: an answer that waited on disk, or for another worker to read it, was not slow.
          (v_attempt.evidence ->> 'durationMs')::integer,
          (
            select greatest(extract(epoch from r.received_at - v_attempt.sending_at) * 1000, 0)::integer
              from app_private.llm_replies r
              where r.attempt_id = v_attempt.id
          ),
          (extract(epoch from v_attempt.finished_at - v_attempt.sending_at) * 1000)::integer
        )
      end,
      input_tokens = case when call.state = 'done' then v_attempt.input_tokens end,
      output_tokens = case when call.state = 'done' then v_attempt.output_tokens end,
      cost_usd = case when call.state = 'done' then v_attempt.cost_usd end,
      reason = case
        when v_is_useless or call.state in ('failed', 'in_doubt') then coalesce(call.reason, v_attempt.error, 'unknown')
      end
    where s.id = call.subject_id and s.status <> 'succeeded';
end;
$$;
comment on function app_private.settle_submission(app_private.llm_calls) is 'Makes a submission say what its call has come to.';
revoke all on function app_private.settle_submission(app_private.llm_calls) from public;
