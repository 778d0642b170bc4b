-- app_private.record_judging() -> [app_private.says_too_much()] -> app_private.judge_replies.has_leaked
create or replace function app_private.says_too_much(feedback text, secrets text, known text, run_length integer default 7)
returns boolean
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  -- Runs of words, so that another layout or other punctuation hides nothing; what the member wrote or was asked is no secret.
  with texts as materialized (
    select t.name, array(select lower(m[1]) from regexp_matches(normalize(t.body, nfkc), '[[:alnum:]]+', 'g') m) as words
      from (values ('feedback', says_too_much.feedback), ('secrets', says_too_much.secrets), ('known', says_too_much.known)) t (name, body)
  ), runs as materialized (
    select t.name, array_to_string(t.words[n : n + run_length - 1], ' ') as run
      from texts t
        cross join generate_series(1, cardinality(t.words) - run_length + 1) n
  )
  select exists (
    select r.run from runs r where r.name = 'feedback'
    intersect
    select r.run from runs r where r.name = 'secrets'
    except
    select r.run from runs r where r.name = 'known'
  );
$$;
comment on function app_private.says_too_much(text, text, text, integer) is
  'Whether feedback repeats a run of words of the reference or the rubric that neither the answer nor the statement holds.';
revoke all on function app_private.says_too_much(text, text, text, integer) from public;
