-- Each row is one hole in the fences, in a sentence. See docs/architecture.md, "The fences".
with app as (
	select r.oid, r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb from pg_roles r where r.rolname = current_user
), tables as (
	select c.oid, c.relname, c.relowner, c.relrowsecurity, c.relforcerowsecurity
	from pg_class c
	where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and c.relname not in ('bun_migrations', 'bun_migration_locks')
), door(relname) as (
	values ('tenants'), ('connections'), ('identities'), ('members'), ('offices'), ('office_members'), ('signin_attempts'), ('sessions')
), unowned(relname) as (
	values ('connections'), ('identities'), ('signin_attempts'), ('sessions')
)
select 'the role ' || rolname || ' is a superuser' from app where rolsuper
union all select 'the role ' || rolname || ' may bypass row-level security' from app where rolbypassrls
union all select 'the role ' || rolname || ' may create roles or databases' from app where rolcreaterole or rolcreatedb
union all select 'the role ' || app.rolname || ' is a member of ' || g.rolname from app join pg_auth_members m on m.member = app.oid join pg_roles g on g.oid = m.roleid
union all select 'the role owns ' || t.relname from tables t join app on app.oid = t.relowner
union all select t.relname || ' does not force row-level security' from tables t where not (t.relrowsecurity and t.relforcerowsecurity)
union all select t.relname || ' has no restrictive fence for everybody' from tables t where not exists (
	select 1 from pg_policy p
	where p.polrelid = t.oid and not p.polpermissive and p.polcmd = '*' and p.polroles = '{0}' and p.polqual is not null and p.polwithcheck is not null
		and p.polname = case when t.relname in (select relname from door) then 'door_fence' else 'tenant_fence' end
		and (t.relname in (select relname from door) or pg_get_expr(p.polqual, p.polrelid) = '(tenant_id = (NULLIF(current_setting(''app.tenant_id''::text, true), ''''::text))::uuid)')
		and pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid))
union all select t.relname || ' has no tenant_id that must be filled' from tables t
	where t.relname not in (select relname from unowned)
	and not exists (select 1 from pg_attribute a where a.attrelid = t.oid and a.attname = 'tenant_id' and a.attnotnull)
union all select 'the key ' || i.relname || ' does not begin with tenant_id' from tables t join pg_index x on x.indrelid = t.oid join pg_class i on i.oid = x.indexrelid
	where x.indisunique and t.relname not in (select relname from unowned) and i.relname <> 'tenants_have_a_slug_of_their_own'
	and (select attname from pg_attribute a where a.attrelid = t.oid and a.attnum = x.indkey[0]) is distinct from 'tenant_id'
union all select 'the foreign key ' || k.conname || ' leaves tenant_id out' from tables t join pg_constraint k on k.conrelid = t.oid
	where k.contype = 'f' and k.confrelid not in (select u.oid from tables u where u.relname in (select relname from unowned))
	and not exists (select 1 from unnest(k.conkey) n join pg_attribute a on a.attrelid = t.oid and a.attnum = n where a.attname = 'tenant_id')
union all select 'the view ' || c.relname || ' does not run as its reader' from pg_class c
	where c.relnamespace = 'public'::regnamespace and c.relkind = 'v' and not coalesce(c.reloptions::text like '%security_invoker=true%', false)
union all select 'the materialised view ' || c.relname || ' knows no fence' from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'm'
union all select 'the partition ' || c.relname || ' can be read beside its table' from pg_class c where c.relispartition and has_table_privilege(c.oid, 'select')
union all select 'the role may truncate, reference or put triggers on ' || t.relname from tables t where has_table_privilege(t.oid, 'truncate, references, trigger')
union all select 'the function ' || p.oid::regprocedure || ' runs as its owner' from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef
union all select 'the role may create in the schema public' where has_schema_privilege('public', 'create')
union all select 'the role may create temporary tables' where has_database_privilege(current_database(), 'temporary');
