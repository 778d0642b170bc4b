-- app_public.submit_answer() -> app_public.answers -> [app_private.answers_rest] -> app_private.ensure_answer_partitions()
-- The months' partitions are made ahead of time. This one takes what comes should that ever fail: no answer is refused for it.
create table if not exists app_private.answers_rest partition of app_public.answers default;

call app_private.reset_access('app_private.answers_rest');
-- No policy and no grant: answers are read and written by way of app_public.answers.

comment on table app_private.answers_rest is 'Answers of months that have no partition: empty, unless something keeps them from being made.';
do $$
declare
  v_column record;
begin
  -- A partition's columns are its parent's, and so is what is said of them.
  for v_column in
    select a.attname, col_description(a.attrelid, a.attnum) as said
      from pg_attribute a
      where a.attrelid = 'app_public.answers'::regclass and a.attnum > 0 and not a.attisdropped
  loop
    execute format('comment on column app_private.answers_rest.%I is %L', v_column.attname, v_column.said);
  end loop;
end;
$$;
