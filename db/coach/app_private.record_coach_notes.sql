-- batch_ai_processor -> [app_private.record_coach_notes()] -> app_public.queue_jobs
-- Definer: the worker's login holds execute grants alone.
create or replace function app_private.record_coach_notes(batch_id uuid, notes jsonb, tokens integer) returns integer
language plpgsql volatile strict security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_ids uuid[];
  v_done uuid[];
begin
  -- Locked: whoever is just being erased takes the others out of the batch first, or waits.
  select array_agg(l.id) into v_ids
    from (
      select j.id from app_public.queue_jobs j
        where j.batch_id = record_coach_notes.batch_id and j.status = 'running'
        order by j.id
        for update
    ) l;
  -- An entry counts for the one member whose key it bears, and a suggestion only if it was theirs to be suggested.
  with entries as (
    select distinct on (n.entry ->> 'member') n.entry ->> 'member' as member, n.entry, btrim(n.entry ->> 'note') as note
      from jsonb_array_elements(record_coach_notes.notes) with ordinality n (entry, place)
      where jsonb_typeof(n.entry) = 'object'
      order by n.entry ->> 'member', n.place
  ), noted as (
    update app_public.queue_jobs j
      set status = 'done', result = e.entry, note = e.note, finished_at = now(), error = null,
          next_problem_id = (
            select p.id
              from app_public.problems p
              where p.slug = e.entry ->> 'nextProblem'
                and jsonb_path_exists(j.input, '$.candidates[*].slug ? (@ == $slug)', jsonb_build_object('slug', p.slug))
          )
      from entries e
      where j.id = any (v_ids) and e.member = j.id::text and char_length(e.note) between 1 and 1000
      returning j.id
  )
  select array_agg(n.id) into v_done from noted n;
  -- Who has a note bears their share of what the one call took; who was left out waits, or fails and pays nothing.
  perform app_private.settle_tokens('coach', d.id, record_coach_notes.tokens / cardinality(v_ids))
    from (select j.id from app_public.queue_jobs j where j.id = any (v_done) order by j.user_id, j.id) d;
  perform app_private.give_up_coach_batch(record_coach_notes.batch_id, 'The reply had no note for this member.', true);
  return coalesce(cardinality(v_done), 0);
end;
$$;
comment on function app_private.record_coach_notes(uuid, jsonb, integer) is
  'Gives each member of a batch their note, and lets those whom the reply left out wait for another batch; says how many have one.';
revoke all on function app_private.record_coach_notes(uuid, jsonb, integer) from public;
grant execute on function app_private.record_coach_notes(uuid, jsonb, integer) to autobench_worker;
