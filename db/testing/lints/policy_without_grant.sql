-- db/testing/lints.test.ts -> [db/testing/lints/policy_without_grant.sql] -> pg_policy
-- A policy needs a grant for the same command and role: without one it is dead, and misleads whoever reads it.
select p.polrelid::regclass || ' ' || p.polname || ': ' || r::regrole as offender
  from pg_policy p, unnest(p.polroles) r
  where p.polrelid::regclass::text ~ '^app_' and r <> 0
    and not case p.polcmd
      when 'r' then has_any_column_privilege(r, p.polrelid, 'select')
      when 'a' then has_any_column_privilege(r, p.polrelid, 'insert')
      when 'w' then has_any_column_privilege(r, p.polrelid, 'update')
      when 'd' then has_table_privilege(r, p.polrelid, 'delete')
      else has_any_column_privilege(r, p.polrelid, 'select, insert, update')
    end;
