-- publish_board(), rating_faults() -> [app_private.hash_counts()] -> app_public.rating_snapshots.counts_hash
create or replace function app_private.hash_counts(theme text, is_rehearsal boolean, up_to_position bigint default null) returns bytea
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select sha256(convert_to(coalesce(
      string_agg(
        concat_ws(' ', c.task_id, c.first_model_id, c.second_model_id, c.first_wins, c.second_wins, c.ties, c.both_bad),
        E'\n' order by c.task_id, c.first_model_id, c.second_model_id
      ),
      ''
    ), 'UTF8'))
    from app_private.board_counts(theme, is_rehearsal, up_to_position) c;
$$;
comment on function app_private.hash_counts(text, boolean, bigint) is
  'SHA-256 of a board''s counts, as they were when the last task had this place, or as they are: a line for each task and pair, ordered, with task, models, wins of either, ties and both bad.';
revoke all on function app_private.hash_counts(text, boolean, bigint) from public;
