-- Each row is something that the role of those who run the installation may do and need not, or has to and may not, in a sentence.
-- It is asked beside coverage.sql.
with wanted (relname, act, columns) as (
	values
		('tenants', 'select', '{tenant_id,slug,name,canton,languages,regime,created_at,live_at,suspended_at,suspended_for,resumed_at}'::text[]),
		('tenants', 'insert', '{tenant_id,slug,name,canton,languages,regime}'),
		('tenants', 'update', '{name,languages,regime,live_at,suspended_at,suspended_for,resumed_at}'),
		('announcements', 'select', '{announcement_id,tenant_id,kind,words_fr,words_de,words_it,words_en,from_at,until_at,version,written_by,written_at,withdrawn_at}'),
		('announcements', 'insert', '{announcement_id,tenant_id,kind,words_fr,words_de,words_it,words_en,from_at,until_at,version,written_by,written_at,withdrawn_at}'),
		('announcements', 'update', '{tenant_id,kind,words_fr,words_de,words_it,words_en,from_at,until_at,version,written_by,written_at,withdrawn_at}'),
		('usage_reports', 'select', '{tenant_id,taken_at,members,office_people,active,storage_mib,jobs_waiting,jobs_late,jobs_failed,signed_in_on,tree_behind,providers,providers_silent}'),
		('signin_refusals', 'select', '{tenant_id,reason,counted_at,n}'),
		('tenant_limits', 'select', '{tenant_id,members,office_people,storage_mib,reason,version,set_by,set_at}'),
		('tenant_limits', 'insert', '{tenant_id,members,office_people,storage_mib,reason,version,set_by,set_at}'),
		('tenant_limits', 'update', '{members,office_people,storage_mib,reason,version,set_by,set_at}'),
		('mandates', 'select', '{tenant_id,mandate_id,asked_by,asked_name,purpose,acts,hours,asked_at,approved_by,approved_at,ends_at,refused_by,refused_at,ended_by,ended_at}'),
		('mandates', 'insert', '{tenant_id,mandate_id,asked_by,asked_name,purpose,acts,hours,asked_at}'),
		('mandates', 'update', '{ended_at}'),
		('mandate_acts', 'select', '{tenant_id,act_id,mandate_id,act,by_name,about,at}'),
		('mandate_acts', 'insert', '{tenant_id,act_id,mandate_id,act,by_name,about,at}'),
		('connections', 'select', '{connection_id,tenant_id,slug,kind,issuer}'),
		('connections', 'insert', '{connection_id,tenant_id,slug,name,kind,issuer,client_id,client_secret,email_domains}'),
		('members', 'select', '{tenant_id,member_id,role,identity_id,ended_at}'),
		('members', 'insert', '{tenant_id,member_id,name,email,role,connection_id,expected_subject}'),
		('admin_codes', 'insert', '{tenant_id,member_id,code_hash,expires_at}'),
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
