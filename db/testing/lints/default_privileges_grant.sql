-- db/testing/lints.test.ts -> [db/testing/lints/default_privileges_grant.sql] -> pg_default_acl
-- Default privileges take away and never give: what a role may do stands in the file of the object.
select concat('defaults of ', d.defaclrole::regrole, ': ', a.grantee::regrole, ' ', lower(a.privilege_type)) as offender
  from pg_default_acl d, aclexplode(d.defaclacl) a
  where a.grantee <> d.defaclrole
union all
-- Without an entry of its own, a new function is public's to call and a new type public's to use.
select 'defaults of autobench_owner: public ' || k.name
  from (values ('f', 'execute'), ('T', 'usage')) k (kind, name)
  where not exists (
    select from pg_default_acl d
      where d.defaclrole = 'autobench_owner'::regrole and d.defaclnamespace = 0 and d.defaclobjtype::text = k.kind
  );
