-- Each row is something that the role of those who run the installation may do and need not, or has to and may not, in a sentence.
-- It is asked beside coverage.sql.
with wanted (relname, act, columns) as (
	values
		('tenants', 'select', '{tenant_id,slug,name,canton,languages,regime,created_at,live_at,suspended_at,suspended_for,resumed_at,confirmed_steps,blueprint_hash,blueprint_at}'::text[]),
		('tenants', 'insert', '{tenant_id,slug,name,canton,languages,regime}'),
		('tenants', 'update', '{name,canton,languages,regime,confirmed_steps,blueprint_hash,blueprint_at,live_at,suspended_at,suspended_for,resumed_at}'),
		('connections', 'select', '{connection_id,tenant_id,slug,kind,issuer,name,client_id,scopes,email_domains,has_secret}'),
		('connections', 'insert', '{connection_id,tenant_id,slug,name,kind,issuer,client_id,client_secret,email_domains,scopes}'),
		('connections', 'update', '{name,issuer,client_id,client_secret,scopes,email_domains}'),
		('members', 'select', '{tenant_id,member_id,role,identity_id,ended_at}'),
		('members', 'insert', '{tenant_id,member_id,name,email,role,connection_id,expected_subject}'),
		('admin_codes', 'select', '{tenant_id,member_id,name,expires_at,used_at}'),
		('admin_codes', 'insert', '{tenant_id,member_id,name,code_hash,expires_at}'),
		('admin_codes', 'update', '{code_hash,expires_at}'),
		('journal_entries', 'insert', '{tenant_id,entry_id,person_id,role,action,reason}')
), rights as (
	select t.relname, a.attname, act, has_column_privilege(t.oid, a.attnum, act) as granted,
		exists (select from wanted w where w.relname = t.relname and w.act = acts.act and a.attname = any (w.columns)) as needed
	from pg_class t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped,
		(values ('select'), ('insert'), ('update')) as acts (act)
	where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p')
)
select 'the role ' || current_user || ' may not ' || act || ' ' || relname || '.' || attname || ': connect as passerelle_platform' from rights where needed and not granted
union all select 'the role may ' || act || ' ' || relname || '.' || attname from rights where granted and not needed
union all select 'the role may delete ' || t.relname from pg_class t where t.relnamespace = 'public'::regnamespace and t.relkind in ('r', 'p') and has_table_privilege(t.oid, 'delete');
