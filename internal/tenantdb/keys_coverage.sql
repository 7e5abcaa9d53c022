-- Each row is one hole in the fences around the keys, in a sentence.
with keys as (
	select r.oid, r.rolname, r.rolsuper, r.rolbypassrls, r.rolcreaterole, r.rolcreatedb from pg_roles r where r.rolname = current_user
), tables as (
	select c.oid, c.relname, c.relowner, c.relrowsecurity, c.relforcerowsecurity
	from pg_class c join pg_namespace n on n.oid = c.relnamespace
	where n.nspname = 'keys' and c.relkind in ('r', 'p')
), words (tenant, staff, office, own, sequencer, rotation, signin, administration, removal) as (
	values (
		$$tenant_id = NULLIF(current_setting('app.tenant_id'::text, true), ''::text)::uuid$$,
		$$current_setting('app.scope'::text, true) = 'staff'::text$$, $$current_setting('app.scope'::text, true) = 'office'::text$$,
		$$kind = 'person'::text AND holder_id = NULLIF(current_setting('app.person_id'::text, true), ''::text)::uuid$$,
		$$current_setting('app.scope'::text, true) = 'sequencer'::text$$,
		-- The role that rotates lists the keysets of all tenants, which the master key wraps.
		$$current_setting('app.scope'::text, true) = 'rotation'::text AND CURRENT_USER = 'passerelle_keys_rotation'::name$$,
		$$current_setting('app.scope'::text, true) = 'signin'::text$$,
		-- Who administers, or reads the figures, finds the keyset of what she or he typed, and no other.
		$$(current_setting('app.scope'::text, true) = ANY (ARRAY['admin'::text, 'figures'::text]))$$,
		-- All keysets of a tenant are destroyed in a scope of its own.
		$$current_setting('app.scope'::text, true) = 'removal'::text$$)
), scopes (relname, tenant, lists, sees, makes) as (
	select relname, tenant, format(lists, tenant, rotation), format(sees, staff, office, own, rotation, sequencer, signin, administration, removal), format(makes, staff, office, own, rotation, sequencer, signin, administration, removal) from words, (values
		('tenant_keysets', '%1$s OR %2$s', '%7$s OR %1$s OR %2$s OR %5$s OR %6$s OR %4$s', '%7$s OR %1$s OR %2$s OR %5$s OR %6$s'),
		-- What signs the journal exists for the sequencer, what is shown to providers for the door, and to each nothing else does.
		('keysets', '%1$s', $$%8$s OR %7$s AND %3$s OR %1$s AND (kind <> ALL (ARRAY['journal'::text, 'connection'::text])) OR %2$s AND (kind = 'referral'::text OR %3$s) OR %5$s AND kind = 'journal'::text OR %6$s AND kind = 'connection'::text$$,
			$$%7$s AND %3$s OR %1$s AND (kind <> ALL (ARRAY['journal'::text, 'connection'::text])) OR %2$s AND %3$s OR %5$s AND kind = 'journal'::text OR %6$s AND kind = 'connection'::text$$),
		('certificates', '%1$s', '%1$s', '%1$s'),
		('removals', '%1$s', '%8$s', '%8$s'),
		('tombstones', '%1$s', $$%8$s OR %7$s AND %3$s OR %1$s OR %2$s AND (kind = 'referral'::text OR %3$s) OR %6$s AND kind = 'connection'::text$$, $$%8$s OR %1$s OR %6$s AND kind = 'connection'::text$$)
	) as d (relname, lists, sees, makes)
), changes (rolname, relname, attname) as (
	values ('passerelle_keys_rotation', 'tenant_keysets', 'wrapped'), ('passerelle_keys_rotation', 'keysets', 'wrapped')
)
select 'the role ' || rolname || ' is a superuser' from keys where rolsuper
union all select 'the role ' || rolname || ' may bypass row-level security' from keys where rolbypassrls
union all select 'the role ' || rolname || ' may create roles or databases' from keys where rolcreaterole or rolcreatedb
union all select 'the role ' || keys.rolname || ' is a member of ' || g.rolname from keys join pg_auth_members m on m.member = keys.oid join pg_roles g on g.oid = m.roleid
union all select 'the role owns ' || t.relname from tables t join keys on keys.oid = t.relowner
union all select 'there is no table of keys: run passerelle migrate' where not exists (select from tables where relname = 'keysets')
union all select t.relname || ' does not force row-level security' from tables t where not (t.relrowsecurity and t.relforcerowsecurity)
union all select t.relname || ' has no fence around the tenant' from tables t
	where not exists (select 1 from pg_policy p join scopes s on s.relname = t.relname
		where p.polrelid = t.oid and p.polname = 'tenant_fence' and not p.polpermissive and p.polcmd = '*' and p.polroles = '{0}'
		and pg_get_expr(p.polqual, p.polrelid, true) = s.lists and pg_get_expr(p.polwithcheck, p.polrelid, true) = s.tenant)
