-- autobench migrate -> [db/roles.sql] -> db/lib/schemas.sql
-- The roles of the whole cluster. Idempotent; needs a superuser. Passwords are set elsewhere: none stands in a file.
do $$
declare
  v_role text;
begin
  foreach v_role in array array[
    'autobench_owner', 'autobench_worker', 'autobench_server', 'autobench_operations',
    'autobench_anon', 'autobench_member', 'autobench_operator'
  ] loop
    if not exists (select from pg_catalog.pg_roles where rolname = v_role) then
      execute format('create role %I', v_role);
    end if;
  end loop;
end;
$$;

-- Logins. The owner runs migrations; the worker holds execute grants alone; the two servers can only become somebody.
alter role autobench_owner login nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
alter role autobench_worker login noinherit nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
alter role autobench_server login noinherit nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
alter role autobench_operations login noinherit nosuperuser nocreatedb nocreaterole noreplication nobypassrls;

-- Seats: who a request acts for.
alter role autobench_anon nologin nosuperuser nobypassrls;
alter role autobench_member nologin nosuperuser nobypassrls;
alter role autobench_operator nologin nosuperuser nobypassrls;

grant autobench_anon, autobench_member to autobench_server;
grant autobench_operator to autobench_operations;
grant autobench_member to autobench_operator; -- an operator may do all that a member may
grant autobench_worker to autobench_owner; -- our functions add and release the queue's jobs

-- A role's settings count at login only, so they stand on the logins; each request states its own besides.
alter role autobench_server set statement_timeout = '5s';
alter role autobench_server set lock_timeout = '2s';
alter role autobench_server set idle_in_transaction_session_timeout = '10s';
alter role autobench_server set transaction_timeout = '15s';
alter role autobench_server set jit = off; -- many small queries
alter role autobench_operations set jit = off;
alter role autobench_operations set statement_timeout = '15s';
alter role autobench_operations set lock_timeout = '2s';
alter role autobench_operations set idle_in_transaction_session_timeout = '10s';
alter role autobench_operations set transaction_timeout = '30s';
alter role autobench_worker set idle_in_transaction_session_timeout = '60s';

comment on role autobench_owner is 'Owns the schema and runs migrations; no process runs as it.';
comment on role autobench_worker is 'Login of the worker; owns the queue, may execute what is granted to it by name.';
comment on role autobench_server is 'Login of the public API; can become a visitor or a member.';
comment on role autobench_operations is 'Login of the operators'' API; can become an operator.';
comment on role autobench_anon is 'A visitor who has not signed in.';
comment on role autobench_member is 'Somebody who has signed in.';
comment on role autobench_operator is 'Somebody who runs this installation.';
