-- Each row is something that the role of those who run the installation may do and need not, or has to and may not, in a sentence.
-- It is asked beside coverage.sql.
with wanted (relname, act, columns) as (
	values
		('tenants', 'select', '{tenant_id,slug,name,canton,languages,regime,created_at,live_at,suspended_at,suspended_for,resumed_at,confirmed_steps,blueprint_hash,blueprint_at}'::text[]),
		('tenants', 'insert', '{tenant_id,slug,name,canton,languages,regime}'),
		('tenants', 'update', '{name,canton,languages,regime,confirmed_steps,blueprint_hash,blueprint_at,live_at,suspended_at,suspended_for,resumed_at}'),
		('announcements', 'select', '{announcement_id,tenant_id,kind,words_fr,words_de,words_it,words_en,from_at,until_at,version,written_by,written_at,withdrawn_at}'),
		('announcements', 'insert', '{announcement_id,tenant_id,kind,words_fr,words_de,words_it,words_en,from_at,until_at,version,written_by,written_at,withdrawn_at}'),
		('announcements', 'update', '{tenant_id,kind,words_fr,words_de,words_it,words_en,from_at,until_at,version,written_by,written_at,withdrawn_at}'),
		('usage_reports', 'select', '{tenant_id,taken_at,members,office_people,active,storage_mib,jobs_waiting,jobs_late,jobs_failed,signed_in_on,tree_behind,providers,providers_silent}'),
		('signin_refusals', 'select', '{tenant_id,reason,counted_at,n}'),
		('tenant_limits', 'select', '{tenant_id,members,office_people,storage_mib,reason,version,set_by,set_at}'),
		('tenant_limits', 'insert', '{tenant_id,members,office_people,storage_mib,reason,version,set_by,set_at}'),
		('tenant_limits', 'update', '{members,office_people,storage_mib,reason,version,set_by,set_at}'),
		('retention_rules', 'select', '{tenant_id,reason,months,outcome,decided_by,decided_at}'),
		('retention_rules', 'insert', '{tenant_id,reason,months,outcome,decided_by,decided_at}'),
		('retention_rules', 'update', '{months,outcome,decided_by,decided_at}'),
		('tenant_removals', 'select', '{tenant_id,planned_at,due_at,reason,withdrawn_at}'),
		('tenant_removals', 'insert', '{tenant_id,due_at,reason}'),
		('tenant_removals', 'update', '{withdrawn_at}'),
		('mandates', 'select', '{tenant_id,mandate_id,asked_by,asked_name,purpose,acts,hours,asked_at,approved_by,approved_at,ends_at,refused_by,refused_at,ended_by,ended_at}'),
		('mandates', 'insert', '{tenant_id,mandate_id,asked_by,asked_name,purpose,acts,hours,asked_at}'),
		('mandates', 'update', '{ended_at}'),
		('mandate_acts', 'select', '{tenant_id,act_id,mandate_id,act,by_name,about,at}'),
		('mandate_acts', 'insert', '{tenant_id,act_id,mandate_id,act,by_name,about,at}'),
		('connections', 'select', '{connection_id,tenant_id,slug,kind,issuer,name,client_id,scopes,email_domains,has_secret}'),
		('connections', 'insert', '{connection_id,tenant_id,slug,name,kind,issuer,client_id,client_secret,email_domains,scopes}'),
		('connections', 'update', '{name,issuer,client_id,client_secret,scopes,email_domains}'),
		('members', 'select', '{tenant_id,member_id,role,identity_id,ended_at}'),
		('members', 'insert', '{tenant_id,member_id,name,email,role,connection_id,expected_subject}'),
		('admin_codes', 'select', '{tenant_id,member_id,name,expires_at,used_at}'),
		('admin_codes', 'insert', '{tenant_id,member_id,name,code_hash,expires_at}'),
		('admin_codes', 'update', '{code_hash,expires_at}'),
		('journal_entries', 'insert', '{tenant_id,entry_id,person_id,role,action,reason}'),
		-- The console's own: everything is read, and written is what its door and its acts need.
		('console.operators', 'select', '{*}'), ('console.attempts', 'select', '{*}'), ('console.sessions', 'select', '{*}'),
		('console.passkeys', 'select', '{*}'), ('console.challenges', 'select', '{*}'), ('console.acts', 'select', '{*}'),
		('console.attempts', 'insert', '{*}'), ('console.sessions', 'insert', '{*}'), ('console.passkeys', 'insert', '{*}'), ('console.challenges', 'insert', '{*}'),
		('console.operators', 'insert', '{operator_id,name,email,issuer,subject,code_hash,code_expires_at}'),
		('console.operators', 'update', '{issuer,subject,code_hash,code_expires_at,arrived_at,removed_at}'),
		('console.sessions', 'update', '{operator_id,token_hash,seen_at,bound_at,confirmed_at,revoked_at}'),
		('console.passkeys', 'update', '{sign_count,backed_up,used_at}'),
		('console.acts', 'insert', '{act_id,operator_id,about_id,tenant_id,action,reason}')
), ends (relname) as (
	values ('console.attempts'), ('console.sessions'), ('console.passkeys'), ('console.challenges')
), tables as (
	select t.*, case n.nspname when 'public' then '' else n.nspname || '.' end || t.relname as named
	from pg_class t join pg_namespace n on n.oid = t.relnamespace where n.nspname in ('public', 'console') and t.relkind in ('r', 'p')
), rights as (
	select t.named as relname, a.attname, act, has_column_privilege(t.oid, a.attnum, act) as granted,
		exists (select from wanted w where w.relname = t.named and w.act = acts.act and (a.attname = any (w.columns) or w.columns = '{*}')) as needed
	from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped,
		(values ('select'), ('insert'), ('update')) as acts (act)
)
select 'the role ' || current_user || ' may not ' || act || ' ' || relname || '.' || attname || ': connect as passerelle_platform' from rights where needed and not granted
union all select 'the role may ' || act || ' ' || relname || '.' || attname from rights where granted and not needed
union all select 'the role may delete ' || t.named from tables t where has_table_privilege(t.oid, 'delete') and t.named not in (select relname from ends)
union all select 'the role may truncate, reference or put triggers on ' || t.named from tables t where has_table_privilege(t.oid, 'truncate, references, trigger')
union all select 'the role may not use the schema console: connect as passerelle_platform' where to_regnamespace('console') is null or not has_schema_privilege('console', 'usage')
union all select 'the role may create in the schema console' where to_regnamespace('console') is not null and has_schema_privilege('console', 'create')
union all select t.named || ' does not force row-level security' from tables t where t.named like 'console.%' and not (t.relrowsecurity and t.relforcerowsecurity)
union all select t.named || ' has no fence around the scope' from tables t where t.named like 'console.%' and not exists (
	select from pg_policy p where p.polrelid = t.oid and not p.polpermissive and p.polcmd = '*' and p.polroles = '{0}' and p.polname = 'scope_fence'
		and pg_get_expr(p.polqual, p.polrelid) = pg_get_expr(p.polwithcheck, p.polrelid)
		and regexp_replace(pg_get_expr(p.polqual, p.polrelid, true), '\s+', ' ', 'g') ~ $$^ ?CASE current_setting[(]'app.scope'::text, true[)] WHEN 'platform'::text THEN true ELSE false END$$)
union all select t.named || ' does not refuse to ' || forbidden.act from tables t, (values (27, 'change'), (34, 'be emptied')) as forbidden (type, act)
	where t.named = 'console.acts' and not exists (select from pg_trigger g where g.tgrelid = t.oid and g.tgtype = forbidden.type and g.tgenabled = 'A' and g.tgqual is null);
