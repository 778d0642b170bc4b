-- GET /p/<sha256> (second origin) -> [app_private.read_page()] -> app_public.submission_codes
-- Definer: the server's login may read a page that is revealed without being able to read the table.
create or replace function app_private.read_page(
  sha256 bytea,
  at timestamptz default now(),
  out bytes bytea,
  out seconds_left integer
)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
  select convert_to(c.html, 'UTF8'), floor(extract(epoch from c.expires_at - read_page.at))::integer
    from app_public.submissions s
      inner join app_public.submission_codes c on c.submission_id = s.id
    where s.html_sha256 = read_page.sha256 and c.revealed_at <= read_page.at and c.expires_at > read_page.at
    order by c.expires_at desc
    limit 1;
$$;
comment on function app_private.read_page(bytea, timestamptz) is
  'A model''s page by its hash while it is revealed and has not expired, with the seconds that are left; nulls when it is not.';
revoke all on function app_private.read_page(bytea, timestamptz) from public;
grant execute on function app_private.read_page(bytea, timestamptz) to autobench_server;
