-- vote_result(), ballot_page() -> [app_private.ballot_model()]
create or replace function app_private.ballot_model(ballot app_public.ballots, side text) returns uuid
language sql stable
set search_path = pg_catalog, pg_temp
as $$
  select case when (side = 'left') = ballot.is_first_left then m.first_model_id else m.second_model_id end
    from app_private.matches m
    where m.id = ballot.match_id;
$$;
comment on function app_private.ballot_model(app_public.ballots, text) is 'The model whose page stands on one side, left or right, of a ballot.';
revoke all on function app_private.ballot_model(app_public.ballots, text) from public;
