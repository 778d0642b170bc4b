-- app_public.submit_answer(), app_private.begin_judging() -> [app_private.content_length()]
create or replace function app_private.content_length(answer text) returns integer
language sql immutable strict parallel safe
set search_path = pg_catalog, pg_temp
as $$
  -- Each different word once: neither dots and blanks nor one word a hundred times are content. Scripts that are written
  -- without blanks come out as long words, which is right.
  select coalesce(sum(char_length(w.word) + 1), 0)::integer
    from (
      select distinct lower(m[1]) as word
        from regexp_matches(normalize(content_length.answer, nfkc), '[[:alnum:]]+', 'g') m
    ) w;
$$;
comment on function app_private.content_length(text) is 'How much an answer holds, in characters, with every word counted once.';
revoke all on function app_private.content_length(text) from public;
