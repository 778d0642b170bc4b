-- db/roles.sql -> [schemas] -> everything else in db/
create schema if not exists app_public;
create schema if not exists app_private;
create schema if not exists app_operations;
comment on schema app_public is 'The API: what visitors and members may see and do.';
comment on schema app_private is 'Everything that no caller of the API may see.';
comment on schema app_operations is 'What operators may see and do, through their own endpoint.';

revoke all on schema app_public, app_private, app_operations from public;
grant usage on schema app_public to autobench_anon, autobench_member, autobench_operator;
grant usage on schema app_operations to autobench_operator;
-- The worker and the server call functions by name; an operator's views read a few columns of private tables.
grant usage on schema app_private to autobench_worker, autobench_server, autobench_operator;

-- Global on purpose: the form "in schema x" cannot take away what public gets by default.
alter default privileges revoke execute on functions from public;
alter default privileges revoke usage on types from public;
