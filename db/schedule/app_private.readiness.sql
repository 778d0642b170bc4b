-- GET /ready -> [app_private.readiness()] -> app_private.workers, graphile_migrate.migrations
-- Definer: the server's login may ask without being able to read the tables.
create or replace function app_private.readiness(out migrations text[], out worker_seen_at timestamptz)
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if to_regclass('graphile_migrate.migrations') is not null then
    select array_agg(m.filename order by m.filename) into migrations from graphile_migrate.migrations m;
  end if;
  select max(w.seen_at) into worker_seen_at from app_private.workers w;
end;
$$;
comment on function app_private.readiness() is
  'Which migrations have run and when a worker was last heard of, for the readiness check.';
revoke all on function app_private.readiness() from public;
grant execute on function app_private.readiness() to autobench_server, autobench_worker;
