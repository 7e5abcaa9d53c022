-- Each row is one hole in the fences around the keys, in a sentence.
with keys as (
	select r.oid, r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb from pg_roles r where r.rolname = current_user
), tables as (
	select c.oid, c.relname, c.relowner, c.relrowsecurity, c.relforcerowsecurity
	from pg_class c join pg_namespace n on n.oid = c.relnamespace
	where n.nspname = 'keys' and c.relkind in ('r', 'p')
)
select 'the role ' || rolname || ' is a superuser' from keys where rolsuper
union all select 'the role ' || rolname || ' may bypass row-level security' from keys where rolbypassrls
union all select 'the role ' || rolname || ' may create roles or databases' from keys where rolcreaterole or rolcreatedb
union all select 'the role ' || keys.rolname || ' is a member of ' || g.rolname from keys join pg_auth_members m on m.member = keys.oid join pg_roles g on g.oid = m.roleid
union all select 'the role owns ' || t.relname from tables t join keys on keys.oid = t.relowner
union all select 'there is no table of keys: run passerelle migrate' where not exists (select from tables where relname = 'keysets')
union all select t.relname || ' does not force row-level security' from tables t where not (t.relrowsecurity and t.relforcerowsecurity)
union all select t.relname || ' has no fence around the tenant' from tables t
	where not exists (select 1 from pg_policy p where p.polrelid = t.oid and p.polname = 'tenant_fence' and not p.polpermissive and p.polcmd = '*' and p.polroles = '{0}'
		and pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid)
		and pg_get_expr(p.polqual, p.polrelid, true) = $$tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid$$)
union all select t.relname || ' has no fence around the scope' from tables t
	where not exists (select 1 from pg_policy p where p.polrelid = t.oid and p.polname = 'scope_fence' and not p.polpermissive and p.polcmd = '*' and p.polroles = '{0}')
union all select 'a trigger on ' || t.relname || ' is disabled' from tables t where exists (select 1 from pg_trigger g where g.tgrelid = t.oid and g.tgenabled not in ('O', 'A'))
union all select 'the role may use the schema ' || n.nspname from pg_namespace n
	where n.nspname not in ('keys', 'pg_catalog', 'information_schema') and has_schema_privilege(n.oid, 'usage')
