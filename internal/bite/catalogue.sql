-- Each row is one thing that can be taken away from the database, or one right too many that can be given: its kind, its
-- name, the schema, the table and the role that it is about, and the statement that does it.
with tables as (
	select c.oid, n.nspname, c.relname, c.relkind, format('%s %I.%I', case c.relkind when 'S' then 'sequence' else 'table' end, n.nspname, c.relname) as name,
		format('%s.%s', n.nspname, c.relname) as known, c.relowner, c.relacl, c.relrowsecurity, c.relforcerowsecurity
	from pg_class c join pg_namespace n on n.oid = c.relnamespace
	where n.nspname in ('public', 'keys') and c.relkind in ('r', 'p', 'S')
), roles as (
	select oid, rolname from pg_roles where rolname like 'passerelle\_%' and rolname <> 'passerelle_owner'
	union all select 0, 'public'
)
select 'trigger' as kind, t.known || ' ' || g.tgname as name, t.nspname as schema, t.relname as "table", '' as role, format('drop trigger %I on %I.%I', g.tgname, t.nspname, t.relname) as statement
from tables t join pg_trigger g on g.tgrelid = t.oid and not g.tgisinternal
union all
select 'policy', t.known || ' ' || p.polname, t.nspname, t.relname, '', format('drop policy %I on %I.%I', p.polname, t.nspname, t.relname)
from tables t join pg_policy p on p.polrelid = t.oid
union all
select 'fence', t.known || ' ' || act, t.nspname, t.relname, '', format('alter table %I.%I %s row level security', t.nspname, t.relname, act)
from tables t, unnest(array['disable', 'no force']) as act where t.relrowsecurity and t.relforcerowsecurity
union all
-- A right to all columns goes as one.
select 'grant', format('%s %s from %s', lower(a.privilege_type), t.known, r.rolname), t.nspname, t.relname, r.rolname, format('revoke %s on %s from %I', a.privilege_type, t.name, r.rolname)
from tables t, aclexplode(t.relacl) a join roles r on r.oid = a.grantee
union all
select 'grant', format('%s %s.%s from %s', lower(a.privilege_type), t.known, c.attname, r.rolname), t.nspname, t.relname, r.rolname, format('revoke %s (%I) on %s from %I', a.privilege_type, c.attname, t.name, r.rolname)
from tables t join pg_attribute c on c.attrelid = t.oid and not c.attisdropped, aclexplode(c.attacl) a join roles r on r.oid = a.grantee
union all
select 'grant', format('%s schema %s from %s', lower(a.privilege_type), n.nspname, r.rolname), n.nspname, '', r.rolname, format('revoke %s on schema %I from %I', a.privilege_type, n.nspname, r.rolname)
from pg_namespace n, aclexplode(n.nspacl) a join roles r on r.oid = a.grantee where n.nspname in ('public', 'keys')
union all
select 'grant', format('%s %s from %s', lower(a.privilege_type), p.oid::regprocedure, r.rolname), n.nspname, '', r.rolname, format('revoke %s on function %s from %I', a.privilege_type, p.oid::regprocedure, r.rolname)
from pg_proc p join pg_namespace n on n.oid = p.pronamespace, aclexplode(p.proacl) a join roles r on r.oid = a.grantee where n.nspname in ('public', 'keys')
union all
-- A right too many: what a role may not do to a table of a schema that it may use.
select 'excess', format('%s %s to %s', act, t.known, r.rolname), t.nspname, t.relname, r.rolname, format('grant %s on %s to %I', act, t.name, r.rolname)
from tables t, roles r, unnest(array['select', 'insert', 'update', 'delete', 'truncate']) as act
where t.relkind <> 'S' and (has_schema_privilege(r.oid, t.nspname, 'usage') or r.oid = 0) and not has_table_privilege(r.oid, t.oid, act)
	and (r.oid <> 0 or act = 'select') -- what everybody may, each role may
union all
-- And one column more, where a role has a right to some of them.
select 'excess', format('%s %s.%s to %s', lower(act), t.known, c.attname, r.rolname), t.nspname, t.relname, r.rolname, format('grant %s (%I) on %s to %I', act, c.attname, t.name, r.rolname)
from tables t join pg_attribute c on c.attrelid = t.oid and c.attnum > 0 and not c.attisdropped, roles r, unnest(array['SELECT', 'INSERT', 'UPDATE']) as act
where not has_column_privilege(r.oid, t.oid, c.attnum, act) and has_any_column_privilege(r.oid, t.oid, act)
union all
select 'excess', format('usage schema %s to %s', n.nspname, r.rolname), n.nspname, '', r.rolname, format('grant usage on schema %I to %I', n.nspname, r.rolname)
from pg_namespace n, roles r where n.nspname in ('public', 'keys', 'migrations') and not has_schema_privilege(r.oid, n.oid, 'usage')
union all
select 'seal', format('%s.%s', t.relname, c.attname), t.nspname, t.relname, '', ''
from tables t join pg_attribute c on c.attrelid = t.oid and not c.attisdropped
where col_description(t.oid, c.attnum) like 'Sealed under the keyset of %'
order by 1, 2
