-- draw_ballot() -> [app_private.ballot_page()] -> app_public.ballots.left_handle, app_public.ballots.right_handle
-- The one place where a page gets its address for a ballot. The ballot is whole save for its handles, and not yet stored.
create or replace function app_private.ballot_page(ballot app_public.ballots, side text) returns uuid
language sql volatile
set search_path = pg_catalog, pg_temp
as $$
  select gen_random_uuid();
$$;
comment on function app_private.ballot_page(app_public.ballots, text) is
  'A new random address for the page on one side, left or right, of a ballot: nothing of whose page it is can be told from it.';
revoke all on function app_private.ballot_page(app_public.ballots, text) from public;
