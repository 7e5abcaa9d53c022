-- Each row is something that the role which takes whole tenants out, in and away may do and need not, or has to and may not, in a
-- sentence. It steps over row-level security, so that it is asked instead of coverage.sql and not beside it.
with transfer as (
	select r.oid, r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb from pg_roles r where r.rolname = current_user
), tables as (
	select c.oid, c.relname, c.relowner from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
), acts (act, needed) as (
	values ('select', true), ('insert', true), ('delete', true), ('update', false)
)
select 'the role ' || rolname || ' is not the one for this: connect as passerelle_transfer' from transfer where rolname <> 'passerelle_transfer'
union all select 'the role cannot see whole tenants: a superuser has to run alter role passerelle_transfer bypassrls' from transfer where not rolbypassrls
union all select 'the role cannot bring a tenant in or delete one: a superuser has to run grant set on parameter session_replication_role to passerelle_transfer'
	where not has_parameter_privilege('session_replication_role', 'set')
union all select 'the role ' || rolname || ' is a superuser' from transfer where rolsuper
union all select 'the role ' || rolname || ' may create roles or databases' from transfer where rolcreaterole or rolcreatedb
union all select 'the role ' || transfer.rolname || ' is a member of ' || g.rolname from transfer join pg_auth_members m on m.member = transfer.oid join pg_roles g on g.oid = m.roleid
union all select 'the role owns ' || t.relname from tables t join transfer on transfer.oid = t.relowner
union all select 'the role may not ' || act || ' ' || t.relname from tables t, acts where needed and not has_table_privilege(t.oid, act)
union all select 'the role may ' || act || ' ' || t.relname from tables t, acts where not needed and has_any_column_privilege(t.oid, act)
union all select 'the role may truncate, reference or put triggers on ' || t.relname from tables t where has_table_privilege(t.oid, 'truncate, references, trigger')
union all select 'the role may use the schema ' || n.nspname from pg_namespace n
	where n.nspname not in ('public', 'jobs', 'console', 'pg_catalog', 'information_schema') and has_schema_privilege(n.oid, 'usage')
union all select 'the role may see or change ' || c.oid::regclass from pg_class c where c.relnamespace = to_regnamespace('console') and c.relkind in ('r', 'p')
	and (has_any_column_privilege(c.oid, 'select, update') or has_table_privilege(c.oid, 'delete, truncate') or c.relname <> 'acts' and has_any_column_privilege(c.oid, 'insert'))
union all select 'the role may create in the schema public' where has_schema_privilege('public', 'create')
union all select 'the role may create temporary tables' where has_database_privilege(current_database(), 'temporary');
