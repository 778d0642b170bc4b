-- app_private.ballot_side() -> [app_public.shown_page] -> app_public.drawn_ballot
do $$
begin
  create type app_public.shown_page as (
    url        text,
    image_url  text,
    thumb_url  text
  );
exception when duplicate_object then
  null; -- made before
end;
$$;
comment on type app_public.shown_page is 'Where the page on one side of a ballot is, under names that say nothing of whose it is.';
comment on column app_public.shown_page.url is
  'Address of the live page on the second origin, for a frame with sandbox="allow-scripts" alone.';
comment on column app_public.shown_page.image_url is 'Address of its picture; null where no browser took one.';
comment on column app_public.shown_page.thumb_url is 'Address of its small picture; null where no browser took one.';
revoke all on type app_public.shown_page from public;
grant usage on type app_public.shown_page to autobench_anon, autobench_member;
