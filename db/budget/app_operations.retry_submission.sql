-- retrySubmission (operators' GraphQL) -> [app_operations.retry_submission()] -> app_private.retry_submission()
-- Definer: operators may ask again without being able to write the ledger.
create or replace function app_operations.retry_submission(id uuid, reason text) returns app_public.submissions
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform app_private.require_operator();
  return app_private.retry_submission(retry_submission.id, retry_submission.reason);
end;
$$;
comment on function app_operations.retry_submission(uuid, text) is
  E'@resultFieldName submission\nAsks for a failed or doubtful answer again; the model may have been paid once already. Errors: TB001, TB002, TB004, TB017, TB042.';
revoke all on function app_operations.retry_submission(uuid, text) from public;
grant execute on function app_operations.retry_submission(uuid, text) to autobench_operator;