union all select t.relname || ' has no fence around the scope' from tables t
	where not exists (select 1 from pg_policy p join scopes s on s.relname = t.relname
		where p.polrelid = t.oid and p.polname = 'scope_fence' and not p.polpermissive and p.polcmd = '*' and p.polroles = '{0}'
		and pg_get_expr(p.polqual, p.polrelid, true) = s.sees and pg_get_expr(p.polwithcheck, p.polrelid, true) = s.makes)
union all select 'a trigger on ' || t.relname || ' is disabled' from tables t where exists (select 1 from pg_trigger g where g.tgrelid = t.oid and g.tgenabled not in ('O', 'A'))
union all select 'triggers do not fire on this connection' where current_setting('session_replication_role') <> 'origin'
union all select 'a scope is bound to the connection itself' where exists (
	select 1 from unnest(array['app.scope', 'app.tenant_id', 'app.office_id', 'app.person_id', 'app.identity_id']) as setting where current_setting(setting, true) <> '')
union all select 'a backslash in a text is not read as it stands' where current_setting('standard_conforming_strings') <> 'on'
union all select 'no fence can stand around ' || c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
	where n.nspname = 'keys' and c.relkind in ('v', 'm', 'f')
union all select 'the role may truncate, reference or put triggers on ' || t.relname from tables t where has_table_privilege(t.oid, 'truncate, references, trigger')
-- Keysets and tombstones are written once; a keyset may be destroyed, and nothing else goes. The role that rotates wraps
-- keysets anew; it makes and destroys none.
union all select 'the role may change ' || t.relname || '.' || a.attname from keys, tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
	where has_column_privilege(t.oid, a.attnum, 'update') and (keys.rolname, t.relname, a.attname) not in (select rolname, relname, attname from changes)
union all select 'the role may delete ' || t.relname from keys, tables t
	where (t.relname <> 'keysets' or keys.rolname = 'passerelle_keys_rotation') and has_table_privilege(t.oid, 'delete')
union all select 'the role may make ' || t.relname from keys, tables t
	where keys.rolname = 'passerelle_keys_rotation' and has_any_column_privilege(t.oid, 'insert')
union all select 'the function ' || p.proname || ' runs as its owner' from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname = 'keys' and p.prosecdef
union all select 'the role may use the schema ' || n.nspname from pg_namespace n
	where n.nspname not in ('keys', 'pg_catalog', 'information_schema') and has_schema_privilege(n.oid, 'usage')
union all select 'the role ' || r.rolname || ' may use the schema keys' from pg_roles r join pg_namespace n on n.nspname = 'keys'
	where r.rolname in ('passerelle_app', 'passerelle_rotation', 'passerelle_sequencer', 'passerelle_platform', 'passerelle_transfer') and has_schema_privilege(r.oid, n.oid, 'usage')
union all select 'the role may create in the schema ' || n.nspname from pg_namespace n where n.nspname = 'keys' and has_schema_privilege(n.oid, 'create')
union all select 'the role may create temporary tables' where has_database_privilege(current_database(), 'temporary');
